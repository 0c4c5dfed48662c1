//! Random plans over random shards against the definition: everybody asked one by one.

mod errors;
mod plans;
mod world;

use tagma_core::segment::{Predicate, scalar};

use self::{
    plans::random_set,
    world::{World, listed_world, random_world},
};
use super::*;
use crate::testing::{Random, for_seeds};

/// The living people in a set, by the definition.
fn members(world: &World, set: &Predicate) -> Vec<u32> {
    let inside = |ordinal: &u32| {
        scalar::contains_person(set, &mut |slot| world.value(slot, *ordinal)).expect("no error")
    };
    world.alive.iter().copied().filter(inside).collect()
}

fn check(random: &mut Random, world: &World, set: &Predicate) {
    let plan = world.plan(set.clone());
    let view = world.view(Program::compile(&plan, &world.sections).expect("compiles"));
    let mut evaluator = Evaluator::new(&view);
    let wanted = members(world, set);
    let found = evaluator.members(0..view.chunks() + 1).expect("no error");
    assert!(found.iter().eq(wanted.iter().copied()), "{set:#?}");
    assert_eq!(
        evaluator.count(0..u32::MAX).expect("no error"),
        wanted.len() as u64
    );
    let parts: u64 = (0..view.chunks())
        .rev()
        .map(|chunk| evaluator.count(chunk..chunk + 1).expect("no error"))
        .sum();
    assert_eq!(parts, wanted.len() as u64, "chunk by chunk");
    for _ in 0..20 {
        let ordinal = random.below(u64::from(world.population) + 2) as u32;
        let inside = evaluator.contains(ordinal).expect("no error");
        assert_eq!(
            inside,
            wanted.binary_search(&ordinal).is_ok(),
            "{ordinal}: {set:#?}"
        );
    }
}

#[test]
fn members_are_those_of_the_definition() {
    for_seeds(24, |random| {
        let world = random_world(random);
        for _ in 0..8 {
            let set = random_set(random, &world, 3);
            check(random, &world, &set);
        }
    });
}

#[test]
fn lists_of_people_answer_as_codes_do() {
    for_seeds(6, |random| {
        let world = listed_world(random);
        for _ in 0..12 {
            let set = random_set(random, &world, 1);
            check(random, &world, &set);
        }
    });
}

#[test]
fn views_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<ShardView>();
}

#[test]
fn constants_are_everybody_and_nobody() {
    for_seeds(3, |random| {
        let world = random_world(random);
        for set in [
            Predicate::All,
            Predicate::Nothing,
            Predicate::Not(Box::new(Predicate::All)),
            Predicate::And(vec![Predicate::All, Predicate::Nothing]),
            Predicate::Or(vec![Predicate::All, Predicate::Nothing]),
        ] {
            check(random, &world, &set);
        }
    });
}

#[test]
fn steps_follow_the_written_order() {
    for_seeds(10, |random| {
        let world = random_world(random);
        let conjuncts: Vec<_> = (0..4).map(|_| random_set(random, &world, 1)).collect();
        let mut left = world.alive.clone();
        let mut wanted = vec![left.len() as u64];
        for conjunct in &conjuncts {
            let inside = members(&world, conjunct);
            left.retain(|ordinal| inside.binary_search(ordinal).is_ok());
            wanted.push(left.len() as u64);
        }
        let tags = world.plan(Predicate::All).tags;
        let program = Program::compile_steps(&conjuncts, &tags, &world.sections);
        let view = world.view(program.expect("compiles"));
        assert_eq!(view.program.conjuncts(), 4);
        let mut evaluator = Evaluator::new(&view);
        let steps = evaluator.steps(0..view.chunks()).expect("no error");
        assert_eq!(steps, wanted);
        // The plan's own conjuncts are its steps.
        let plan = world.plan(Predicate::And(conjuncts));
        let view = world.view(Program::compile(&plan, &world.sections).expect("compiles"));
        let steps = Evaluator::new(&view)
            .steps(0..view.chunks())
            .expect("no error");
        assert_eq!(steps, wanted);
    });
}

#[test]
fn why_gives_every_leaf_with_its_values() {
    for_seeds(10, |random| {
        let world = random_world(random);
        let leaves: Vec<_> = (0..5).map(|_| random_set(random, &world, 1)).collect();
        let program = Program::compile(&world.plan(Predicate::All), &world.sections);
        let view = world.view(program.expect("compiles"));
        let evaluator = Evaluator::new(&view);
        for _ in 0..30 {
            let ordinal = random.below(u64::from(world.population) + 2) as u32;
            let answers = evaluator.why(ordinal, &leaves).expect("no error");
            let alive = world.alive.binary_search(&ordinal).is_ok();
            assert_eq!(answers.is_some(), alive);
            for (leaf, answer) in leaves.iter().zip(answers.into_iter().flatten()) {
                let inside = scalar::contains_person(leaf, &mut |slot| {
                    let shown = answer.values.iter().find(|(own, _)| *own == slot);
                    shown
                        .map(|(_, value)| value.clone())
                        .expect("every tag is shown")
                });
                assert_eq!(Ok(answer.holds), inside);
                for (slot, value) in &answer.values {
                    assert_eq!(value, &world.value(*slot, ordinal));
                }
            }
        }
    });
}
