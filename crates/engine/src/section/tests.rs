//! Sections against their models, whole and damaged.

mod damage;
mod errors;
mod golden;

use std::collections::BTreeMap;

use bytes::Bytes;
use tagma_core::{Value, schema::TagKind};

use super::*;
use crate::{
    chunk::{ChunkSet, chunk_count, chunk_len, join},
    testing::{
        column::{KINDS, Model, POPULATIONS, encode, random_model},
        for_seeds,
    },
};

/// Everything that a section answers, against the model.
fn check(section: &TagSection, model: &Model) -> Result<(), Error> {
    let population = section.population();
    let mut values = Vec::new();
    for chunk in 0..chunk_count(population) + 1 {
        let mut present = ChunkSet::default();
        present.assign_container(&section.presence(chunk)?);
        let range = join(chunk, 0)..=join(chunk, u16::MAX);
        let held: Vec<u16> = model
            .range(range)
            .map(|(ordinal, _)| *ordinal as u16)
            .collect();
        assert!(
            present.iter().eq(held.iter().copied()),
            "presence of chunk {chunk}"
        );
        values.clear();
        section.values(chunk, &held, &mut values)?;
        for (position, value) in held.iter().zip(&values) {
            assert_eq!(
                Some(value),
                model.get(&join(chunk, *position)),
                "{chunk}/{position}"
            );
        }
        if let Some(index) = section.value_index(chunk)? {
            check_index(section, index, model, chunk)?;
        }
    }
    for ordinal in (0..population.saturating_add(2)).step_by(101) {
        let wanted = model.get(&ordinal).unwrap_or(&Value::Null);
        assert_eq!(&section.value(ordinal)?, wanted, "{ordinal}");
    }
    Ok(())
}

fn check_index(
    section: &TagSection,
    index: ValueIndex<'_>,
    model: &Model,
    chunk: u32,
) -> Result<(), Error> {
    for (text, code) in section.dictionary()?.iter() {
        let mut set = ChunkSet::default();
        let mut people = 0;
        for (count, list) in index.lists(code, code) {
            set.or_container(&list);
            people += count;
        }
        let range = join(chunk, 0)..=join(chunk, u16::MAX);
        let wanted = model
            .range(range)
            .filter(|(_, value)| matches!(value, Value::Text(own) if own == text))
            .map(|(ordinal, _)| *ordinal as u16);
        assert!(set.iter().eq(wanted), "people of {text} in chunk {chunk}");
        assert_eq!(set.count(), people);
    }
    Ok(())
}

#[test]
fn sections_read_back_whatever_their_kind_and_population() {
    for_seeds(4, |random| {
        for kind in KINDS {
            for population in POPULATIONS {
                let model = random_model(random, kind, population);
                let encoded = encode(kind, population, &model);
                check_stats(&encoded.stats, kind, &model);
                let section = TagSection::parse(encoded.bytes, "test").expect("own bytes");
                assert_eq!(section.kind(), kind);
                assert_eq!(section.rows(), model.len() as u64);
                check(&section, &model).expect("own bytes");
                // Once more, with everything known to be good.
                check(&section, &model).expect("own bytes");
            }
        }
    });
}

fn check_stats(stats: &SectionStats, kind: TagKind, model: &Model) {
    assert_eq!(stats.rows, model.len() as u64);
    let mut counts: BTreeMap<&Value, u64> = BTreeMap::new();
    for value in model.values() {
        *counts.entry(value).or_default() += 1;
    }
    if matches!(kind, TagKind::Bool | TagKind::Category) {
        let mut top: Vec<_> = counts
            .iter()
            .map(|(value, n)| ((*value).clone(), *n))
            .collect();
        top.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        top.truncate(100);
        assert_eq!(stats.top, top);
        assert_eq!(stats.distinct, Some(counts.len() as u64));
        assert_eq!((&stats.min, &stats.max, stats.sum), (&None, &None, None));
        return;
    }
    assert_eq!(stats.min.as_ref(), model.values().min());
    assert_eq!(stats.max.as_ref(), model.values().max());
    let sum = model.values().try_fold(0, |sum, value| match value {
        Value::Int(value) => Some(sum + value),
        Value::Decimal { unscaled, .. } => Some(sum + unscaled),
        _ => None,
    });
    let summed = matches!(kind, TagKind::Int | TagKind::Decimal { .. });
    assert_eq!(stats.sum, if summed { sum } else { None });
}

