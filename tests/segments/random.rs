//! Thousands of random expressions: no difference, everything exercised.

use tagma_tests::generate::WorldShape;

use crate::{
    check::Survey,
    seeds::{command, runs},
};

fn survey(test: &str, questions: u64) {
    for run in runs(questions) {
        let asked = Survey::SMALL.ask(run);
        let command = command(test, run.seed);
        let coverage = asked.unwrap_or_else(|difference| panic!("{difference}\n  {command}"));
        assert_eq!(coverage.asked, run.questions, "{command}");
        let most = run.questions / 10;
        assert!(
            coverage.degenerate <= most,
            "{} degenerate\n  {command}",
            coverage.degenerate
        );
        if run.questions == questions {
            // 100 of 3,000.
            assert_eq!(coverage.below(questions / 30), [], "{command}");
        }
    }
}

#[test]
fn random_expressions_first_thousand() {
    survey("random_expressions_first_thousand", 1_020);
}

#[test]
fn random_expressions_second_thousand() {
    survey("random_expressions_second_thousand", 1_020);
}

#[test]
fn random_expressions_third_thousand() {
    survey("random_expressions_third_thousand", 1_020);
}

#[test]
fn random_expressions_over_two_chunks() {
    let survey = Survey {
        shape: WorldShape::TWO_CHUNKS,
        shards: &[1, 3],
        ..Survey::SMALL
    };
    for run in runs(40) {
        let command = command("random_expressions_over_two_chunks", run.seed);
        if let Err(difference) = survey.ask(run) {
            panic!("{difference}\n  {command}");
        }
    }
}
