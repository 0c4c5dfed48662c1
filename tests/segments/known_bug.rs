//! The harness can fail: bugs that are put back on purpose are found.

use tagma_core::segment::{CompareOp, Expr, Literal, Scalar};

use crate::{
    check::{Rewrite, Survey},
    seeds::{command, runs},
};

/// Questions within which each bug must show.
const QUESTIONS: u64 = 500;

fn is_found(test: &str, rewrite: Rewrite) {
    let survey = Survey {
        shards: &[3],
        rewrite,
        ..Survey::SMALL
    };
    for mut run in runs(QUESTIONS) {
        run.questions = QUESTIONS;
        let command = command(test, run.seed);
        match survey.ask(run) {
            Ok(_) => panic!("the bug was not found\n  {command}"),
            // As a wrong answer, not by a crash on the way.
            Err(found) => assert!(found.is_wrong_answer(), "{found}\n  {command}"),
        }
    }
}

/// SQL's NOT inside the leaf: loses the people without a value.
fn not_inside_the_leaf(expr: Expr) -> Expr {
    match expr {
        Expr::Not(inner) => match not_inside_the_leaf(*inner) {
            Expr::Leaf(scalar) => Expr::Leaf(Scalar::Not(Box::new(scalar))).normalize(),
            other => Expr::Not(Box::new(other)),
        },
        other => inside(other, not_inside_the_leaf),
    }
}

/// `NOT IN (a, NULL)` as `NOT IN (a)`: gains the people who have another value.
fn null_dropped_from_lists(expr: Expr) -> Expr {
    match expr {
        Expr::Leaf(Scalar::In {
            value,
            mut list,
            negated,
        }) => {
            list.retain(|literal| *literal != Literal::Null);
            Expr::Leaf(Scalar::In {
                value,
                list,
                negated,
            })
        }
        other => inside(other, null_dropped_from_lists),
    }
}

/// `<=` without its end.
fn at_most_as_less(expr: Expr) -> Expr {
    match expr {
        Expr::Leaf(Scalar::Compare {
            op: CompareOp::LtEq,
            left,
            right,
        }) => {
            let op = CompareOp::Lt;
            Expr::Leaf(Scalar::Compare { op, left, right })
        }
        other => inside(other, at_most_as_less),
    }
}

fn inside(expr: Expr, rewrite: Rewrite) -> Expr {
    match expr {
        Expr::And(parts) => Expr::And(parts.into_iter().map(rewrite).collect()),
        Expr::Or(parts) => Expr::Or(parts.into_iter().map(rewrite).collect()),
        Expr::Not(part) => Expr::Not(Box::new(rewrite(*part))),
        other => other,
    }
}

#[test]
fn known_bug_not_inside_the_leaf_is_found() {
    is_found(
        "known_bug_not_inside_the_leaf_is_found",
        not_inside_the_leaf,
    );
}

#[test]
fn known_bug_null_dropped_from_lists_is_found() {
    is_found(
        "known_bug_null_dropped_from_lists_is_found",
        null_dropped_from_lists,
    );
}

#[test]
fn known_bug_at_most_as_less_is_found() {
    is_found("known_bug_at_most_as_less_is_found", at_most_as_less);
}
