//! Where a person stands on `today`, and the days that make it so.

use super::{
    calendar::{HISTORY_DAYS, visiting_day},
    persona::Persona,
    projects::PROJECTS,
    random::{Purpose, Random},
};

/// The stages of a customer's life; the ends of each are its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// First treatment within 60 days.
    New,
    /// No treatment yet, but on the mini-program in the last two weeks, often.
    Prospect,
    /// Last treatment within 90 days, the first one more than 90 days ago.
    Active,
    /// Last treatment 91 to 180 days ago.
    AtRisk,
    /// Last treatment 181 to 365 days ago.
    Sleeping,
    /// Last treatment more than a year ago.
    Lost,
    /// Looks now and then, has never been treated.
    Looker,
}

impl Stage {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::New => "新客",
            Self::Prospect => "高潜",
            Self::Active => "活跃",
            Self::AtRisk => "流失预警",
            Self::Sleeping => "沉睡",
            Self::Lost => "流失",
            Self::Looker => "潜客",
        }
    }

    pub(crate) fn is_customer(self) -> bool {
        !matches!(self, Self::Prospect | Self::Looker)
    }

    fn draw(random: &mut Random, goes_to_shops: bool) -> Self {
        let stages = [
            Self::New,
            Self::Prospect,
            Self::Active,
            Self::AtRisk,
            Self::Sleeping,
            Self::Lost,
            Self::Looker,
        ];
        let weights = match goes_to_shops {
            true => [12, 6, 27, 13, 17, 19, 6],
            false => [0, 22, 0, 0, 0, 0, 78],
        };
        stages[random.weighted(&weights)]
    }
}

/// A person's days.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifecycle {
    pub(crate) stage: Stage,
    /// First day on which anything knows the person.
    pub(crate) first_touch: i32,
    /// First and last day in a shop; for people who are no customers, of their one try.
    pub(crate) first_visit: i32,
    pub(crate) last_visit: i32,
    /// Last day on the mini-program.
    pub(crate) last_online: i32,
    /// Treatments from first to last, 0 for people who are no customers.
    pub(crate) visits: u32,
}

impl Lifecycle {
    /// `goes_to_shops`: whether a source can know of treatments.
    pub(crate) fn new(
        seed: u64,
        person: u32,
        persona: &Persona,
        today: i32,
        goes_to_shops: bool,
    ) -> Self {
        let mut random = Random::new(seed, Purpose::Lifecycle, u64::from(person));
        let stage = Stage::draw(&mut random, goes_to_shops);
        let start = today - HISTORY_DAYS;
        let (first_visit, last_visit) = visits(&mut random, stage, today);
        let lead = match stage {
            Stage::Prospect => 1,
            _ => random.between(0, 45).min(random.between(0, 45)),
        };
        let first_touch = (first_visit - lead).max(start);
        let online = match stage {
            Stage::New | Stage::Active => random.between(0, 30),
            Stage::Prospect => random.between(0, 13),
            Stage::AtRisk => random.between(30, 120),
            Stage::Sleeping | Stage::Lost => random.between(90, 500),
            Stage::Looker => random.between(0, 400),
        };
        let last_online = (today - 1 - online).max(last_visit.min(today - 1));
        Self {
            stage,
            first_touch,
            first_visit,
            last_visit,
            last_online,
            visits: count(&mut random, stage, persona, last_visit - first_visit),
        }
    }
}

/// Customers who came once, of those who need not have come again.
const ONCE_PERCENT: u32 = 35;

/// First and last day in a shop.
fn visits(random: &mut Random, stage: Stage, today: i32) -> (i32, i32) {
    let came_once = random.percent(ONCE_PERCENT);
    let mut ago =
        |nearest: i32, farthest: i32| visiting_day(random, today - farthest, today - nearest);
    let only = |day: i32| (day, day);
    match stage {
        Stage::New if came_once => only(ago(1, 60)),
        Stage::New => {
            let first = ago(1, 60);
            (first, ago(1, today - first))
        }
        Stage::Prospect => only(ago(2, 100)),
        Stage::Looker => only(ago(30, HISTORY_DAYS - 10)),
        Stage::Active => (ago(91, HISTORY_DAYS - 20), ago(1, 90)),
        Stage::AtRisk if came_once => only(ago(91, 180)),
        Stage::AtRisk => (ago(181, HISTORY_DAYS - 20), ago(91, 180)),
        Stage::Sleeping if came_once => only(ago(181, 365)),
        Stage::Sleeping => (ago(366, HISTORY_DAYS - 20), ago(181, 365)),
        Stage::Lost if came_once => only(ago(366, HISTORY_DAYS - 60)),
        Stage::Lost => {
            let last = ago(366, HISTORY_DAYS - 60);
            (ago(today - last, HISTORY_DAYS - 20), last)
        }
    }
}

/// Treatments in a span of days, by the cycle of the main project; the rich come more often.
fn count(random: &mut Random, stage: Stage, persona: &Persona, span: i32) -> u32 {
    if !stage.is_customer() {
        return 0;
    }
    if span <= 0 {
        return 1;
    }
    let cycle = PROJECTS[persona.projects[0]].cycle_days.clamp(40, 240);
    let loyalty = random.between(1, 5);
    let wanted = span / (cycle * loyalty) + i32::from(persona.budget) / 2;
    wanted.clamp(2, 28).cast_unsigned()
}
