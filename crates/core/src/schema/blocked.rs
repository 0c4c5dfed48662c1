//! `BlockedPatterns`: values of an identifier type that identify nobody, by regular expression.

use regex::{RegexBuilder, RegexSet, RegexSetBuilder};

use crate::error::ErrorKind;

/// Bytes of compiled patterns of one type: bounds what a document can make a node hold.
const COMPILED_BYTES_MAX: usize = 1 << 20;

/// Patterns of one type; each speaks about a whole normalised value.
#[derive(Debug, Clone)]
pub struct BlockedPatterns(RegexSet);

/// A text that is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a pattern: {reason}")]
pub struct InvalidPattern {
    /// As written.
    pub pattern: String,
    /// What is wrong, in one line.
    pub reason: String,
}

impl InvalidPattern {
    /// Always [`ErrorKind::Invalid`]: write another pattern.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

impl BlockedPatterns {
    /// Compiles the patterns: the syntax of the crate `regex`, matched in linear time.
    ///
    /// # Errors
    /// [`InvalidPattern`] naming the first that is wrong, or all where together they are too large.
    pub fn new(patterns: &[String]) -> Result<Self, InvalidPattern> {
        let whole: Vec<String> = patterns.iter().map(|one| format!("^(?:{one})$")).collect();
        for (pattern, whole) in patterns.iter().zip(&whole) {
            // As written too: a bracket must not be closed by what is put around it.
            for text in [pattern, whole] {
                let built = RegexBuilder::new(text)
                    .size_limit(COMPILED_BYTES_MAX)
                    .build();
                built.map_err(|error| invalid(pattern, &error))?;
            }
        }
        RegexSetBuilder::new(&whole)
            .size_limit(COMPILED_BYTES_MAX)
            .build()
            .map(Self)
            .map_err(|error| invalid(&patterns.join("`, `"), &error))
    }

    /// Whether a value identifies nobody.
    pub fn block(&self, value: &str) -> bool {
        !self.0.is_empty() && self.0.is_match(value)
    }
}

fn invalid(pattern: &str, error: &regex::Error) -> InvalidPattern {
    let text = error.to_string();
    // The crate draws the place of a syntax error over several lines; the last one says what.
    let reason = text.lines().last().unwrap_or_default();
    InvalidPattern {
        pattern: pattern.chars().take(200).collect(),
        reason: reason.trim_start_matches("error: ").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Result<BlockedPatterns, InvalidPattern> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        BlockedPatterns::new(&texts)
    }

    #[test]
    fn a_pattern_speaks_about_the_whole_value() {
        let blocked = patterns(&["test.*", "a|b"]).expect("patterns");
        for value in ["test", "test-7", "a", "b"] {
            assert!(blocked.block(value), "{value}");
        }
        for value in ["attest", "ab", ""] {
            assert!(!blocked.block(value), "{value}");
        }
        assert!(!patterns(&[]).expect("none").block(""));
    }

    #[test]
    fn what_is_no_pattern_says_why_in_one_line() {
        for text in ["[", "a)(b", "(?<x", "\\", "(?:a{1000}){1000}"] {
            let error = patterns(&["fine", text]).expect_err(text);
            assert_eq!(error.pattern, text);
            assert!(!error.reason.is_empty() && !error.to_string().contains('\n'));
            assert_eq!(error.kind(), ErrorKind::Invalid);
        }
    }
}
