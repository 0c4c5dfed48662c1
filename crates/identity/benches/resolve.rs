//! Speed and size of the identity map: resolving, checkpoints, opening again, look-ups.
//!
//! `cargo bench -p tagma-identity --bench resolve [-- [limits] IDENTIFIERS…]`, one million by
//! default. A person has three identifiers and two records with two of them each; batches have
//! 20,000 records. With `limits`, each type may have three values per person in a week, so that
//! every new identifier asks the rules.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tagma_core::LogIndex;
use tagma_core::schema::{IdentifierType, LimitWindow, Name, Normalizer, PersonLimit};
use tagma_identity::{
    Checkpoint, CheckpointFiles, HashKey, IdentifierHash, IdentityMap, RecordIdentifier, Records,
    Resolver, Rules, write_checkpoint,
};

const RECORDS_PER_BATCH: u64 = 20_000;
const SHARDS: u16 = 64;
/// Identifiers in memory after which a checkpoint takes them.
const FOLD_AT: usize = 8_000_000;

fn main() {
    let sizes: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.replace('_', "").parse().ok())
        .collect();
    let rules = match std::env::args().any(|argument| argument == "limits") {
        true => weekly_limits(),
        false => Rules::default(),
    };
    for identifiers in if sizes.is_empty() {
        vec![1_000_000]
    } else {
        sizes
    } {
        run(identifiers / 3, &rules);
    }
}

fn weekly_limits() -> Rules {
    let declared = |number: u16| IdentifierType {
        number,
        name: Name::new(&format!("type{number}")).unwrap(),
        normalize: Normalizer::Trim,
        normalize_version: 1,
        region: None,
        priority: number,
        blocked: Vec::new(),
        blocked_patterns: Vec::new(),
        limit: Some(PersonLimit {
            per_person: 3,
            window: LimitWindow::Days(7),
        }),
        unique: false,
        quarantine: 50,
    };
    Rules::new(&[1, 2, 3].map(declared))
}

struct Timings {
    hash: Vec<f64>,
    resolve: Vec<f64>,
    push: Vec<f64>,
    all: Vec<f64>,
    checkpoints: Vec<f64>,
}

fn run(people: u64, rules: &Rules) {
    let key = HashKey::from_bytes(&[7; 32]).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut map = IdentityMap::empty(key.fingerprint());
    let mut timings = Timings {
        hash: Vec::new(),
        resolve: Vec::new(),
        push: Vec::new(),
        all: Vec::new(),
        checkpoints: Vec::new(),
    };
    let mut resolver = Resolver::new();
    let mut most_memory = 0.0f64;
    let started = Instant::now();
    // The first records of everybody, then the second ones.
    for round in 0..2 {
        for start in (0..people).step_by(RECORDS_PER_BATCH as usize) {
            let end = people.min(start + RECORDS_PER_BATCH);
            batch(
                &key,
                &mut map,
                &mut resolver,
                &mut timings,
                rules,
                (round, start..end),
            );
            let memory = map.memory_bytes() as f64 / map.len() as f64;
            most_memory = most_memory.max(memory);
            if map.len_in_memory() > FOLD_AT {
                (map, _) = checkpoint(&map, &mut timings, &dir);
            }
        }
    }
    let total = started.elapsed();
    let (map, files) = checkpoint(&map, &mut timings, &dir);
    report(&map, &files, &timings, total, most_memory, &dir, &key);
}

fn batch(
    key: &HashKey,
    map: &mut IdentityMap,
    resolver: &mut Resolver,
    timings: &mut Timings,
    rules: &Rules,
    (round, people): (u16, std::ops::Range<u64>),
) {
    let values: Vec<[String; 2]> = people
        .map(|person| {
            // Neighbours in time are no neighbours in value.
            let person = person.wrapping_mul(0x9e37_79b1) % (1 << 40);
            [0, 1].map(|number| format!("+86{}{person:011}", round + number))
        })
        .collect();
    let count = (values.len() * 2) as f64;
    let begun = Instant::now();
    let mut records = Records::new();
    for pair in &values {
        records.push(
            pair.iter()
                .zip([round, round + 1])
                .map(|(value, number)| RecordIdentifier {
                    type_number: number + 1,
                    priority: number + 1,
                    hash: key.hash(number + 1, value.as_bytes()),
                }),
        );
    }
    let hashed = begun.elapsed();
    let mut placement = map.placement(SHARDS).unwrap();
    let resolved = resolver
        .resolve(map, &mut placement, rules, 0, &records)
        .unwrap();
    let done = begun.elapsed();
    map.stage(Arc::new(resolved.layer), 0).unwrap();
    map.commit(map.index().next(), 0).unwrap();
    let pushed = begun.elapsed();
    timings.hash.push(hashed.as_secs_f64() / count);
    timings.resolve.push((done - hashed).as_secs_f64() / count);
    timings.push.push((pushed - done).as_secs_f64() / count);
    timings.all.push(pushed.as_secs_f64() / count);
}

