//! A random shard: tags of every kind, people who came and left, and its naive model.

use std::{collections::BTreeSet, sync::Arc};

use tagma_core::{
    AsOf, LogIndex, TagVersion, Value,
    schema::{Name, TagKind},
    segment::{Plan, Predicate, TagSlot},
};

use crate::{
    alive::{AliveView, LiveBitmap},
    eval::{Program, ShardView},
    section::TagSection,
    testing::{
        Random,
        column::{KINDS, Model, POPULATIONS, encode, random_tag},
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
    fn new(population: u32) -> Self {
        Self {
            population,
            alive: Vec::new(),
            alive_view: LiveBitmap::new().at(LogIndex::ZERO).expect("readable"),
            tags: Vec::new(),
            sections: Vec::new(),
            models: Vec::new(),
        }
    }

    fn add_tag(&mut self, kind: TagKind, section: Option<Arc<TagSection>>, model: Model) {
        self.tags.push(TagSlot {
            name: Name::new(&format!("tag_{}", self.tags.len())).expect("a name"),
            kind,
            version: section.is_some().then_some(TagVersion(1)),
        });
        self.sections.push(section);
        self.models.push(model);
    }

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
    let mut world = World::new(*random.pick(populations));
    for kind in KINDS.into_iter().chain(KINDS) {
        let own = if random.one_in(2) {
            world.population
        } else {
            *random.pick(populations)
        };
        let (section, model) = random_tag(random, kind, own);
        let published = world.tags.len() < KINDS.len() || random.one_in(2);
        match published {
            true => world.add_tag(kind, Some(section), model),
            false => world.add_tag(kind, None, Model::new()),
        }
    }
    populate(random, &mut world);
    world
}

/// Two categories of many common values, for which lists of people are stored.
pub(super) fn listed_world(random: &mut Random) -> World {
    let mut world = World::new(70_000);
    for texts in [300, 900] {
        let mut model = Model::new();
        for ordinal in (0..70_000_u32).filter(|ordinal| !ordinal.is_multiple_of(17)) {
            model.insert(ordinal, Value::Text(format!("v{}", random.below(texts))));
        }
        let bytes = encode(TagKind::Category, 70_000, &model).bytes;
        let section = TagSection::parse(bytes, "listed").expect("own bytes");
        assert!(section.value_index(0).expect("own bytes").is_some());
        world.add_tag(TagKind::Category, Some(section.into()), model);
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
        live.apply(LogIndex(entry as u64 + 1), Some(people), leave)
            .expect("in order");
        states.push(alive.clone());
    }
    let at = if random.one_in(3) { 2 } else { 3 };
    world.alive_view = live.at(LogIndex(at)).expect("readable");
    world.alive = states[at as usize].iter().copied().collect();
}
