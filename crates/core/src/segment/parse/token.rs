//! Text → tokens with byte offsets.

use sqlparser::{
    dialect::GenericDialect,
    tokenizer::{Location, Token, Tokenizer},
};

use super::error::{Parsed, Problem};

/// Tokens that matter, each with the byte offset of its start.
pub(in crate::segment) fn tokens(text: &str) -> Parsed<Vec<(Token, usize)>> {
    let mut raw = Vec::new();
    let done = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location_into_buf(&mut raw);
    let mut places = Places::new(text);
    if let Err(error) = done {
        let offset = places.offset(error.location);
        return Err(Problem::new(lexical(&error.message)).at(offset));
    }
    let mut kept = Vec::with_capacity(raw.len() / 2);
    for spanned in raw {
        if !matches!(spanned.token, Token::Whitespace(_) | Token::EOF) {
            let offset = places.offset(spanned.span.start);
            kept.push((spanned.token, offset));
        }
    }
    Ok(kept)
}

/// The tokenizer's message as the start of a sentence of ours.
fn lexical(message: &str) -> String {
    let mut letters = message.trim_end_matches('.').chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// Turns (line, column) into byte offsets; one pass over the text for places in ascending order.
struct Places<'a> {
    text: &'a str,
    line: u64,
    column: u64,
    offset: usize,
}

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            line: 1,
            column: 1,
            offset: 0,
        }
    }

    /// Places behind the last one answer the last one: they come only from hint comments.
    fn offset(&mut self, place: Location) -> usize {
        while (self.line, self.column) < (place.line, place.column) {
            let Some(letter) = self.text[self.offset..].chars().next() else {
                break;
            };
            self.offset += letter.len_utf8();
            if letter == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.offset
    }
}
