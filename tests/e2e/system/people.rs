//! Who has which OneID: learned from Tagma's answers, and checked to be one to one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use tagma_core::OneId;
use tagma_proto::pb::segment::v1::{CountRequest, MembersRequest, ReadAt};
use tagma_tests::generate::history::person;

use super::site::Site;

/// People of the world and of a server.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct People {
    /// In the world → OneID.
    ids: BTreeMap<OneId, i64>,
    /// OneID → in the world.
    names: BTreeMap<i64, OneId>,
}

impl People {
    /// The OneID of a person of the world.
    pub(super) fn id(&self, person: OneId) -> Option<i64> {
        self.ids.get(&person).copied()
    }

    /// The person of the world with a OneID.
    pub(super) fn name(&self, id: i64) -> Option<OneId> {
        self.names.get(&id).copied()
    }

    fn add(&mut self, id: i64, person: OneId) -> Result<()> {
        let known = self.ids.insert(person, id);
        ensure!(known.is_none(), "{person} has OneID {id} and {known:?}");
        let known = self.names.insert(id, person);
        ensure!(known.is_none(), "OneID {id} is {person} and {known:?}");
        Ok(())
    }
}

/// The OneIDs of a batch of members.
pub(super) fn oneids(batch: &RecordBatch) -> Result<Vec<i64>> {
    let column = batch.column_by_name("oneid").context("no OneIDs")?;
    Ok(column.as_primitive::<Int64Type>().values().to_vec())
}

impl Site<'_> {
    /// Learns everybody's OneID at the last change; those known before must have theirs still.
    pub(super) fn learn_people(&mut self) -> Result<()> {
        let index = self.moments.last();
        let population = self.history.world.population(self.moments.world_at(index));
        let found = self.people_at(index)?;
        let named: BTreeSet<OneId> = found.ids.keys().copied().collect();
        ensure!(named == population, "other people than those loaded");
        for (person, id) in &self.people.ids {
            let now = found.id(*person);
            ensure!(now == Some(*id), "{person} had OneID {id}, now {now:?}");
        }
        self.check_balance(&found)?;
        self.people = found;
        Ok(())
    }

    /// New people go to the shards in turn.
    fn check_balance(&self, people: &People) -> Result<()> {
        let mut counts = vec![0_u32; usize::from(self.shards)];
        for id in people.names.keys() {
            let shard = usize::try_from(id >> 32)?.wrapping_sub(1);
            *counts.get_mut(shard).context("no such shard")? += 1;
        }
        let (least, most) = (counts.iter().min(), counts.iter().max());
        let balanced = least
            .zip(most)
            .is_some_and(|(least, most)| most - least <= 1);
        ensure!(balanced, "people by shard: {counts:?}");
        Ok(())
    }

    fn people_at(&self, index: u64) -> Result<People> {
        let request = MembersRequest {
            expression: Some("TRUE".to_owned().into()),
            at: Some(at(index)),
            identifiers: vec!["crm".to_owned(), "email".to_owned()],
            ..MembersRequest::default()
        };
        let mut people = People::default();
        for batch in self.line.members(request)?.batches {
            let crm = batch.column_by_name("crm").context("no customer numbers")?;
            let email = batch.column_by_name("email").context("no addresses")?;
            for (row, id) in oneids(&batch)?.into_iter().enumerate() {
                let (crm, email) = (texts(crm, row), texts(email, row));
                let [name] = crm.as_slice() else {
                    anyhow::bail!("OneID {id} has the customer numbers {crm:?}");
                };
                let number: u32 = name.trim_start_matches('c').parse()?;
                let own = format!("p{number}@example.com");
                let fits = email.is_empty() || email == [own];
                ensure!(fits, "OneID {id} is {name} and {email:?}");
                people.add(id, person(number))?;
            }
        }
        Ok(people)
    }

    /// Checks the population at the end of every step and beside it.
    pub(super) fn check_populations(&self, first: u64) -> Result<()> {
        let served = self.served()?;
        for end in self.moments.all_ends() {
            for index in [end.saturating_sub(1), end, end + 1] {
                if !(first..=served).contains(&index) {
                    continue;
                }
                let request = CountRequest {
                    expression: Some("TRUE".to_owned().into()),
                    at: Some(at(index)),
                    waterfall: false,
                };
                let found = self.line.count(request)?;
                let world = self.moments.world_at(index);
                let people = self.history.world.population(world).len() as u64;
                ensure!(
                    (found.count, found.population) == (people, people),
                    "at index {index}: {} of {} people, not {people}",
                    found.count,
                    found.population
                );
            }
        }
        Ok(())
    }
}

/// A read at an index.
pub(super) fn at(index: u64) -> ReadAt {
    ReadAt {
        log_index: Some(index),
        ..ReadAt::default()
    }
}

/// The texts of a list of texts.
fn texts(lists: &dyn Array, row: usize) -> Vec<String> {
    let values = lists.as_list::<i32>().value(row);
    let texts = values.as_string::<i32>().iter().flatten();
    texts.map(str::to_owned).collect()
}
