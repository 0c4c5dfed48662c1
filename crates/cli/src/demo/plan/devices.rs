//! `DevicePlan`: who uses which phone or tablet when, and which of them went on to someone else.

use super::world::Settings;
use crate::demo::{
    lifecycle::Lifecycle,
    noise::{HANDED_ON_DEVICE_PERCENT, Share},
    persona::Persona,
    random::{Purpose, Random},
    source::{Knowledge, Source},
};

/// The devices of a person: a first one, and a second one from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Devices {
    /// From this day on the second is used; `i32::MAX` where there is none.
    pub(crate) switch: i32,
    /// Whose first device the second is; their own number where it is a new one.
    pub(crate) from: u32,
    /// Whether the first one goes on to someone else.
    pub(crate) gives: bool,
}

const ONE_ONLY: i32 = i32::MAX;
/// People who change devices within the history.
const SWITCH_PERCENT: u32 = 30;
/// How many people are asked to go on with a device before it is left in the drawer.
const ASKED: usize = 64;

/// Devices of all people; those who are not on the mini-program have one that nobody sees.
#[derive(Debug)]
pub(crate) struct DevicePlan {
    devices: Vec<Devices>,
    /// Handed on, of all that are seen.
    pub(crate) handed_on: Share,
}

/// Someone on the mini-program, with the first and last day there.
struct User {
    person: u32,
    first: i32,
    last: i32,
}

impl DevicePlan {
    pub(crate) fn deal(settings: Settings, known: &[Knowledge]) -> Self {
        let mut random = Random::new(settings.seed, Purpose::Devices, 0);
        let mut devices: Vec<Devices> = (0..known.len() as u32)
            .map(|from| Devices {
                switch: ONE_ONLY,
                from,
                gives: false,
            })
            .collect();
        let (mut givers, mut takers) = (Vec::new(), Vec::new());
        for (person, known) in (0u32..).zip(known) {
            if !known.has(Source::Miniapp) {
                continue;
            }
            let user = user(settings, person, *known);
            let changes = user.last > user.first && random.percent(SWITCH_PERCENT);
            if changes {
                devices[person as usize].switch = random.between(user.first + 1, user.last);
                givers.push(person);
            } else {
                takers.push(user);
            }
        }
        let all = (2 * givers.len() + takers.len()) as u64;
        let wanted = Share::percent(all, HANDED_ON_DEVICE_PERCENT);
        random.shuffle(&mut givers);
        let count = hand_on(&mut random, &mut devices, (&givers, takers), wanted.count);
        Self {
            devices,
            handed_on: Share { count, of: all },
        }
    }

    pub(crate) fn of(&self, person: u32) -> Devices {
        self.devices[person as usize]
    }
}

/// Gives devices that were put away to people who are still there afterwards; answers how many.
fn hand_on(
    random: &mut Random,
    devices: &mut [Devices],
    (givers, mut takers): (&[u32], Vec<User>),
    wanted: u64,
) -> u64 {
    let mut count = 0;
    for giver in givers {
        if count == wanted {
            break;
        }
        let free = devices[*giver as usize].switch;
        let fits = |taker: &User| taker.last >= free && taker.last > taker.first;
        let mut asked = (0..ASKED).map(|_| random.below(takers.len() as u32) as usize);
        let Some(position) = asked.find(|at| takers.get(*at).is_some_and(fits)) else {
            continue;
        };
        let taker = takers.swap_remove(position);
        devices[*giver as usize].gives = true;
        devices[taker.person as usize] = Devices {
            switch: free.max(taker.first + 1),
            from: *giver,
            gives: false,
        };
        count += 1;
    }
    count
}

fn user(settings: Settings, person: u32, known: Knowledge) -> User {
    let Settings { seed, today, .. } = settings;
    let persona = Persona::new(seed, person, today);
    let life = Lifecycle::new(seed, person, &persona, today, known.goes_to_shops());
    User {
        person,
        first: life.first_touch,
        last: life.last_online,
    }
}
