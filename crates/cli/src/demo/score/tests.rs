//! Counting by sizes against counting pair by pair; assignments in their three forms.

use std::{fs, path::Path};

use super::{
    pairs::{Element, Pairs, count},
    score,
};
use crate::demo::random::{Purpose, Random};

fn brute_force(elements: &[Element], wanted: impl Fn(&Element, &Element) -> bool) -> [u64; 3] {
    let mut counts = [0; 3];
    for (position, a) in elements.iter().enumerate() {
        for b in elements[position + 1..].iter().filter(|b| wanted(a, b)) {
            let (same, found) = (a.person == b.person, a.oneid == b.oneid && a.oneid != 0);
            counts[0] += u64::from(same);
            counts[1] += u64::from(found);
            counts[2] += u64::from(same && found);
        }
    }
    counts
}

#[test]
fn sizes_count_what_pairs_count() {
    for seed in 0..2_000 {
        let mut random = Random::new(seed, Purpose::Sources, 0);
        let decidable: Vec<bool> = (0..5).map(|_| random.percent(60)).collect();
        let elements: Vec<Element> = (0..random.below(30))
            .map(|_| Element {
                person: random.below(5),
                oneid: u64::from(random.below(6)),
            })
            .collect();
        let (all, sure) = count(elements.clone(), &decidable);
        let numbers = |pairs: &Pairs| [pairs.actual, pairs.predicted, pairs.both];
        assert_eq!(
            numbers(&all),
            brute_force(&elements, |_, _| true),
            "seed {seed}"
        );
        let is_sure = |element: &Element| decidable[element.person as usize];
        let touching = |a: &Element, b: &Element| is_sure(a) || is_sure(b);
        assert_eq!(
            numbers(&sure),
            brute_force(&elements, touching),
            "seed {seed}"
        );
    }
}

/// Two people: 0 with a phone, an openid and two visits, 1 with a phone; a shared phone.
fn truth(folder: &Path) {
    let identifiers = "type,value,person,state\nphone,+861,0,own\nopenid,o1,0,own\n\
        phone,+862,1,own\nphone,+869,0,shared\nphone,+869,1,shared\n";
    let records = "source,key,person\nvisits,V1,0\nvisits,V2,0\nvisits,V3,1\n";
    let people = "person,decidable,why\n0,true,\n1,false,shared\n";
    for (name, text) in [
        ("identifiers.csv", identifiers),
        ("records.csv", records),
        ("people.csv", people),
    ] {
        fs::write(folder.join(name), text).expect("written");
    }
}

fn scored(assignment: &str) -> Result<super::Score, String> {
    let folder = tempfile::tempdir().expect("folder");
    truth(folder.path());
    let path = folder.path().join("assignment.csv");
    fs::write(&path, assignment).expect("written");
    score(folder.path(), &path).map_err(|failure| failure.to_string())
}

#[test]
fn people_with_columns_of_identifiers_are_scored() {
    let right = scored("oneid,age,openid,phone\n7,30,o1,+861;+869\n8,,,+862\n").expect("scored");
    assert_eq!(
        (right.elements, right.missing, right.passed_over),
        (3, 0, 1)
    );
    assert_eq!(
        (right.all.precision, right.all.recall),
        (Some(1.0), Some(1.0))
    );
    let glued = scored("oneid,openid,phone\n7,o1,+861;+862\n").expect("scored");
    assert_eq!(
        (glued.all.actual, glued.all.predicted, glued.all.both),
        (1, 3, 1)
    );
    assert_eq!((glued.decidable.actual, glued.decidable.predicted), (1, 3));
}

#[test]
fn lists_of_identifiers_and_of_records_are_scored() {
    let split = scored("type,value,oneid\nphone,+861,7\nopenid,o1,8\nphone,+8,9\n").expect("ok");
    assert_eq!(
        (split.missing, split.passed_over, split.all.both),
        (1, 1, 0)
    );
    assert_eq!((split.all.precision, split.all.recall), (None, Some(0.0)));
    let rows = scored("source,key,oneid\nvisits,V1,7\nvisits,V2,7\nvisits,V3,8\n").expect("ok");
    assert_eq!(
        (rows.elements, rows.decidable.actual, rows.decidable.both),
        (3, 1, 1)
    );
}

#[test]
fn wrong_assignments_are_refused_with_their_place() {
    for (text, expected) in [
        ("a,b\n1,2\n", "has the columns a, b"),
        ("oneid,age\n1,2\n", "a column for each identifier type"),
        ("oneid,phone\nx,+861\n", "line 2: `x` is no OneID"),
        (
            "oneid,phone\n7,+861\n8,+861\n",
            "line 3: phone `+861` has two OneIDs, 7 and 8",
        ),
    ] {
        let error = scored(text).expect_err("refused");
        assert!(error.contains(expected), "{error}");
    }
}
