//! A random shard: tags of every kind, people who came and left, and its naive model.

use std::{collections::BTreeSet, sync::Arc};

use tagma_core::{
    AsOf, LogIndex, TagVersion, Value,
    schema::Name,
    segment::{Plan, Predicate, TagSlot},
};

use crate::{
    alive::{AliveView, LiveBitmap},
    eval::{Program, ShardView},
    section::TagSection,
    testing::{
        Random,
        column::{KINDS, Model, POPULATIONS, random_tag},
    },
};

/// A shard at one index.
pub(super) struct World {
    pub(super) population: u32,
    pub(super) alive: Vec<u32>,
    alive_view: AliveView,
    pub(super) tags: Vec<TagSlot>,
    pub(super) sections: Vec<Option<Arc<TagSection>>>,
    pub(super) models: Vec<Model>,
}

impl World {
    pub(super) fn value(&self, slot: usize, ordinal: u32) -> Value {
        self.models[slot]
            .get(&ordinal)
            .cloned()
            .unwrap_or(Value::Null)
    }

    pub(super) fn plan(&self, root: Predicate) -> Plan {
        Plan {
            root,
            tags: self.tags.clone(),
            as_of: AsOf(0),
        }
    }

    pub(super) fn view(&self, program: Program) -> ShardView {
        ShardView {
            alive: self.alive_view.clone(),
            population: self.population,
            program: program.into(),
        }
    }
}

/// Two tags of each kind, the last one of each perhaps unpublished, over populations that are
/// older or newer than the shard's.
pub(super) fn random_world(random: &mut Random) -> World {
    let large = random.one_in(8);
    let populations = if large {
        &POPULATIONS[..]
    } else {
        &POPULATIONS[..5]
    };
    let population = *random.pick(populations);
    let mut world = World {
        population,
        alive: Vec::new(),
        alive_view: LiveBitmap::new().at(LogIndex::ZERO).expect("readable"),
        tags: Vec::new(),
        sections: Vec::new(),
        models: Vec::new(),
    };
    for kind in KINDS.into_iter().chain(KINDS) {
        let own = if random.one_in(2) {
            population
        } else {
            *random.pick(populations)
        };
        let (section, model) = random_tag(random, kind, own);
        let published = world.tags.len() < KINDS.len() || random.one_in(2);
        world.tags.push(TagSlot {
            name: Name::new(&format!("tag_{}", world.tags.len())).expect("a name"),
            kind,
            version: published.then_some(TagVersion(1)),
        });
        world.sections.push(published.then_some(section));
        world
            .models
            .push(if published { model } else { Model::new() });
    }
    populate(random, &mut world);
    world
}

/// People come in batches, some leave; the view is at an index in the middle or at the end.
fn populate(random: &mut Random, world: &mut World) {
    let mut live = LiveBitmap::new();
    let mut alive = BTreeSet::new();
    let mut states = vec![alive.clone()];
    let half = world.population / 2;
    for (entry, people) in [0..half, half..world.population, 0..0]
        .into_iter()
        .enumerate()
    {
        let mut leave: Vec<u32> = Vec::new();
        if entry > 0 && half > 0 && random.one_in(2) {
            let start = random.below(u64::from(half)) as u32;
            leave.extend(
                (start..half)
                    .step_by(random.below(3) as usize + 1)
                    .take(5_000),
            );
        }
        alive.extend(people.clone());
        leave.iter().for_each(|ordinal| {
            alive.remove(ordinal);
        });
        live.apply(LogIndex(entry as u64 + 1), [people], leave)
            .expect("in order");
        states.push(alive.clone());
    }
    let at = if random.one_in(3) { 2 } else { 3 };
    world.alive_view = live.at(LogIndex(at)).expect("readable");
    world.alive = states[at as usize].iter().copied().collect();
}
