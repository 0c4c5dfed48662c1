//! Histories are the same for a seed, and lead to a world where there is something to ask.

use tagma_core::LogIndex;

use super::*;

const SHAPE: HistoryShape = HistoryShape {
    people: 200,
    stages: 3,
    rows: 30,
};

#[test]
fn a_seed_always_gives_the_same_history() {
    let drawn = |seed| {
        let history = History::draw(seed, SHAPE);
        (format!("{:?}", history.stages), history.world)
    };
    assert!(drawn(7) == drawn(7));
    assert!(drawn(7) != drawn(8));
}

#[test]
fn steps_are_numbered_without_gaps_and_people_are_created_in_order() {
    let seed: u64 = rand::random();
    let history = History::draw(seed, SHAPE);
    let mut next = LogIndex(1);
    for step in history.stages.iter().flatten() {
        assert_eq!(step.first, next, "seed {seed}");
        next = LogIndex(step.last().0 + 1);
    }
    let births: Vec<LogIndex> = history
        .world
        .people
        .values()
        .map(|life| life.from)
        .collect();
    assert!(births.is_sorted(), "seed {seed}");
    assert!(births.len() > 150, "{} people, seed {seed}", births.len());
    let last = history.world.people.keys().next_back();
    let last = last.map(|id| id.ordinal() as usize + 1);
    assert_eq!(last, Some(births.len()), "seed {seed}");
}

#[test]
fn every_tag_that_runs_has_values_and_tags_have_several_versions() {
    let seed: u64 = rand::random();
    let world = History::draw(seed, SHAPE).world;
    let mut versions = 0;
    for (name, tag) in &world.tags {
        let first = tag.versions.values().next();
        let has_values = first.is_some_and(|values| !values.is_empty());
        let is_run = !["never_run", "age_before"].contains(&name.as_str());
        assert!(has_values || !is_run, "{name} of seed {seed}");
        versions += tag.versions.len();
    }
    assert!(versions > world.tags.len(), "seed {seed}");
}
