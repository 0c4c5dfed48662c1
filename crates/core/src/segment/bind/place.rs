//! Finds a part of an expression again in the text that it was parsed from.

use sqlparser::tokenizer::Token;

use crate::segment::{parse::tokens, position::Position};

/// The first use of a name.
pub(super) fn of_name(text: &str, name: &str) -> Option<Position> {
    find(text, |token| match token {
        Token::Word(word) => word.value.to_lowercase() == name,
        _ => false,
    })
}

/// The first text literal that folds to `wanted`.
pub(super) fn of_text(text: &str, wanted: &str) -> Option<Position> {
    find(text, |token| match token {
        Token::SingleQuotedString(literal) => literal.to_lowercase() == wanted,
        _ => false,
    })
}

/// The first place where the fragment's tokens stand in a row.
pub(super) fn of_fragment(text: &str, fragment: &str) -> Option<Position> {
    let places = tokens(text).ok()?;
    let have: Vec<String> = places.iter().map(|(token, _)| spelled(token)).collect();
    let wanted: Vec<String> = tokens(fragment)
        .ok()?
        .iter()
        .map(|(token, _)| spelled(token))
        .collect();
    if wanted.is_empty() {
        return None;
    }
    let start = have.windows(wanted.len()).position(|row| row == wanted)?;
    Some(Position::of(text, places[start].1))
}

fn find(text: &str, wanted: impl Fn(&Token) -> bool) -> Option<Position> {
    let places = tokens(text).ok()?;
    let (_, offset) = places.iter().find(|(token, _)| wanted(token))?;
    Some(Position::of(text, *offset))
}

/// The token without what printing may change: case and quotes of words.
fn spelled(token: &Token) -> String {
    match token {
        Token::Word(word) => word.value.to_lowercase(),
        Token::Neq => String::from("<>"),
        other => other.to_string(),
    }
}
