//! `crm_members`: full dumps of the members, with what the shops know of them.

use crate::demo::{
    block::BlockOutput,
    calendar::{day_of, local_seconds, opening_second},
    person::Person,
    persona::{CHANNELS, SKINS},
    places::CITIES,
    random::{Purpose, Random},
    source::{IdType, Slot, Source},
    spelling::spell,
    tables::{Cell, Column, Layout, TimeStyle},
    truth::{Evidence, Seen},
};

pub(super) const LAYOUT: Layout = Layout {
    columns: &[
        Column::text("crm_id"),
        Column::text("phone"),
        Column::text("name"),
        Column::text("gender"),
        Column::date("birthday"),
        Column::text("city"),
        Column::text("province"),
        Column::date("register_date"),
        Column::text("level"),
        Column::text("consultant"),
        Column::text("store_id"),
        Column::text("source_channel"),
        Column::text("skin_type"),
        Column::money("stored_value"),
        Column::text("marketing_consent"),
        Column::time("updated_at", TimeStyle::LocalSeconds),
    ],
};

/// What the CRM knows that dumps have in common.
struct Profile {
    phone: String,
    name: String,
    registered: i32,
    knows_gender: bool,
    knows_birthday: bool,
    knows_skin: bool,
    consents: bool,
}

pub(super) fn write(person: &Person, out: &mut BlockOutput<'_>) {
    let mut random = person.random(Purpose::Member);
    let registered = match person.life.stage.is_customer() {
        true => person.life.first_visit,
        false => random.between(person.life.first_touch, person.life.first_visit),
    };
    let persona = &person.persona;
    let profile = Profile {
        phone: spell(
            Slot::CrmPhone,
            person.ids.held(Slot::CrmPhone),
            person.number,
        ),
        name: format!("{}{}", persona.surname, persona.given),
        registered,
        knows_gender: random.percent(97),
        knows_birthday: random.percent(76),
        knows_skin: random.percent(66),
        consents: random.below(100) < 55 + persona.marketing / 3,
    };
    let moves = random.percent(6);
    for (part, dump) in out.parts.crm_dumps().into_iter().enumerate() {
        if profile.registered <= dump {
            let consultant = persona.consultant + u32::from(moves && part == 1);
            write_row(person, out, (part, dump), &profile, consultant, &mut random);
        }
    }
    out.truth
        .record(Source::Crm, &person.ids.crm_id, person.number);
    note(person, &mut out.evidence);
}

fn write_row(
    person: &Person,
    out: &mut BlockOutput<'_>,
    (part, dump): (usize, i32),
    profile: &Profile,
    consultant: u32,
    random: &mut Random,
) {
    let persona = &person.persona;
    let city = &CITIES[persona.city];
    let known = |is_known: bool, text| {
        if is_known {
            Cell::Text(text)
        } else {
            Cell::Null
        }
    };
    let (spent, last) = spent_by(person, dump, profile.registered);
    let changed = local_seconds(last, opening_second(random));
    let (consultant, store) = (persona.shop.consultant(consultant), persona.shop.id());
    let cells = [
        Cell::Text(&person.ids.crm_id),
        Cell::Text(&profile.phone),
        Cell::Text(&profile.name),
        known(profile.knows_gender, persona.gender()),
        if profile.knows_birthday {
            Cell::Date(persona.born)
        } else {
            Cell::Null
        },
        Cell::Text(city.name),
        Cell::Text(city.province),
        Cell::Date(profile.registered),
        Cell::Text(level(spent)),
        Cell::Text(&consultant),
        Cell::Text(&store),
        Cell::Text(CHANNELS[persona.channel]),
        known(profile.knows_skin, SKINS[persona.skin]),
        Cell::Money(stored_value(spent, persona.budget)),
        Cell::Text(if profile.consents { "是" } else { "否" }),
        Cell::Time(changed),
    ];
    out.tables.push(Source::Crm, part, changed, &cells);
}

/// What was paid until a dump, in 1/100 yuan, and the day of the last change.
fn spent_by(person: &Person, dump: i32, registered: i32) -> (i64, i32) {
    let end = local_seconds(dump + 1, 0);
    let sales = person
        .episodes
        .iter()
        .filter(|episode| episode.is_sale && episode.at < end);
    let (mut spent, mut last) = (0, registered);
    for sale in sales {
        spent += sale.paid;
        last = last.max(day_of(sale.at));
    }
    (spent, last)
}

fn level(spent: i64) -> &'static str {
    match spent / 100 {
        0..2_000 => "普通会员",
        2_000..8_000 => "银卡",
        8_000..25_000 => "金卡",
        _ => "黑金",
    }
}

/// What the well-to-do leave on their card.
fn stored_value(spent: i64, budget: u8) -> i64 {
    let share = [0, 0, 5, 10][usize::from(budget)];
    spent * share / 100 / 10_000 * 10_000
}

fn note(person: &Person, evidence: &mut Evidence) {
    let mut seen = vec![Seen::intact(IdType::CrmId, &person.ids.crm_id)];
    seen.extend(Seen::in_slots(&person.ids, &[Slot::CrmPhone]));
    evidence.note(seen);
}
