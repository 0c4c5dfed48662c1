//! The text normalisers: NFKC, white space at both ends, case.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::Normalized;

/// Rounds of folding before a text is given up; every text of Unicode 16 settles in three.
const ROUNDS_MAX: usize = 6;

/// NFKC, trimmed, lower case.
pub(super) fn lower(raw: &str) -> Normalized<'_> {
    let trimmed = raw.trim();
    if trimmed.is_ascii() {
        return Normalized::Value(if trimmed.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(trimmed.to_ascii_lowercase())
        } else {
            Cow::Borrowed(trimmed)
        });
    }
    settle(trimmed, str::to_lowercase)
}

/// NFKC, trimmed, upper case.
pub(super) fn upper(raw: &str) -> Normalized<'_> {
    let trimmed = raw.trim();
    if trimmed.is_ascii() {
        return Normalized::Value(if trimmed.bytes().any(|b| b.is_ascii_lowercase()) {
            Cow::Owned(trimmed.to_ascii_uppercase())
        } else {
            Cow::Borrowed(trimmed)
        });
    }
    settle(trimmed, str::to_uppercase)
}

/// As [`lower`]; one `@` with text on both sides, no white space inside.
pub(super) fn email(raw: &str) -> Normalized<'_> {
    let value = match lower(raw) {
        Normalized::Value(value) => value,
        other => return other,
    };
    let mut parts = value.split('@');
    let sides = (parts.next(), parts.next(), parts.next());
    let (Some(local), Some(domain), None) = sides else {
        return Normalized::Invalid("an e-mail address has one `@`");
    };
    if local.is_empty() || domain.is_empty() {
        return Normalized::Invalid("an e-mail address has text on both sides of `@`");
    }
    if value.chars().any(char::is_whitespace) {
        return Normalized::Invalid("an e-mail address has no white space");
    }
    Normalized::Value(value)
}

/// Composes, trims and folds until nothing changes: case folding can undo NFKC and the reverse.
fn settle(trimmed: &str, fold: fn(&str) -> String) -> Normalized<'_> {
    let mut current = trimmed.to_owned();
    for _ in 0..ROUNDS_MAX {
        let composed: String = current.nfkc().collect();
        let folded = fold(composed.trim());
        if folded.is_empty() {
            return Normalized::Empty;
        }
        if folded == current {
            return Normalized::Value(Cow::Owned(folded));
        }
        current = folded;
    }
    Normalized::Invalid("the text has no normal form")
}
