//! Draws a history from a seed.

use chrono_tz::Tz;
use rand::{
    Rng, SeedableRng,
    rngs::StdRng,
    seq::{IndexedRandom, SliceRandom},
};
use tagma_core::{
    AsOf,
    schema::{Name, TagKind},
    segment::Expr,
};

use super::{
    super::{Coverage, Generator, values::Source, world::random_zone},
    aggregate::Aggregate,
    definitions,
    ledger::Ledger,
    rows::Crowd,
    step::{Change, Step, Way},
    table::{Column, Table, TableKind},
    tag::{From, TagPlan},
};
use crate::oracle::{SegmentDefinition, World};

/// How long a history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryShape {
    /// People who are created, about.
    pub people: u32,
    /// Parts between which something may happen to the processes.
    pub stages: u32,
    /// Rows of one write, at most.
    pub rows: u32,
}

/// Everything that is done, and what it must lead to.
#[derive(Debug, Clone)]
pub struct History {
    /// The cluster's zone.
    pub zone: Tz,
    /// The tables.
    pub tables: Vec<Table>,
    /// Steps, stage by stage; the first of all defines tables and tags.
    pub stages: Vec<Vec<Step>>,
    /// People, tags and segments at the index of every change.
    pub world: World,
}

impl History {
    /// The history of a seed.
    pub fn draw(seed: u64, shape: HistoryShape) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let zone = random_zone(&mut rng);
        let (tables, plans) = tables_and_tags(&mut rng);
        let ledger = Ledger::new(zone, tables.len());
        let mut draw = Draw {
            rng,
            shape,
            tables,
            plans,
            ledger,
            crowd: Crowd::default(),
        };
        let stages = (0..shape.stages).map(|stage| draw.stage(stage)).collect();
        Self {
            zone,
            tables: draw.tables,
            stages,
            world: draw.ledger.world,
        }
    }
}

/// Where a tag's values come from.
#[derive(Clone, Copy)]
enum Origin {
    Facts(Aggregate),
    Traits,
}

