//! Map files: size, damage, transport, and what the list of files promises.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tagma_core::{ErrorKind, LogIndex, OneId};

use super::*;
use crate::forest::{Evidence, ForestChange};
use crate::key::{HashKey, IdentifierHash, KeyFingerprint};
use crate::layer::{LayerBuilder, NewIdentifier};
use crate::map::IdentityMap;
use crate::resolve::Placement;

fn key() -> HashKey {
    HashKey::from_bytes(&[5; 32]).expect("a key")
}

fn hash(value: u32) -> IdentifierHash {
    key().hash(1, &value.to_le_bytes())
}

/// `people` people with two identifiers each, in batches of 1,000, and one merge.
fn sample(people: u32) -> IdentityMap {
    let mut map = IdentityMap::empty(key().fingerprint());
    let mut placement = Placement::new(4);
    for start in (0..people).step_by(1_000) {
        let mut builder = LayerBuilder::new(4, placement.creation_count);
        for value in start..people.min(start + 1_000) {
            let origin = placement.create().expect("room");
            builder.create(origin);
            for value in [2 * value, 2 * value + 1] {
                builder.attach(NewIdentifier {
                    hash: hash(value),
                    type_number: (value % 2) as u16 + 1,
                    origin,
                });
            }
        }
        let layer = builder.finish().expect("a layer");
        map.push(map.index().next(), Arc::new(layer), 20_000)
            .expect("follows");
    }
    if people > 1 {
        let mut builder = LayerBuilder::new(4, 0);
        builder.change(ForestChange::Decided {
            loser: person(1),
            survivor: person(0),
            evidence: Evidence::of(hash(2), hash(0)),
        });
        let layer = builder.finish().expect("a layer");
        map.push(map.index().next(), Arc::new(layer), 20_000)
            .expect("follows");
    }
    map
}

/// The person with a creation number, over four shards.
fn person(number: u32) -> OneId {
    let raw = (i64::from(number % 4 + 1) << 32) | i64::from(number / 4);
    OneId::from_i64(raw).expect("a OneID")
}

fn open(dir: &Path, files: &CheckpointFiles) -> Result<IdentityMap, Error> {
    let checkpoint = Checkpoint::open(dir, files, key().fingerprint())?;
    Ok(IdentityMap::from_checkpoint(Arc::new(checkpoint)))
}

fn check(map: &IdentityMap, people: u32) {
    for number in 0..people {
        for value in [2 * number, 2 * number + 1] {
            let origin = map.lookup(hash(value)).expect("readable").expect("known");
            assert_eq!(origin.oneid, person(number));
            assert_eq!(u32::from(origin.type_number), value % 2 + 1);
        }
    }
    for value in 2 * people..2 * people + 1_000 {
        assert_eq!(map.lookup(hash(value)).expect("readable"), None);
    }
    for number in (0..people).step_by(97) {
        let attached = map.identifiers_of(person(number)).expect("readable");
        let merged = usize::from(number == 0 && people > 1);
        assert_eq!(attached.len(), 2 + 2 * merged);
    }
}

#[test]
fn a_checkpoint_answers_like_the_map_that_it_was_made_of() {
    for people in [0, 1, 2, 500, 5_000] {
        let dir = tempfile::tempdir().expect("a directory");
        let map = sample(people);
        let files = write_checkpoint(dir.path(), &map).expect("written");
        assert_eq!(files.index, map.index());
        assert_eq!(files.identifiers, u64::from(people) * 2);
        assert_eq!(files.creation_count, u64::from(people));
        assert_eq!(files.people, u64::from(people) - u64::from(people > 1));
        verify_files(dir.path(), &files).expect("whole");
        let opened = open(dir.path(), &files).expect("opens");
        check(&opened, people);
        assert_eq!(opened.forest(), map.forest());
        assert_eq!(opened.creation_order(), map.creation_order());
        assert_eq!(opened.index(), map.index());
    }
}

#[test]
fn equal_maps_give_equal_files_however_they_were_folded() {
    let (a, b) = (
        tempfile::tempdir().expect("a"),
        tempfile::tempdir().expect("b"),
    );
    let map = sample(3_000);
    let once = write_checkpoint(a.path(), &map).expect("written");
    let rebased = open(a.path(), &once).expect("opens");
    let again = write_checkpoint(b.path(), &rebased).expect("written");
    assert_eq!(once, again);
    for file in &once.files {
        let (left, right) = (a.path().join(&file.name), b.path().join(&file.name));
        assert_eq!(
            fs::read(left).expect("read"),
            fs::read(right).expect("read")
        );
    }
}

