//! Asks Tagma one question in every way and compares with the oracle's answer.

use std::{collections::BTreeSet, panic::AssertUnwindSafe};

use prost::Message;
use tagma_core::{
    OneId,
    segment::{Expr, Plan, parse, print},
};
use tagma_proto::{
    convert::segment::{expr_from_wire, expr_to_wire},
    pb::segment::v1::Expression,
};
use tagma_tests::{
    findings::{Difference, smallest},
    generate::{Coverage, Generator, Question, WorldShape, random_world},
    oracle::World,
};

use crate::{
    cluster::Cluster,
    scope::{self, Moment},
    seeds::Run,
};

/// Questions about one world before the next is drawn.
const QUESTIONS_PER_WORLD: u64 = 50;

/// A change of the expression on its way into Tagma; tests put known bugs back with it.
pub(crate) type Rewrite = fn(Expr) -> Expr;

/// What a run asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Survey {
    pub(crate) shape: WorldShape,
    pub(crate) shards: &'static [u16],
    pub(crate) rewrite: Rewrite,
}

impl Survey {
    /// Many small worlds, each over 1, 3 and 8 shards.
    pub(crate) const SMALL: Self = Self {
        shape: WorldShape::SMALL,
        shards: &[1, 3, 8],
        rewrite: std::convert::identity,
    };

    /// Asks all questions of a run; the first difference, as small as it gets, ends it.
    pub(crate) fn ask(&self, run: Run) -> Result<Coverage, Difference> {
        let mut coverage = Coverage::default();
        for number in 0..run.questions.div_ceil(QUESTIONS_PER_WORLD) {
            let seed = run.seed.wrapping_add(number);
            let world = random_world(seed, self.shape);
            let lay_out = |shards: &u16| Cluster::new(&world, *shards);
            let clusters: Vec<Cluster> = self.shards.iter().map(lay_out).collect();
            let mut generator = Generator::new(&world, seed, coverage);
            let left = run.questions - number * QUESTIONS_PER_WORLD;
            for _ in 0..left.min(QUESTIONS_PER_WORLD) {
                let question = generator.question();
                self.check(&world, &clusters, &question)?;
            }
            coverage = generator.coverage().clone();
        }
        Ok(coverage)
    }

    fn check(
        &self,
        world: &World,
        clusters: &[Cluster],
        question: &Question,
    ) -> Result<(), Difference> {
        let Err(difference) = self.compare_or_panic(world, clusters, question) else {
            return Ok(());
        };
        let again = |expr: &Expr| {
            let Question {
                index, as_of, zone, ..
            } = *question;
            let members = world.audit(expr, index, as_of, zone).ok()?;
            let expr = expr.clone();
            let smaller = Question {
                expr,
                index,
                as_of,
                zone,
                members,
            };
            self.compare_or_panic(world, clusters, &smaller).err()
        };
        let smallest = smallest(&question.expr, &|expr| again(expr).is_some());
        Err(again(&smallest).unwrap_or(difference))
    }

    /// A panic of Tagma's is a difference too.
    fn compare_or_panic(
        &self,
        world: &World,
        clusters: &[Cluster],
        question: &Question,
    ) -> Result<(), Difference> {
        let compare = AssertUnwindSafe(|| self.compare(world, clusters, question));
        std::panic::catch_unwind(compare).unwrap_or_else(|_| {
            Err(Difference {
                expr: question.expr.clone(),
                what: format!("at index {}: a panic (the last one above)", question.index),
            })
        })
    }

    fn compare(
        &self,
        world: &World,
        clusters: &[Cluster],
        question: &Question,
    ) -> Result<(), Difference> {
        let Question {
            index, as_of, zone, ..
        } = *question;
        let differs = |what: String| Difference {
            expr: question.expr.clone(),
            what: format!("at index {index}, as of {as_of}, in {zone}: {what}"),
        };
        let parsed = through_text(&question.expr).map_err(differs)?;
        let parsed = through_wire(parsed).map_err(differs)?;
        through_wire(question.expr.clone()).map_err(differs)?;
        let moment = Moment {
            world,
            index,
            as_of,
            zone,
        };
        let plan = scope::plan(moment, &(self.rewrite)(parsed));
        let plan = plan.map_err(|error| differs(format!("bind: {error:?}")))?;
        for cluster in clusters {
            let shards = cluster.shards();
            let found = cluster.members(&plan, index);
            let found = found.map_err(|error| differs(format!("{shards} shards: {error:?}")))?;
            if found != question.members {
                let what = describe(&found, &question.members);
                return Err(differs(format!(
                    "{shards} shards: {what}\n  plan: {plan:?}"
                )));
            }
            check_contains(cluster, &plan, question).map_err(differs)?;
        }
        Ok(())
    }
}

/// The tree after printing and parsing, which must not change it.
fn through_text(expr: &Expr) -> Result<Expr, String> {
    let normal = expr.normalized();
    let text = print(&normal);
    let parsed = parse(&text).map_err(|error| format!("parse: {error:?}"))?;
    if parsed == normal {
        return Ok(parsed);
    }
    Err(format!(
        "printed and parsed, it is {parsed:?}, not {normal:?}"
    ))
}

/// The tree after the wire, which must not change it, normal or not.
fn through_wire(expr: Expr) -> Result<Expr, String> {
    let bytes = expr_to_wire(&expr).encode_to_vec();
    let message = Expression::decode(bytes.as_slice());
    let message = message.map_err(|error| format!("decode: {error}"))?;
    let received = expr_from_wire(message).map_err(|error| format!("wire: {error:?}"))?;
    if received == expr {
        return Ok(received);
    }
    Err(format!(
        "sent and received, it is {received:?}, not {expr:?}"
    ))
}

/// One member and one other person at most, asked alone.
fn check_contains(cluster: &Cluster, plan: &Plan, question: &Question) -> Result<(), String> {
    let inside = question.members.last().copied();
    let outside = cluster
        .people()
        .find(|person| !question.members.contains(person));
    for person in inside.into_iter().chain(outside) {
        let expected = question.members.contains(&person);
        let found = cluster.contains(plan, question.index, person);
        match found {
            Ok(found) if found == expected => {}
            other => return Err(format!("contains({person}) is {other:?}, not {expected}")),
        }
    }
    Ok(())
}

fn describe(found: &BTreeSet<OneId>, expected: &BTreeSet<OneId>) -> String {
    let first = |a: &BTreeSet<OneId>, b| a.difference(b).next().copied();
    format!(
        "{} people, {} {}; first missing {:?}, first too many {:?}",
        found.len(),
        Difference::WRONG_ANSWER,
        expected.len(),
        first(expected, found),
        first(found, expected),
    )
}
