//! Kinds of tags and types of columns as they are spelled.

use super::fields::Fields;
use crate::{
    schema::{ColumnType, TagKind},
    segment::nearest,
};

/// Digits of a decimal tag: what an Int64 always holds.
const TAG_DIGITS: u8 = 18;
const COLUMN_DIGITS: u8 = 38;

const TAG_KINDS: [&str; 6] = [
    "bool",
    "category",
    "int",
    "decimal(p,s)",
    "date",
    "timestamp",
];
const COLUMN_TYPES: [&str; 7] = [
    "bool",
    "int",
    "float",
    "decimal(p,s)",
    "text",
    "date",
    "timestamp",
];

impl Fields<'_> {
    /// The kind of a tag; a missing key is a fault.
    pub(super) fn tag_kind(&mut self) -> Option<TagKind> {
        let (text, line) = self.required_text("kind")?;
        match text.as_str() {
            "bool" => return Some(TagKind::Bool),
            "category" => return Some(TagKind::Category),
            "int" => return Some(TagKind::Int),
            "date" => return Some(TagKind::Date),
            "timestamp" => return Some(TagKind::Timestamp),
            "set" | "text" => {
                let problem = format!("tags of kind {text} are not supported yet");
                self.fault(
                    line,
                    problem,
                    &format!("kinds are {}", TAG_KINDS.join(", ")),
                );
                return None;
            }
            _ => {}
        }
        if text.starts_with("decimal") {
            let (precision, scale) = self.decimal(&text, line, TAG_DIGITS)?;
            return Some(TagKind::Decimal { precision, scale });
        }
        self.unknown_type("kind", &text, line, &TAG_KINDS);
        None
    }

    /// The type of a column.
    pub(super) fn column_type(&mut self, text: &str, line: u32) -> Option<ColumnType> {
        Some(match text {
            "bool" => ColumnType::Bool,
            "int" => ColumnType::Int,
            "float" => ColumnType::Float,
            "text" => ColumnType::Text,
            "date" => ColumnType::Date,
            "timestamp" => ColumnType::Timestamp,
            _ if text.starts_with("decimal") => {
                let (precision, scale) = self.decimal(text, line, COLUMN_DIGITS)?;
                ColumnType::Decimal { precision, scale }
            }
            _ => {
                self.unknown_type("column type", text, line, &COLUMN_TYPES);
                return None;
            }
        })
    }

    fn unknown_type(&mut self, what: &str, text: &str, line: u32, known: &[&str]) {
        let hint = match nearest(text, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", known.join(", ")),
        };
        self.fault(line, format!("`{text}` is no {what}"), &hint);
    }

    /// Precision and scale of `decimal(p,s)`.
    fn decimal(&mut self, text: &str, line: u32, digits: u8) -> Option<(u8, u8)> {
        let inside = text
            .strip_prefix("decimal(")
            .and_then(|rest| rest.strip_suffix(')'));
        let parts = inside.and_then(|inside| inside.split_once(','));
        let numbers = parts.and_then(|(p, s)| {
            let precision: u8 = p.trim().parse().ok()?;
            let scale: u8 = s.trim().parse().ok()?;
            Some((precision, scale))
        });
        match numbers {
            Some((precision, scale)) if (1..=digits).contains(&precision) && scale <= precision => {
                Some((precision, scale))
            }
            _ => {
                let hint = format!(
                    "write decimal(p,s) with 1 to {digits} digits p, s of them after the point"
                );
                self.fault(line, format!("`{text}` is no decimal"), &hint);
                None
            }
        }
    }
}
