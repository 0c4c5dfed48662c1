//! What a person did in shops: the treatments behind appointments, visits and online searches.

use super::{
    calendar::{campaign, local_seconds, opening_second},
    lifecycle::{Lifecycle, Stage},
    persona::Persona,
    places::Shop,
    projects::PROJECTS,
    random::{Purpose, Random},
};

/// A day in a shop.
#[derive(Debug, Clone)]
pub(crate) struct Episode {
    /// Local seconds.
    pub(crate) at: i64,
    pub(crate) shop: Shop,
    pub(crate) doctor: u32,
    /// Position in [`PROJECTS`].
    pub(crate) project: usize,
    /// Whether a treatment was bought, or only asked about.
    pub(crate) is_sale: bool,
    pub(crate) quantity: i64,
    /// In 1/100 yuan: what was paid, and what a coupon took off.
    pub(crate) paid: i64,
    pub(crate) coupon: i64,
    /// Whether it is given back later.
    pub(crate) is_refunded: bool,
    /// Whether the project was looked at on the mini-program before.
    pub(crate) is_seen_online: bool,
    pub(crate) campaign: Option<&'static str>,
}

/// All days in shops, in order of time; people who are no customers have one, without a sale.
pub(crate) fn episodes(
    seed: u64,
    person: u32,
    persona: &Persona,
    lifecycle: &Lifecycle,
) -> Vec<Episode> {
    let mut random = Random::new(seed, Purpose::History, u64::from(person));
    let count = lifecycle.visits.max(1).cast_signed();
    let span = lifecycle.last_visit - lifecycle.first_visit;
    let gap = span / count;
    let mut found = Vec::with_capacity(count as usize);
    for number in 0..count {
        let day = match number {
            0 => lifecycle.first_visit,
            _ if number == count - 1 => lifecycle.last_visit,
            _ => {
                let even = lifecycle.first_visit + span * number / (count - 1);
                let day = even + random.between(-gap / 3, gap / 3);
                to_campaign(&mut random, persona, day)
                    .clamp(lifecycle.first_visit, lifecycle.last_visit)
            }
        };
        found.push(episode(&mut random, persona, lifecycle.stage, day));
    }
    found.sort_by_key(|episode| episode.at);
    found
}

/// Who follows campaigns comes while one runs, if one is near.
fn to_campaign(random: &mut Random, persona: &Persona, day: i32) -> i32 {
    if random.below(100) >= persona.marketing {
        return day;
    }
    let near = (0..25).flat_map(|away| [day + away, day - away]);
    let mut near = near.filter(|day| campaign(*day).is_some());
    near.next().unwrap_or(day)
}

fn episode(random: &mut Random, persona: &Persona, stage: Stage, day: i32) -> Episode {
    let project = project(random, persona);
    let is_sale = stage.is_customer();
    let list = PROJECTS[project].price * 100;
    let quantity = match PROJECTS[project].category {
        "皮肤护理" | "脱毛" if random.percent(20) => 3,
        _ => 1,
    };
    let campaign = campaign(day).filter(|_| random.below(100) < persona.marketing + 15);
    let coupon = match campaign {
        Some(_) => list * quantity / 100 * i64::from(random.between(8, 25)),
        None if random.below(300) < persona.marketing => list * quantity / 20,
        None => 0,
    };
    let discount = i64::from(random.between(0, 12));
    let paid = list * quantity * (100 - discount) / 100 - coupon;
    let shop = match random.percent(92) {
        true => persona.shop,
        false => Shop::in_city(persona.city, random),
    };
    Episode {
        at: local_seconds(day, opening_second(random)),
        shop,
        doctor: random.below(4),
        project,
        is_sale,
        quantity,
        paid: paid / 100 * 100,
        coupon: coupon / 100 * 100,
        is_refunded: is_sale && random.below(1000) < 18,
        is_seen_online: random.percent(45 + persona.marketing / 4),
        campaign,
    }
}

/// Mostly the main project, then the second; now and then a care that costs little.
fn project(random: &mut Random, persona: &Persona) -> usize {
    match random.weighted(&[62, 24, 14]) {
        0 => persona.projects[0],
        1 => persona.projects[1],
        _ => *random.pick(&[6, 10, 11]),
    }
}
