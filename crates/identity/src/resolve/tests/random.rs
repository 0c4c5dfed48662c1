//! Long random lives: any batch sizes, any shard count, roll-backs, the same people.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::oracle::{Oracle, TypeSpec};
use super::world::{Step, World};

const TYPES: u16 = 4;

fn type_spec() -> impl Strategy<Value = TypeSpec> {
    let window = prop_oneof![Just(None), (1i32..8).prop_map(Some)];
    let limit = prop_oneof![Just(None), (1usize..4, window).prop_map(Some),];
    let quarantine = prop_oneof![Just(50usize), 1usize..5];
    (1u16..4, limit, prop::bool::weighted(0.2), quarantine).prop_map(
        |(priority, limit, unique, quarantine)| TypeSpec {
            priority,
            limit,
            unique,
            quarantine,
        },
    )
}

/// Some types have rules, some none.
fn types() -> impl Strategy<Value = BTreeMap<u16, TypeSpec>> {
    prop::collection::btree_map(1..=TYPES, type_spec(), 0..=usize::from(TYPES))
}

fn step(values: u32) -> impl Strategy<Value = Step> {
    let ids = prop::collection::vec((1..=TYPES, 0..values), 0..5);
    prop_oneof![
        15 => ids.prop_map(Step::Record),
        1 => (1i32..5).prop_map(Step::Days),
    ]
}

fn life() -> impl Strategy<Value = Vec<Step>> {
    (8u32..60).prop_flat_map(|values| prop::collection::vec(step(values), 200))
}

fn foretell(
    steps: &[Step],
    types: &BTreeMap<u16, TypeSpec>,
    guard: usize,
) -> (Oracle, Vec<Option<usize>>) {
    let mut oracle = Oracle {
        types: types.clone(),
        guard,
        ..Oracle::default()
    };
    let (mut day, mut rows) = (0, Vec::new());
    for step in steps {
        match step {
            Step::Record(ids) => rows.push(oracle.record(ids, day)),
            Step::Days(days) => day += days,
        }
    }
    (oracle, rows)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_batches_and_shards_give_the_people_of_the_oracle(
        steps in life(),
        types in types(),
        guard in prop_oneof![Just(50usize), 2usize..9],
        batch in 1u64..40,
        shards in 1u16..9,
        seed in any::<u64>(),
    ) {
        let (oracle, rows) = foretell(&steps, &types, guard);
        let mut world = World::new(&steps, &types, guard, shards, seed);
        world.live(batch);
        world.check(&oracle, &rows);
        if seed % 64 == 0 {
            world.reopen();
            world.check(&oracle, &rows);
        }
    }
}

/// The lives above are worth something only if they meet every rule.
#[test]
fn random_lives_meet_every_rule() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for guard in [50, 5].repeat(50) {
        let tree = (life(), types()).new_tree(&mut runner);
        let (steps, types) = tree.expect("a life").current();
        let (oracle, rows) = foretell(&steps, &types, guard);
        for (rule, times) in oracle.counts {
            *counts.entry(rule).or_default() += times;
        }
        let rejected = rows.iter().filter(|row| row.is_none()).count();
        *counts.entry("rejected").or_default() += rejected as u64;
    }
    for rule in [
        "merged",
        "limit",
        "unique",
        "guard",
        "quarantined",
        "rejected",
    ] {
        let times = counts.get(rule).copied().unwrap_or_default();
        assert!(times >= 100, "{rule}: {times}");
    }
}
