//! Random worlds: lives, tags with versions, saved segments.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tagma_core::{
    LogIndex, OneId, ShardId, Value,
    schema::{Name, TagKind},
};

use super::{Coverage, Generator, WorldShape, values::Source};
use crate::oracle::{SegmentDefinition, World};

/// Zones with and without daylight saving, with gaps at midnight, with odd offsets.
const ZONES: [Tz; 7] = [
    Tz::UTC,
    Tz::Asia__Shanghai,
    Tz::America__New_York,
    Tz::Europe__London,
    Tz::America__Sao_Paulo,
    Tz::Asia__Kathmandu,
    Tz::Australia__Lord_Howe,
];

/// Part of the people that a version has values for.
const PRESENCE: [f64; 6] = [0.01, 0.1, 0.5, 0.8, 0.97, 1.0];

/// A zone to read an expression in.
pub(super) fn random_zone(rng: &mut StdRng) -> Tz {
    *ZONES.choose(rng).unwrap_or(&Tz::UTC)
}

/// A world of one shard: person n (from 0, in order of creation) is ordinal n.
///
/// Every kind has at least one tag with versions; one tag has none. Nobody lives before index 1.
pub fn random_world(seed: u64, shape: WorldShape) -> World {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut world = World::new(random_zone(&mut rng));
    add_people(&mut world, shape, &mut rng);
    for (name, source) in sources(&mut rng) {
        world.add_tag(name.clone(), source.kind);
        if name.as_str() != "never_run" {
            add_versions(&mut world, &name, &source, shape, &mut rng);
        }
    }
    for number in 0..shape.segments {
        add_segment(&mut world, number, shape, &mut rng);
    }
    world
}

/// Other OneIDs for a world of one shard: round robin over `shards` in order of creation.
///
/// # Panics
/// For 0 shards or more than there can be.
pub fn layout(world: &World, shards: u16) -> BTreeMap<OneId, OneId> {
    let place = |(number, id): (usize, &OneId)| {
        let number = u32::try_from(number).expect("ordinals are 32 bits");
        let shard = number % u32::from(shards) + 1;
        let shard = ShardId::new(u16::try_from(shard).expect("below the count of shards"));
        let shard = shard.expect("from 1 to the count of shards");
        (*id, OneId::new(shard, number / u32::from(shards)))
    };
    world.people.keys().enumerate().map(place).collect()
}

fn add_people(world: &mut World, shape: WorldShape, rng: &mut StdRng) {
    let shard = ShardId::new(1).expect("1 is a shard");
    let latest = (shape.last_index / 2).max(1);
    let mut births: Vec<u64> = (0..shape.people)
        .map(|_| rng.random_range(1..=latest))
        .collect();
    // Half of the people are there from the start.
    let half = births.len() / 2;
    births[..half].fill(1);
    births.sort_unstable();
    for (ordinal, birth) in (0u32..).zip(births) {
        let person = OneId::new(shard, ordinal);
        world.add_person(person, LogIndex(birth));
        if rng.random_bool(0.08) {
            let death = rng.random_range(birth + 1..=shape.last_index + 1);
            world.kill(person, LogIndex(death));
        }
    }
}

fn sources(rng: &mut StdRng) -> Vec<(Name, Source)> {
    let decimal = |precision, scale| TagKind::Decimal { precision, scale };
    let scale = rng.random_range(0..=6);
    let kinds = [
        ("is_vip", TagKind::Bool, false),
        ("有效", TagKind::Bool, false),
        ("city", TagKind::Category, false),
        ("order", TagKind::Category, false),
        ("channel", TagKind::Category, true),
        ("age", TagKind::Int, false),
        ("count", TagKind::Int, false),
        ("wide_int", TagKind::Int, true),
        ("ltv", decimal(18, 2), false),
        ("金额", decimal(12, scale), false),
        ("wide_decimal", decimal(18, 6), true),
        ("whole", decimal(9, 0), true),
        ("birthday", TagKind::Date, false),
        ("date", TagKind::Date, true),
        ("last_order", TagKind::Timestamp, false),
        ("timestamp", TagKind::Timestamp, true),
        ("never_run", TagKind::Int, false),
    ];
    let named = kinds.map(|(name, kind, extreme)| {
        let name = Name::new(name).expect("listed names are names");
        (name, Source::new(kind, extreme, rng))
    });
    named.into_iter().collect()
}

fn add_versions(
    world: &mut World,
    name: &Name,
    source: &Source,
    shape: WorldShape,
    rng: &mut StdRng,
) {
    for _ in 0..rng.random_range(1..=shape.versions) {
        let index = LogIndex(rng.random_range(2..=shape.last_index));
        let people = world.population(index);
        let presence = *PRESENCE.choose(rng).unwrap_or(&1.0);
        // Sometimes everybody in a row has one value, sometimes nobody has.
        let (constant, row) = (source.draw(rng), rng.random_range(0..=shape.people));
        let clustered = rng.random_bool(0.3);
        let draw = |person: OneId| -> Option<(OneId, Value)> {
            if clustered && person.ordinal() < row {
                return rng.random_bool(0.5).then(|| (person, constant.clone()));
            }
            rng.random_bool(presence)
                .then(|| (person, source.draw(rng)))
        };
        let values: Vec<_> = people.into_iter().filter_map(draw).collect();
        world
            .publish(name, index, values)
            .expect("the tag was declared");
    }
}

fn add_segment(world: &mut World, number: u32, shape: WorldShape, rng: &mut StdRng) {
    let name = Name::new(&format!("人群_{number}")).expect("a name");
    for _ in 0..2 {
        let index = LogIndex(rng.random_range(1..=shape.last_index));
        let mut generator = Generator::new(world, rng.random(), Coverage::default());
        let question = generator.question_up_to(3);
        let zone = rng.random_bool(0.5).then_some(question.zone);
        let expr = question.expr;
        let definition = SegmentDefinition { expr, zone };
        world.save_segment(name.clone(), index, Some(definition));
    }
}
