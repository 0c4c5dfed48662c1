//! What a difference between Tagma and the oracle looks like.

use std::fmt;

use tagma_core::segment::{Expr, print};

/// Tagma and the oracle disagree.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The expression asked.
    pub expr: Expr,
    /// Where and when it was asked, what was expected, what came.
    pub what: String,
}

impl Difference {
    /// What a wrong list of members is told as.
    pub const WRONG_ANSWER: &'static str = "the oracle has";

    /// Whether Tagma answered, but with other people.
    pub fn is_wrong_answer(&self) -> bool {
        self.what.contains(Self::WRONG_ANSWER)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = print(&self.expr);
        let what = &self.what;
        write!(f, "{what}\n  text: {text}\n  tree: {:?}", self.expr)
    }
}
