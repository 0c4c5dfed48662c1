//! What is wrong with a segment's text, where, and what to do.

use std::fmt;

use crate::{error::ErrorKind, segment::Position};

/// Characters of the text that an error quotes.
const NEAR: usize = 24;

/// An error in a segment's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Where.
    pub position: Position,
    /// What is wrong.
    pub problem: String,
    /// The text from there, cut; empty at the end of the text.
    pub near: String,
    /// What to do, where that is not obvious.
    pub hint: Option<String>,
}

impl ParseError {
    pub(super) fn new(text: &str, offset: usize, problem: Problem) -> Self {
        let position = Position::of(text, offset);
        let rest = &text[position.offset..];
        let line = rest.split('\n').next().unwrap_or_default();
        Self {
            position,
            problem: problem.what,
            near: line.chars().take(NEAR).collect(),
            hint: problem.hint,
        }
    }

    /// Always the text's fault.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.problem)?;
        if self.near.is_empty() {
            f.write_str(" (at the end)")?;
        } else {
            write!(f, " (at `{}`)", self.near)?;
        }
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ParseError {}

/// A problem that does not know its place in the text yet.
#[derive(Debug)]
pub(in crate::segment) struct Problem {
    what: String,
    hint: Option<String>,
}

impl Problem {
    pub(in crate::segment) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: None,
        }
    }

    pub(in crate::segment) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(in crate::segment) fn at(self, offset: usize) -> Box<Placed> {
        Box::new(Placed {
            offset,
            problem: self,
        })
    }
}

/// A problem at a byte offset; boxed, so that results stay small on the stack.
#[derive(Debug)]
pub(in crate::segment) struct Placed {
    pub(super) offset: usize,
    pub(super) problem: Problem,
}

pub(in crate::segment) type Parsed<T> = Result<T, Box<Placed>>;
