//! Errors: which, and that no order of conditions shows in them.

use std::sync::Arc;

use tagma_core::{
    ErrorKind, LogIndex, TagVersion, Value, ValueType,
    schema::{Name, TagKind},
    segment::{ArithmeticOp, CompareOp, NodeKind, Plan, Predicate, TagSlot},
};

use super::plans::{compare, literal, node};
use crate::{
    alive::LiveBitmap,
    eval::{Error, Evaluator, Program, ShardView},
    section::TagSection,
    testing::column::{Model, encode},
};

const PEOPLE: u32 = 70_000;

/// `n` of everybody is its ordinal, except that one person's is the greatest Int64.
fn section(huge: u32) -> Arc<TagSection> {
    let value = |n| {
        if n == huge {
            i128::from(i64::MAX)
        } else {
            i128::from(n)
        }
    };
    let model: Model = (0..PEOPLE).map(|n| (n, Value::Int(value(n)))).collect();
    let bytes = encode(TagKind::Int, PEOPLE, &model).bytes;
    Arc::new(TagSection::parse(bytes, "n").expect("own bytes"))
}

fn slot() -> TagSlot {
    TagSlot {
        name: Name::new("n").expect("a name"),
        kind: TagKind::Int,
        version: Some(TagVersion(1)),
    }
}

fn view(root: Predicate, section: Arc<TagSection>, dead: Option<u32>) -> ShardView {
    let mut live = LiveBitmap::new();
    live.apply(LogIndex(1), Some(0..PEOPLE), dead)
        .expect("in order");
    let plan = Plan {
        root,
        tags: vec![slot()],
        as_of: tagma_core::AsOf(0),
    };
    ShardView {
        alive: live.at(LogIndex(1)).expect("readable"),
        population: PEOPLE,
        program: Program::compile(&plan, &[Some(section)])
            .expect("compiles")
            .into(),
    }
}

/// `n * n * n > 0`: 57 digits for the greatest Int64.
fn cube() -> Predicate {
    let n = || Box::new(node(ValueType::Int, NodeKind::Tag(0)));
    let product = |left, right| {
        node(
            ValueType::Int,
            NodeKind::Arithmetic {
                op: ArithmeticOp::Mul,
                left,
                right,
            },
        )
    };
    let cube = product(Box::new(product(n(), n())), n());
    Predicate::Leaf(compare(CompareOp::Gt, cube, literal(Value::Int(0))))
}

fn below(end: i128) -> Predicate {
    let n = node(ValueType::Int, NodeKind::Tag(0));
    Predicate::Leaf(compare(CompareOp::Lt, n, literal(Value::Int(end))))
}

#[test]
fn an_overflow_of_anybody_alive_fails_the_count_in_any_order() {
    let huge = 66_000;
    let sets = [
        cube(),
        Predicate::And(vec![below(10), cube()]),
        Predicate::And(vec![cube(), below(10)]),
        Predicate::And(vec![Predicate::Nothing, cube()]),
        Predicate::Or(vec![Predicate::All, cube()]),
        Predicate::Not(Box::new(Predicate::And(vec![below(0), cube()]))),
    ];
    for set in sets {
        let failing = view(set.clone(), section(huge), None);
        let mut evaluator = Evaluator::new(&failing);
        let error = evaluator.count(0..2).expect_err("57 digits");
        assert_eq!(error.kind(), ErrorKind::Invalid, "{set:?}");
        assert!(evaluator.members(0..2).is_err() && evaluator.steps(0..2).is_err());
        evaluator
            .count(0..1)
            .expect("nobody in the first chunk overflows");
        assert!(evaluator.contains(huge).is_err());
        evaluator.contains(5).expect("another person");
        // The dead have no values.
        let fine = view(set, section(huge), Some(huge));
        Evaluator::new(&fine)
            .count(0..2)
            .expect("nobody alive overflows");
    }
}

#[test]
fn what_cannot_overflow_is_not_computed_for_all() {
    let view = view(Predicate::And(vec![below(10), cube()]), section(5), Some(5));
    assert!(
        view.program.computed[0].may_fail,
        "bounds know nothing of the dead"
    );
    let small = self::view(
        Predicate::And(vec![below(10), cube()]),
        section(PEOPLE),
        None,
    );
    assert!(!small.program.computed[0].may_fail);
    assert_eq!(Evaluator::new(&small).count(0..2).expect("fits"), 9);
}

#[test]
fn plans_and_sections_that_do_not_fit_are_refused() {
    let plan = |kind, root| Plan {
        root,
        tags: vec![TagSlot { kind, ..slot() }],
        as_of: tagma_core::AsOf(0),
    };
    let sections = [Some(section(0))];
    let error = Program::compile(&plan(TagKind::Date, Predicate::All), &sections);
    let error = error.expect_err("another kind");
    assert!(matches!(error, Error::KindMismatch { .. }) && error.kind() == ErrorKind::Internal);
    let error = Program::compile(&plan(TagKind::Int, Predicate::All), &[]);
    assert!(matches!(
        error,
        Err(Error::NoSuchSlot { slot: 0, given: 0 })
    ));
    let beyond = Predicate::Leaf(compare(
        CompareOp::Eq,
        node(ValueType::Int, NodeKind::Tag(1)),
        literal(Value::Int(0)),
    ));
    let error = Program::compile(&plan(TagKind::Int, beyond), &sections);
    assert!(matches!(
        error,
        Err(Error::NoSuchSlot { slot: 1, given: 1 })
    ));
}

#[test]
fn a_damaged_section_fails_what_reads_it_and_names_it() {
    let model: Model = (0..PEOPLE)
        .map(|n| (n, Value::Int(i128::from(n))))
        .collect();
    let mut bytes = encode(TagKind::Int, PEOPLE, &model).bytes.to_vec();
    bytes[1_000] ^= 1;
    let section = TagSection::parse(bytes.into(), "pack 3, n").expect("the directory is intact");
    let view = view(below(500), section.into(), None);
    let error = Evaluator::new(&view).count(0..2).expect_err("damaged");
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    let source = std::error::Error::source(&error).expect("the section's own error");
    assert_eq!(
        source.to_string(),
        "pack 3, n: chunk 0 is damaged: checksum"
    );
    let error = Evaluator::new(&view).contains(3).expect_err("damaged");
    assert_eq!(error.kind(), ErrorKind::Corrupt);
}
