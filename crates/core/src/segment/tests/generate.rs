//! Random trees and texts from a seed.

use crate::{
    schema::Name,
    segment::tree::{ArithmeticOp, CompareOp, DateUnit, Expr, Interval, Literal, Scalar},
    time::{DATE_MAX, DATE_MIN, TIMESTAMP_MAX, TIMESTAMP_MIN},
};

/// Tags that trees name: (name, type by position in the binder's tests).
pub(in crate::segment) const TAGS: [&str; 8] = [
    "age",
    "ltv",
    "city",
    "is_vip",
    "birthday",
    "last_order",
    "城市",
    "order",
];

const TEXTS: [&str; 8] = [
    "",
    "上海",
    "it's",
    "%a_b\\",
    "a\nb",
    "2024-01-31",
    "2024-01-31 10:00:00",
    "--x /* y */",
];

/// SplitMix64.
pub(in crate::segment) struct Random(pub(in crate::segment) u64);

impl Random {
    pub(in crate::segment) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(in crate::segment) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn flag(&mut self) -> bool {
        self.next() & 1 == 1
    }

    pub(in crate::segment) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = (i128::from(high) - i128::from(low) + 1) as u128;
        (i128::from(low) + (u128::from(self.next()) % width) as i128) as i64
    }

    fn text(&mut self) -> String {
        (*self.pick(&TEXTS)).to_owned()
    }

    fn name(&mut self) -> Name {
        let tag = *self.pick(&TAGS);
        Name::new(tag).expect("a name")
    }

    fn literal(&mut self, null: bool) -> Literal {
        match self.below(if null { 9 } else { 8 }) {
            0 => Literal::Bool(self.flag()),
            1 => Literal::Int(i128::from(self.between(-100, 100))),
            2 => Literal::Int(10_i128.pow(38) - 1 - i128::from(self.next())),
            3 => Literal::Decimal {
                unscaled: i128::from(self.between(-100_000, 100_000)),
                scale: self.below(12) as u8,
            },
            4 => Literal::Text(self.text()),
            5 => Literal::Date(self.between(DATE_MIN.into(), DATE_MAX.into()) as i32),
            6 => Literal::Timestamp(self.between(TIMESTAMP_MIN, TIMESTAMP_MAX)),
            7 => Literal::LocalTimestamp(self.between(TIMESTAMP_MIN, TIMESTAMP_MAX)),
            _ => Literal::Null,
        }
    }

    fn interval(&mut self) -> Interval {
        let edge = |edge: i64, value: i64, random: &mut Self| match random.below(8) {
            0 => edge,
            1..=4 => 0,
            _ => value,
        };
        let days = self.between(-400, 400);
        let micros = self.between(-99, 99) * *self.pick(&[1, 1_000, 60_000_000, 3_600_000_000]);
        Interval {
            months: edge(i32::MIN.into(), days / 30, self) as i32,
            days: edge(i32::MAX.into(), days, self) as i32,
            micros: edge(i64::MIN, micros, self),
        }
    }

    fn op(&mut self) -> CompareOp {
        use CompareOp::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
        *self.pick(&[Eq, Eq, Eq, NotEq, Lt, LtEq, Gt, GtEq])
    }

    fn boxed(&mut self, depth: usize) -> Box<Scalar> {
        Box::new(self.scalar(depth))
    }

    /// A value that is not a bare NULL.
    fn side(&mut self, depth: usize) -> Box<Scalar> {
        match self.scalar(depth) {
            Scalar::Literal(Literal::Null) => Box::new(Scalar::Now),
            other => Box::new(other),
        }
    }

    fn scalars(&mut self, depth: usize) -> Vec<Scalar> {
        (0..self.below(4)).map(|_| self.scalar(depth)).collect()
    }

    /// A value of at most that depth, types at random.
    pub(in crate::segment) fn scalar(&mut self, depth: usize) -> Scalar {
        if depth == 0 || self.below(6) == 0 {
            return match self.below(6) {
                0..=2 => Scalar::Tag(self.name()),
                3 => Scalar::Now,
                4 => Scalar::Today,
                _ => Scalar::Literal(self.literal(true)),
            };
        }
        let below = depth - 1;
        match self.below(17) {
            0 | 1 => Scalar::Compare {
                op: self.op(),
                left: self.side(below),
                right: match self.flag() {
                    true => Box::new(Scalar::Literal(self.literal(false))),
                    false => self.side(below),
                },
            },
            2 => Scalar::In {
                value: self.boxed(below),
                list: (0..self.below(4)).map(|_| self.literal(true)).collect(),
                negated: self.flag(),
            },
            3 => Scalar::Between {
                value: self.boxed(below),
                low: self.boxed(below),
                high: self.boxed(below),
                negated: self.flag(),
            },
            4 => Scalar::Like {
                value: self.boxed(below),
                pattern: self.text(),
                negated: self.flag(),
            },
            5 => Scalar::IsNull {
                value: self.boxed(below),
                negated: self.flag(),
            },
            6 => Scalar::And(self.scalars(below)),
            7 => Scalar::Or(self.scalars(below)),
            8 => Scalar::Not(self.boxed(below)),
            9 => Scalar::Arithmetic {
                op: *self.pick(&[
                    ArithmeticOp::Add,
                    ArithmeticOp::Sub,
                    ArithmeticOp::Mul,
                    ArithmeticOp::Div,
                ]),
                left: self.boxed(below),
                right: self.boxed(below),
            },
            10 => Scalar::Shift {
                value: self.boxed(below),
                by: self.interval(),
            },
            _ => self.function(below),
        }
    }

    fn function(&mut self, below: usize) -> Scalar {
        use DateUnit::{Day, Hour, Minute, Month, Quarter, Week, Year};
        match self.below(7) {
            0 => Scalar::DateTrunc {
                unit: *self.pick(&[Year, Quarter, Month, Week, Day, Hour, Minute]),
                value: self.boxed(below),
            },
            1 => Scalar::DaysBetween {
                from: self.boxed(below),
                to: self.boxed(below),
            },
            2 => Scalar::Lower(self.boxed(below)),
            3 => Scalar::Prefix {
                value: self.boxed(below),
                start: self.text(),
            },
            4 => Scalar::Contains {
                value: self.boxed(below),
                part: self.text(),
            },
            5 => Scalar::Case {
                branches: (0..self.below(3))
                    .map(|_| (self.scalar(below), self.scalar(below)))
                    .collect(),
                otherwise: self.flag().then(|| self.boxed(below)),
            },
            _ => Scalar::Coalesce(self.scalars(below)),
        }
    }

    /// A set of at most that depth.
    pub(in crate::segment) fn expr(&mut self, depth: usize) -> Expr {
        if depth == 0 || self.below(3) == 0 {
            return match self.below(12) {
                0 => Expr::All,
                1 => Expr::Nothing,
                2 => Expr::Segment(self.name()),
                _ => Expr::Leaf(self.scalar(depth.min(4))),
            };
        }
        let items = |random: &mut Self| {
            (0..random.below(5))
                .map(|_| random.expr(depth - 1))
                .collect()
        };
        match self.below(5) {
            0 | 1 => Expr::And(items(self)),
            2 | 3 => Expr::Or(items(self)),
            _ => Expr::Not(Box::new(self.expr(depth - 1))),
        }
    }

    /// Words of the language in no order, with noise.
    pub(in crate::segment) fn soup(&mut self) -> String {
        const WORDS: [&str; 52] = [
            "age", "城市", "\"x y\"", "'text'", "''", "'", "\"", "`a`", "1", "-1", "1.5", "1e5",
            "0x1f", ".", "..", "(", ")", "((", "))", ",", ";", "=", "==", "<>", "!=", "<", ">=",
            "+", "-", "--", "/*", "*/", "*", "/", "%", "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE",
            "IS", "NULL", "TRUE", "CASE", "WHEN", "THEN", "ELSE", "END", "INTERVAL", "DATE",
            "now()",
        ];
        const MORE: [&str; 14] = [
            "segment('a')",
            "lower(",
            "SELECT",
            "EXISTS",
            "\u{3000}",
            "\u{0}",
            "é",
            "$$a$$",
            "/*!x*/",
            "N'x'",
            "U&'\\0041'",
            "TIMESTAMP '2024-01-01'",
            "INTERVAL '1 day'",
            "current_date",
        ];
        let mut text = String::new();
        for _ in 0..self.below(24) {
            let word = match self.below(8) {
                0 => *self.pick(&MORE),
                1 => {
                    let letter = char::from_u32(self.next() as u32 % 0x11_0000).unwrap_or('x');
                    text.push(letter);
                    continue;
                }
                _ => *self.pick(&WORDS),
            };
            text.push_str(word);
            if self.below(5) != 0 {
                text.push(' ');
            }
        }
        text
    }
}
