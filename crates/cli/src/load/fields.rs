//! Fields of one record.

use std::borrow::Cow;

use super::Delimiter;

/// Splits a record, replacing what is in `fields`.
pub(crate) fn split<'a>(record: &'a str, delimiter: Delimiter, fields: &mut Vec<Cow<'a, str>>) {
    fields.clear();
    match delimiter {
        Delimiter::Whitespace => {
            let words = record.split([' ', '\t']).filter(|word| !word.is_empty());
            fields.extend(words.map(Cow::Borrowed));
        }
        Delimiter::Character(delimiter) if record.contains('"') => {
            split_quoted(record, char::from(delimiter), fields);
        }
        Delimiter::Character(delimiter) => {
            fields.extend(record.split(char::from(delimiter)).map(Cow::Borrowed));
        }
    }
}

fn split_quoted<'a>(record: &'a str, delimiter: char, fields: &mut Vec<Cow<'a, str>>) {
    let mut rest = Some(record);
    while let Some(text) = rest {
        let (field, after) = match text.strip_prefix('"') {
            Some(quoted) => unquoted(quoted, delimiter),
            None => {
                let (field, after) = cut(text, delimiter);
                (Cow::Borrowed(field), after)
            }
        };
        fields.push(field);
        rest = after;
    }
}

/// The field after its opening quote, and what follows its delimiter. `""` is a quote; text after
/// the closing quote belongs to the field.
fn unquoted(text: &str, delimiter: char) -> (Cow<'_, str>, Option<&str>) {
    let mut field = String::new();
    let mut rest = text;
    while let Some((quoted, after)) = rest.split_once('"') {
        field.push_str(quoted);
        match after.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            None => {
                let (tail, after) = cut(after, delimiter);
                field.push_str(tail);
                return (Cow::Owned(field), after);
            }
        }
    }
    field.push_str(rest);
    (Cow::Owned(field), None)
}

fn cut(text: &str, delimiter: char) -> (&str, Option<&str>) {
    match text.split_once(delimiter) {
        Some((field, after)) => (field, Some(after)),
        None => (text, None),
    }
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
