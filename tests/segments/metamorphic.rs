//! Laws of sets and of three-valued logic, which need no oracle's answer.

use std::collections::BTreeSet;

use tagma_core::{
    OneId,
    segment::{CompareOp, Expr, Literal, Scalar},
};
use tagma_tests::generate::{Coverage, Generator, Question, WorldShape, random_world};

use crate::{
    cluster::Cluster,
    scope::{Moment, plan},
    seeds::{Named, command, runs},
};

type People = BTreeSet<OneId>;

/// Draws pairs of questions and asks about both at the first's moment; `law` is given a way to ask.
fn law(test: &str, law: impl Fn(&dyn Fn(Expr) -> People, Expr, Expr, People)) {
    for run in runs(200) {
        let _named = Named::new(command(test, run.seed));
        for number in 0..run.questions / 20 {
            let seed = run.seed.wrapping_add(number);
            let world = random_world(seed, WorldShape::SMALL);
            let cluster = Cluster::new(&world, 3);
            let mut generator = Generator::new(&world, seed, Coverage::default());
            for _ in 0..20 {
                let first = generator.question();
                let second = generator.question();
                let Question {
                    index, as_of, zone, ..
                } = first;
                // The second was drawn for another moment, where it may be an error now.
                if world.audit(&second.expr, index, as_of, zone).is_err() {
                    continue;
                }
                let moment = Moment {
                    world: &world,
                    index,
                    as_of,
                    zone,
                };
                let ask = |expr: Expr| {
                    let plan = plan(moment, &expr.normalize());
                    let members = cluster.members(&plan.expect("binds"), index);
                    members.expect("evaluates")
                };
                let population = ask(Expr::All);
                law(&ask, first.expr, second.expr, population);
            }
        }
    }
}

fn not(expr: &Expr) -> Expr {
    Expr::Not(Box::new(expr.clone()))
}

#[test]
fn a_set_and_its_complement_are_the_population() {
    let test = "a_set_and_its_complement_are_the_population";
    law(test, |ask, p, _, population| {
        let (inside, outside) = (ask(p.clone()), ask(not(&p)));
        assert!(inside.is_disjoint(&outside), "{p}");
        assert_eq!(&inside | &outside, population, "{p}");
        assert_eq!(ask(not(&not(&p))), inside, "{p}");
    });
}

#[test]
fn de_morgan_holds() {
    law("de_morgan_holds", |ask, p, q, _| {
        let both = Expr::And(vec![p.clone(), q.clone()]);
        let either = Expr::Or(vec![p.clone(), q.clone()]);
        let neither = Expr::And(vec![not(&p), not(&q)]);
        let not_both = Expr::Or(vec![not(&p), not(&q)]);
        assert_eq!(ask(not(&both)), ask(not_both), "{p} ; {q}");
        assert_eq!(ask(not(&either)), ask(neither), "{p} ; {q}");
        let (in_p, in_q) = (ask(p.clone()), ask(q.clone()));
        assert_eq!(ask(both), &in_p & &in_q, "{p} ; {q}");
        assert_eq!(ask(either), &in_p | &in_q, "{p} ; {q}");
    });
}

#[test]
fn every_leaf_is_true_or_false_or_null_for_everybody() {
    let test = "every_leaf_is_true_or_false_or_null_for_everybody";
    law(test, |ask, p, q, population| {
        for leaf in leaves(&p).into_iter().chain(leaves(&q)) {
            let value = || Box::new(leaf.clone());
            let is_false = Scalar::Compare {
                op: CompareOp::Eq,
                left: value(),
                right: Box::new(Scalar::Literal(Literal::Bool(false))),
            };
            let is_null = Scalar::IsNull {
                value: value(),
                negated: false,
            };
            let parts = [leaf.clone(), is_false, is_null].map(|part| ask(Expr::Leaf(part)));
            let total: usize = parts.iter().map(BTreeSet::len).sum();
            let union: People = parts.into_iter().flatten().collect();
            assert_eq!(union, population, "{leaf}");
            assert_eq!(total, population.len(), "{leaf}");
        }
    });
}

fn leaves(expr: &Expr) -> Vec<Scalar> {
    match expr {
        Expr::Leaf(scalar) => vec![scalar.clone()],
        Expr::And(parts) | Expr::Or(parts) => parts.iter().flat_map(leaves).collect(),
        Expr::Not(part) => leaves(part),
        Expr::All | Expr::Nothing | Expr::Segment(_) => Vec::new(),
    }
}