/// Every kind twice at least: of events and of attributes, tame and extreme.
fn listed(scale: u8) -> [(&'static str, TagKind, bool, Origin); 16] {
    use Origin::{Facts, Traits};
    let decimal = |precision, scale| TagKind::Decimal { precision, scale };
    let recent = Aggregate::MaxSince(9_000);
    [
        ("is_vip", TagKind::Bool, false, Traits),
        ("有效", TagKind::Bool, false, Facts(Aggregate::Any)),
        ("city", TagKind::Category, false, Traits),
        ("order", TagKind::Category, false, Facts(Aggregate::Max)),
        ("channel", TagKind::Category, true, Facts(Aggregate::Min)),
        ("age", TagKind::Int, false, Traits),
        ("count", TagKind::Int, false, Facts(Aggregate::Count)),
        ("total", TagKind::Int, false, Facts(Aggregate::Sum)),
        ("wide_int", TagKind::Int, true, Facts(recent)),
        ("ltv", decimal(18, 2), false, Facts(Aggregate::Sum)),
        ("金额", decimal(12, scale), false, Traits),
        ("wide_decimal", decimal(18, 6), true, Facts(Aggregate::Max)),
        ("birthday", TagKind::Date, false, Traits),
        ("date", TagKind::Date, true, Facts(Aggregate::Min)),
        (
            "last_order",
            TagKind::Timestamp,
            false,
            Facts(Aggregate::Max),
        ),
        ("timestamp", TagKind::Timestamp, true, Traits),
    ]
}

fn tables_and_tags(rng: &mut StdRng) -> (Vec<Table>, Vec<TagPlan>) {
    let table = |name, kind| Table {
        name,
        kind,
        columns: Vec::new(),
    };
    let mut tables = vec![
        table("facts", TableKind::Events),
        table("traits", TableKind::Attributes),
    ];
    let mut plans = Vec::new();
    for (name, kind, extreme, origin) in listed(rng.random_range(0..=6)) {
        let (table, aggregate) = match origin {
            Origin::Facts(aggregate) => (0, aggregate),
            Origin::Traits => (1, Aggregate::Latest),
        };
        let column = tables[table].columns.len();
        tables[table].columns.push(Column {
            name: format!("c{column}"),
            source: Source::new(kind, extreme, rng),
            presence: *[0.2, 0.6, 0.9, 1.0].choose(rng).unwrap_or(&1.0),
        });
        let from = From::Rows {
            table,
            column,
            aggregate,
        };
        plans.push(TagPlan {
            name: named(name),
            kind,
            from,
        });
    }
    for (name, kind, of) in [
        ("age_before", TagKind::Int, "age"),
        ("never_run", TagKind::Category, "city"),
    ] {
        plans.push(TagPlan {
            name: named(name),
            kind,
            from: From::Tag(named(of)),
        });
    }
    (tables, plans)
}

fn named(name: &str) -> Name {
    Name::new(name).expect("a name")
}

struct Draw {
    rng: StdRng,
    shape: HistoryShape,
    tables: Vec<Table>,
    plans: Vec<TagPlan>,
    ledger: Ledger,
    crowd: Crowd,
}

impl Draw {
    fn stage(&mut self, stage: u32) -> Vec<Step> {
        // Half of the people are there after the first stage.
        let people = match stage {
            0 if self.shape.stages > 1 => self.shape.people / 2,
            0 => self.shape.people,
            _ => self.shape.people / 2 / (self.shape.stages - 1),
        };
        let mut steps = Vec::new();
        if stage == 0 {
            steps.push(self.define_all());
        }
        for table in 0..self.tables.len() {
            steps.push(self.load(table, people * 2 / 5));
        }
        if stage == 0 {
            steps.push(self.run(true));
            steps.extend((0..4).map(|number| self.save(number)));
        } else {
            steps.push(self.redefine());
            steps.push(self.run(false));
            let number = self.rng.random_range(0..6);
            steps.push(self.save(number));
        }
        let table = self.rng.random_range(0..self.tables.len());
        steps.push(self.load(table, people / 5));
        steps.push(self.run(false));
        if stage > 0 {
            steps.extend(self.roll_back());
            steps.extend(self.delete());
        }
        steps
    }

    fn define_all(&mut self) -> Step {
        let first = self.ledger.next();
        let tables = definitions::of_tables(&self.tables);
        let tags = definitions::of_tags(&self.plans, &self.tables);
        self.ledger.define(self.plans.clone());
        let change = Change::Define(format!("{tables}---\n{tags}"));
        Step { first, change }
    }

    /// Another definition of two tags: the greatest instead of the smallest, and so on.
    fn redefine(&mut self) -> Step {
        let first = self.ledger.next();
        let mut changed = Vec::new();
        for plan in &mut self.plans {
            let From::Rows { aggregate, .. } = &mut plan.from else {
                continue;
            };
            let other = match aggregate {
                Aggregate::Max => Aggregate::Min,
                Aggregate::Min => Aggregate::Max,
                Aggregate::MaxSince(hours) => Aggregate::MaxSince(*hours / 2),
                _ => continue,
            };
            if self.rng.random_bool(0.3) {
                *aggregate = other;
                changed.push(plan.clone());
            }
        }
        if changed.is_empty() {
            changed.extend(self.plans.first().cloned());
        }
        let text = definitions::of_tags(&changed, &self.tables);
        self.ledger.define(changed);
        let change = Change::Define(text);
        Step { first, change }
    }

    fn load(&mut self, table: usize, new: u32) -> Step {
        let first = self.ledger.next();
        let ways = [Way::OneByOne, Way::AtOnce, Way::Parquet, Way::Csv];
        let way = *ways.choose(&mut self.rng).unwrap_or(&Way::AtOnce);
        let count = match way {
            Way::OneByOne => self.rng.random_range(1..=4),
            Way::AtOnce => self.rng.random_range(2..=8),
            Way::Parquet | Way::Csv => 1,
        };
        let mut writes = Vec::new();
        for write in 0..count {
            let new = new / count + u32::from(write < new % count);
            let rows = new + self.rng.random_range(1..=self.shape.rows);
            let rows = self
                .crowd
                .rows(&self.tables[table], rows, new, &mut self.rng);
            self.ledger.load(table, &rows);
            writes.push(rows);
        }
        let change = Change::Load { table, way, writes };
        Step { first, change }
    }

    fn run(&mut self, all: bool) -> Step {
        let first = self.ledger.next();
        let runs = self
            .plans
            .iter()
            .filter(|plan| plan.name.as_str() != "never_run");
        let mut tags: Vec<Name> = runs.map(|plan| plan.name.clone()).collect();
        if !all {
            tags.shuffle(&mut self.rng);
            tags.truncate(self.rng.random_range(1..=10));
        }
        let as_of = AsOf(1_672_531_200_000_000 + self.rng.random_range(0..126_144_000_000_000));
        self.ledger.run(&tags, as_of);
        let change = Change::Run { tags, as_of };
        Step { first, change }
    }

    fn save(&mut self, number: u32) -> Step {
        let first = self.ledger.next();
        let name = named(&format!("人群_{number}"));
        let definition = self.definition(&name);
        let text = definitions::of_segment(&name, &definition);
        self.ledger.save(name, Some(definition));
        let change = Change::Define(text);
        Step { first, change }
    }

    /// An expression that does not name the segment itself, on whatever way.
    fn definition(&mut self, name: &Name) -> SegmentDefinition {
        let (seed, now) = (self.rng.random(), self.ledger.next());
        let mut generator = Generator::new(&self.ledger.world, seed, Coverage::default());
        loop {
            let question = generator.question_at(now, 3);
            let zone = self.rng.random_bool(0.5).then_some(question.zone);
            let expr = question.expr.normalized();
            let definition = SegmentDefinition { expr, zone };
            let mut saved = self.ledger.world.clone();
            saved.save_segment(name.clone(), now, Some(definition.clone()));
            let named = Expr::Segment(name.clone());
            let whole = saved.audit(&named, now, question.as_of, saved.zone);
            if whole.is_ok() {
                return definition;
            }
        }
    }

    fn delete(&mut self) -> Option<Step> {
        let first = self.ledger.next();
        let name = self
            .ledger
            .unused_segments()
            .choose(&mut self.rng)
            .cloned()?;
        self.ledger.save(name.clone(), None);
        let change = Change::Delete(name);
        Some(Step { first, change })
    }

    fn roll_back(&mut self) -> Option<Step> {
        let first = self.ledger.next();
        let name = self
            .ledger
            .rolled_forward()
            .choose(&mut self.rng)
            .cloned()?;
        self.ledger.roll_back(&name);
        let change = Change::RollBack(name);
        Some(Step { first, change })
    }
}
