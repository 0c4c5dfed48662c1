//! The files below `truth/`: always CSV.

use super::{Evidence, Why};
use crate::demo::{
    lifecycle::Lifecycle,
    person::Person,
    persona::{BUDGETS, CHANNELS, Persona, SKINS},
    places::CITIES,
    plan::Plan,
    projects::PROJECTS,
    source::{IdType, Source},
    tables::{Cell, Column, FileFormat, Layout, Rows},
};

/// `truth/records.csv`: whose a record is. The key is what the source itself calls it.
pub(crate) const RECORDS: Layout = Layout {
    columns: &[
        Column::text("source"),
        Column::text("key"),
        Column::int("person"),
    ],
};

/// `truth/identifiers.csv`: on whose records an identifier is, normalised.
pub(crate) const IDENTIFIERS: Layout = Layout {
    columns: &[
        Column::text("type"),
        Column::text("value"),
        Column::int("person"),
        Column::text("state"),
    ],
};

/// `truth/people.csv`: who is decidable, and what tags should find.
pub(crate) const PEOPLE: Layout = Layout {
    columns: &[
        Column::int("person"),
        Column::text("decidable"),
        Column::text("why"),
        Column::text("sources"),
        Column::text("stage"),
        Column::text("gender"),
        Column::int("birth_year"),
        Column::text("city"),
        Column::text("skin_type"),
        Column::text("budget"),
        Column::text("channel"),
        Column::text("main_project"),
        Column::int("marketing"),
        Column::date("first_touch"),
        Column::date("last_visit"),
        Column::int("visits"),
    ],
};

/// Truth of a block of people.
#[derive(Debug)]
pub(crate) struct TruthRows {
    pub(crate) records: Rows,
    pub(crate) identifiers: Rows,
}

impl TruthRows {
    pub(crate) fn new() -> Self {
        Self {
            records: Rows::new(RECORDS, FileFormat::Csv),
            identifiers: Rows::new(IDENTIFIERS, FileFormat::Csv),
        }
    }

    /// A record of a person.
    pub(crate) fn record(&mut self, source: Source, key: &str, person: u32) {
        let cells = [
            Cell::Text(source.table()),
            Cell::Text(key),
            Cell::Int(i64::from(person)),
        ];
        self.records.push(0, &cells);
    }

    /// All identifiers of a person.
    pub(crate) fn identifiers(&mut self, plan: &Plan, person: &Person, evidence: &Evidence) {
        let devices = plan.devices.of(person.number);
        let [first, second] = &person.ids.devices;
        let gone = devices.gives.then_some(first);
        let come = (devices.from != person.number).then_some(second);
        let changed = |device: &str| {
            [gone, come]
                .into_iter()
                .flatten()
                .any(|other| other.eq_ignore_ascii_case(device))
        };
        for seen in evidence.identifiers() {
            let state = match seen.id_type {
                _ if !seen.is_intact => "mistyped",
                IdType::Phone if plan.phones.is_shared(person.number) => "shared",
                IdType::Device if changed(&seen.value) => "handed_on",
                _ => "own",
            };
            let cells = [
                Cell::Text(seen.id_type.name()),
                Cell::Text(&seen.value),
                Cell::Int(i64::from(person.number)),
                Cell::Text(state),
            ];
            self.identifiers.push(0, &cells);
        }
    }
}

/// Adds a line of `people.csv`.
pub(crate) fn people_row(
    rows: &mut Rows,
    plan: &Plan,
    person: u32,
    why: Option<Why>,
    (persona, life): (&Persona, &Lifecycle),
) {
    let known = plan.known[person as usize];
    let sources: Vec<&str> = Source::ALL
        .into_iter()
        .filter(|source| known.has(*source))
        .map(Source::table)
        .collect();
    let cells = [
        Cell::Int(i64::from(person)),
        Cell::Text(if why.is_none() { "true" } else { "false" }),
        why.map_or(Cell::Null, |why| Cell::Text(why.label())),
        Cell::Text(&sources.join(";")),
        Cell::Text(life.stage.label()),
        Cell::Text(persona.gender()),
        Cell::Int(i64::from(persona.birth_year())),
        Cell::Text(CITIES[persona.city].name),
        Cell::Text(SKINS[persona.skin]),
        Cell::Text(BUDGETS[usize::from(persona.budget)]),
        Cell::Text(CHANNELS[persona.channel]),
        Cell::Text(PROJECTS[persona.projects[0]].name),
        Cell::Int(i64::from(persona.marketing)),
        Cell::Date(life.first_touch),
        Cell::Date(life.last_visit),
        Cell::Int(i64::from(life.visits)),
    ];
    rows.push(i64::from(person), &cells);
}
