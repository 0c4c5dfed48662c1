//! Live state against a list of sets, one for each index.

use std::collections::BTreeSet;

use tagma_core::{ErrorKind, LogIndex};

use super::*;
use crate::{
    chunk::{ChunkSet, chunk_count, join},
    testing::{Random, for_seeds},
};

type Model = BTreeSet<u32>;

/// A state and the people alive after each entry; entry `i` is index `2 * i + 1`.
fn random_history(random: &mut Random, entries: usize) -> (LiveBitmap, Vec<Model>) {
    let mut live = LiveBitmap::new();
    let mut models = vec![Model::new()];
    let mut population = 0;
    for entry in 0..entries {
        let mut model = models.last().cloned().unwrap_or_default();
        let new = *random.pick(&[0, 1, 100, 5_000, 65_536, 70_000]);
        let back = model.len() as u64;
        let mut removed: Vec<u32> = Vec::new();
        if back > 0 && random.one_in(2) {
            let start = random.below(u64::from(population)) as u32;
            let step = random.below(3) as usize + 1;
            let stretch = (start..population)
                .step_by(step)
                .take(random.below(400) as usize);
            removed.extend(stretch);
        }
        let mut added: Vec<_> = Some(population..population + new).into_iter().collect();
        if population > 10 && random.one_in(3) {
            let start = random.below(u64::from(population)) as u32;
            added.push(start..(start + random.below(300) as u32).min(population));
        }
        population += new;
        let before = model.clone();
        model.extend(added.iter().cloned().flatten());
        let came = model.len() - before.len();
        removed.iter().for_each(|ordinal| {
            model.remove(ordinal);
        });
        let applied = live
            .apply(index(entry + 1), added, removed)
            .expect("in order");
        assert_eq!(applied.added, came as u64);
        assert_eq!(applied.removed, (before.len() + came - model.len()) as u64);
        models.push(model);
    }
    (live, models)
}

fn index(entry: usize) -> LogIndex {
    LogIndex(entry as u64 * 2)
}

fn check(view: &AliveView, model: &Model) {
    assert_eq!(view.len(), model.len() as u64);
    assert_eq!(view.is_empty(), model.is_empty());
    let end = model.last().map_or(0, |last| last + 1);
    let mut set = ChunkSet::default();
    for chunk in 0..chunk_count(end) + 1 {
        view.chunk(chunk, &mut set);
        let wanted = model.range(join(chunk, 0)..=join(chunk, u16::MAX));
        assert!(
            set.iter().eq(wanted.map(|ordinal| *ordinal as u16)),
            "chunk {chunk}"
        );
        assert_eq!(view.chunk_len(chunk), set.count());
    }
    for ordinal in (0..end + 2).step_by(61) {
        assert_eq!(
            view.contains(ordinal),
            model.contains(&ordinal),
            "{ordinal}"
        );
    }
}

#[test]
fn every_index_reads_as_it_was() {
    for_seeds(12, |random| {
        let (live, models) = random_history(random, 12);
        for (entry, model) in models.iter().enumerate() {
            // At the entry, and between it and the next.
            for between in [0, 1] {
                let at = LogIndex(index(entry).0 + between);
                check(&live.at(at).expect("nothing is folded"), model);
                assert_eq!(live.len_at(at), Ok(model.len() as u64));
            }
        }
    });
}

#[test]
fn folding_drops_what_is_older_and_nothing_else() {
    for_seeds(8, |random| {
        let (mut live, models) = random_history(random, 10);
        let floor = random.below(models.len() as u64) as usize;
        live.fold(index(floor));
        assert_eq!(live.floor(), index(floor));
        for (entry, model) in models.iter().enumerate() {
            match live.at(index(entry)) {
                Ok(view) => check(&view, model),
                Err(error) => {
                    assert!(entry < floor);
                    assert_eq!(error.kind(), ErrorKind::Expired);
                }
            }
        }
    });
}

