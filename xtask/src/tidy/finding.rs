//! One breach of one rule at one place.

use std::fmt;

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Path from the root of the workspace, with `/`.
    pub(crate) path: String,
    /// Line, from 1.
    pub(crate) line: usize,
    /// Name of the rule, as it stands in tidy.toml.
    pub(crate) rule: &'static str,
    /// What inside the file breaks it (a function, a dependency); empty if the file as a whole.
    pub(crate) item: String,
    /// How much there is of what the rule limits; `None` for rules that forbid outright.
    pub(crate) size: Option<usize>,
    /// What, and what to do.
    pub(crate) message: String,
}

impl Finding {
    /// A finding about a thing inside a file.
    pub(crate) fn new(
        rule: &'static str,
        path: &str,
        line: usize,
        item: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            line,
            rule,
            item: item.into(),
            size: None,
            message: message.into(),
        }
    }

    /// The same finding, of a rule that limits a number.
    pub(crate) fn with_size(mut self, size: usize) -> Self {
        self.size = Some(size);
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}: {}",
            self.path, self.line, self.rule, self.message
        )
    }
}
