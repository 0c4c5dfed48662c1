//! Parentheses and separators.

use std::fmt::{self, Write};

/// How tightly an expression holds together; a looser one in a tighter place gets parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Or,
    And,
    Not,
    Predicate,
    Sum,
    Product,
    Primary,
}

pub(super) fn wrapped(
    out: &mut String,
    parentheses: bool,
    inner: impl FnOnce(&mut String) -> fmt::Result,
) -> fmt::Result {
    if !parentheses {
        return inner(out);
    }
    out.write_char('(')?;
    inner(out)?;
    out.write_char(')')
}

pub(super) fn joined<T>(
    out: &mut String,
    items: &[T],
    between: &str,
    mut write: impl FnMut(&mut String, &T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_str(between)?;
        }
        write(out, item)?;
    }
    Ok(())
}
