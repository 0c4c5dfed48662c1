//! Times of the set questions over two million people in one shard, on one thread.
//!
//! `cargo bench -p tagma-engine`: prints the median of many runs and the answer, for comparison.
#![allow(clippy::print_stdout, reason = "the figures are the output")]

use std::{sync::Arc, time::Instant};

use tagma_core::{
    AsOf, LogIndex, TagVersion, Value, ValueType,
    schema::{Name, TagKind},
    segment::{CompareOp, Node, NodeKind, Plan, Predicate, TagSlot},
};
use tagma_engine::{
    alive::LiveBitmap,
    eval::{Evaluator, Program, ShardView},
    section::{SectionBuilder, TagSection},
};

const PEOPLE: u32 = 2_000_000;
const RUNS: usize = 101;

/// The tags, by slot.
const TAGS: [(&str, TagKind); 7] = [
    ("a", TagKind::Bool),
    ("b", TagKind::Bool),
    ("c", TagKind::Bool),
    ("city", TagKind::Category),
    ("age", TagKind::Int),
    (
        "ltv",
        TagKind::Decimal {
            precision: 12,
            scale: 2,
        },
    ),
    ("level", TagKind::Category),
];

/// A value for a person, from a number that is spread evenly.
fn value(slot: usize, random: u64) -> Value {
    match slot {
        0..=2 => Value::Bool(random % 10 < 3),
        3 => Value::Text(format!("city {}", random % 337)),
        4 => Value::Int(i128::from(random % 90) + 10),
        5 => Value::Decimal {
            unscaled: i128::from(random % 10_000_000),
            scale: 2,
        },
        _ => Value::Text(format!("level {}", random % 9)),
    }
}

/// SplitMix64's finaliser.
fn spread(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn section(slot: usize) -> Option<Arc<TagSection>> {
    let (name, kind) = TAGS[slot];
    let mut builder = SectionBuilder::new(kind, PEOPLE);
    let started = Instant::now();
    for ordinal in 0..PEOPLE {
        let random = spread(u64::from(ordinal) * 7 + slot as u64);
        let has_value = random >> 60 != 0;
        if has_value {
            builder
                .push(ordinal, value(slot, random))
                .expect("ordinals ascend");
        }
    }
    let bytes = builder.finish().bytes;
    println!(
        "{:>9} bytes, built in {:>4} ms: {name}",
        bytes.len(),
        started.elapsed().as_millis()
    );
    Some(Arc::new(TagSection::parse(bytes, name).expect("own bytes")))
}

fn tag(slot: usize) -> Box<Node> {
    let value_type = TAGS[slot].1.value_type();
    Box::new(Node {
        value_type,
        kind: NodeKind::Tag(slot),
    })
}

fn literal(value: Value) -> Box<Node> {
    Box::new(Node {
        value_type: value.value_type(),
        kind: NodeKind::Literal(value),
    })
}

fn leaf(kind: NodeKind) -> Predicate {
    Predicate::Leaf(Node {
        value_type: ValueType::Bool,
        kind,
    })
}

fn is(slot: usize) -> Predicate {
    Predicate::Leaf(*tag(slot))
}

fn between(slot: usize, low: Value, high: Value) -> Predicate {
    leaf(NodeKind::Between {
        value: tag(slot),
        low: literal(low),
        high: literal(high),
        negated: false,
    })
}

fn one_of(slot: usize, texts: impl Iterator<Item = String>) -> Predicate {
    leaf(NodeKind::In {
        value: tag(slot),
        list: texts.map(Value::Text).collect(),
        negated: false,
    })
}

fn money(unscaled: i128) -> Value {
    Value::Decimal { unscaled, scale: 2 }
}

fn questions() -> Vec<(&'static str, Predicate)> {
    let cities = |n: u32| one_of(3, (0..n).map(|city| format!("city {}", city * 3)));
    let ages = || between(4, Value::Int(25), Value::Int(35));
    let next_year = Box::new(Node {
        value_type: ValueType::Int,
        kind: NodeKind::Arithmetic {
            op: tagma_core::segment::ArithmeticOp::Add,
            left: tag(4),
            right: literal(Value::Int(1)),
        },
    });
    let computed = leaf(NodeKind::Compare {
        op: CompareOp::Gt,
        left: next_year,
        right: literal(Value::Int(30)),
    });
    let not = |set| Predicate::Not(Box::new(set));
    vec![
        ("everybody", Predicate::All),
        (
            "A and B and not C",
            Predicate::And(vec![is(0), is(1), not(is(2))]),
        ),
        (
            "A or B or not C",
            Predicate::Or(vec![is(0), is(1), not(is(2))]),
        ),
        (
            "city in (10) and age range",
            Predicate::And(vec![cities(10), ages()]),
        ),
        ("city in (10)", cities(10)),
        ("city in (100)", cities(100)),
        ("not city in (10)", not(cities(10))),
        (
            "level in (3)",
            one_of(6, (0..3).map(|n| format!("level {}", n * 2))),
        ),
        ("age range", ages()),
        ("ltv range", between(5, money(1_000_000), money(2_500_000))),
        (
            "ltv range and A",
            Predicate::And(vec![between(5, money(1_000_000), money(2_500_000)), is(0)]),
        ),
        ("age + 1 > 30", computed),
    ]
}

fn main() {
    let sections: Vec<_> = (0..TAGS.len()).map(section).collect();
    let tags: Vec<TagSlot> = TAGS
        .iter()
        .map(|(name, kind)| TagSlot {
            name: Name::new(name).expect("a name"),
            kind: *kind,
            version: Some(TagVersion(1)),
        })
        .collect();
    let mut live = LiveBitmap::new();
    live.apply(LogIndex(1), Some(0..PEOPLE), [])
        .expect("the first entry");
    for (name, root) in questions() {
        let plan = Plan {
            root,
            tags: tags.clone(),
            as_of: AsOf(0),
        };
        let started = Instant::now();
        let program = Program::compile(&plan, &sections).expect("fits its sections");
        let compile_us = started.elapsed().as_micros();
        let view = ShardView {
            alive: live.at(LogIndex(1)).expect("nothing is folded"),
            population: PEOPLE,
            program: Arc::new(program),
        };
        let mut evaluator = Evaluator::new(&view);
        let mut count = || evaluator.count(0..view.chunks()).expect("no error");
        let answer = count();
        let runs = if name.contains('+') { 3 } else { RUNS };
        let mut times_us: Vec<f64> = (0..runs)
            .map(|_| {
                let started = Instant::now();
                assert_eq!(count(), answer);
                started.elapsed().as_secs_f64() * 1e6
            })
            .collect();
        times_us.sort_by(f64::total_cmp);
        let median_us = times_us[runs / 2];
        println!("{median_us:>10.0} us  {answer:>8}  {name} (compiled in {compile_us} us)");
    }
}
