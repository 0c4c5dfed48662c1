//! Walking a scalar: its direct parts, the tags that it reads.

use std::collections::BTreeSet;

use tagma_core::{schema::Name, segment::Scalar};

use super::Evaluator;

impl Evaluator<'_> {
    /// Adds the tags that `scalar` reads.
    pub(in crate::oracle) fn tags_of(&self, scalar: &Scalar, tags: &mut BTreeSet<Name>) {
        if let Scalar::Tag(name) = scalar {
            tags.insert(name.clone());
        }
        for part in scalar_parts(scalar) {
            self.tags_of(part, tags);
        }
    }
}

/// The direct parts of a scalar in written order; literals of IN are none.
pub fn scalar_parts(scalar: &Scalar) -> Vec<&Scalar> {
    match scalar {
        Scalar::Tag(_) | Scalar::Literal(_) | Scalar::Now | Scalar::Today => Vec::new(),
        Scalar::Compare { left, right, .. } | Scalar::Arithmetic { left, right, .. } => {
            vec![left, right]
        }
        Scalar::Between {
            value, low, high, ..
        } => vec![value, low, high],
        Scalar::DaysBetween { from, to } => vec![from, to],
        Scalar::In { value, .. }
        | Scalar::Like { value, .. }
        | Scalar::IsNull { value, .. }
        | Scalar::Shift { value, .. }
        | Scalar::DateTrunc { value, .. }
        | Scalar::Prefix { value, .. }
        | Scalar::Contains { value, .. } => vec![value],
        Scalar::Not(part) | Scalar::Lower(part) => vec![part],
        Scalar::And(parts) | Scalar::Or(parts) | Scalar::Coalesce(parts) => parts.iter().collect(),
        Scalar::Case {
            branches,
            otherwise,
        } => {
            let pairs = branches.iter().flat_map(|(c, v)| [c, v]);
            pairs.chain(otherwise.as_deref()).collect()
        }
    }
}
