//! `visits`: what was done, asked and given back in the shops.

use crate::demo::{
    block::BlockOutput,
    calendar::{DAY_SECONDS, day_of, local_seconds},
    history::Episode,
    person::Person,
    projects::PROJECTS,
    random::{Purpose, Random},
    source::{Slot, Source},
    spelling::{row_id, spell},
    tables::{Cell, Column, Layout, TimeStyle},
    truth::Seen,
};

pub(super) const LAYOUT: Layout = Layout {
    columns: &[
        Column::text("visit_id"),
        Column::time("visited_at", TimeStyle::Offset),
        Column::text("event"),
        Column::text("crm_id"),
        Column::text("phone"),
        Column::text("store_id"),
        Column::text("project"),
        Column::text("category"),
        Column::int("quantity"),
        Column::money("list_price"),
        Column::money("amount"),
        Column::money("coupon_amount"),
        Column::text("campaign"),
        Column::text("payment"),
        Column::text("doctor"),
        Column::text("consultant"),
        Column::int("satisfaction"),
    ],
};

const PAYMENTS: [&str; 5] = ["微信支付", "支付宝", "储值卡", "银行卡", "分期"];
/// Cares that are added to a treatment.
const EXTRAS: [usize; 3] = [10, 11, 12];

/// A row's own values.
struct Entry<'e> {
    episode: &'e Episode,
    at: i64,
    event: &'static str,
    project: usize,
    quantity: i64,
    paid: i64,
    coupon: i64,
}

/// The rows of a person, numbered.
struct Writer<'a, 'o, 'p> {
    person: &'a Person,
    out: &'a mut BlockOutput<'o>,
    random: Random,
    crm_id: &'p str,
    phone: &'p str,
    rows: usize,
}

pub(super) fn write(person: &Person, out: &mut BlockOutput<'_>) {
    let spelled = |slot| spell(slot, person.ids.held(slot), person.number);
    let (crm_id, phone) = (spelled(Slot::VisitCrm), spelled(Slot::VisitPhone));
    let random = person.random(Purpose::Visits);
    out.evidence.note(Seen::in_slots(
        &person.ids,
        &[Slot::VisitCrm, Slot::VisitPhone],
    ));
    let mut writer = Writer {
        person,
        out,
        random,
        crm_id: &crm_id,
        phone: &phone,
        rows: 0,
    };
    for episode in &person.episodes {
        writer.episode(episode);
    }
}

impl Writer<'_, '_, '_> {
    fn episode(&mut self, episode: &Episode) {
        let whole = Entry {
            episode,
            at: episode.at,
            event: if episode.is_sale {
                "treatment"
            } else {
                "consult"
            },
            project: episode.project,
            quantity: episode.quantity,
            paid: episode.paid,
            coupon: episode.coupon,
        };
        self.row(&whole);
        if !episode.is_sale {
            return;
        }
        if self.random.percent(38) {
            let project = *self.random.pick(&EXTRAS);
            let at = episode.at + 2400;
            let paid = PROJECTS[project].price * 90;
            self.row(&Entry {
                at,
                project,
                quantity: 1,
                paid,
                coupon: 0,
                ..whole
            });
        }
        let refunded = episode.at + i64::from(self.random.between(2, 20)) * DAY_SECONDS;
        if episode.is_refunded && refunded < local_seconds(self.person.today, 0) {
            self.row(&Entry {
                at: refunded,
                event: "refund",
                coupon: 0,
                ..whole
            });
        }
    }

    fn row(&mut self, entry: &Entry<'_>) {
        let person = self.person;
        let (episode, project) = (entry.episode, &PROJECTS[entry.project]);
        let id = row_id("V", person.number, self.rows);
        self.rows += 1;
        let (store, consultant) = (
            episode.shop.id(),
            episode.shop.consultant(person.persona.consultant),
        );
        let is_sale = entry.event == "treatment";
        let sale = |cell| if is_sale { cell } else { Cell::Null };
        let payment = PAYMENTS[self.random.weighted(&[46, 22, 16, 10, 6])];
        let satisfaction = self.random.weighted(&[1, 2, 7, 40, 50]) as i64 + 1;
        let is_rated = is_sale && self.random.percent(62);
        let has_paid = entry.event != "consult";
        let cells = [
            Cell::Text(&id),
            Cell::Time(entry.at),
            Cell::Text(entry.event),
            Cell::text(self.crm_id),
            Cell::text(self.phone),
            Cell::Text(&store),
            Cell::Text(project.name),
            Cell::Text(project.category),
            sale(Cell::Int(entry.quantity)),
            sale(Cell::Money(project.price * 100 * entry.quantity)),
            if has_paid {
                Cell::Money(entry.paid)
            } else {
                Cell::Null
            },
            sale(Cell::money(entry.coupon)),
            sale(Cell::text(episode.campaign.unwrap_or_default())),
            if has_paid {
                Cell::Text(payment)
            } else {
                Cell::Null
            },
            sale(Cell::Text(episode.shop.doctor(episode.doctor))),
            Cell::Text(&consultant),
            if is_rated {
                Cell::Int(satisfaction)
            } else {
                Cell::Null
            },
        ];
        let part = self.out.parts.month(day_of(entry.at));
        self.out.tables.push(Source::Visits, part, entry.at, &cells);
        self.out.truth.record(Source::Visits, &id, person.number);
    }
}
