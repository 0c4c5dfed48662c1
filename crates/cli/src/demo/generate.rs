//! All blocks of a world, made side by side and written in order, and what was made.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Instant};

use arrow::error::ArrowError;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use tagma_core::time::print_date;
use tokio::{runtime::Handle, task};

use super::{
    block::{self, BLOCK_PEOPLE, FinishedBlock},
    noise::NoiseCounts,
    person::character,
    plan::{Plan, Settings},
    source::Source,
    sources::{self, Parts},
    tables::{Block, FileFormat, Layout, Rows},
    truth::{Holdings, IDENTIFIERS, PEOPLE, RECORDS, Why, people_row},
};
use crate::{
    failure::Failure,
    output::{DataFiles, Progress},
};

const REFERENCE: &str = "reference";
const TRUTH: &str = "truth";
const SUMMARY: &str = "truth/world.json";

/// What was made, and how fast.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    #[serde(flatten)]
    pub(crate) world: World,
    pub(crate) rows: u64,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) seconds: f64,
}

/// What a world is: `truth/world.json`, the same whenever it is made.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) today: String,
    pub(crate) format: &'static str,
    pub(crate) people: PeopleCounts,
    /// Rows by table, corrections included.
    #[serde(rename = "tables")]
    pub(crate) rows: BTreeMap<&'static str, u64>,
    pub(crate) noise: NoiseCounts,
}

/// Who is decidable, and why the others are not: the first reason that holds.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct PeopleCounts {
    pub(crate) all: u64,
    pub(crate) decidable: u64,
    pub(crate) unlinked: u64,
    pub(crate) contradicted: u64,
    pub(crate) shared: u64,
}

/// A world that is being written.
struct Writer {
    files: DataFiles,
    plan: Arc<Plan>,
    parts: Parts,
    format: FileFormat,
    world: World,
    verdicts: Vec<Option<Why>>,
    holdings: Holdings,
}

/// Writes a world below a directory.
///
/// # Errors
/// A directory that is not empty, without `force`; what the volume refuses.
pub(crate) async fn generate(
    settings: Settings,
    format: FileFormat,
    out: &Path,
    force: bool,
    shows_progress: bool,
) -> Result<Summary, Failure> {
    let started = Instant::now();
    let folders = Source::ALL
        .iter()
        .map(|source| source.table())
        .chain([REFERENCE, TRUTH]);
    let files = DataFiles::begin(out, &folders.collect::<Vec<_>>(), force)?;
    let plan = task::spawn_blocking(move || Plan::new(settings)).await;
    let plan = Arc::new(plan.map_err(|e| Failure::internal("cannot plan", e))?);
    let mut writer = Writer::new(files, plan, format);
    writer.reference()?;
    let people = u64::from(settings.people);
    let progress = Progress::rows(shows_progress, people, "people");
    writer.blocks(&progress).await?;
    writer.people()?;
    progress.done();
    let Writer { files, world, .. } = writer;
    let sizes = files.publish()?;
    Ok(Summary {
        rows: world.rows.values().sum(),
        files: sizes.len() as u64,
        bytes: sizes.values().sum(),
        seconds: started.elapsed().as_secs_f64(),
        world,
    })
}

impl Writer {
    fn new(files: DataFiles, plan: Arc<Plan>, format: FileFormat) -> Self {
        let settings = plan.settings;
        let world = World {
            seed: settings.seed,
            today: print_date(settings.today),
            format: format.name(),
            people: PeopleCounts {
                all: u64::from(settings.people),
                ..PeopleCounts::default()
            },
            rows: BTreeMap::new(),
            noise: plan.noise,
        };
        Self {
            files,
            parts: Parts::new(settings.today),
            plan,
            format,
            world,
            verdicts: Vec::with_capacity(settings.people as usize),
            holdings: Holdings::default(),
        }
    }

    fn reference(&mut self) -> Result<(), Failure> {
        for (name, (layout, block)) in [
            ("stores", sources::shops(self.format)),
            ("projects", sources::projects(self.format)),
        ] {
            let block = block.map_err(|e| misfit(&e))?;
            let path = format!("{REFERENCE}/{name}.{}", self.format.name());
            self.append(&path, layout, &block)?;
            *self.world.rows.entry(name).or_default() += block.rows();
        }
        Ok(())
    }

