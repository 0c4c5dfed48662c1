//! `normalize`: one raw text through one normaliser and the rules of every type.

use std::borrow::Cow;

use tagma_core::schema::Normalizer;

use super::{blocked, phone, text};

/// Version of all that decides what a raw text becomes.
pub const NORMALIZE_VERSION: u16 = 1;

/// What a raw text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Normalized<'a> {
    /// The value that is hashed; borrowed where the text was already normal.
    Value(Cow<'a, str>),
    /// Nothing but white space.
    Empty,
    /// A value that never identifies anybody; the text says which rule.
    Blocked(&'static str),
    /// Not a value of this type; the text says why.
    Invalid(&'static str),
}

/// Normalises `raw`; `region` is the default region of phone numbers (ISO 3166 alpha-2).
///
/// Idempotent: a value that comes out goes in unchanged. Patterns that block values of every type
/// are applied; a type's own blocked values are [`TypeRule`](crate::TypeRule)'s.
pub fn normalize<'a>(normalizer: Normalizer, region: Option<&str>, raw: &'a str) -> Normalized<'a> {
    if raw.trim().is_empty() {
        return Normalized::Empty;
    }
    if let Some(reason) = blocked::general(raw) {
        return Normalized::Blocked(reason);
    }
    let normalized = match normalizer {
        Normalizer::None => Normalized::Value(Cow::Borrowed(raw)),
        Normalizer::Trim => Normalized::Value(Cow::Borrowed(raw.trim())),
        Normalizer::Lower => text::lower(raw),
        Normalizer::Upper => text::upper(raw),
        Normalizer::Email => text::email(raw),
        Normalizer::Phone => phone::normalize(region, raw),
    };
    match normalized {
        Normalized::Value(value) => match blocked::general(&value) {
            Some(reason) => Normalized::Blocked(reason),
            None => Normalized::Value(value),
        },
        other => other,
    }
}
