//! A whole world on disk: the same bytes again, and truth, noise and behaviour as its files have
//! them, read back by code of their own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::{
    generate::{Summary, generate},
    plan::Settings,
    tables::FileFormat,
};

type Line = BTreeMap<String, String>;

struct World {
    folder: tempfile::TempDir,
    summary: Summary,
}

async fn world(people: u32, seed: u64, format: FileFormat) -> World {
    let folder = tempfile::tempdir().expect("folder");
    let settings = Settings {
        people,
        seed,
        today: 20_635,
    };
    let made = generate(settings, format, folder.path(), false, false).await;
    World {
        summary: made.expect("made"),
        folder,
    }
}

impl World {
    fn files(&self, table: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path().join(table)).expect("a folder");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("entry").path()).collect();
        paths.sort();
        paths
    }

    fn lines(&self, table: &str) -> Vec<Line> {
        self.files(table)
            .iter()
            .flat_map(|path| read(path))
            .collect()
    }

    fn truth(&self, file: &str) -> Vec<Line> {
        read(&self.folder.path().join("truth").join(file))
    }

    fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for table in [
            "crm_members",
            "miniapp_events",
            "appointments",
            "visits",
            "wecom_contacts",
        ]
        .into_iter()
        .chain(["reference", "truth"])
        {
            for path in self.files(table) {
                hasher.update(path.file_name().expect("a name").as_encoded_bytes());
                hasher.update(&fs::read(&path).expect("read"));
            }
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }
}