#[test]
fn every_width_is_used_and_read_back() {
    let mut widths = Vec::new();
    for bits in [1, 2, 4, 8, 16, 24, 32, 48, 63, 64] {
        let (low, high) = match bits {
            64 => (i64::MIN, i64::MAX),
            bits => (-5, ((1_u64 << bits) - 1) as i64 - 5),
        };
        let values = [low, high, low, high - 1];
        let model: Model = (0..1_000)
            .map(|ordinal| {
                (
                    ordinal,
                    Value::Int(i128::from(values[ordinal as usize % 4])),
                )
            })
            .collect();
        let bytes = encode(TagKind::Int, 1_000, &model).bytes;
        let section = TagSection::parse(bytes, "test").expect("own bytes");
        widths.push(section.code_width(0));
        check(&section, &model).expect("own bytes");
    }
    assert_eq!(widths, [1, 2, 4, 8, 16, 24, 32, 48, 64, 64]);
}

#[test]
fn one_value_for_all_needs_no_codes() {
    let model: Model = (0..65_536)
        .map(|ordinal| (ordinal, Value::Date(-7)))
        .collect();
    let bytes = encode(TagKind::Date, 65_536, &model).bytes;
    assert!(bytes.len() < 256);
    let section = TagSection::parse(bytes, "test").expect("own bytes");
    check(&section, &model).expect("own bytes");
}

#[test]
fn sparse_chunks_are_stored_sparse() {
    let model = |step: usize| -> Model {
        let ordinals = (0..65_536).step_by(step);
        ordinals
            .map(|ordinal| (ordinal, Value::Int(i128::from(ordinal) * 1_000_003)))
            .collect()
    };
    for (step, sparse) in [(17, true), (16, false)] {
        let bytes = encode(TagKind::Int, 65_536, &model(step)).bytes;
        let section = TagSection::parse(bytes, "test").expect("own bytes");
        let column = section.column(0).expect("own bytes");
        assert_eq!(
            matches!(column.data, ColumnData::Sparse(_)),
            sparse,
            "one in {step}"
        );
        let most = if sparse {
            65_536 / step * 8 + 1_000
        } else {
            usize::MAX
        };
        assert!(section.stored_bytes() <= most);
    }
}

#[test]
fn lists_of_people_are_stored_where_values_are_many_and_common() {
    let indexed = |texts: u32| {
        let ordinals = 0..65_536_u32;
        let model: Model = ordinals
            .map(|ordinal| (ordinal, Value::Text(format!("{}", ordinal % texts))))
            .collect();
        let bytes = encode(TagKind::Category, 65_536, &model).bytes;
        let section = TagSection::parse(bytes, "test").expect("own bytes");
        check(&section, &model).expect("own bytes");
        section.value_index(0).expect("own bytes").is_some()
    };
    // Narrow codes; common values; rare values.
    assert_eq!([200, 337, 5_000].map(indexed), [false, true, false]);
}

#[test]
fn the_same_values_give_the_same_bytes() {
    for_seeds(3, |random| {
        let model = random_model(random, TagKind::Category, 70_000);
        let bytes: [Bytes; 2] = [0; 2].map(|_| encode(TagKind::Category, 70_000, &model).bytes);
        assert_eq!(bytes[0], bytes[1]);
    });
}

#[test]
fn chunks_lie_where_the_population_says() {
    let model: Model = [(65_536, Value::Bool(true))].into();
    let bytes = encode(TagKind::Bool, 65_537, &model).bytes;
    let section = TagSection::parse(bytes, "test").expect("own bytes");
    assert_eq!(
        (section.chunks(), section.chunk_len(1)),
        (2, chunk_len(65_537, 1))
    );
    assert_eq!(section.bounds(0), None);
    let bounds = ChunkBounds {
        rows: 1,
        min: 1,
        max: 1,
    };
    assert_eq!(section.bounds(1), Some(bounds));
}
