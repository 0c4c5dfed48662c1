//! Asks a server one question in several ways and compares with the oracle's answer.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono_tz::Tz;
use tagma_core::segment::{Expr, conjuncts, print};
use tagma_core::{AsOf, LogIndex, OneId, Value};
use tagma_proto::pb::segment::v1::{
    ContainsRequest, CountRequest, CountResponse, ExplainRequest, MembersRequest, ReadAt,
};
use tagma_tests::findings::{Difference, smallest};
use tagma_tests::generate::Question;
use tagma_tests::oracle::LeafWhy;

use super::fault::Fault;
use super::people::oneids;
use super::site::Site;

/// When a question is asked, and of which number it is: that says which ways are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    /// Index in the server's log.
    pub(super) index: u64,
    /// What the world is there.
    pub(super) moment: LogIndex,
    /// What `now()` means.
    pub(super) as_of: AsOf,
    /// The calendar.
    pub(super) zone: Tz,
    /// Number of the question.
    pub(super) number: u64,
    /// What is made wrong on the way.
    pub(super) fault: Fault,
}

type Compared = Result<(), String>;

impl Site<'_> {
    /// Asks `question`; a difference comes with the smallest expression that shows one.
    pub(super) fn ask(&self, question: &Question, when: &When) -> Result<(), Difference> {
        let Err(first) = self.compare(&question.expr, &question.members, when) else {
            return Ok(());
        };
        let again = |expr: &Expr| {
            let world = &self.history.world;
            let members = world.audit(expr, when.moment, when.as_of, when.zone);
            self.compare(expr, &members.ok()?, when).err()
        };
        let expr = smallest(&question.expr, &|expr| again(expr).is_some());
        let what = again(&expr).unwrap_or(first);
        let When {
            index,
            moment,
            as_of,
            zone,
            ..
        } = when;
        let shards = self.shards;
        let place = format!("{shards} shards at index {index} (change {moment})");
        let what = format!("{place}, as of {as_of}, in {zone}: {what}");
        Err(Difference { expr, what })
    }

    fn compare(&self, expr: &Expr, members: &BTreeSet<OneId>, when: &When) -> Compared {
        let expr = expr.normalized();
        self.compare_count(&expr, members, when)?;
        let is_turn = |every: u64| when.number.is_multiple_of(every);
        if is_turn(4) {
            self.compare_members(&expr, members, when)?;
        }
        if is_turn(6) {
            self.compare_contains(&expr, members, when)?;
        }
        if is_turn(9) {
            self.compare_why(&expr, members, when)?;
        }
        if is_turn(10) {
            self.compare_plain(&expr, when)?;
        }
        Ok(())
    }

    fn compare_count(&self, expr: &Expr, members: &BTreeSet<OneId>, when: &When) -> Compared {
        let is_stepwise = when.number.is_multiple_of(5);
        let request = CountRequest {
            expression: Some(print(expr).into()),
            at: Some(when.read()),
            waterfall: is_stepwise,
        };
        let found = self.line.count(request).map_err(|e| format!("{e:#}"))?;
        let expected = members.len() as u64;
        if found.count != expected {
            let told = Difference::WRONG_ANSWER;
            return Err(format!("{} people, {told} {expected}", found.count));
        }
        if when.fault != Fault::None {
            return Ok(());
        }
        let people = self.history.world.population(when.moment).len() as u64;
        same("population", &found.population, &people)?;
        same("index", &found.log_index, &when.index)?;
        same("as_of", &found.as_of_unix_us, &when.as_of.0)?;
        match is_stepwise {
            true => self.compare_steps(expr, &found, people, when),
            false => Ok(()),
        }
    }

    fn compare_steps(
        &self,
        expr: &Expr,
        found: &CountResponse,
        people: u64,
        when: &When,
    ) -> Compared {
        let world = &self.history.world;
        let steps = world.waterfall(expr, when.moment, when.as_of, when.zone);
        let steps = steps.map_err(|error| format!("the oracle's waterfall: {error:?}"))?;
        let texts = conjuncts(expr).into_iter().map(print);
        let texts: Vec<String> = [String::new()].into_iter().chain(texts).collect();
        let sizes = steps.iter().map(|step| step.remaining);
        let sizes = [people].into_iter().chain(sizes);
        let expected: Vec<(String, u64)> = texts.into_iter().zip(sizes).collect();
        let found = found.steps.iter();
        let found: Vec<(String, u64)> = found.map(|s| (s.expr.clone(), s.count)).collect();
        same("waterfall", &found, &expected)
    }

    fn compare_members(&self, expr: &Expr, members: &BTreeSet<OneId>, when: &When) -> Compared {
        let request = MembersRequest {
            expression: Some(print(expr).into()),
            at: Some(when.read()),
            ..MembersRequest::default()
        };
        let answer = self.line.members(request).map_err(|e| format!("{e:#}"))?;
        let mut ids = Vec::new();
        for batch in &answer.batches {
            ids.extend(oneids(batch).map_err(|error| error.to_string())?);
        }
        if !ids.is_sorted_by(|a, b| a < b) {
            return Err("members not in OneID order".to_owned());
        }
        let unknown = |id: &i64| format!("a member {id} whom nobody knows");
        let named = |id: &i64| self.people.name(*id).ok_or_else(|| unknown(id));
        let found: BTreeSet<OneId> = ids.iter().map(named).collect::<Result<_, _>>()?;
        if found != *members {
            let (missing, extra) = (members - &found, &found - members);
            let (missing, extra) = (missing.first(), extra.first());
            let told = Difference::WRONG_ANSWER;
            let (found, expected) = (found.len(), members.len());
            return Err(format!(
                "{found} members, {told} {expected}; first missing {missing:?}, too many {extra:?}"
            ));
        }
        same("count of members", &answer.head.count, &(ids.len() as u64))?;
        same("index of members", &answer.head.log_index, &when.index)
    }

    /// One member and one other person, asked alone.
    fn compare_contains(&self, expr: &Expr, members: &BTreeSet<OneId>, when: &When) -> Compared {
        let people = self.history.world.population(when.moment);
        let others = &people - members;
        for person in members.last().into_iter().chain(others.first()) {
            let id = self.people.id(*person);
            let name = match when.number % 4 {
                0 => format!("crm:c{}", person.ordinal()),
                _ => format!("oneid:{}", id.unwrap_or(0)),
            };
            let request = ContainsRequest {
                expression: Some(print(expr).into()),
                person: name.clone(),
                at: Some(when.read()),
            };
            let found = self.line.contains(request).map_err(|e| format!("{e:#}"))?;
            same("OneID", &Some(found.oneid), &id)?;
            let expected = members.contains(person);
            same(&format!("contains {name}"), &found.contains, &expected)?;
        }
        Ok(())
    }

    /// Every leaf for one person.
    fn compare_why(&self, expr: &Expr, members: &BTreeSet<OneId>, when: &When) -> Compared {
        let world = &self.history.world;
        let people: Vec<OneId> = world.population(when.moment).into_iter().collect();
        let place = usize::try_from(when.number).unwrap_or(0) * 31 % people.len().max(1);
        let Some(person) = people.get(place).copied() else {
            return Ok(());
        };
        let request = ExplainRequest {
            expression: Some(print(expr).into()),
            person: format!("oneid:{}", self.people.id(person).unwrap_or(0)),
            at: Some(when.read()),
        };
        let found = self.line.explain(request).map_err(|e| format!("{e:#}"))?;
        for tag in &found.tags {
            let versions = world.tags.iter().find(|(name, _)| name.as_str() == tag.tag);
            let versions = versions.map(|(_, tag)| tag.versions.range(..=when.moment).count());
            let what = format!("version of `{}`", tag.tag);
            same(
                &what,
                &Some(tag.version),
                &versions.map(|count| count as u64),
            )?;
        }
        let why = world.why(expr, person, when.moment, when.as_of, when.zone);
        let why = why.map_err(|error| format!("the oracle's why: {error:?}"))?;
        let written = |leaf: &&LeafWhy| matches!(leaf.leaf, Expr::Leaf(_) | Expr::Segment(_));
        let expected: Vec<_> = why.iter().filter(written).map(told).collect();
        let leaves = found.leaves.into_iter().map(|leaf| {
            let values = leaf.values.into_iter().map(|v| (v.tag, v.value));
            (leaf.expr, leaf.holds, values.collect::<BTreeSet<_>>())
        });
        same(&format!("why of {person}"), &leaves.collect(), &expected)?;
        same("contained", &found.contains, &members.contains(&person))
    }

    /// Without index and instant: both are told, and the answer is that of both.
    fn compare_plain(&self, expr: &Expr, when: &When) -> Compared {
        let at = ReadAt {
            timezone: when.zone.name().to_owned(),
            ..ReadAt::default()
        };
        let request = CountRequest {
            expression: Some(print(expr).into()),
            at: Some(at),
            waterfall: false,
        };
        let world = &self.history.world;
        // A segment that it names may be gone by now.
        let moment = self.moments.world_at(u64::MAX);
        if world.audit(expr, moment, when.as_of, when.zone).is_err() {
            return Ok(());
        }
        let found = match self.line.count(request) {
            Ok(found) => found,
            // An expression may have an error now that it had not when it was drawn for.
            Err(_) if world.audit(expr, moment, clock(), when.zone).is_err() => return Ok(()),
            Err(error) => return Err(format!("now: {error:#}")),
        };
        let (moment, as_of) = (
            self.moments.world_at(found.log_index),
            AsOf(found.as_of_unix_us),
        );
        let members = world.audit(expr, moment, as_of, when.zone);
        let Ok(members) = members else {
            return Ok(());
        };
        let what = format!("count at index {} as of {as_of}", found.log_index);
        same(&what, &found.count, &(members.len() as u64))
    }
}

impl When {
    fn read(&self) -> ReadAt {
        self.fault.put_into(ReadAt {
            log_index: Some(self.index),
            as_of_unix_us: Some(self.as_of.0),
            timezone: self.zone.name().to_owned(),
            ..ReadAt::default()
        })
    }
}

/// What a question without an instant means by `now()`, about.
fn clock() -> AsOf {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.map_or(0, |since| since.as_micros());
    AsOf(i64::try_from(micros).unwrap_or(i64::MAX))
}

/// A leaf as Tagma tells it.
fn told(leaf: &LeafWhy) -> (String, bool, BTreeSet<(String, String)>) {
    let values = leaf.values.iter();
    let values = values.map(|(tag, value): &(_, Value)| (tag.to_string(), value.to_text()));
    (
        print(&leaf.leaf),
        leaf.truth == Some(true),
        values.collect(),
    )
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Compared {
    match found == expected {
        true => Ok(()),
        false => Err(format!("{what}: {found:?}, the oracle says {expected:?}")),
    }
}