#[test]
fn many_partitions_and_ranges_answer_with_bounded_bytes() {
    // More than one forward and one reverse file, and the promise of at most 64 bytes each.
    let people = 600_000;
    let dir = tempfile::tempdir().expect("a directory");
    let files = write_checkpoint(dir.path(), &sample(people)).expect("written");
    let bytes: u64 = files.files.iter().map(|file| file.bytes).sum();
    assert!(bytes <= 64 * files.identifiers, "{bytes}");
    assert_eq!(files.files.len(), 2 + 2 + 1);
    let map = open(dir.path(), &files).expect("opens");
    for number in (0..people).step_by(1_001) {
        let origin = map.lookup(hash(2 * number)).expect("readable");
        assert_eq!(origin.map(|origin| origin.oneid), Some(person(number)));
        let attached = map.identifiers_of(person(number)).expect("readable");
        assert_eq!(attached.len(), if number == 0 { 4 } else { 2 });
    }
    assert!(map.memory_bytes() < 64 * 1024, "{}", map.memory_bytes());
}

/// What can be asked of a damaged checkpoint: an error that names a file, or the right answers.
fn ask(dir: &Path, files: &CheckpointFiles, people: u32) -> Result<(), Error> {
    let map = open(dir, files)?;
    let damaged = |error: crate::map::Error| match error {
        crate::map::Error::File(error) => error,
        other => panic!("{other}"),
    };
    for number in 0..people {
        let origin = map.lookup(hash(2 * number)).map_err(damaged)?;
        assert_eq!(origin.map(|origin| origin.oneid), Some(person(number)));
        let attached = map.identifiers_of(person(number)).map_err(damaged)?;
        assert_eq!(attached.len(), if number == 0 { 4 } else { 2 });
    }
    assert_eq!(map.forest().root(person(1)), person(0));
    assert_eq!(map.creation_order().number_of(person(7)), Some(7));
    Ok(())
}

#[test]
fn flipped_bits_are_found_or_change_no_answer() {
    let people = 600;
    let dir = tempfile::tempdir().expect("a directory");
    let files = write_checkpoint(dir.path(), &sample(people)).expect("written");
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut found = 0;
    for file in &files.files {
        let path = dir.path().join(&file.name);
        let good = fs::read(&path).expect("read");
        for _ in 0..120 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let bit = (state % (good.len() as u64 * 8)) as usize;
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            // A new file: the old one may still be mapped.
            fs::remove_file(&path).expect("removed");
            fs::write(&path, &bad).expect("written");
            let outcome = ask(dir.path(), &files, people);
            if let Err(error) = &outcome {
                assert_eq!(error.kind(), ErrorKind::Corrupt, "{} bit {bit}", file.name);
                assert!(error.to_string().contains(&file.name), "{error}");
                found += 1;
            }
            let verified = verify_files(dir.path(), &files).expect_err("differs");
            assert!(verified.to_string().contains(&file.name), "{verified}");
        }
        fs::remove_file(&path).expect("removed");
        fs::write(&path, &good).expect("restored");
    }
    assert!(found >= 300, "{found} of 360");
    ask(dir.path(), &files, people).expect("whole again");
}

