//! Every change so far, and the world that it leads to.
//!
//! Owns the meaning of loads and runs. Must not draw anything.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use tagma_core::{AsOf, LogIndex, OneId, ShardId, Value, schema::Name, segment::Expr};

use super::{
    rows::{KnownBy, Row},
    tag::{From, TagPlan},
};
use crate::oracle::{SegmentDefinition, World};

/// Person number `number` in the world.
pub fn person(number: u32) -> OneId {
    OneId::new(ShardId::new(1).expect("1 is a shard"), number)
}

/// Rows, definitions and the world.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) world: World,
    /// Index of the last change.
    last: LogIndex,
    /// Of each table the rows of each person, in order of arrival.
    rows: Vec<BTreeMap<u32, Vec<Row>>>,
    plans: BTreeMap<Name, TagPlan>,
}

impl Ledger {
    pub(super) fn new(zone: Tz, tables: usize) -> Self {
        Self {
            world: World::new(zone),
            last: LogIndex::ZERO,
            rows: vec![BTreeMap::new(); tables],
            plans: BTreeMap::new(),
        }
    }

    /// Index of the next change.
    pub(super) fn next(&self) -> LogIndex {
        LogIndex(self.last.0 + 1)
    }

    /// Definitions of tags, those known already among them.
    pub(super) fn define(&mut self, plans: impl IntoIterator<Item = TagPlan>) {
        self.last = self.next();
        for plan in plans {
            if !self.plans.contains_key(&plan.name) {
                self.world.add_tag(plan.name.clone(), plan.kind);
            }
            self.plans.insert(plan.name.clone(), plan);
        }
    }

    /// One write.
    pub(super) fn load(&mut self, table: usize, rows: &[Row]) {
        self.last = self.next();
        for row in rows.iter().filter(|row| row.known_by != KnownBy::Nobody) {
            if !self.world.people.contains_key(&person(row.person)) {
                self.world.add_person(person(row.person), self.last);
            }
            let known = self.rows[table].entry(row.person).or_default();
            known.push(row.clone());
        }
    }

    /// A run of tags over everything before it.
    pub(super) fn run(&mut self, tags: &[Name], as_of: AsOf) {
        let source = self.last;
        self.last = self.next();
        for name in tags {
            let plan = self.plans[name].clone();
            let values = self.values(&plan, source, as_of);
            let published = self.world.publish(name, self.last, values);
            published.expect("the tag was declared");
        }
    }

    /// A segment is saved, or with `None` deleted.
    pub(super) fn save(&mut self, name: Name, definition: Option<SegmentDefinition>) {
        self.last = self.next();
        self.world.save_segment(name, self.last, definition);
    }

    /// The version before the newest is the newest.
    pub(super) fn roll_back(&mut self, name: &Name) {
        self.last = self.next();
        let versions = &self.world.tags[name].versions;
        let before = versions.values().nth_back(1).cloned().unwrap_or_default();
        let published = self.world.publish(name, self.last, before);
        published.expect("the tag was declared");
    }

    /// Tags that have two versions or more.
    pub(super) fn rolled_forward(&self) -> Vec<Name> {
        let tags = self.world.tags.iter();
        let many = tags.filter(|(_, tag)| tag.versions.len() > 1);
        many.map(|(name, _)| name.clone()).collect()
    }

    /// Segments that are there and that no other names.
    pub(super) fn unused_segments(&self) -> Vec<Name> {
        let names = self.world.segments.keys();
        let there: BTreeMap<&Name, &SegmentDefinition> = names
            .filter_map(|name| Some((name, self.world.segment(name, self.last)?)))
            .collect();
        let mut used = BTreeSet::new();
        for definition in there.values() {
            named(&definition.expr, &mut used);
        }
        let unused = there.into_keys().filter(|name| !used.contains(*name));
        unused.cloned().collect()
    }

    fn values(&self, plan: &TagPlan, source: LogIndex, as_of: AsOf) -> Vec<(OneId, Value)> {
        match &plan.from {
            From::Tag(name) => {
                let people = self.world.population(source).into_iter();
                let value = |id| (id, self.world.value(name, id, source));
                people.map(value).collect()
            }
            From::Rows {
                table,
                column,
                aggregate,
            } => {
                let value = |(number, rows): (&u32, &Vec<Row>)| {
                    let rows: Vec<&Row> = rows.iter().collect();
                    (person(*number), aggregate.value(&rows, *column, as_of))
                };
                self.rows[*table].iter().map(value).collect()
            }
        }
    }
}

fn named(expr: &Expr, found: &mut BTreeSet<Name>) {
    match expr {
        Expr::Segment(name) => {
            found.insert(name.clone());
        }
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| named(part, found)),
        Expr::Not(part) => named(part, found),
        Expr::All | Expr::Nothing | Expr::Leaf(_) => {}
    }
}
