//! Draws booleans: comparisons, IN, BETWEEN, tests, and three-valued logic below a leaf.

use rand::Rng;
use tagma_core::segment::{CompareOp, Literal, Scalar};

use super::{super::coverage::compare_name, Generator, value::Sort};

#[derive(Clone, Copy)]
enum Form {
    Tag,
    Compare,
    In(bool),
    Between(bool),
    Like(bool),
    IsNull(bool),
    Prefix,
    Contains,
    And,
    Or,
    Not,
    Case,
    Coalesce,
}

const FLAT: [(&str, Form); 13] = [
    ("tag bool", Form::Tag),
    ("compare number", Form::Compare),
    ("=", Form::Compare),
    ("in", Form::In(false)),
    ("not in", Form::In(true)),
    ("not in with null", Form::In(true)),
    ("between", Form::Between(false)),
    ("not between", Form::Between(true)),
    ("like", Form::Like(false)),
    ("not like", Form::Like(true)),
    ("is null", Form::IsNull(false)),
    ("is not null", Form::IsNull(true)),
    ("prefix", Form::Prefix),
];

const OPERATORS: [CompareOp; 6] = [
    CompareOp::Eq,
    CompareOp::NotEq,
    CompareOp::Lt,
    CompareOp::LtEq,
    CompareOp::Gt,
    CompareOp::GtEq,
];

impl Generator<'_> {
    /// A boolean; `inner` allows what would be a connective of sets as a leaf of its own.
    pub(super) fn condition(&mut self, depth: usize, inner: bool) -> Scalar {
        if depth == 0 {
            return self.tag(Sort::Bool);
        }
        let mut forms = FLAT.to_vec();
        forms.push(("contains", Form::Contains));
        if depth > 1 {
            forms.push(("compare timestamp", Form::Compare));
            forms.extend([("case", Form::Case), ("coalesce", Form::Coalesce)]);
        }
        if depth > 1 && inner {
            let logic = [
                ("leaf and", Form::And),
                ("leaf or", Form::Or),
                ("leaf not", Form::Not),
            ];
            forms.extend(logic);
        }
        let below = depth - 1;
        let logic = ["leaf and", "leaf or", "leaf not"]
            .iter()
            .any(|form| self.lags(form));
        if logic && depth > 1 && !inner && self.rng.random_bool(0.2) {
            return self.case(Sort::Bool, depth);
        }
        match self.choose(&forms) {
            Form::Tag => self.tag(Sort::Bool),
            Form::Compare => self.compare(below),
            Form::In(negated) => self.is_in(below, negated),
            Form::Between(negated) => self.between(below, negated),
            Form::Like(negated) => self.like(below, negated),
            Form::IsNull(negated) => {
                let sort = self.sort();
                let value = match sort {
                    Sort::Bool => self.tag(sort),
                    other => self.value(other, below),
                };
                let value = Box::new(value);
                Scalar::IsNull { value, negated }
            }
            Form::Prefix => self.prefix(below),
            Form::Contains => self.contains(below),
            Form::And => Scalar::And(self.operands(below, true)),
            Form::Or => Scalar::Or(self.operands(below, false)),
            Form::Not => Scalar::Not(Box::new(self.condition(below, true))),
            Form::Case => self.case(Sort::Bool, depth),
            Form::Coalesce => self.coalesce(Sort::Bool, depth),
        }
    }

    fn sort(&mut self) -> Sort {
        let sorts = [
            ("compare bool", Sort::Bool),
            ("compare number", Sort::Number),
            ("compare text", Sort::Text),
            ("compare date", Sort::Date),
            ("compare timestamp", Sort::Timestamp),
        ];
        self.choose(&sorts)
    }

    fn compare(&mut self, depth: usize) -> Scalar {
        let sort = self.sort();
        let ordered = matches!(sort, Sort::Number | Sort::Date | Sort::Timestamp);
        let operators = if ordered {
            &OPERATORS[..]
        } else {
            &OPERATORS[..2]
        };
        let operators: Vec<_> = operators
            .iter()
            .map(|op| (compare_name(*op), *op))
            .collect();
        let op = self.choose(&operators);
        let left = match sort {
            Sort::Bool => self.tag(sort),
            other => self.value(other, depth),
        };
        let right = self.other_side(&left, sort, depth);
        // The literal may stand first.
        let (left, right) = match &right {
            Scalar::Literal(_) if self.rng.random_bool(0.1) => (right, left),
            _ => (left, right),
        };
        let (left, right) = (Box::new(left), Box::new(right));
        Scalar::Compare { op, left, right }
    }

    /// What a value is compared with: mostly a literal near it, sometimes another value.
    fn other_side(&mut self, left: &Scalar, sort: Sort, depth: usize) -> Scalar {
        if self.rng.random_bool(0.7) {
            return Scalar::Literal(self.literal_like(left, sort));
        }
        let sort = self.relative(sort);
        match sort {
            Sort::Bool => self.tag(sort),
            other => {
                let depth = self.part_depth(1, depth);
                self.value(other, depth)
            }
        }
    }

    /// Dates meet timestamps.
    fn relative(&mut self, sort: Sort) -> Sort {
        match sort {
            Sort::Date if self.rng.random_bool(0.3) => Sort::Timestamp,
            Sort::Timestamp if self.rng.random_bool(0.3) => Sort::Date,
            other => other,
        }
    }

    fn is_in(&mut self, depth: usize, negated: bool) -> Scalar {
        let sort = self.sort();
        let value = match sort {
            Sort::Bool => self.tag(sort),
            other => self.value(other, depth),
        };
        let count = self.rng.random_range(1..=6);
        let mut list: Vec<Literal> = (0..count)
            .map(|_| self.literal_like(&value, sort))
            .collect();
        let lags = self.lags("not in with null");
        if self.rng.random_bool(if lags { 0.3 } else { 0.1 }) {
            list.push(Literal::Null);
        }
        let value = Box::new(value);
        Scalar::In {
            value,
            list,
            negated,
        }
    }

    fn between(&mut self, depth: usize, negated: bool) -> Scalar {
        let sorts = [
            ("compare number", Sort::Number),
            ("compare date", Sort::Date),
            ("compare timestamp", Sort::Timestamp),
        ];
        let sort = self.choose(&sorts);
        let value = self.value(sort, depth);
        let mut ends = [
            self.other_side(&value, sort, depth),
            self.other_side(&value, sort, depth),
        ];
        // Mostly the lower end first: by the value of some person.
        let first = self.sample(&ends[0]).partial_cmp(&self.sample(&ends[1]));
        if first == Some(std::cmp::Ordering::Greater) && self.rng.random_bool(0.9) {
            ends.swap(0, 1);
        }
        let [low, high] = ends.map(Box::new);
        let value = Box::new(value);
        Scalar::Between {
            value,
            low,
            high,
            negated,
        }
    }

    /// Two or three operands of a three-valued connective, flattened.
    fn operands(&mut self, depth: usize, and: bool) -> Vec<Scalar> {
        let mut parts = Vec::new();
        for part in 0..self.rng.random_range(2..=3) {
            let depth = self.part_depth(part, depth);
            match self.condition(depth, true) {
                Scalar::And(inner) if and => parts.extend(inner),
                Scalar::Or(inner) if !and => parts.extend(inner),
                other => parts.push(other),
            }
        }
        parts
    }
}
