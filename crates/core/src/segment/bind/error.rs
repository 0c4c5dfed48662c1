//! Why a tree has no plan.

use super::place;
use crate::{
    error::ErrorKind,
    limits::{SEGMENT_DEPTH_MAX, SEGMENT_NODES_MAX},
    schema::Name,
    segment::{Position, measure::TreeError},
    time::TimeError,
};

/// Characters of an expression that a message quotes.
const SHOWN: usize = 120;

/// Errors of binding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// The tree itself cannot be used.
    #[error("the segment cannot be used")]
    Tree(#[source] TreeError),
    /// The zone does not exist.
    #[error("the segment's time zone cannot be used")]
    Zone(#[source] TimeError),
    /// `as_of` or its local day is outside years 1 to 9999.
    #[error("`as_of` cannot be used")]
    AsOf(#[source] TimeError),
    /// No such tag.
    #[error("there is no tag `{name}`{}", hint(nearest.as_deref()))]
    UnknownTag {
        /// As written, folded.
        name: Name,
        /// The nearest known name.
        nearest: Option<String>,
    },
    /// No such segment.
    #[error("there is no segment `{name}`{}", hint(nearest.as_deref()))]
    UnknownSegment {
        /// As written, folded.
        name: Name,
        /// The nearest known name.
        nearest: Option<String>,
    },
    /// A segment that contains itself.
    #[error("segment `{}` contains itself: {}", first(names), arrows(names))]
    Cycle {
        /// The way around, the same name first and last.
        names: Vec<Name>,
    },
    /// With its nested segments the expression is too large.
    #[error(
        "with its nested segments the expression has more than {SEGMENT_NODES_MAX} nodes; \
         segment `{name}` is where the limit is passed"
    )]
    Nodes {
        /// The segment.
        name: Name,
    },
    /// With its nested segments the expression is too deep.
    #[error(
        "with its nested segments the expression is nested deeper than {SEGMENT_DEPTH_MAX} \
         levels; segment `{name}` is where the limit is passed"
    )]
    Depth {
        /// The segment.
        name: Name,
    },
    /// Types that do not fit.
    #[error("{problem} in `{}`{}", shown(fragment), after(hint.as_deref()))]
    Type {
        /// The part of the expression, printed.
        fragment: String,
        /// What does not fit.
        problem: String,
        /// What to do.
        hint: Option<String>,
    },
    /// A literal that is no date or timestamp.
    #[error("a literal cannot be read in `{}`", shown(fragment))]
    Literal {
        /// The part of the expression, printed.
        fragment: String,
        /// Why.
        #[source]
        source: TimeError,
    },
}

impl BindError {
    /// Always the expression's fault.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }

    /// Where in the text that was parsed the error lies, as far as it can be found again.
    pub fn position(&self, text: &str) -> Option<Position> {
        match self {
            Self::UnknownTag { name, .. } => place::of_name(text, name.as_str()),
            Self::UnknownSegment { name, .. } | Self::Nodes { name } | Self::Depth { name } => {
                place::of_text(text, name.as_str())
            }
            Self::Cycle { names } => place::of_text(text, names.first()?.as_str()),
            Self::Type { fragment, .. } | Self::Literal { fragment, .. } => {
                place::of_fragment(text, fragment)
            }
            Self::Tree(_) | Self::Zone(_) | Self::AsOf(_) => None,
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

fn after(hint: Option<&str>) -> String {
    hint.map_or(String::new(), |hint| format!("; {hint}"))
}

fn shown(fragment: &str) -> String {
    if fragment.chars().count() <= SHOWN {
        return fragment.to_owned();
    }
    let cut: String = fragment.chars().take(SHOWN).collect();
    format!("{cut}…")
}

fn first(names: &[Name]) -> &str {
    names.first().map_or("", Name::as_str)
}

fn arrows(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    names.join(" → ")
}
