//! Random trees: nothing panics, and evaluation agrees with the three-valued definition of sets.

use super::world::{NOW, World};
use crate::{
    schema::TagKind,
    segment::{
        Expr, Plan, Scope, TagSlot, bind,
        scalar::contains_person,
        tests::generate::{Random, TAGS},
    },
    value::Value,
};

/// A value of a tag's kind, or none.
fn value(random: &mut Random, slot: &TagSlot) -> Value {
    if random.below(4) == 0 {
        return Value::Null;
    }
    let small = random.below(5) as i32;
    match slot.kind {
        TagKind::Bool => Value::Bool(small % 2 == 0),
        TagKind::Category => Value::Text(["", "上海", "it's", "a", "b"][small as usize].to_owned()),
        TagKind::Int => Value::Int(i128::from(small)),
        TagKind::Decimal { scale, .. } => Value::Decimal {
            unscaled: i128::from(small * 50),
            scale,
        },
        TagKind::Date => Value::Date(small * 5_000),
        TagKind::Timestamp => Value::Timestamp(i64::from(small) * 400_000_000_000_000),
    }
}

fn person(plan: &Plan, seed: u64) -> Vec<Value> {
    let mut random = Random(seed);
    plan.tags
        .iter()
        .map(|slot| value(&mut random, slot))
        .collect()
}

fn world() -> World {
    World {
        segments: TAGS
            .iter()
            .map(|name| (*name, "is_vip OR age = 3".to_owned(), None))
            .collect(),
    }
}

#[test]
fn no_tree_panics() {
    let world = world();
    let mut bound = 0;
    for seed in 0..30_000 {
        let tree = Random(seed).expr(4);
        let Ok((plan, warnings)) = bind(&tree, &world, NOW, "America/New_York") else {
            continue;
        };
        bound += 1;
        assert!(warnings.is_empty());
        let values = person(&plan, seed);
        let _ = contains_person(&plan.root, &mut |slot| values[slot].clone());
    }
    assert!(bound > 2_000, "only {bound} trees had types that fit");
}

/// Binding the normal form gives the same members.
#[test]
fn normal_trees_hold_the_same_people() {
    let world = world();
    let mut compared = 0;
    for seed in 0..30_000 {
        let tree: Expr = Random(seed).expr(3);
        let normal = tree.normalized();
        let (Ok((plan, _)), Ok((other, _))) = (
            bind(&tree, &world, NOW, "UTC"),
            bind(&normal, &world, NOW, "UTC"),
        ) else {
            continue;
        };
        for life in 0..3 {
            let by_name = |plan: &Plan| {
                let values: Vec<Value> = plan
                    .tags
                    .iter()
                    .map(|slot| {
                        let salt = slot.name.as_str().bytes().map(u64::from).sum::<u64>();
                        value(&mut Random(seed * 7 + life + salt * 1_000_003), slot)
                    })
                    .collect();
                contains_person(&plan.root, &mut |slot| values[slot].clone()).ok()
            };
            let (left, right) = (by_name(&plan), by_name(&other));
            if left.is_some() && right.is_some() {
                compared += 1;
                assert_eq!(left, right, "seed {seed}: {tree}");
            }
        }
    }
    assert!(compared > 5_000, "only {compared} comparisons");
}

#[test]
fn the_world_knows_the_generator_s_tags() {
    let known = TAGS
        .iter()
        .filter(|name| world().tag(name).is_some())
        .count();
    assert_eq!(known, TAGS.len());
}
