//! Random well-typed questions about a world.
//!
//! Owns the drawing of a whole question: literals come from the world's own values, and answers of
//! nobody or everybody are drawn again. `sets` draws `Expr`, the other files draw `Scalar`.

mod condition;
mod literal;
mod number;
mod sets;
mod text;
mod time;
mod value;

use std::collections::BTreeSet;

use chrono_tz::Tz;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tagma_core::{AsOf, LogIndex, OneId, schema::Name, segment::Expr};

use super::{Coverage, FEATURES, features, values::day, world::random_zone};
use crate::oracle::{OracleError, World};

/// Depth of a drawn expression, at most.
pub const DEPTH_MAX: usize = 6;

/// Draws before an answer of nobody or everybody is taken.
const TRIES: u32 = 60;

/// An expression with its surroundings and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The expression; `audit` accepts it.
    pub expr: Expr,
    /// When.
    pub index: LogIndex,
    /// What `now()` means.
    pub as_of: AsOf,
    /// The calendar.
    pub zone: Tz,
    /// Who is in it.
    pub members: BTreeSet<OneId>,
}

/// Draws questions about one world.
#[derive(Debug)]
pub struct Generator<'w> {
    world: &'w World,
    rng: StdRng,
    coverage: Coverage,
    index: LogIndex,
    as_of: AsOf,
    zone: Tz,
    /// Some people alive at the index: literals are values of theirs.
    samples: Vec<OneId>,
}

impl<'w> Generator<'w> {
    /// Starts from a seed; what `coverage` has seen least is drawn most.
    pub fn new(world: &'w World, seed: u64, coverage: Coverage) -> Self {
        Self {
            world,
            rng: StdRng::seed_from_u64(seed),
            coverage,
            index: LogIndex::ZERO,
            as_of: AsOf(0),
            zone: world.zone,
            samples: Vec::new(),
        }
    }

    /// What has been asked, including what was counted before.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// A question of depth 1 to 6.
    pub fn question(&mut self) -> Question {
        self.question_up_to(DEPTH_MAX)
    }

    /// A question of depth 1 to `depth`.
    pub fn question_up_to(&mut self, depth: usize) -> Question {
        let last = self.last_index();
        let index = LogIndex(self.rng.random_range(1..=last + 3));
        self.question_at(index, depth)
    }

    /// A question of depth 1 to `depth` about the world at `index`.
    pub fn question_at(&mut self, index: LogIndex, depth: usize) -> Question {
        self.move_to(index);
        let depth = self.rng.random_range(1..=depth);
        let wanted = self.wanted();
        let mut tries = 0;
        loop {
            tries += 1;
            let wanted = wanted.filter(|_| tries < TRIES / 2);
            let Some(question) = self.attempt(depth, wanted) else {
                continue;
            };
            let population = self.world.population(self.index).len();
            let answer = question.members.len();
            if (answer == 0 || answer == population) && tries < TRIES {
                continue;
            }
            self.coverage
                .record(self.world, &question.expr, answer, population);
            return question;
        }
    }

    /// A question with an error in it for somebody: a number too long, a time too far away. With
    /// it who is in it, `None` where it fails as a whole: a branch that is not taken does no harm.
    /// `None` where the world's values are too tame to find one soon.
    pub fn failing_question(&mut self) -> Option<(Question, Option<BTreeSet<OneId>>)> {
        (0..10 * TRIES).find_map(|_| {
            let last = self.last_index();
            let index = LogIndex(self.rng.random_range(1..=last + 3));
            self.move_to(index);
            let (index, as_of, zone) = (self.index, self.as_of, self.zone);
            let depth = self.rng.random_range(2..=DEPTH_MAX);
            let expr = self.set(depth);
            match self.world.audit(&expr, index, as_of, zone) {
                Err(OracleError::Overflow | OracleError::OutOfTime) => {}
                _ => return None,
            }
            let members = self.world.evaluate(&expr, index, as_of, zone).ok();
            let question = Question {
                expr,
                index,
                as_of,
                zone,
                members: members.clone().unwrap_or_default(),
            };
            Some((question, members))
        })
    }

    /// `None` where the expression lacks what is wanted, or is an error for somebody.
    fn attempt(&mut self, depth: usize, wanted: Option<&str>) -> Option<Question> {
        let expr = self.set(depth);
        if wanted.is_some_and(|wanted| !features(self.world, &expr).contains(wanted)) {
            return None;
        }
        let (index, as_of, zone) = (self.index, self.as_of, self.zone);
        let members = self.world.audit(&expr, index, as_of, zone).ok()?;
        Some(Question {
            expr,
            index,
            as_of,
            zone,
            members,
        })
    }

    fn move_to(&mut self, index: LogIndex) {
        self.index = index;
        let days = self.rng.random_range(day(2023, 1, 1)..=day(2026, 12, 31));
        let within = self.rng.random_range(0..86_400_000_000);
        self.as_of = AsOf(i64::from(days) * 86_400_000_000 + within);
        self.zone = random_zone(&mut self.rng);
        let people: Vec<OneId> = self.world.population(self.index).into_iter().collect();
        let draw = |_| people[self.rng.random_range(0..people.len())];
        self.samples = if people.is_empty() {
            Vec::new()
        } else {
            (0..64).map(draw).collect()
        };
    }

    fn last_index(&self) -> u64 {
        let versions = self.world.tags.values().flat_map(|tag| tag.versions.keys());
        let births = self.world.people.values().map(|person| &person.from);
        versions.chain(births).max().map_or(1, |last| last.0)
    }

    /// One of some choices; those that are covered least are the most likely.
    fn choose<T: Copy>(&mut self, choices: &[(&str, T)]) -> T {
        let weight = |(feature, _): &(&str, T)| {
            let seen = 3.0 + self.coverage.count(feature) as f64;
            1.0 / (seen * seen)
        };
        let weights: Vec<f64> = choices.iter().map(weight).collect();
        let mut rest = self.rng.random_range(0.0..weights.iter().sum());
        for (weight, (_, choice)) in weights.iter().zip(choices) {
            rest -= weight;
            if rest <= 0.0 {
                return *choice;
            }
        }
        choices[choices.len() - 1].1
    }

    /// Whether fewer than one question in 20 has the feature so far.
    fn lags(&self, feature: &str) -> bool {
        self.coverage.count(feature) * 20 < self.coverage.asked
    }

    /// Half of the time one of the features that lag.
    fn wanted(&mut self) -> Option<&'static str> {
        let lags = |feature: &&str| self.lags(feature) && !feature.starts_with("depth");
        let lagging: Vec<&str> = FEATURES.into_iter().filter(lags).collect();
        if lagging.is_empty() || self.rng.random_bool(0.5) {
            return None;
        }
        Some(self.pick(&lagging))
    }

    fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.rng.random_range(0..choices.len())].clone()
    }

    /// Depth of one of several parts: the first is as deep as it may be.
    fn part_depth(&mut self, part: usize, depth: usize) -> usize {
        match part {
            0 => depth,
            _ => self.rng.random_range(depth.min(1)..=depth),
        }
    }

    /// Saved segments that exist at the index.
    fn segments(&self) -> Vec<Name> {
        let names = self.world.segments.keys();
        let known = names.filter(|name| self.world.segment(name, self.index).is_some());
        known.cloned().collect()
    }
}
