//! Runs a program over chunk ranges of one shard.

use std::{ops::Range, sync::Arc};

use super::{
    Error, Program,
    narrow::{Narrower, Scratch},
};
use crate::{
    alive::AliveView,
    chunk::{ChunkSet, chunk_count, chunk_len},
    set::OrdinalSet,
};

/// One shard at one index, with the segment asked for.
#[derive(Debug, Clone)]
pub struct ShardView {
    /// Who is alive.
    pub alive: AliveView,
    /// Ordinals given out so far: every person's is below it.
    pub population: u32,
    /// The segment.
    pub program: Arc<Program>,
}

impl ShardView {
    /// Number of chunks; a range of chunks is a unit of work.
    pub fn chunks(&self) -> u32 {
        chunk_count(self.population)
    }
}

/// Evaluates over a view; one for each thread.
#[derive(Debug)]
pub struct Evaluator<'a> {
    pub(super) view: &'a ShardView,
    scratch: Scratch,
}

impl<'a> Evaluator<'a> {
    /// An evaluator with working memory of its own, kept over calls.
    pub fn new(view: &'a ShardView) -> Self {
        Self {
            view,
            scratch: Scratch::default(),
        }
    }

    /// Number of people of the chunks who are in the segment.
    ///
    /// # Errors
    /// [`Error::Section`], [`Error::Condition`].
    pub fn count(&mut self, chunks: Range<u32>) -> Result<u64, Error> {
        let mut count = 0;
        self.each_member_set(chunks, |_, set| count += u64::from(set.count()))?;
        Ok(count)
    }

    /// The people of the chunks who are in the segment.
    ///
    /// # Errors
    /// [`Error::Section`], [`Error::Condition`].
    pub fn members(&mut self, chunks: Range<u32>) -> Result<OrdinalSet, Error> {
        let mut members = OrdinalSet::new();
        self.each_member_set(chunks, |chunk, set| members.insert_chunk(chunk, set))?;
        Ok(members)
    }

    /// Number of people of the chunks who are alive, then of those left after each conjunct in
    /// written order: one more number than conjuncts.
    ///
    /// # Errors
    /// [`Error::Section`], [`Error::Condition`].
    pub fn steps(&mut self, chunks: Range<u32>) -> Result<Vec<u64>, Error> {
        let program: &Program = &self.view.program;
        let mut counts = vec![0; program.conjuncts.len() + 1];
        self.each_chunk(chunks, |narrower, set| {
            counts[0] += u64::from(set.count());
            for (step, count) in program.conjuncts.iter().zip(&mut counts[1..]) {
                narrower.narrow(step, set)?;
                *count += u64::from(set.count());
            }
            Ok(())
        })?;
        Ok(counts)
    }

    fn each_member_set(
        &mut self,
        chunks: Range<u32>,
        mut visit: impl FnMut(u32, &ChunkSet),
    ) -> Result<(), Error> {
        let program: &Program = &self.view.program;
        self.each_chunk(chunks, |narrower, set| {
            let ordered = program.order.iter().map(|index| &program.conjuncts[*index]);
            narrower.narrow_all(ordered, set)?;
            visit(narrower.chunk, set);
            Ok(())
        })
    }

    /// Calls `visit` with the living people of each chunk that has some.
    fn each_chunk(
        &mut self,
        chunks: Range<u32>,
        mut visit: impl FnMut(&mut Narrower<'_>, &mut ChunkSet) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut set = self.scratch.arena.lend();
        for chunk in chunks.start..chunks.end.min(self.view.chunks()) {
            self.view.alive.chunk(chunk, &mut set);
            set.truncate(chunk_len(self.view.population, chunk));
            if set.is_empty() {
                continue;
            }
            let mut narrower = Narrower {
                program: &self.view.program,
                chunk,
                scratch: &mut self.scratch,
            };
            narrower.settle(&set)?;
            visit(&mut narrower, &mut set)?;
        }
        self.scratch.arena.give_back(set);
        Ok(())
    }
}
