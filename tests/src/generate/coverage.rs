//! What the questions of a run have exercised.
//!
//! Owns the list of features; drawing reads the counts so that the rare ones catch up.

use std::collections::{BTreeMap, BTreeSet};

use tagma_core::{
    schema::TagKind,
    segment::{ArithmeticOp, CompareOp, DateUnit, Expr, Interval, Literal, Scalar},
};

use crate::oracle::{World, scalar_parts};

/// Every operator and kind that a run must show.
pub const FEATURES: [&str; 75] = [
    "all",
    "nothing",
    "and",
    "or",
    "not",
    "segment",
    "tag bool",
    "tag category",
    "tag int",
    "tag decimal",
    "tag date",
    "tag timestamp",
    "literal null",
    "literal bool",
    "literal int",
    "literal decimal",
    "literal text",
    "literal date",
    "literal timestamp",
    "literal local timestamp",
    "now",
    "today",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "compare bool",
    "compare number",
    "compare text",
    "compare date",
    "compare timestamp",
    "in",
    "not in",
    "not in with null",
    "between",
    "not between",
    "like",
    "not like",
    "is null",
    "is not null",
    "leaf and",
    "leaf or",
    "leaf not",
    "+",
    "-",
    "*",
    "/",
    "shift months",
    "shift days",
    "shift micros",
    "shift back",
    "trunc year",
    "trunc quarter",
    "trunc month",
    "trunc week",
    "trunc day",
    "trunc hour",
    "trunc minute",
    "days_between",
    "lower",
    "prefix",
    "contains",
    "case",
    "case else",
    "coalesce",
    "depth 1",
    "depth 2",
    "depth 3",
    "depth 4",
    "depth 5",
    "depth 6",
    "few",
    "many",
];

/// Counts of questions by feature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Questions counted.
    pub asked: u64,
    /// Of these, those whose answer is nobody or everybody.
    pub degenerate: u64,
    counts: BTreeMap<&'static str, u64>,
}

impl Coverage {
    /// Questions that have the feature.
    pub fn count(&self, feature: &str) -> u64 {
        self.counts.get(feature).copied().unwrap_or(0)
    }

    /// Counts a question with its answer's size and the population's.
    pub fn record(&mut self, world: &World, expr: &Expr, answer: usize, population: usize) {
        self.asked += 1;
        if answer == 0 || answer == population {
            self.degenerate += 1;
        }
        let size = if answer * 2 < population {
            "few"
        } else {
            "many"
        };
        let depth = format!("depth {}", depth(expr));
        let depth = FEATURES.into_iter().filter(|feature| *feature == depth);
        for feature in features(world, expr).into_iter().chain([size]).chain(depth) {
            *self.counts.entry(feature).or_default() += 1;
        }
    }

    /// Adds another run's counts.
    pub fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.degenerate += other.degenerate;
        for (feature, count) in &other.counts {
            *self.counts.entry(feature).or_default() += count;
        }
    }

    /// Features seen less often than `times`, with their counts.
    pub fn below(&self, times: u64) -> Vec<(&'static str, u64)> {
        let counted = FEATURES
            .into_iter()
            .map(|feature| (feature, self.count(feature)));
        counted.filter(|(_, count)| *count < times).collect()
    }
}

/// Levels of operators: a tag or literal alone is 1, as is an operator over such.
pub fn depth(expr: &Expr) -> usize {
    let below = |parts: &[Expr]| parts.iter().map(depth).max().unwrap_or(0);
    match expr {
        Expr::All | Expr::Nothing | Expr::Segment(_) => 1,
        Expr::And(parts) | Expr::Or(parts) => 1 + below(parts),
        Expr::Not(part) => 1 + depth(part),
        Expr::Leaf(scalar) => operators(scalar).max(1),
    }
}

fn operators(scalar: &Scalar) -> usize {
    let below = scalar_parts(scalar).into_iter().map(operators).max();
    match scalar {
        Scalar::Tag(_) | Scalar::Literal(_) | Scalar::Now | Scalar::Today => 0,
        _ => 1 + below.unwrap_or(0),
    }
}

/// The features of an expression, apart from those of its answer and depth.
pub fn features(world: &World, expr: &Expr) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    of_expr(world, expr, &mut found);
    found
}

fn of_expr(world: &World, expr: &Expr, found: &mut BTreeSet<&'static str>) {
    let (name, parts): (_, &[Expr]) = match expr {
        Expr::All => ("all", &[]),
        Expr::Nothing => ("nothing", &[]),
        Expr::And(parts) => ("and", parts),
        Expr::Or(parts) => ("or", parts),
        Expr::Not(part) => ("not", std::slice::from_ref(part)),
        Expr::Segment(_) => ("segment", &[]),
        Expr::Leaf(scalar) => return of_scalar(world, scalar, found),
    };
    found.insert(name);
    parts.iter().for_each(|part| of_expr(world, part, found));
}

