//! Fields of one record.

use std::borrow::Cow;

use super::{Delimiter, Dialect};

/// Splits a record, replacing what is in `fields`.
pub(crate) fn split<'a>(record: &'a str, dialect: &Dialect, fields: &mut Vec<Cow<'a, str>>) {
    fields.clear();
    let delimiter = match &dialect.delimiter {
        Delimiter::Whitespace => {
            let words = record.split([' ', '\t']).filter(|word| !word.is_empty());
            fields.extend(words.map(Cow::Borrowed));
            return;
        }
        Delimiter::Text(delimiter) => delimiter.as_str(),
    };
    let has = |mark: Option<u8>| mark.is_some_and(|mark| record.as_bytes().contains(&mark));
    if has(dialect.quote) || has(dialect.escape) {
        let cutter = Cutter {
            delimiter,
            quote: dialect.quote,
            escape: dialect.escape,
            dialect,
        };
        cutter.split(record, fields);
        return;
    }
    match delimiter.as_bytes() {
        // Much quicker than searching for a text.
        &[byte] => fields.extend(record.split(char::from(byte)).map(Cow::Borrowed)),
        _ => fields.extend(record.split(delimiter).map(Cow::Borrowed)),
    }
}

/// Cuts records that hold quotes or escapes.
struct Cutter<'d> {
    delimiter: &'d str,
    quote: Option<u8>,
    escape: Option<u8>,
    dialect: &'d Dialect,
}

impl Cutter<'_> {
    fn split<'a>(&self, record: &'a str, fields: &mut Vec<Cow<'a, str>>) {
        let mut rest = Some(record);
        while let Some(text) = rest {
            let is_quoted = self.quote.is_some() && text.as_bytes().first() == self.quote.as_ref();
            let (field, after) = match is_quoted {
                true => self.quoted(&text[1..]),
                false => self.plain(text),
            };
            fields.push(field);
            rest = after;
        }
    }

    /// The field after its opening quote, and what follows its delimiter. A doubled quote is one;
    /// text after the closing quote belongs to the field.
    fn quoted<'a>(&self, text: &'a str) -> (Cow<'a, str>, Option<&'a str>) {
        let mut field = String::new();
        let mut rest = text;
        while let Some(at) = self.find(rest, self.quote) {
            field.push_str(&rest[..at]);
            let is_escape = Some(rest.as_bytes()[at]) == self.escape;
            let after = &rest[at + 1..];
            let is_doubled = !is_escape && after.as_bytes().first() == self.quote.as_ref();
            if !is_escape && !is_doubled {
                let (tail, after) = self.plain(after);
                field.push_str(&tail);
                return (Cow::Owned(field), after);
            }
            rest = take_char(after, &mut field);
        }
        field.push_str(rest);
        (Cow::Owned(field), None)
    }

    /// The field up to its delimiter, and what follows that.
    fn plain<'a>(&self, text: &'a str) -> (Cow<'a, str>, Option<&'a str>) {
        let Some(escape) = self.escape else {
            return self.cut(text);
        };
        let (mut field, mut start) = (String::new(), 0);
        loop {
            let rest = &text[start..];
            let (until, after) = self.cut(rest);
            let Some(at) = until.as_bytes().iter().position(|byte| *byte == escape) else {
                let raw = &text[..start + until.len()];
                if start == 0 || self.dialect.is_null(raw) {
                    return (Cow::Borrowed(raw), after);
                }
                field.push_str(&until);
                return (Cow::Owned(field), after);
            };
            field.push_str(&rest[..at]);
            let left = take_char(&rest[at + 1..], &mut field).len();
            start = text.len() - left;
        }
    }

    fn cut<'a>(&self, text: &'a str) -> (Cow<'a, str>, Option<&'a str>) {
        match text.split_once(self.delimiter) {
            Some((field, after)) => (Cow::Borrowed(field), Some(after)),
            None => (Cow::Borrowed(text), None),
        }
    }

    /// Where the first of the mark and the escape stands.
    fn find(&self, text: &str, mark: Option<u8>) -> Option<usize> {
        let is_mark = |byte: &u8| Some(*byte) == mark || Some(*byte) == self.escape;
        text.as_bytes().iter().position(is_mark)
    }
}

/// Moves the first character over; answers the rest.
fn take_char<'a>(text: &'a str, field: &mut String) -> &'a str {
    let mut chars = text.chars();
    field.extend(chars.next());
    chars.as_str()
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
