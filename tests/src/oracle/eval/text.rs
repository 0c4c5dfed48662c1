//! LIKE over Unicode scalar values.

/// A part of a LIKE pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// `%`
    AnyRun,
    /// `_`
    AnyOne,
    /// Itself.
    One(char),
}

/// Splits a pattern: `\` makes the next character stand for itself (a last `\` for itself too).
pub(super) fn pattern(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        pieces.push(match c {
            '%' => Piece::AnyRun,
            '_' => Piece::AnyOne,
            '\\' => Piece::One(chars.next().unwrap_or('\\')),
            other => Piece::One(other),
        });
    }
    pieces
}

/// Whether the whole text matches: a table over (pieces, characters).
pub(super) fn like(text: &str, pieces: &[Piece]) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for piece in pieces {
        let mut next = vec![false; text.len() + 1];
        for end in 0..=text.len() {
            let before = end.checked_sub(1);
            next[end] = match piece {
                Piece::AnyRun => reachable[end] || before.is_some_and(|b| next[b]),
                Piece::AnyOne => before.is_some_and(|b| reachable[b]),
                Piece::One(c) => before.is_some_and(|b| reachable[b] && text[b] == *c),
            };
        }
        reachable = next;
    }
    reachable[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_follows_sql() {
        for (text, wanted, expected) in [
            ("", "", true),
            ("", "%", true),
            ("", "_", false),
            ("上海", "__", true),
            ("上海", "_", false),
            ("100%", "100\\%", true),
            ("1000", "100\\%", false),
            ("a\\b", "a\\\\b", true),
            ("abcabd", "%ab_", true),
            ("abcabd", "ab", false),
            ("aXbXc", "%X%X%", true),
            ("aXbc", "%X%X%", false),
        ] {
            assert_eq!(
                like(text, &pattern(wanted)),
                expected,
                "{text} LIKE {wanted}"
            );
        }
    }
}
