//! Draws sets: connectives over leaves and saved segments.

use rand::Rng;
use tagma_core::segment::Expr;

use super::Generator;

#[derive(Clone, Copy)]
enum Form {
    And,
    Or,
    Not,
    Segment,
    All,
    Nothing,
}

impl Generator<'_> {
    /// A set of at most that depth, 1 or more.
    pub(super) fn set(&mut self, depth: usize) -> Expr {
        if depth <= 1 {
            return self.flat(depth);
        }
        if self.rng.random_bool(0.3) {
            return Expr::Leaf(self.condition(depth, false));
        }
        let forms = [("and", Form::And), ("or", Form::Or), ("not", Form::Not)];
        match self.choose(&forms) {
            Form::And => self.connect(depth, true),
            Form::Or => self.connect(depth, false),
            _ => Expr::Not(Box::new(self.operand(depth - 1))),
        }
    }

    fn flat(&mut self, depth: usize) -> Expr {
        if self.rng.random_bool(0.1) {
            let names = self.segments();
            if !names.is_empty() {
                return Expr::Segment(self.pick(&names));
            }
        }
        Expr::Leaf(self.condition(depth, false))
    }

    /// A part of a connective: also TRUE, FALSE and saved segments.
    fn operand(&mut self, depth: usize) -> Expr {
        let lags = ["all", "nothing", "segment"]
            .iter()
            .any(|form| self.lags(form));
        if self.rng.random_bool(if lags { 0.3 } else { 0.1 }) {
            let forms = [
                ("segment", Form::Segment),
                ("all", Form::All),
                ("nothing", Form::Nothing),
            ];
            let names = self.segments();
            match self.choose(&forms) {
                Form::Segment if !names.is_empty() => return Expr::Segment(self.pick(&names)),
                Form::All => return Expr::All,
                Form::Nothing => return Expr::Nothing,
                _ => {}
            }
        }
        self.set(depth)
    }

    /// AND or OR of two or three parts, flattened.
    fn connect(&mut self, depth: usize, and: bool) -> Expr {
        let mut parts = Vec::new();
        for part in 0..self.rng.random_range(2..=3) {
            let depth = self.part_depth(part, depth - 1);
            match self.operand(depth) {
                Expr::And(inner) if and => parts.extend(inner),
                Expr::Or(inner) if !and => parts.extend(inner),
                other => parts.push(other),
            }
        }
        if and {
            Expr::And(parts)
        } else {
            Expr::Or(parts)
        }
    }
}
