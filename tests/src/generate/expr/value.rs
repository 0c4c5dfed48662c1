//! Draws values of any family: tags, CASE and COALESCE.

use rand::Rng;
use tagma_core::{
    schema::{Name, TagKind},
    segment::{Literal, Scalar},
};

use super::{super::coverage::kind_name, Generator};

/// A family of values, dates and timestamps apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Bool,
    Number,
    Text,
    Date,
    Timestamp,
}

impl Sort {
    fn of(kind: TagKind) -> Self {
        match kind {
            TagKind::Bool => Self::Bool,
            TagKind::Category => Self::Text,
            TagKind::Int | TagKind::Decimal { .. } => Self::Number,
            TagKind::Date => Self::Date,
            TagKind::Timestamp => Self::Timestamp,
        }
    }
}

impl Generator<'_> {
    /// A value of a family with at most `depth` levels of operators.
    pub(super) fn value(&mut self, sort: Sort, depth: usize) -> Scalar {
        match sort {
            Sort::Bool => self.condition(depth, true),
            Sort::Number => self.number(depth),
            Sort::Text => self.text(depth),
            Sort::Date => self.date(depth),
            Sort::Timestamp => self.timestamp(depth),
        }
    }

    /// A tag of the family; seldom one without values at the index.
    pub(super) fn tag(&mut self, sort: Sort) -> Scalar {
        let bare = self.rng.random_bool(0.03);
        let tags = self.world.tags.iter().filter(|(name, tag)| {
            let full = self.world.version(name, self.index).is_some();
            Sort::of(tag.kind) == sort && (full || bare)
        });
        let mut tags: Vec<(&str, &Name)> = tags.map(|(n, tag)| (kind_name(tag.kind), n)).collect();
        if tags.is_empty() {
            let any = self
                .world
                .tags
                .iter()
                .filter(|(_, tag)| Sort::of(tag.kind) == sort);
            tags = any.map(|(name, tag)| (kind_name(tag.kind), name)).collect();
        }
        Scalar::Tag(self.choose(&tags).clone())
    }

    /// CASE with one or two branches.
    pub(super) fn case(&mut self, sort: Sort, depth: usize) -> Scalar {
        let below = depth - 1;
        let mut branches = Vec::new();
        for part in 0..self.rng.random_range(1..=2) {
            let depth = self.part_depth(part, below);
            let condition = self.condition(depth.max(1), true);
            let depth = self.part_depth(1, below);
            branches.push((condition, self.value_or_literal(sort, depth)));
        }
        let otherwise = self.rng.random_bool(0.6).then(|| {
            let depth = self.part_depth(1, below);
            Box::new(self.value_or_literal(sort, depth))
        });
        Scalar::Case {
            branches,
            otherwise,
        }
    }

    /// COALESCE of two or three; the last may be a literal.
    pub(super) fn coalesce(&mut self, sort: Sort, depth: usize) -> Scalar {
        let mut parts = vec![self.value(sort, depth - 1)];
        if self.rng.random_bool(0.4) {
            let depth = self.part_depth(1, depth - 1);
            let mixed = sort == Sort::Timestamp && self.rng.random_bool(0.3);
            let second = if mixed { Sort::Date } else { sort };
            parts.push(self.value(second, depth));
        }
        let like = parts[0].clone();
        parts.push(Scalar::Literal(self.literal_like(&like, sort)));
        Scalar::Coalesce(parts)
    }

    fn value_or_literal(&mut self, sort: Sort, depth: usize) -> Scalar {
        if self.rng.random_bool(0.1) {
            return Scalar::Literal(Literal::Null);
        }
        if self.rng.random_bool(0.4) {
            let tag = self.tag(sort);
            return Scalar::Literal(self.typed_literal_like(&tag, sort));
        }
        self.value(sort, depth)
    }
}
