//! A block of people: all their rows and their truth, a function of the plan alone. Blocks are
//! made on any thread and written in order, so files are the same bytes however many threads
//! there are.

use std::ops::Range;

use arrow::error::ArrowError;

use super::{
    noise::{CORRECTED_APPOINTMENT_PERCENT, Share},
    person::Person,
    plan::Plan,
    random::{Purpose, Random},
    source::Source,
    sources::{self, Parts},
    tables::{Block, Cell, FileFormat, Rows},
    truth::{Evidence, Holdings, TruthRows, Why, judge},
};

/// People of a block: part of what a world is, like its seed.
pub(crate) const BLOCK_PEOPLE: u32 = 16_384;

/// Rows of a block by source and dump.
#[derive(Debug)]
pub(crate) struct Tables {
    format: FileFormat,
    rows: Vec<Vec<Option<Rows>>>,
}

impl Tables {
    fn new(parts: Parts, format: FileFormat) -> Self {
        let files = |source: Source| (0..parts.count(source)).map(|_| None).collect();
        Self {
            format,
            rows: Source::ALL.map(files).into(),
        }
    }

    /// Adds a row that belongs at a time (local seconds).
    pub(crate) fn push(&mut self, source: Source, part: usize, at: i64, cells: &[Cell<'_>]) {
        let format = self.format;
        let rows = &mut self.rows[source as usize][part];
        let rows = rows.get_or_insert_with(|| Rows::new(sources::layout(source), format));
        rows.push(at, cells);
    }
}

/// One of each 100 / 5 appointments in a row, which one is chance.
#[derive(Debug)]
pub(crate) struct Corrections {
    random: Random,
    left: u32,
    chosen: u32,
    pub(crate) share: Share,
}

impl Corrections {
    fn new(random: Random) -> Self {
        Self {
            random,
            left: 0,
            chosen: 0,
            share: Share::default(),
        }
    }

    /// Whether the next appointment is corrected.
    pub(crate) fn take(&mut self) -> bool {
        if self.left == 0 {
            self.left = (100 / CORRECTED_APPOINTMENT_PERCENT) as u32;
            self.chosen = self.random.below(self.left) + 1;
        }
        let is_taken = self.left == self.chosen;
        self.left -= 1;
        self.share.of += 1;
        self.share.count += u64::from(is_taken);
        is_taken
    }
}

/// What sources write to, person after person.
#[derive(Debug)]
pub(crate) struct BlockOutput<'p> {
    pub(crate) parts: &'p Parts,
    pub(crate) tables: Tables,
    pub(crate) truth: TruthRows,
    /// Of the person at hand.
    pub(crate) evidence: Evidence,
    pub(crate) corrections: Corrections,
}

/// A block that is ready to be written.
#[derive(Debug)]
pub(crate) struct FinishedBlock {
    /// Source, dump, rows.
    pub(crate) files: Vec<(Source, usize, Block)>,
    pub(crate) records: Block,
    pub(crate) identifiers: Block,
    /// Why each person of the block is not decidable, as far as the own records tell.
    pub(crate) verdicts: Vec<Option<Why>>,
    pub(crate) holdings: Holdings,
    pub(crate) corrected: Share,
}

/// The people from one number to another.
///
/// # Errors
/// Where columns do not fit: a fault of the generator.
pub(crate) fn make(
    plan: &Plan,
    parts: &Parts,
    people: Range<u32>,
    format: FileFormat,
) -> Result<FinishedBlock, ArrowError> {
    let seed = plan.settings.seed;
    let random = Random::new(seed, Purpose::Corrections, u64::from(people.start));
    let mut out = BlockOutput {
        parts,
        tables: Tables::new(*parts, format),
        truth: TruthRows::new(),
        evidence: Evidence::default(),
        corrections: Corrections::new(random),
    };
    let mut verdicts = Vec::with_capacity(people.len());
    let mut holdings = Holdings::default();
    for number in people {
        let person = Person::new(plan, number);
        out.evidence.clear();
        sources::write(&person, &mut out);
        verdicts.push(judge(&out.evidence));
        holdings.note(number, &out.evidence);
        out.truth.identifiers(plan, &person, &out.evidence);
    }
    let mut files = Vec::new();
    for (source, parts) in Source::ALL.into_iter().zip(out.tables.rows) {
        for (part, rows) in parts.into_iter().enumerate() {
            if let Some(rows) = rows {
                files.push((source, part, rows.finish()?));
            }
        }
    }
    Ok(FinishedBlock {
        files,
        records: out.truth.records.finish()?,
        identifiers: out.truth.identifiers.finish()?,
        verdicts,
        holdings,
        corrected: out.corrections.share,
    })
}
