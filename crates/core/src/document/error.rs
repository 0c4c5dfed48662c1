//! What is wrong with a file of documents: everything at once.

use std::fmt;

use crate::error::ErrorKind;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Number of the document in its file, from 1.
    pub document: u32,
    /// Line in the file, from 1.
    pub line: u32,
    /// What is wrong.
    pub problem: String,
    /// What to do, where that is not obvious.
    pub hint: Option<String>,
}

/// All that is wrong with a file, in the order of its lines. At least one fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError {
    /// The file's name as it was given.
    pub file: String,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

impl DocumentError {
    /// Always the file's fault.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: document {}: {}",
            self.line, self.document, self.problem
        )?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for DocumentError {
    /// One fault a line: `file:line: document n: problem; hint`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            let between = if index == 0 { "" } else { "\n" };
            write!(f, "{between}{}:{fault}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for DocumentError {}
