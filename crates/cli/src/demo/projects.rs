//! The chain's price list: what is treated, for how much, how often.

/// A treatment.
pub(crate) struct Project {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) category: &'static str,
    /// List price in yuan.
    pub(crate) price: i64,
    /// Days from one treatment to the next.
    pub(crate) cycle_days: i32,
    /// How much women under 32, women from 32 on, and men want it.
    pub(crate) wanted: [u32; 3],
    /// Least budget, 0 to 3, at which it is a person's main project.
    pub(crate) budget: u8,
}

const fn project(
    (code, name, category): (&'static str, &'static str, &'static str),
    price: i64,
    cycle_days: i32,
    wanted: [u32; 3],
    budget: u8,
) -> Project {
    Project {
        code,
        name,
        category,
        price,
        cycle_days,
        wanted,
        budget,
    }
}

pub(crate) const PROJECTS: [Project; 16] = [
    project(("P01", "水光针", "注射"), 1280, 30, [22, 14, 4], 1),
    project(("P02", "肉毒素除皱", "注射"), 1980, 120, [10, 16, 6], 1),
    project(("P03", "玻尿酸填充", "注射"), 3680, 270, [12, 10, 2], 2),
    project(("P04", "胶原蛋白", "注射"), 5800, 360, [3, 7, 1], 2),
    project(("P05", "热玛吉", "光电"), 15800, 365, [2, 16, 2], 3),
    project(("P06", "超声炮", "光电"), 12800, 365, [2, 12, 1], 3),
    project(("P07", "光子嫩肤", "光电"), 880, 30, [24, 18, 10], 0),
    project(("P08", "皮秒祛斑", "光电"), 2680, 45, [10, 14, 8], 1),
    project(("P09", "激光脱毛", "脱毛"), 680, 35, [14, 6, 26], 0),
    project(("P10", "黄金微针", "光电"), 2980, 60, [5, 8, 6], 1),
    project(("P11", "小气泡清洁", "皮肤护理"), 298, 21, [16, 9, 14], 0),
    project(("P12", "补水护理", "皮肤护理"), 398, 14, [16, 14, 6], 0),
    project(("P13", "刷酸焕肤", "皮肤护理"), 498, 21, [14, 4, 10], 0),
    project(("P14", "祛痘调理", "皮肤护理"), 598, 14, [14, 2, 20], 0),
    project(("P15", "线雕提升", "微整"), 9800, 540, [1, 9, 1], 3),
    project(("P16", "溶脂塑形", "微整"), 4800, 90, [6, 7, 4], 2),
];
