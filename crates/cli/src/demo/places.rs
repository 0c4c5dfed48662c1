//! Cities, their shops and who works there: reference data of the demo's world.

use super::random::{Purpose, Random};

/// A city with shops of the chain.
pub(crate) struct City {
    pub(crate) name: &'static str,
    pub(crate) tier: &'static str,
    pub(crate) province: &'static str,
    /// Customers, relative to the others.
    pub(crate) weight: u32,
    pub(crate) shops: u32,
    /// Dry north, humid south: skin follows.
    pub(crate) is_dry: bool,
}

const fn city(
    name: &'static str,
    tier: &'static str,
    province: &'static str,
    weight: u32,
    shops: u32,
    is_dry: bool,
) -> City {
    City {
        name,
        tier,
        province,
        weight,
        shops,
        is_dry,
    }
}

pub(crate) const CITIES: [City; 22] = [
    city("上海", "一线", "上海", 150, 7, false),
    city("北京", "一线", "北京", 130, 6, true),
    city("深圳", "一线", "广东", 110, 5, false),
    city("广州", "一线", "广东", 95, 5, false),
    city("成都", "新一线", "四川", 90, 5, false),
    city("杭州", "新一线", "浙江", 80, 4, false),
    city("重庆", "新一线", "重庆", 60, 3, false),
    city("武汉", "新一线", "湖北", 55, 3, false),
    city("南京", "新一线", "江苏", 55, 3, false),
    city("苏州", "新一线", "江苏", 45, 2, false),
    city("西安", "新一线", "陕西", 45, 2, true),
    city("长沙", "新一线", "湖南", 45, 2, false),
    city("郑州", "新一线", "河南", 35, 2, true),
    city("青岛", "新一线", "山东", 30, 2, true),
    city("天津", "新一线", "天津", 30, 2, true),
    city("沈阳", "二线", "辽宁", 25, 1, true),
    city("厦门", "二线", "福建", 25, 1, false),
    city("昆明", "二线", "云南", 25, 1, false),
    city("济南", "二线", "山东", 20, 1, true),
    city("哈尔滨", "二线", "黑龙江", 20, 1, true),
    city("南宁", "二线", "广西", 15, 1, false),
    city("绍兴", "三线", "浙江", 15, 1, false),
];

const DOCTORS_PER_SHOP: u32 = 4;
const CONSULTANTS_PER_SHOP: u32 = 6;
/// A shop: the city, and its number there from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shop {
    pub(crate) city: u8,
    pub(crate) number: u8,
}

impl Shop {
    pub(crate) fn in_city(city: usize, random: &mut Random) -> Self {
        let number = random.below(CITIES[city].shops) as u8 + 1;
        Self {
            city: city as u8,
            number,
        }
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let cities = CITIES.iter().zip(0u8..);
        cities.flat_map(|(city, position)| {
            let numbers = 1..=city.shops as u8;
            numbers.map(move |number| Self {
                city: position,
                number,
            })
        })
    }

    pub(crate) fn city(self) -> &'static City {
        &CITIES[usize::from(self.city)]
    }

    /// `S0103`: third shop of the first city.
    pub(crate) fn id(self) -> String {
        format!("S{:02}{:02}", self.city + 1, self.number)
    }

    /// One of the shop's doctors, the same whenever asked with the same choice.
    pub(crate) fn doctor(self, choice: u32) -> &'static str {
        let seat = u64::from(choice % DOCTORS_PER_SHOP);
        let place = u64::from(self.city) << 16 | u64::from(self.number) << 8 | seat;
        DOCTORS[Random::new(0, Purpose::Persona, place).below(DOCTORS.len() as u32) as usize]
    }

    /// `C010305`: one of the shop's consultants.
    pub(crate) fn consultant(self, choice: u32) -> String {
        let seat = choice % CONSULTANTS_PER_SHOP + 1;
        format!("C{:02}{:02}{seat:02}", self.city + 1, self.number)
    }

    /// When it opened: before the history, the larger cities first.
    pub(crate) fn opened(self) -> i32 {
        17_000 + i32::from(self.city) * 55 + i32::from(self.number) * 20
    }
}

const DOCTORS: [&str; 16] = [
    "王医生",
    "李医生",
    "张医生",
    "刘医生",
    "陈医生",
    "杨医生",
    "赵医生",
    "黄医生",
    "周医生",
    "吴医生",
    "徐医生",
    "孙医生",
    "胡医生",
    "朱医生",
    "高医生",
    "林医生",
];