#[test]
fn a_view_and_a_clone_stay_as_they_are() {
    for_seeds(8, |random| {
        let (mut live, models) = random_history(random, 6);
        let last = models.len() - 1;
        let (view, clone) = (live.at(index(last)).expect("readable"), live.clone());
        live.apply(index(last + 1), Some(7..9_000_000 / 64), 0..500)
            .expect("in order");
        live.fold(index(last + 1));
        check(&view, &models[last]);
        check(&clone.at(index(last)).expect("readable"), &models[last]);
    });
}

#[test]
fn bytes_read_back_and_damage_is_found() {
    for_seeds(6, |random| {
        let (mut live, models) = random_history(random, 8);
        live.fold(index(2));
        let bytes = live.encode();
        let back = LiveBitmap::decode(&bytes, "manifest").expect("own bytes");
        assert_eq!((back.floor(), back.newest()), (live.floor(), live.newest()));
        for (entry, model) in models.iter().enumerate().skip(2) {
            check(&back.at(index(entry)).expect("readable"), model);
        }
        assert_eq!(back.encode(), bytes);
        for _ in 0..200 {
            let mut damaged = bytes.clone();
            let bit = random.below(bytes.len() as u64 * 8);
            damaged[(bit / 8) as usize] ^= 1 << (bit % 8);
            let error = LiveBitmap::decode(&damaged, "manifest").expect_err("one bit");
            assert_eq!(error.kind(), ErrorKind::Corrupt);
            assert!(error.to_string().starts_with("manifest: "));
        }
    });
}

#[test]
fn made_up_bytes_with_a_right_checksum_never_panic() {
    for_seeds(300, |random| {
        let mut live = LiveBitmap::new();
        live.apply(LogIndex(1), Some(0..random.below(900) as u32), [3, 4, 9])
            .expect("in order");
        live.apply(LogIndex(2), Some(5..7), [1]).expect("in order");
        let mut bytes = live.encode();
        let body = bytes.len() - 4;
        for _ in 0..random.below(3) + 1 {
            bytes[random.below(body as u64) as usize] = random.next() as u8;
        }
        let crc = crc32c::crc32c(&bytes[..body]);
        bytes[body..].copy_from_slice(&crc.to_le_bytes());
        if let Ok(back) = LiveBitmap::decode(&bytes, "manifest") {
            for at in [back.floor(), back.newest()] {
                if let Ok(view) = back.at(at) {
                    view.len();
                    view.chunk(0, &mut ChunkSet::default());
                }
            }
        }
    });
}

#[test]
fn entries_come_in_order() {
    let mut live = LiveBitmap::new();
    live.apply(LogIndex(5), Some(0..3), []).expect("in order");
    let again = live
        .apply(LogIndex(5), Some(3..4), [0, 77, 70_000])
        .expect("the same entry");
    assert_eq!(
        again,
        Applied {
            added: 1,
            removed: 1
        }
    );
    let error = live
        .apply(LogIndex(4), Some(9..10), [])
        .expect_err("out of order");
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert_eq!(live.len_at(LogIndex(9)), Ok(3));
}

/// Format 1 as it was first written: it reads the same for ever.
#[test]
fn state_of_format_1_reads_and_is_written_as_ever() {
    let mut live = LiveBitmap::new();
    live.apply(LogIndex(3), Some(0..700), []).expect("in order");
    live.apply(LogIndex(7), Some(700..66_000), [5, 6, 7, 65_999])
        .expect("in order");
    live.apply(LogIndex(8), Some(5..6), [100])
        .expect("in order");
    live.fold(LogIndex(7));
    let file = include_bytes!("golden/1.live");
    assert_eq!(live.encode(), file);
    assert_eq!(LiveBitmap::decode(file, "golden"), Ok(live));
}

/// Loading in many batches: a batch costs a change, not a bitmap.
#[test]
fn dense_appends_stay_a_length() {
    let mut live = LiveBitmap::new();
    for batch in 0..2_000_u32 {
        let people = batch * 500..(batch + 1) * 500;
        live.apply(LogIndex(u64::from(batch)), Some(people), [])
            .expect("in order");
    }
    assert_eq!(live.len_at(LogIndex(2_000)), Ok(1_000_000));
    assert_eq!(live.len_at(LogIndex(999)), Ok(500_000));
    live.fold(LogIndex(2_000));
    assert!(live.encode().len() < 1_000);
}
