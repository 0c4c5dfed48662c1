//! Who a person of the demo's world is: what tags should find again.

use super::{
    calendar::civil,
    names,
    places::{CITIES, Shop},
    projects::PROJECTS,
    random::{Purpose, Random},
};

pub(crate) const SKINS: [&str; 5] = ["干性", "油性", "混合性", "中性", "敏感性"];
pub(crate) const CHANNELS: [&str; 8] = [
    "小红书",
    "抖音",
    "美团",
    "转介绍",
    "自然到店",
    "大众点评",
    "朋友圈广告",
    "百度",
];
pub(crate) const BUDGETS: [&str; 4] = ["低", "中", "高", "奢"];

/// Weights of [`CHANNELS`] below 30 years of age, and from 30 on.
const CHANNEL_WEIGHTS: [[u32; 8]; 2] = [[36, 26, 14, 8, 5, 6, 4, 1], [20, 17, 20, 18, 12, 6, 4, 3]];

#[derive(Debug, Clone)]
pub(crate) struct Persona {
    pub(crate) is_female: bool,
    pub(crate) surname: &'static str,
    pub(crate) given: &'static str,
    /// Day of birth.
    pub(crate) born: i32,
    /// Position in [`CITIES`].
    pub(crate) city: usize,
    /// The shop that she goes to.
    pub(crate) shop: Shop,
    /// Who looks after her there.
    pub(crate) consultant: u32,
    /// Position in [`SKINS`].
    pub(crate) skin: usize,
    /// Position in [`BUDGETS`].
    pub(crate) budget: u8,
    /// Position in [`CHANNELS`].
    pub(crate) channel: usize,
    /// Main and second project, positions in [`PROJECTS`].
    pub(crate) projects: [usize; 2],
    /// How far campaigns and coupons move her, 0 to 100.
    pub(crate) marketing: u32,
}

impl Persona {
    /// The person of that number, `today` giving her age.
    pub(crate) fn new(seed: u64, person: u32, today: i32) -> Self {
        let mut random = Random::new(seed, Purpose::Persona, u64::from(person));
        let is_female = random.percent(88);
        let (surname, given) = names::name(&mut random, is_female);
        let age = age(&mut random);
        let born = today - age * 365 - age / 4 - random.between(1, 364);
        let weights = CITIES.each_ref().map(|city| city.weight);
        let city = random.weighted(&weights);
        let shop = Shop::in_city(city, &mut random);
        let skin = skin(&mut random, CITIES[city].is_dry, age);
        let budget = budget(&mut random, CITIES[city].tier, age);
        let channel = random.weighted(&CHANNEL_WEIGHTS[usize::from(age >= 30)]);
        let group = if is_female { usize::from(age >= 32) } else { 2 };
        let projects = [
            project(&mut random, group, budget),
            project(&mut random, group, budget.saturating_sub(1)),
        ];
        let marketing = match budget {
            0 | 1 => random.below(100),
            _ => random.below(60),
        };
        let consultant = random.below(60);
        Self {
            is_female,
            surname,
            given,
            born,
            city,
            shop,
            consultant,
            skin,
            budget,
            channel,
            projects,
            marketing,
        }
    }

    pub(crate) fn gender(&self) -> &'static str {
        if self.is_female { "女" } else { "男" }
    }

    pub(crate) fn birth_year(&self) -> i32 {
        civil(self.born).0
    }

    /// How her consultant calls her.
    pub(crate) fn address(&self) -> String {
        let title = if self.is_female { "女士" } else { "先生" };
        format!("{}{title}", self.surname)
    }
}

fn age(random: &mut Random) -> i32 {
    const BANDS: [(i32, i32); 6] = [(18, 24), (25, 30), (31, 35), (36, 40), (41, 50), (51, 65)];
    let (low, high) = BANDS[random.weighted(&[18, 32, 22, 14, 11, 3])];
    random.between(low, high)
}

fn skin(random: &mut Random, is_dry: bool, age: i32) -> usize {
    let dry = if is_dry { 34 } else { 18 } + if age >= 40 { 10 } else { 0 };
    let oily = if is_dry { 14 } else { 26 } + if age < 26 { 10 } else { 0 };
    random.weighted(&[dry, oily, 26, 12, 16])
}

fn budget(random: &mut Random, tier: &str, age: i32) -> u8 {
    let weights = match (tier, age) {
        ("一线", 30..) => [14, 38, 32, 16],
        ("一线", _) => [34, 42, 19, 5],
        (_, 30..) => [24, 44, 24, 8],
        _ => [46, 40, 12, 2],
    };
    random.weighted(&weights) as u8
}

fn project(random: &mut Random, group: usize, budget: u8) -> usize {
    let weights = PROJECTS.each_ref().map(|project| {
        let affordable = project.budget <= budget;
        // The well-to-do look for what is for them.
        let drawn = if project.budget == budget && budget >= 2 {
            3
        } else {
            1
        };
        project.wanted[group] * drawn * u32::from(affordable)
    });
    random.weighted(&weights)
}
