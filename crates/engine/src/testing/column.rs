//! Random tags: values of every kind, dense and sparse, over whole and broken chunks.

use std::{collections::BTreeMap, sync::Arc};

use tagma_core::{Value, schema::TagKind};

use super::Random;
use crate::{
    chunk::{CHUNK_ORDINALS, chunk_count},
    section::{EncodedSection, SectionBuilder, TagSection},
};

/// Values by ordinal: the naive model of a section.
pub(crate) type Model = BTreeMap<u32, Value>;

pub(crate) const KINDS: [TagKind; 7] = [
    TagKind::Bool,
    TagKind::Category,
    TagKind::Int,
    TagKind::Decimal {
        precision: 18,
        scale: 2,
    },
    TagKind::Decimal {
        precision: 6,
        scale: 6,
    },
    TagKind::Date,
    TagKind::Timestamp,
];

/// Populations at the edges of chunks.
pub(crate) const POPULATIONS: [u32; 6] = [0, 1, 65_535, 65_536, 65_537, 200_000];

/// A random model: each chunk is empty, very sparse, sparse, half or full; the values of a tag
/// need few or many bits.
pub(crate) fn random_model(random: &mut Random, kind: TagKind, population: u32) -> Model {
    let span = *random.pick(&[0, 1, 3, 15, 200, 255, 256, 5_000, 70_000, i64::MAX]);
    let low = random.between(-span.min(1 << 40), 1_000);
    let mut model = Model::new();
    for chunk in 0..chunk_count(population) {
        let one_in = *random.pick(&[0, 3_000, 20, 2, 1]);
        if one_in == 0 {
            continue;
        }
        let first = chunk * CHUNK_ORDINALS;
        let end = population.min(first.saturating_add(CHUNK_ORDINALS));
        for ordinal in first..end {
            if random.one_in(one_in) {
                model.insert(ordinal, random_value(random, kind, low, span));
            }
        }
    }
    model
}

/// A value whose raw form is about `low` to `low + span`.
pub(crate) fn random_value(random: &mut Random, kind: TagKind, low: i64, span: i64) -> Value {
    let raw = random.between(low, low.saturating_add(span));
    let within = |limit: i64| raw.rem_euclid(2 * limit - 1) - (limit - 1);
    match kind {
        TagKind::Bool => Value::Bool(random.one_in(3)),
        TagKind::Category => Value::Text(format!("v{}", raw.rem_euclid(span.clamp(1, 1_200)))),
        TagKind::Int => Value::Int(i128::from(raw)),
        TagKind::Decimal { precision, scale } => Value::Decimal {
            unscaled: i128::from(within(10_i64.pow(u32::from(precision)))),
            scale,
        },
        TagKind::Date => Value::Date(within(700_000) as i32),
        TagKind::Timestamp => Value::Timestamp(within(60_000_000_000_000_000)),
    }
}

/// The section of a model.
pub(crate) fn encode(kind: TagKind, population: u32, model: &Model) -> EncodedSection {
    let mut builder = SectionBuilder::new(kind, population);
    for (ordinal, value) in model {
        builder
            .push(*ordinal, value.clone())
            .expect("a model is in order");
    }
    builder.finish()
}

/// A random tag: its section, and the model of it.
pub(crate) fn random_tag(
    random: &mut Random,
    kind: TagKind,
    population: u32,
) -> (Arc<TagSection>, Model) {
    let model = random_model(random, kind, population);
    let bytes = encode(kind, population, &model).bytes;
    let section = TagSection::parse(bytes, "test").expect("own bytes");
    (Arc::new(section), model)
}
