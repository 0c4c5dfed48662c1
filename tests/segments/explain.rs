//! Waterfall and why against the oracle's.

use rand::{Rng, SeedableRng, rngs::StdRng};
use tagma_core::{
    OneId,
    segment::{Expr, conjuncts, leaves},
};
use tagma_tests::{
    generate::{Coverage, Generator, Question, WorldShape, random_world},
    oracle::{LeafWhy, World},
};

use crate::{
    cluster::Cluster,
    scope::{Moment, plans},
    seeds::{Named, command, runs},
};

/// Asks random questions over several shards.
fn each_question(test: &str, ask: impl Fn(&World, &Cluster, &Question, &mut StdRng)) {
    for run in runs(300) {
        let _named = Named::new(command(test, run.seed));
        let mut rng = StdRng::seed_from_u64(run.seed);
        for number in 0..run.questions / 30 {
            let seed = run.seed.wrapping_add(number);
            let world = random_world(seed, WorldShape::SMALL);
            let cluster = Cluster::new(&world, rng.random_range(1..=4));
            let mut generator = Generator::new(&world, seed, Coverage::default());
            for _ in 0..30 {
                let mut question = generator.question();
                question.expr = question.expr.normalize();
                ask(&world, &cluster, &question, &mut rng);
            }
        }
    }
}

fn moment<'w>(world: &'w World, question: &Question) -> Moment<'w> {
    Moment {
        world,
        index: question.index,
        as_of: question.as_of,
        zone: question.zone,
    }
}

#[test]
fn waterfalls_equal_the_oracle() {
    each_question(
        "waterfalls_equal_the_oracle",
        |world, cluster, question, _| {
            let Question {
                index, as_of, zone, ..
            } = *question;
            let expected = world
                .waterfall(&question.expr, index, as_of, zone)
                .expect("audited");
            let parts = conjuncts(&question.expr);
            let bound = plans(moment(world, question), &parts).expect("binds");
            let plan = bound.plan(0).expect("at least one conjunct");
            let steps = cluster
                .steps(&plan, &bound.predicates, index)
                .expect("evaluates");
            let mut sizes = vec![world.population(index).len() as u64];
            sizes.extend(expected.iter().map(|step| step.remaining));
            assert_eq!(steps, sizes, "{}", question.expr);
            let written: Vec<&Expr> = expected.iter().map(|step| &step.expr).collect();
            assert_eq!(parts, written);
        },
    );
}

#[test]
fn explanations_of_persons_equal_the_oracle() {
    each_question(
        "explanations_of_persons_equal_the_oracle",
        |world, cluster, question, rng| {
            let people: Vec<OneId> = world.people.keys().copied().collect();
            let person = people[rng.random_range(0..people.len())];
            let parts = leaves(&question.expr);
            let bound = plans(moment(world, question), &parts).expect("binds");
            let Some(plan) = bound.plan(0) else {
                return;
            };
            let Question { index, .. } = *question;
            let answers = cluster
                .why(&plan, &bound.predicates, index, person)
                .expect("evaluates");
            let expected = world.why(&question.expr, person, index, question.as_of, question.zone);
            let Some(answers) = answers else {
                assert!(expected.is_err(), "{person} is not alive");
                return;
            };
            let expected = expected.expect("alive");
            let named = |leaf: &&LeafWhy| matches!(leaf.leaf, Expr::Leaf(_) | Expr::Segment(_));
            let expected: Vec<&LeafWhy> = expected.iter().filter(named).collect();
            assert_eq!(expected.len(), answers.len(), "{}", question.expr);
            for ((leaf, part), answer) in expected.iter().zip(parts).zip(answers) {
                assert_eq!(&leaf.leaf, part);
                assert_eq!(answer.holds, leaf.truth == Some(true), "{part} of {person}");
                for (slot, value) in answer.values {
                    let name = &bound.tags[slot].name;
                    assert_eq!(
                        value,
                        world.value(name, person, index),
                        "{name} of {person}"
                    );
                }
            }
        },
    );
}