fn read(path: &Path) -> Vec<Line> {
    let mut reader = csv::Reader::from_path(path).expect("a file");
    let lines: Result<Vec<Line>, csv::Error> = reader.deserialize().collect();
    lines.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The identifiers of a line, normalised by the few rules that this data needs.
fn identifiers(line: &Line) -> BTreeSet<(&'static str, String)> {
    let mut found = BTreeSet::new();
    for (column, id_type) in [
        ("crm_id", "crm_id"),
        ("unionid", "unionid"),
        ("openid", "openid"),
        ("external_userid", "external_userid"),
        ("device_id", "device"),
        ("phone", "phone"),
        ("remark_mobile", "phone"),
    ] {
        let text = line.get(column).map(|text| text.trim()).unwrap_or_default();
        if text.is_empty() || text.contains('*') {
            continue;
        }
        let value = match id_type {
            "phone" => {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                format!("+86{}", &digits[digits.len() - 11..])
            }
            "device" => text.to_lowercase(),
            _ => text.to_owned(),
        };
        found.insert((id_type, value));
    }
    found
}

const KEYS: [(&str, &str); 5] = [
    ("crm_members", "crm_id"),
    ("miniapp_events", "openid"),
    ("appointments", "appointment_id"),
    ("visits", "visit_id"),
    ("wecom_contacts", "external_userid"),
];

/// The same world must be the same bytes for ever: change this with the generator, knowingly.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/demo/world_golden.txt");

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_tiny_world_is_the_same_bytes_for_ever() {
    let golden = fs::read_to_string(GOLDEN).expect("a hash");
    assert_eq!(world(300, 1, FileFormat::Csv).await.hash(), golden.trim());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn blocks_made_by_one_thread_or_more_are_the_same() {
    let one = world(40_000, 5, FileFormat::Csv).await.hash();
    let more = tokio::task::spawn_blocking(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(4)
            .build();
        runtime
            .expect("a runtime")
            .block_on(world(40_000, 5, FileFormat::Csv))
            .hash()
    });
    assert_eq!(more.await.expect("made"), one);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_truth_is_what_the_files_say() {
    let world = world(6_000, 2, FileFormat::Csv).await;
    let records = world.truth("records.csv");
    let owner: BTreeMap<(&str, &str), &str> = records
        .iter()
        .map(|line| {
            (
                (line["source"].as_str(), line["key"].as_str()),
                line["person"].as_str(),
            )
        })
        .collect();
    assert_eq!(owner.len(), records.len(), "a record has one owner");
    let (mut seen, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for (table, key) in KEYS {
        for line in world.lines(table) {
            let person = owner[&(table, line[key].as_str())];
            let found = identifiers(&line).into_iter();
            seen.extend(found.map(|(kind, value)| (kind.to_owned(), value, person.to_owned())));
            keys.insert((table, line[key].clone()));
        }
    }
    assert_eq!(keys.len(), records.len(), "every record is in its source");
    let truth = world.truth("identifiers.csv");
    let told: BTreeSet<_> = truth
        .iter()
        .map(|line| {
            (
                line["type"].clone(),
                line["value"].clone(),
                line["person"].clone(),
            )
        })
        .collect();
    assert_eq!(told.len(), truth.len());
    assert_eq!(told, seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_noise_in_the_files_is_the_noise_that_is_told() {
    let world = world(20_000, 4, FileFormat::Csv).await;
    let noise = &world.summary.world.noise;
    let identifiers = world.truth("identifiers.csv");
    let mut holders: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for line in identifiers
        .iter()
        .filter(|line| line["state"] != "mistyped")
    {
        *holders
            .entry((line["type"].as_str(), line["value"].as_str()))
            .or_default() += 1;
    }
    let of_type = |wanted: &str| -> Vec<u64> {
        let held = holders
            .iter()
            .filter(|((id_type, _), _)| *id_type == wanted);
        held.map(|(_, holders)| *holders).collect()
    };
    let shared = |holders: &[u64]| holders.iter().filter(|holders| **holders > 1).count() as u64;
    let (phones, devices) = (of_type("phone"), of_type("device"));
    let shares = [
        (&phones, noise.shared_phones),
        (&devices, noise.handed_on_devices),
    ];
    for (holders, told) in shares {
        let found = (shared(holders), holders.len() as u64);
        assert_eq!(found, (told.count, told.of));
    }
    assert_eq!(
        (phones.iter().max(), devices.iter().max()),
        (Some(&5), Some(&2))
    );
    let mut sources: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in world.truth("records.csv") {
        sources
            .entry(line["person"].clone())
            .or_default()
            .insert(line["source"].clone());
    }
    let single = sources
        .values()
        .filter(|sources| sources.len() == 1)
        .count();
    assert_eq!((single, sources.len()), (6_000, 20_000));
    assert_eq!(noise.single_source_people.count, 6_000);
    let mut versions: BTreeMap<String, u64> = BTreeMap::new();
    for line in world.lines("appointments") {
        *versions.entry(line["appointment_id"].clone()).or_default() += 1;
    }
    let corrected = versions.values().filter(|versions| **versions == 2).count() as u64;
    let told = noise.corrected_appointments;
    assert_eq!((corrected, versions.len() as u64), (told.count, told.of));
    // One of each twenty, and two blocks that may end within twenty.
    assert!(told.count.abs_diff(told.of / 20) <= 2, "{told:?}");
    let masked: BTreeSet<String> = world
        .lines("crm_members")
        .into_iter()
        .filter(|line| line["phone"].contains("****"))
        .map(|line| line["crm_id"].clone())
        .collect();
    assert!((40..160).contains(&masked.len()), "{}", masked.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn people_behave_as_people_do() {
    let world = world(10_000, 1, FileFormat::Csv).await;
    let rows = &world.summary.world.rows;
    let per_person = world.summary.rows as f64 / 10_000.0;
    assert!(
        (9.0..18.0).contains(&per_person),
        "{per_person} rows a person: {rows:?}"
    );
    let people = &world.summary.world.people;
    assert!((6_000..9_000).contains(&people.decidable), "{people:?}");
    let truth = world.truth("people.csv");
    let share = |column: &str, value: &str| {
        truth.iter().filter(|line| line[column] == value).count() as f64 / truth.len() as f64
    };
    assert!((0.85..0.91).contains(&share("gender", "女")));
    for stage in ["新客", "高潜", "活跃", "流失预警", "沉睡", "流失", "潜客"] {
        assert!(
            share("stage", stage) > 0.04,
            "{stage}: {}",
            share("stage", stage)
        );
    }
    for channel in ["小红书", "抖音", "美团", "转介绍", "自然到店"] {
        assert!(share("channel", channel) > 0.05, "{channel}");
    }
    let visits = world.lines("visits");
    let on = |days: [&str; 2]| {
        visits
            .iter()
            .filter(|line| days.contains(&weekday(&line["visited_at"])))
            .count()
    };
    assert!(on(["Sat", "Sun"]) > on(["Mon", "Tue"]) * 2);
    assert!(visits.iter().any(|line| line["event"] == "refund"));
    for (table, column) in [("visits", "visited_at"), ("miniapp_events", "event_time")] {
        let lines = world.lines(table);
        let last = lines
            .iter()
            .map(|line| line[column].as_str())
            .max()
            .expect("rows");
        assert!(
            ("2026-06-29".."2026-07-01").contains(&last),
            "{table} ends {last}"
        );
    }
}

fn weekday(text: &str) -> &'static str {
    let day = tagma_core::time::parse_date(&text[..10]).expect("a date");
    ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][day.rem_euclid(7) as usize]
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_holds_the_same_rows() {
    let text = world(500, 1, FileFormat::Csv).await;
    let columns = world(500, 1, FileFormat::Parquet).await;
    assert_eq!(text.summary.world.rows, columns.summary.world.rows);
    for (table, key) in KEYS {
        let mut keys: Vec<String> = Vec::new();
        for path in columns.files(table) {
            let file = fs::File::open(&path).expect("a file");
            use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder as Builder;
            for batch in Builder::try_new(file)
                .expect("Parquet")
                .build()
                .expect("a reader")
            {
                let batch = batch.expect("rows");
                let column = batch.column_by_name(key).expect("the key").clone();
                let column = arrow::array::AsArray::as_string::<i32>(&column).clone();
                keys.extend(column.iter().flatten().map(str::to_owned));
            }
        }
        let expected: Vec<String> = text
            .lines(table)
            .into_iter()
            .map(|line| line[key].clone())
            .collect();
        assert_eq!(keys, expected, "{table}");
    }
}
