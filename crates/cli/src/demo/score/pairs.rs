//! Pairs of things of the same person, of the same OneID, and of both, counted by sizes of groups
//! and never one by one.

use serde::Serialize;

/// Something that belongs to exactly one person, with the OneID that it got; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) person: u32,
    pub(crate) oneid: u64,
}

/// Unordered pairs of elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Pairs {
    /// Of the same person.
    pub(crate) actual: u64,
    /// Of the same OneID.
    pub(crate) predicted: u64,
    /// Of both.
    pub(crate) both: u64,
    /// both / predicted; none where nothing was predicted.
    pub(crate) precision: Option<f64>,
    /// both / actual; none where there is nothing to find.
    pub(crate) recall: Option<f64>,
}

/// Over all pairs, and over those that touch a decidable person. An element without a OneID is
/// paired with nothing: it costs recall.
pub(crate) fn count(mut elements: Vec<Element>, is_decidable: &[bool]) -> (Pairs, Pairs) {
    let decidable = |element: &Element| is_decidable[element.person as usize];
    let (mut all, mut sure) = (Pairs::default(), Pairs::default());
    elements.sort_unstable_by_key(|element| (element.person, element.oneid));
    for of_person in elements.chunk_by(|a, b| a.person == b.person) {
        let same_oneid = of_person.chunk_by(|a, b| a.oneid == b.oneid);
        let found = same_oneid.filter(|group| group[0].oneid != 0);
        let both: u64 = found.map(|group| pairs(group.len())).sum();
        let actual = pairs(of_person.len());
        all.actual += actual;
        all.both += both;
        if decidable(&of_person[0]) {
            sure.actual += actual;
            sure.both += both;
        }
    }
    elements.sort_unstable_by_key(|element| element.oneid);
    for of_oneid in elements.chunk_by(|a, b| a.oneid == b.oneid) {
        if of_oneid[0].oneid == 0 {
            continue;
        }
        let others = of_oneid
            .iter()
            .filter(|element| !decidable(element))
            .count();
        all.predicted += pairs(of_oneid.len());
        sure.predicted += pairs(of_oneid.len()) - pairs(others);
    }
    (all.with_shares(), sure.with_shares())
}

impl Pairs {
    fn with_shares(mut self) -> Self {
        let share = |of: u64| (of > 0).then(|| self.both as f64 / of as f64);
        (self.precision, self.recall) = (share(self.predicted), share(self.actual));
        self
    }
}

fn pairs(members: usize) -> u64 {
    let members = members as u64;
    members * members.saturating_sub(1) / 2
}
