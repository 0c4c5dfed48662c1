//! Long random lives: any batch sizes, any shard count, roll-backs, the same people.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::Id;
use super::oracle::{Oracle, TypeSpec};
use super::world::{Act, Chosen, Step, World};

const TYPES: u16 = 4;

fn type_spec() -> impl Strategy<Value = TypeSpec> {
    let window = prop_oneof![Just(None), (1i32..8).prop_map(Some)];
    let limit = prop_oneof![Just(None), (1usize..4, window).prop_map(Some),];
    let quarantine = prop_oneof![1 => Just(50usize), 3 => 1usize..3];
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
        30 => ids.prop_map(Step::Record),
        2 => (1i32..5).prop_map(Step::Days),
        3 => act((1..=TYPES, 0..values)).prop_map(Step::Operate),
    ]
}

fn act(id: impl Strategy<Value = Id> + 'static) -> impl Strategy<Value = Act> {
    let number = || 0usize..1_000;
    prop_oneof![
        1 => (number(), number()).prop_map(|(a, b)| Act::Merge(a, b)),
        3 => number().prop_map(Act::Unmerge),
        1 => number().prop_map(Act::Lift),
        1 => number().prop_map(Act::Release),
        1 => id.prop_map(Act::Unbind),
    ]
}

fn life() -> impl Strategy<Value = Vec<Step>> {
    (8u32..60).prop_flat_map(|values| prop::collection::vec(step(values), 200))
}

/// What the oracle makes of a life.
struct Foretold {
    oracle: Oracle,
    /// Origin of each record.
    rows: Vec<Option<usize>>,
    /// By step.
    chosen: BTreeMap<usize, (Chosen, bool)>,
}

fn foretell(steps: &[Step], types: &BTreeMap<u16, TypeSpec>, guard: usize) -> Foretold {
    let mut oracle = Oracle {
        types: types.clone(),
        guard,
        ..Oracle::default()
    };
    let (mut day, mut rows, mut chosen) = (0, Vec::new(), BTreeMap::new());
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Record(ids) => rows.push(oracle.record(ids, day)),
            Step::Days(days) => day += days,
            Step::Operate(act) => {
                chosen.insert(number, oracle.act(*act));
            }
        }
    }
    Foretold {
        oracle,
        rows,
        chosen,
    }
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
        let Foretold { oracle, rows, chosen } = foretell(&steps, &types, guard);
        let mut world = World::new(&steps, &chosen, &oracle, shards, seed);
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
    for guard in [50, 5].repeat(100) {
        let tree = (life(), types()).new_tree(&mut runner);
        let (steps, types) = tree.expect("a life").current();
        let Foretold {
            oracle,
            rows,
            chosen,
        } = foretell(&steps, &types, guard);
        for (chosen, can_be) in chosen.into_values() {
            let act = match chosen {
                Chosen::Merge(..) => "merge",
                Chosen::Unmerge(_) => "unmerge",
                Chosen::Lift(..) => "lift",
                Chosen::Release(_) => "release",
                Chosen::Unbind(_) => "unbind",
            };
            *counts.entry(act).or_default() += u64::from(can_be);
            *counts.entry("refused").or_default() += u64::from(!can_be);
        }
        for (rule, times) in oracle.counts {
            *counts.entry(rule).or_default() += times;
        }
        let rejected = rows.iter().filter(|row| row.is_none()).count();
        *counts.entry("rejected").or_default() += rejected as u64;
    }
    let rules = [
        "merged",
        "limit",
        "unique",
        "guard",
        "quarantined",
        "rejected",
        "barred",
        "merge",
        "unmerge",
        "lift",
        "release",
        "unbind",
        "refused",
    ];
    for rule in rules {
        let times = counts.get(rule).copied().unwrap_or_default();
        assert!(times >= 30, "{rule}: {times}");
    }
}
