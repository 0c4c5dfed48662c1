//! Draws numbers: tags, arithmetic, days between.

use rand::Rng;
use tagma_core::segment::{ArithmeticOp, Scalar};

use super::{super::coverage::arithmetic_name, Generator, value::Sort};

#[derive(Clone, Copy)]
enum Form {
    Tag,
    Arithmetic(ArithmeticOp),
    DaysBetween,
    Case,
    Coalesce,
}

impl Generator<'_> {
    pub(super) fn number(&mut self, depth: usize) -> Scalar {
        if depth == 0 || self.rng.random_bool(0.15) {
            return self.tag(Sort::Number);
        }
        let operators = [
            ArithmeticOp::Add,
            ArithmeticOp::Sub,
            ArithmeticOp::Mul,
            ArithmeticOp::Div,
        ];
        let operators = operators.map(|op| (arithmetic_name(op), Form::Arithmetic(op)));
        let mut forms = operators.to_vec();
        forms.extend([
            ("tag decimal", Form::Tag),
            ("days_between", Form::DaysBetween),
            ("case", Form::Case),
            ("coalesce", Form::Coalesce),
        ]);
        match self.choose(&forms) {
            Form::Tag => self.tag(Sort::Number),
            Form::Arithmetic(op) => self.arithmetic(op, depth - 1),
            Form::DaysBetween => {
                let from = Box::new(self.moment(depth - 1));
                let to = Box::new(self.moment(depth - 1));
                Scalar::DaysBetween { from, to }
            }
            Form::Case => self.case(Sort::Number, depth),
            Form::Coalesce => self.coalesce(Sort::Number, depth),
        }
    }

    fn arithmetic(&mut self, op: ArithmeticOp, depth: usize) -> Scalar {
        let left = self.number(depth);
        let right = if self.rng.random_bool(0.4) {
            Scalar::Literal(self.factor())
        } else {
            let depth = self.part_depth(1, depth);
            self.number(depth)
        };
        let swapped = self.rng.random_bool(0.2);
        let (left, right) = if swapped {
            (right, left)
        } else {
            (left, right)
        };
        let (left, right) = (Box::new(left), Box::new(right));
        Scalar::Arithmetic { op, left, right }
    }

    /// A date or a timestamp.
    fn moment(&mut self, depth: usize) -> Scalar {
        if self.rng.random_bool(0.5) {
            return self.date(depth);
        }
        self.timestamp(depth)
    }
}
