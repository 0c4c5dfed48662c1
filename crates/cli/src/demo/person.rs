//! `Person`: everything about one person of the world, made from the plan alone.

use super::{
    history::{Episode, episodes},
    identifiers::Identities,
    lifecycle::Lifecycle,
    persona::Persona,
    plan::Plan,
    random::{Purpose, Random},
    source::Knowledge,
};

#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) number: u32,
    pub(crate) seed: u64,
    /// The first day that is not in the data.
    pub(crate) today: i32,
    pub(crate) known: Knowledge,
    pub(crate) persona: Persona,
    pub(crate) life: Lifecycle,
    /// Days in shops, in order of time: never empty.
    pub(crate) episodes: Vec<Episode>,
    pub(crate) ids: Identities,
}

impl Person {
    pub(crate) fn new(plan: &Plan, number: u32) -> Self {
        let (persona, life) = character(plan, number);
        let seed = plan.settings.seed;
        Self {
            number,
            seed,
            today: plan.settings.today,
            known: plan.known[number as usize],
            episodes: episodes(seed, number, &persona, &life),
            ids: Identities::new(plan, number),
            persona,
            life,
        }
    }

    /// The person's stream of chance for a purpose.
    pub(crate) fn random(&self, purpose: Purpose) -> Random {
        Random::new(self.seed, purpose, u64::from(self.number))
    }
}

/// Persona and lifecycle alone.
pub(crate) fn character(plan: &Plan, number: u32) -> (Persona, Lifecycle) {
    let (seed, today) = (plan.settings.seed, plan.settings.today);
    let persona = Persona::new(seed, number, today);
    let goes_to_shops = plan.known[number as usize].goes_to_shops();
    let life = Lifecycle::new(seed, number, &persona, today, goes_to_shops);
    (persona, life)
}
