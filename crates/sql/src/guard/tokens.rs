//! Limits that hold before the parser runs.

use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use tagma_core::limits::{SEGMENT_DEPTH_MAX, SEGMENT_NODES_MAX, SEGMENT_TEXT_BYTES_MAX};

use super::error::Error;

/// Set operations of one query: the parser nests them.
const SET_OPERATIONS_MAX: usize = 64;

/// The words and signs of `sql`, within the limits of length, number and nesting.
pub(super) fn tokens(sql: &str) -> Result<Vec<TokenWithSpan>, Error> {
    if sql.len() > SEGMENT_TEXT_BYTES_MAX {
        return Err(Error::TooLong {
            bytes: sql.len(),
            max: SEGMENT_TEXT_BYTES_MAX,
        });
    }
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location();
    let tokens = tokens.map_err(|e| Error::Syntax {
        reason: e.to_string(),
    })?;
    let count = tokens
        .iter()
        .filter(|t| !matches!(t.token, Token::Whitespace(_)))
        .count();
    if count > SEGMENT_NODES_MAX {
        return Err(Error::TooMany {
            count,
            max: SEGMENT_NODES_MAX,
        });
    }
    check_nesting(&tokens)?;
    Ok(tokens)
}

fn check_nesting(tokens: &[TokenWithSpan]) -> Result<(), Error> {
    let (mut depth, mut prefixes, mut sets) = (0_usize, 0_usize, 0_usize);
    for token in tokens {
        match step(&token.token) {
            Step::Blank => continue,
            Step::In => depth += 1,
            Step::Out => depth = depth.saturating_sub(1),
            Step::Set => sets += 1,
            Step::Prefix | Step::Other => {}
        }
        prefixes = match step(&token.token) {
            Step::Prefix => prefixes + 1,
            _ => 0,
        };
        if depth.max(prefixes) > SEGMENT_DEPTH_MAX || sets > SET_OPERATIONS_MAX {
            return Err(Error::TooDeep {
                max: SEGMENT_DEPTH_MAX,
                place: token.span.into(),
            });
        }
    }
    Ok(())
}

/// What a token does to the nesting.
enum Step {
    Blank,
    In,
    Out,
    /// An operator that may repeat before its operand.
    Prefix,
    Set,
    Other,
}

fn step(token: &Token) -> Step {
    match token {
        Token::Whitespace(_) => Step::Blank,
        Token::LParen | Token::LBracket | Token::LBrace => Step::In,
        Token::RParen | Token::RBracket | Token::RBrace => Step::Out,
        Token::Plus | Token::Minus | Token::Tilde | Token::ExclamationMark => Step::Prefix,
        Token::Word(word) => match word.keyword {
            Keyword::CASE => Step::In,
            Keyword::END => Step::Out,
            Keyword::NOT => Step::Prefix,
            Keyword::UNION | Keyword::INTERSECT | Keyword::EXCEPT | Keyword::MINUS => Step::Set,
            _ => Step::Other,
        },
        _ => Step::Other,
    }
}