fn checkpoint(
    map: &IdentityMap,
    timings: &mut Timings,
    dir: &tempfile::TempDir,
) -> (IdentityMap, CheckpointFiles) {
    let begun = Instant::now();
    let files = write_checkpoint(dir.path(), map).unwrap();
    timings.checkpoints.push(begun.elapsed().as_secs_f64());
    let opened = Checkpoint::open(dir.path(), &files, map.fingerprint()).unwrap();
    let rebased = map.rebased(Arc::new(opened)).unwrap();
    tagma_identity::remove_others(dir.path(), &[&files]).unwrap();
    (rebased, files)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(
    map: &IdentityMap,
    files: &CheckpointFiles,
    timings: &Timings,
    total: Duration,
    most_memory: f64,
    dir: &tempfile::TempDir,
    key: &HashKey,
) {
    let nanos = |values: &Vec<f64>| median(values.clone()) * 1e9;
    let all = nanos(&timings.all);
    println!("{} identifiers, {} people", files.identifiers, files.people);
    println!(
        "  hash           {:>8.0} ns an identifier",
        nanos(&timings.hash)
    );
    println!(
        "  resolve        {:>8.0} ns an identifier",
        nanos(&timings.resolve)
    );
    println!(
        "  stage + commit {:>8.0} ns an identifier",
        nanos(&timings.push)
    );
    println!(
        "  all three      {:>8.0} ns: {:.2} M identifiers a second",
        all,
        1e3 / all
    );
    let seen = timings.all.len() as f64 * 2.0 * RECORDS_PER_BATCH as f64;
    let rate = seen.min(files.identifiers as f64 / 3.0 * 4.0) / total.as_secs_f64() / 1e6;
    println!("  with checkpoints          {rate:>8.2} M identifiers a second");
    println!("  in memory at most         {most_memory:>8.1} bytes an identifier");
    let bytes: u64 = files.files.iter().map(|file| file.bytes).sum();
    let each = bytes as f64 / files.identifiers as f64;
    println!("  checkpoint                {each:>8.1} bytes an identifier");
    let last = timings.checkpoints[timings.checkpoints.len() - 1];
    println!("  checkpoint written in     {last:>8.2} s");
    let open = || {
        let begun = Instant::now();
        let opened = Checkpoint::open(dir.path(), files, map.fingerprint()).unwrap();
        (begun.elapsed().as_secs_f64(), opened)
    };
    let seconds = median((0..5).map(|_| open().0).collect());
    println!("  opened in                 {seconds:>8.4} s");
    lookups(&IdentityMap::from_checkpoint(Arc::new(open().1)), key);
}

fn lookups(map: &IdentityMap, key: &HashKey) {
    let people = map.creation_count();
    let step = (people / 500_000).max(1);
    let hashes: Vec<IdentifierHash> = (0..people)
        .step_by(step as usize)
        .map(|person| person.wrapping_mul(0x9e37_79b1) % (1 << 40))
        .map(|person| key.hash(2, format!("+861{person:011}").as_bytes()))
        .collect();
    let mut found = Vec::new();
    for pass in ["first", "second"] {
        let begun = Instant::now();
        map.lookup_many(&hashes, |hash| *hash, &mut found).unwrap();
        let each = begun.elapsed().as_secs_f64() / hashes.len() as f64 * 1e9;
        let known = found.iter().filter(|origin| origin.is_some()).count();
        assert_eq!(known, hashes.len());
        println!("  look-up in files ({pass:>6}) {each:>8.0} ns");
    }
    let begun = Instant::now();
    for origin in found.iter().flatten().take(20_000) {
        black_box(map.identifiers_of(origin.oneid).unwrap());
    }
    let each = begun.elapsed().as_secs_f64() / found.len().min(20_000) as f64 * 1e6;
    println!("  identifiers of a person   {each:>8.2} us");
    assert!(map.lookup_at(hashes[0], LogIndex::ZERO).unwrap().is_none());
}
