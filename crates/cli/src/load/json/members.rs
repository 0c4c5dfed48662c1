//! Members of an object as they stand in its text.
//!
//! Must not judge: the text is valid JSON. Anything else gives other members, and no panic.

const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Keys, in quotes, and values, both as written.
pub(super) struct Members<'a> {
    rest: &'a str,
}

impl<'a> Members<'a> {
    /// Of an object.
    pub(super) fn of(object: &'a str) -> Self {
        let object = object.trim_matches(SPACE);
        Self {
            rest: object.strip_prefix('{').unwrap_or_default(),
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest.trim_start_matches(SPACE);
        taken
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest.trim_start_matches(SPACE);
        if !self.rest.starts_with('"') {
            return None;
        }
        let key = self.take(end_of_text(self.rest));
        self.rest = self.rest.strip_prefix(':')?.trim_start_matches(SPACE);
        let value = self.take(end_of_value(self.rest));
        self.rest = self.rest.strip_prefix(',').unwrap_or(self.rest);
        Some((key, value))
    }
}

fn end_of_value(text: &str) -> usize {
    match text.as_bytes().first() {
        Some(b'"') => end_of_text(text),
        Some(b'{' | b'[') => end_of_nested(text),
        _ => {
            let is_end = |c: char| matches!(c, ',' | '}' | ']') || SPACE.contains(&c);
            text.find(is_end).unwrap_or(text.len())
        }
    }
}

/// Behind the closing quote.
fn end_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    for (position, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return position + 1,
            _ => {}
        }
    }
    text.len()
}

/// Behind the bracket that closes the first one.
fn end_of_nested(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut position, mut depth) = (0, 0_usize);
    while position < bytes.len() {
        match bytes[position] {
            b'"' => {
                position += end_of_text(&text[position..]);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return position + 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        position += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_cut_where_they_end() {
        let text = concat!(
            "\t{ \"a\" : 1.50 ,\"\\\"}\":\"上,\\\\\", ",
            "\"c\":{\"d\":[\"]\",{}]} ,\"e\":[ ]\r\n,\"f\":null} ",
        );
        let found: Vec<_> = Members::of(text).collect();
        let expected = [
            ("\"a\"", "1.50"),
            ("\"\\\"}\"", "\"上,\\\\\""),
            ("\"c\"", "{\"d\":[\"]\",{}]}"),
            ("\"e\"", "[ ]"),
            ("\"f\"", "null"),
        ];
        assert_eq!(found, expected);
        assert_eq!(Members::of("{}").count() + Members::of(" { } ").count(), 0);
    }

    #[test]
    fn what_is_no_object_gives_something_and_no_panic() {
        for text in [
            "", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":[", "{\"上\\", "]", "{]}",
        ] {
            let _members = Members::of(text).count();
        }
    }
}
