//! From the files of truth and assignment to the score.

use std::path::Path;

use serde::Serialize;

use super::{
    assignment::Assignment,
    pairs::{Element, Pairs, count},
    truth_index::{TruthIndex, read_decidable},
};
use crate::failure::Failure;

/// How good an assignment is.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Score {
    /// Identifiers or records of exactly one person each.
    pub(crate) elements: u64,
    /// Of those, the ones that the assignment does not know.
    pub(crate) missing: u64,
    /// Lines about what is of several people, or of nobody.
    pub(crate) passed_over: u64,
    pub(crate) all: Pairs,
    /// Pairs that touch a decidable person.
    pub(crate) decidable: Pairs,
}

/// Scores an assignment against a directory `truth`.
///
/// # Errors
/// What cannot be read; one identifier or record with two OneIDs.
pub(crate) fn score(truth: &Path, assignment: &Path) -> Result<Score, Failure> {
    let assignment = Assignment::open(assignment)?;
    let file = match assignment.is_of_records {
        true => "records.csv",
        false => "identifiers.csv",
    };
    let index = TruthIndex::read(&truth.join(file))?;
    let is_decidable = read_decidable(&truth.join("people.csv"))?;
    if let Some(person) = index
        .people()
        .find(|person| *person as usize >= is_decidable.len())
    {
        let truth = truth.display();
        let message = format!("`{truth}`: {file} speaks of person {person}, people.csv does not");
        return Err(Failure::invalid(message));
    }
    let mut oneids = vec![0u64; index.len()];
    let mut passed_over = 0;
    assignment.each(|kind, value, oneid| {
        let Some(position) = index.find(kind, value) else {
            passed_over += 1;
            return Ok(());
        };
        match std::mem::replace(&mut oneids[position], oneid) {
            other if other == 0 || other == oneid => Ok(()),
            other => Err(format!(
                "{kind} `{value}` has two OneIDs, {other} and {oneid}"
            )),
        }
    })?;
    let missing = oneids.iter().filter(|oneid| **oneid == 0).count() as u64;
    let people = index.people().zip(oneids);
    let elements: Vec<_> = people
        .map(|(person, oneid)| Element { person, oneid })
        .collect();
    let (all, decidable) = count(elements, &is_decidable);
    Ok(Score {
        elements: index.len() as u64,
        missing,
        passed_over,
        all,
        decidable,
    })
}
