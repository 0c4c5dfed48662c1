//! What is an error for the oracle is one for Tagma, and nothing else is.

use tagma_core::{
    LogIndex, Value,
    segment::{Expr, parse},
};
use tagma_tests::{
    generate::{Coverage, Generator, Question, WorldShape, random_world},
    oracle::{OracleError, World},
};

use crate::{
    cluster::Cluster,
    scope::{Moment, plan},
    seeds::{Named, command, runs},
};

fn moment<'w>(world: &'w World, question: &Question) -> Moment<'w> {
    Moment {
        world,
        index: question.index,
        as_of: question.as_of,
        zone: question.zone,
    }
}

/// A world whose tags have values at its last index, and a question's surroundings there.
fn last_moment(world: &World) -> Question {
    let mut question = Generator::new(world, 1, Coverage::default()).question();
    question.index = LogIndex(WorldShape::SMALL.last_index);
    question
}

#[test]
fn errors_of_values_are_errors_if_somebody_alive_has_them() {
    let mut world = random_world(11, WorldShape::SMALL);
    let question = last_moment(&world);
    let dead = *world.people.keys().next().expect("somebody");
    world.kill(dead, question.index);
    let texts = [
        (
            "wide_int",
            Value::Int(i128::from(i64::MAX)),
            "wide_int * wide_int * 1000 > 0",
        ),
        (
            "wide_int",
            Value::Int(i128::from(i64::MIN)),
            "wide_int * 1000000000000000000000 < 0",
        ),
        (
            "date",
            Value::Date(2_932_896),
            "\"date\" + INTERVAL '1 day' > today()",
        ),
        (
            "timestamp",
            Value::Timestamp(0),
            "\"timestamp\" - INTERVAL '2000 years' < now()",
        ),
        (
            "date",
            Value::Date(2_932_896),
            "\"date\" + INTERVAL '1 day 1 hour' = now() OR age + 1 = 2",
        ),
    ];
    let alive = *world.population(question.index).last().expect("somebody");
    for (tag, value, text) in texts {
        let tag = tagma_core::schema::Name::new(tag).expect("a name");
        let expr = parse(text).expect("parses");
        for (who, fails) in [(dead, false), (alive, true)] {
            let values = [(who, value.clone())];
            world
                .publish(&tag, question.index, values)
                .expect("declared");
            let Question {
                index, as_of, zone, ..
            } = question;
            let expected = world.evaluate(&expr, index, as_of, zone);
            assert_eq!(expected.is_err(), fails, "{text}: {expected:?}");
            let plan = plan(moment(&world, &question), &expr).expect("binds");
            for shards in [1, 3] {
                let found = Cluster::new(&world, shards).members(&plan, index);
                match (&expected, found) {
                    (Ok(expected), Ok(found)) => assert_eq!(&found, expected, "{text}"),
                    (Err(OracleError::Overflow | OracleError::OutOfTime), Err(_)) => {}
                    (expected, found) => panic!("{text}: {found:?}, the oracle: {expected:?}"),
                }
            }
        }
    }
}

#[test]
fn what_has_no_meaning_is_refused_before_it_is_evaluated() {
    let world = random_world(12, WorldShape::SMALL);
    let question = last_moment(&world);
    let refused = [
        "city < 'a'",
        "city BETWEEN 'a' AND 'b'",
        "city = age",
        "is_vip = 1",
        "age = birthday",
        "birthday = '2024-02-30'",
        "nobody_knows_it = 1",
        "segment('nobody_knows_it')",
        "age",
        "age + city = 1",
        "birthday = '2024-02-01 10:00:00 or so'",
        "city + INTERVAL '1 day' = now()",
        "lower(age) = 'a'",
        "age LIKE 'a'",
    ];
    for text in refused {
        let expr: Expr = parse(text).expect("parses");
        let Question {
            index, as_of, zone, ..
        } = question;
        assert!(world.evaluate(&expr, index, as_of, zone).is_err(), "{text}");
        assert!(plan(moment(&world, &question), &expr).is_err(), "{text}");
    }
    for text in [
        "age = NULL",
        "NULL <> city",
        "age IN (NULL + 1)",
        "city LIKE city",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
}

/// Whether a part of the set reads no tag, or may not.
fn has_constant(expr: &Expr) -> bool {
    match expr {
        Expr::All | Expr::Nothing | Expr::Segment(_) => true,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(has_constant),
        Expr::Not(part) => has_constant(part),
        Expr::Leaf(scalar) => scalar.tags().is_empty(),
    }
}

#[test]
fn random_errors_are_errors_and_branches_that_are_not_taken_do_no_harm() {
    let test = "random_errors_are_errors_and_branches_that_are_not_taken_do_no_harm";
    for run in runs(300) {
        let _named = Named::new(command(test, run.seed));
        let mut asked = 0;
        for number in 0..run.questions / 20 {
            let seed = run.seed.wrapping_add(number);
            let world = random_world(seed, WorldShape::SMALL);
            let cluster = Cluster::new(&world, 3);
            let mut generator = Generator::new(&world, seed, Coverage::default());
            for _ in 0..20 {
                let Some((question, expected)) = generator.failing_question() else {
                    break;
                };
                asked += 1;
                let expr = question.expr.normalized();
                let found = plan(moment(&world, &question), &expr).map_err(|e| format!("{e:?}"));
                let found = found.and_then(|plan| {
                    let members = cluster.members(&plan, question.index);
                    members.map_err(|error| format!("{error:?}"))
                });
                match (&found, &expected) {
                    (Ok(found), Some(expected)) if found == expected => {}
                    (Err(_), None) => {}
                    // Who is in TRUE OR x is known without x.
                    (Ok(_), None) if has_constant(&expr) => {}
                    _ => panic!("{expr}\n  found {found:?}\n  the oracle {expected:?}"),
                }
            }
        }
        assert!(asked >= run.questions / 4, "only {asked} errors found");
    }
}