fn of_scalar(world: &World, scalar: &Scalar, found: &mut BTreeSet<&'static str>) {
    match scalar {
        Scalar::Shift { by, .. } => of_interval(*by, found),
        Scalar::Case {
            otherwise: Some(_), ..
        } => {
            found.extend(["case", "case else"]);
        }
        Scalar::In { list, negated, .. } => {
            found.extend(list.iter().map(literal_name));
            found.insert(name_of(world, scalar));
            if *negated && list.contains(&Literal::Null) {
                found.insert("not in with null");
            }
        }
        _ => {
            found.insert(name_of(world, scalar));
        }
    }
    if let Scalar::Compare { left, .. } = scalar {
        found.extend(family(world, left));
    }
    for part in scalar_parts(scalar) {
        of_scalar(world, part, found);
    }
}

fn of_interval(by: Interval, found: &mut BTreeSet<&'static str>) {
    let parts = [
        (by.months != 0, "shift months"),
        (by.days != 0, "shift days"),
        (by.micros != 0, "shift micros"),
        (by.months < 0 || by.days < 0 || by.micros < 0, "shift back"),
    ];
    found.extend(
        parts
            .into_iter()
            .filter(|(has, _)| *has)
            .map(|(_, name)| name),
    );
}

/// What a comparison with this left side compares, where that shows.
fn family(world: &World, left: &Scalar) -> Option<&'static str> {
    match left {
        Scalar::Tag(name) => Some(match world.tags.get(name)?.kind {
            TagKind::Bool => "compare bool",
            TagKind::Category => "compare text",
            TagKind::Int | TagKind::Decimal { .. } => "compare number",
            TagKind::Date => "compare date",
            TagKind::Timestamp => "compare timestamp",
        }),
        _ => None,
    }
}

fn name_of(world: &World, scalar: &Scalar) -> &'static str {
    let not = |negated: bool, plain, other| if negated { other } else { plain };
    match scalar {
        Scalar::Tag(name) => world
            .tags
            .get(name)
            .map_or("tag", |tag| kind_name(tag.kind)),
        Scalar::Literal(literal) => literal_name(literal),
        Scalar::Now => "now",
        Scalar::Today => "today",
        Scalar::Compare { op, .. } => compare_name(*op),
        Scalar::In { negated, .. } => not(*negated, "in", "not in"),
        Scalar::Between { negated, .. } => not(*negated, "between", "not between"),
        Scalar::Like { negated, .. } => not(*negated, "like", "not like"),
        Scalar::IsNull { negated, .. } => not(*negated, "is null", "is not null"),
        Scalar::And(_) => "leaf and",
        Scalar::Or(_) => "leaf or",
        Scalar::Not(_) => "leaf not",
        Scalar::Arithmetic { op, .. } => arithmetic_name(*op),
        Scalar::Shift { .. } => "shift",
        Scalar::DateTrunc { unit, .. } => unit_name(*unit),
        Scalar::DaysBetween { .. } => "days_between",
        Scalar::Lower(_) => "lower",
        Scalar::Prefix { .. } => "prefix",
        Scalar::Contains { .. } => "contains",
        Scalar::Case { .. } => "case",
        Scalar::Coalesce(_) => "coalesce",
    }
}

pub(super) fn kind_name(kind: TagKind) -> &'static str {
    match kind {
        TagKind::Bool => "tag bool",
        TagKind::Category => "tag category",
        TagKind::Int => "tag int",
        TagKind::Decimal { .. } => "tag decimal",
        TagKind::Date => "tag date",
        TagKind::Timestamp => "tag timestamp",
    }
}

fn literal_name(literal: &Literal) -> &'static str {
    match literal {
        Literal::Null => "literal null",
        Literal::Bool(_) => "literal bool",
        Literal::Int(_) => "literal int",
        Literal::Decimal { .. } => "literal decimal",
        Literal::Text(_) => "literal text",
        Literal::Date(_) => "literal date",
        Literal::Timestamp(_) => "literal timestamp",
        Literal::LocalTimestamp(_) => "literal local timestamp",
    }
}

pub(super) fn compare_name(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "=",
        CompareOp::NotEq => "<>",
        CompareOp::Lt => "<",
        CompareOp::LtEq => "<=",
        CompareOp::Gt => ">",
        CompareOp::GtEq => ">=",
    }
}

pub(super) fn arithmetic_name(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Sub => "-",
        ArithmeticOp::Mul => "*",
        ArithmeticOp::Div => "/",
    }
}

pub(super) fn unit_name(unit: DateUnit) -> &'static str {
    match unit {
        DateUnit::Year => "trunc year",
        DateUnit::Quarter => "trunc quarter",
        DateUnit::Month => "trunc month",
        DateUnit::Week => "trunc week",
        DateUnit::Day => "trunc day",
        DateUnit::Hour => "trunc hour",
        DateUnit::Minute => "trunc minute",
    }
}
