//! Thousands of random questions over a random history, in every state of the processes.

use std::thread;

use anyhow::{Result, anyhow};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IteratorRandom};
use tagma_core::LogIndex;
use tagma_tests::findings::{Named, command, fresh_seed};
use tagma_tests::generate::history::{History, HistoryShape};
use tagma_tests::generate::{Coverage, DEPTH_MAX, Generator, Question};

use super::ask::When;
use super::fault::Fault;
use super::site::Site;
use super::upkeep::{FILES, MEMORY};

const SHAPE: HistoryShape = HistoryShape {
    people: 240,
    stages: 4,
    rows: 60,
};

/// Questions of one server's own, in all; a fifth in each state.
const QUESTIONS: u64 = 1_020;

/// Questions that all servers are asked, in each state.
const COMMON: u64 = 20;

/// A server and what it has been asked.
struct Survey<'h> {
    site: Site<'h>,
    seed: u64,
    rng: StdRng,
    coverage: Coverage,
    /// First index at which there is something to ask.
    first: u64,
    /// Known bugs that no question has found yet.
    faults: Vec<Fault>,
}

#[test]
fn random_questions_over_the_whole_system() {
    let seed = fresh_seed();
    let command = command("e2e", "random_questions_over_the_whole_system", seed);
    let _named = Named::new(command.clone());
    let history = History::draw(seed, SHAPE);
    let asked = thread::scope(|scope| {
        let survey = |shards: u16| {
            let history = &history;
            scope.spawn(move || survey(history, shards, seed.wrapping_add(shards.into())))
        };
        let running = [1, 3, 8].map(|shards| (shards, survey(shards)));
        running.map(|(shards, thread)| (shards, thread.join()))
    });
    let mut coverage = Coverage::default();
    for (shards, asked) in asked {
        match asked {
            Ok(Ok(asked)) => coverage.add(&asked),
            Ok(Err(error)) => panic!("{shards} shards: {error:#}\n  {command}"),
            Err(_) => panic!("{shards} shards: a panic (above)"),
        }
    }
    assert_eq!(coverage.asked, 3 * QUESTIONS);
    assert_eq!(coverage.below(100), []);
    let most = coverage.asked / 10;
    let degenerate = coverage.degenerate;
    assert!(degenerate <= most, "{degenerate} empty or full");
}

/// Carries the history out on a server of `shards`, and asks in every state.
fn survey(history: &History, shards: u16, seed: u64) -> Result<Coverage> {
    let mut survey = Survey {
        site: Site::start(history, shards, MEMORY)?,
        seed,
        rng: StdRng::seed_from_u64(seed),
        coverage: Coverage::default(),
        first: 0,
        faults: Fault::ALL.to_vec(),
    };
    let mut stages = history.stages.iter();
    let mut enact = |survey: &mut Survey<'_>| -> Result<()> {
        let mut steps = stages.next().into_iter().flatten();
        steps.try_for_each(|step| survey.site.enact(step))
    };
    // All in memory; then again, from the journal.
    enact(&mut survey)?;
    survey.first = survey.first_run();
    survey.ask_all(0)?;
    survey.site.check_unflushed()?;
    survey.site.server.process().kill()?;
    survey.site.restart(MEMORY)?;
    survey.ask_all(1)?;
    survey.site.check_unflushed()?;
    // Flushed and merged while more comes in.
    survey.site.server.process().stop()?;
    survey.site.restart(FILES)?;
    survey.site.wait_flushed()?;
    enact(&mut survey)?;
    survey.site.wait_merged()?;
    survey.ask_all(2)?;
    // From files, after a stop in order and after a kill.
    enact(&mut survey)?;
    survey.site.server.process().stop()?;
    survey.site.restart(FILES)?;
    survey.ask_all(3)?;
    enact(&mut survey)?;
    survey.site.server.process().kill()?;
    survey.site.restart(FILES)?;
    survey.ask_all(4)?;
    match survey.faults.as_slice() {
        [] => Ok(survey.coverage),
        left => Err(anyhow!("known bugs were not found: {left:?}")),
    }
}

impl Survey<'_> {
    /// Index at which the first run was published.
    fn first_run(&self) -> u64 {
        let tags = self.site.history.world.tags.values();
        let runs = tags.flat_map(|tag| tag.versions.keys());
        let first = runs.min().copied().unwrap_or(LogIndex::ZERO);
        self.site.moments.end_of(first).unwrap_or(0)
    }

    /// Everything that is asked in one state of the processes.
    fn ask_all(&mut self, state: u64) -> Result<()> {
        self.site.learn_people()?;
        let defined = self.site.moments.end_of(LogIndex(1)).unwrap_or(1);
        self.site.check_populations(defined)?;
        let served = self.site.served()?;
        for _ in 0..4 {
            let index = self.site.moments.draw(defined, served, &mut self.rng);
            self.site.check_values(index)?;
        }
        self.site.check_values(served)?;
        self.ask_own(defined, served)?;
        self.ask_common(state)
    }

    /// A fifth of this server's own questions, at any index.
    fn ask_own(&mut self, defined: u64, served: u64) -> Result<()> {
        let world = &self.site.history.world;
        let coverage = std::mem::take(&mut self.coverage);
        let mut generator = Generator::new(world, self.rng.random(), coverage);
        for number in 0..QUESTIONS / 5 {
            // Seldom from the time before there were values: there is little to ask.
            let first = match self.rng.random_ratio(1, 40) {
                true => defined,
                false => self.first,
            };
            let index = self.site.moments.draw(first, served, &mut self.rng);
            let question = generator.question_at(self.site.moments.world_at(index), DEPTH_MAX);
            let when = when(&question, index, number);
            self.site.ask(&question, &when).map_err(told)?;
            let site = &self.site;
            self.faults.retain(|fault| {
                let when = When {
                    fault: *fault,
                    ..when
                };
                let is_readable = (first..served).contains(&index) && index > first;
                !is_readable || finds_nothing(site, &question, &when)
            });
        }
        self.coverage = generator.coverage().clone();
        Ok(())
    }

    /// The questions that every server is asked in this state, at the ends of steps.
    fn ask_common(&mut self, state: u64) -> Result<()> {
        let site = &self.site;
        let seed = self.seed.wrapping_sub(site.shards.into()) ^ (state << 32);
        let mut rng = StdRng::seed_from_u64(seed);
        let mut generator = Generator::new(&site.history.world, rng.random(), Coverage::default());
        let steps = site.history.stages.iter().flatten();
        let ends: Vec<(LogIndex, u64)> = steps
            .filter_map(|step| Some((step.last(), site.moments.end_of(step.last())?)))
            .collect();
        for number in 0..COMMON {
            let Some((moment, index)) = ends.iter().skip(1).choose(&mut rng) else {
                break;
            };
            let question = generator.question_at(*moment, DEPTH_MAX);
            // Count and members of each.
            let when = when(&question, *index, number * 4);
            site.ask(&question, &when).map_err(told)?;
        }
        Ok(())
    }
}

fn when(question: &Question, index: u64, number: u64) -> When {
    When {
        index,
        moment: question.index,
        as_of: question.as_of,
        zone: question.zone,
        number,
        fault: Fault::None,
    }
}

/// Whether a question does not show a fault. What it shows must be a wrong answer.
fn finds_nothing(site: &Site<'_>, question: &Question, when: &When) -> bool {
    let found = site.ask(question, when);
    !found.is_err_and(|difference| difference.is_wrong_answer())
}

fn told(difference: tagma_tests::findings::Difference) -> anyhow::Error {
    anyhow!("{difference}")
}