#[test]
fn truncated_missing_and_swapped_files_are_errors_that_name_them() {
    let dir = tempfile::tempdir().expect("a directory");
    let files = write_checkpoint(dir.path(), &sample(600)).expect("written");
    for file in &files.files {
        let path = dir.path().join(&file.name);
        let good = fs::read(&path).expect("read");
        for length in [0, 1, 100, good.len() / 2, good.len() - 1] {
            fs::remove_file(&path).expect("removed");
            fs::write(&path, &good[..length]).expect("written");
            let error = open(dir.path(), &files).expect_err("short");
            assert!(error.kind() == ErrorKind::Corrupt && error.to_string().contains(&file.name));
        }
        fs::remove_file(&path).expect("removed");
        let error = open(dir.path(), &files).expect_err("missing");
        assert!(error.kind() == ErrorKind::Corrupt && error.to_string().contains(&file.name));
        fs::write(&path, &good).expect("restored");
    }
    let mut without = files.clone();
    without.files.pop();
    assert_eq!(
        open(dir.path(), &without).expect_err("incomplete").kind(),
        ErrorKind::Corrupt
    );
    let mut twice = files.clone();
    twice.files.push(files.files[0].clone());
    assert!(open(dir.path(), &twice).is_err());
    let mut elsewhere = files.clone();
    elsewhere.files[0].name = "../identity-x.tgm".to_owned();
    assert!(open(dir.path(), &elsewhere).is_err());
    let mut other_index = files.clone();
    other_index.index = LogIndex(1 << 30);
    assert!(open(dir.path(), &other_index).is_err());
    let other = Checkpoint::open(dir.path(), &files, KeyFingerprint([1; 16]));
    assert_eq!(other.expect_err("another key").kind(), ErrorKind::Invalid);
}

#[test]
fn a_checkpoint_travels_as_bytes_and_its_list_as_json() {
    let (here, there) = (
        tempfile::tempdir().expect("a"),
        tempfile::tempdir().expect("b"),
    );
    let files = write_checkpoint(here.path(), &sample(2_000)).expect("written");
    let listed = serde_json::to_string(&files).expect("json");
    let folder = there.path().join("identity");
    for file in &files.files {
        let bytes = read_map_file(here.path(), &file.name).expect("read");
        let short = receive_file(&folder, file, &bytes[1..]).expect_err("short");
        assert_eq!(short.kind(), ErrorKind::Corrupt);
        receive_file(&folder, file, &bytes).expect("received");
    }
    let mut outside = files.files[0].clone();
    outside.name = "../identity-0.tgm".to_owned();
    assert!(receive_file(&folder, &outside, &[]).is_err());
    assert!(read_map_file(&folder, "../key").is_err());
    let arrived: CheckpointFiles = serde_json::from_str(&listed).expect("json");
    assert_eq!(arrived, files);
    verify_files(&folder, &arrived).expect("whole");
    check(&open(&folder, &arrived).expect("opens"), 2_000);
}

#[test]
fn only_old_map_files_are_removed_and_open_ones_stay_readable() {
    let dir = tempfile::tempdir().expect("a directory");
    let old = write_checkpoint(dir.path(), &sample(1_000)).expect("written");
    let opened = open(dir.path(), &old).expect("opens");
    let new = write_checkpoint(dir.path(), &sample(3_000)).expect("written");
    fs::write(
        dir.path().join("identity-00-forward-00000.tgm.tmp"),
        b"half",
    )
    .expect("written");
    fs::write(dir.path().join("notes.txt"), b"mine").expect("written");
    remove_others(dir.path(), &[&new]).expect("removed");
    let mut left: Vec<String> = fs::read_dir(dir.path())
        .expect("listed")
        .map(|entry| {
            entry
                .expect("listed")
                .file_name()
                .into_string()
                .expect("text")
        })
        .collect();
    left.sort_unstable();
    let mut expected: Vec<String> = new.files.iter().map(|file| file.name.clone()).collect();
    expected.push("notes.txt".to_owned());
    assert_eq!(left, expected);
    check(&opened, 1_000);
    check(&open(dir.path(), &new).expect("opens"), 3_000);
}

/// Added to, never edited: published checkpoints hold these bytes for ever.
#[test]
fn golden_bytes() {
    let dir = tempfile::tempdir().expect("a directory");
    let files = write_checkpoint(dir.path(), &sample(3)).expect("written");
    let sums: Vec<(String, u64, u32)> = files
        .files
        .into_iter()
        .map(|file| (file.name, file.bytes, file.crc32c))
        .collect();
    let golden = GOLDEN.map(|(name, bytes, crc)| (name.to_owned(), bytes, crc));
    assert_eq!(sums, golden);
}

const GOLDEN: [(&str, u64, u32); 3] = [
    (
        "identity-0000000002-forward-00000.tgm",
        16_528,
        2_360_687_219,
    ),
    (
        "identity-0000000002-reverse-00000.tgm",
        16_528,
        1_511_548_032,
    ),
    ("identity-0000000002-state-00000.tgm", 276, 51_954_763),
];