    /// Makes as many blocks at once as there are processors.
    async fn blocks(&mut self, progress: &Progress) -> Result<(), Failure> {
        let people = self.plan.settings.people;
        let (plan, parts, format) = (self.plan.clone(), self.parts, self.format);
        let made = (0..people)
            .step_by(BLOCK_PEOPLE as usize)
            .map(move |first| {
                let plan = plan.clone();
                let range = first..people.min(first + BLOCK_PEOPLE);
                task::spawn_blocking(move || block::make(&plan, &parts, range, format))
            });
        let at_once = Handle::current().metrics().num_workers();
        let mut made = stream::iter(made).buffered(at_once);
        while let Some(block) = made.try_next().await.map_err(|e| stopped(&e))? {
            let block = block.map_err(|e| misfit(&e))?;
            let count = block.verdicts.len() as u64;
            self.block(block)?;
            progress.advance(count);
        }
        Ok(())
    }

    fn block(&mut self, block: FinishedBlock) -> Result<(), Failure> {
        for (source, part, rows) in block.files {
            let (table, ending) = (source.table(), self.format.name());
            let path = format!("{table}/{}.{ending}", self.parts.name(source, part));
            self.append(&path, sources::layout(source), &rows)?;
            *self.world.rows.entry(table).or_default() += rows.rows();
        }
        self.append(&format!("{TRUTH}/records.csv"), RECORDS, &block.records)?;
        self.append(
            &format!("{TRUTH}/identifiers.csv"),
            IDENTIFIERS,
            &block.identifiers,
        )?;
        let corrected = &mut self.world.noise.corrected_appointments;
        corrected.count += block.corrected.count;
        corrected.of += block.corrected.of;
        self.verdicts.extend(block.verdicts);
        self.holdings.append(block.holdings);
        Ok(())
    }

    /// Who is decidable, now that all identifiers are known, and the summary.
    fn people(&mut self) -> Result<(), Failure> {
        let settings = self.plan.settings;
        let shared = std::mem::take(&mut self.holdings).shared(settings.people);
        let path = format!("{TRUTH}/people.csv");
        for first in (0..settings.people).step_by(BLOCK_PEOPLE as usize) {
            let mut rows = Rows::new(PEOPLE, FileFormat::Csv);
            for person in first..settings.people.min(first + BLOCK_PEOPLE) {
                let own = self.verdicts[person as usize];
                let why = own.or(shared[person as usize].then_some(Why::Shared));
                self.world.people.count(why);
                let (persona, life) = character(&self.plan, person);
                people_row(&mut rows, &self.plan, person, why, (&persona, &life));
            }
            let block = rows.finish().map_err(|e| misfit(&e))?;
            self.append(&path, PEOPLE, &block)?;
        }
        let text = serde_json::to_string_pretty(&self.world);
        let text = text.map_err(|e| Failure::internal("JSON", e))? + "\n";
        self.files.text(SUMMARY, "", text.as_bytes())
    }

    fn append(&mut self, path: &str, layout: Layout, block: &Block) -> Result<(), Failure> {
        match block {
            Block::Text { bytes, .. } => self.files.text(path, &layout.heading(), bytes),
            Block::Columnar(batch) => self.files.batch(path, &layout.schema(), batch),
        }
    }
}

impl PeopleCounts {
    fn count(&mut self, why: Option<Why>) {
        let counter = match why {
            None => &mut self.decidable,
            Some(Why::Unlinked) => &mut self.unlinked,
            Some(Why::Contradicted) => &mut self.contradicted,
            Some(Why::Shared) => &mut self.shared,
        };
        *counter += 1;
    }
}

fn misfit(error: &ArrowError) -> Failure {
    Failure::internal("rows do not fit their columns", error)
}

fn stopped(error: &task::JoinError) -> Failure {
    Failure::internal("a block was not made", error)
}
