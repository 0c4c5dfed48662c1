//! `appointments`: dumps of the booking system by month of entry, and one with corrections.

use crate::demo::{
    block::BlockOutput,
    calendar::{DAY_SECONDS, day_of, local_seconds, online_second, opening_second},
    history::Episode,
    lifecycle::Stage,
    person::Person,
    places::Shop,
    projects::PROJECTS,
    random::{Purpose, Random},
    source::{Slot, Source},
    spelling::{row_id, spell},
    tables::{Cell, Column, Layout, TimeStyle},
    truth::Seen,
};

pub(super) const LAYOUT: Layout = Layout {
    columns: &[
        Column::text("appointment_id"),
        Column::time("updated_at", TimeStyle::LocalSeconds),
        Column::time("created_at", TimeStyle::LocalSeconds),
        Column::time("appointment_time", TimeStyle::LocalMinutes),
        Column::text("status"),
        Column::text("phone"),
        Column::text("crm_id"),
        Column::text("store_id"),
        Column::text("project"),
        Column::text("consultant"),
        Column::text("booked_through"),
        Column::money("deposit"),
    ],
};

const DONE: &str = "已完成";
const CANCELLED: &str = "已取消";
const MISSED: &str = "爽约";
const MOVED: &str = "已改期";
const CONFIRMED: &str = "已确认";
const WAYS: [&str; 5] = ["小程序", "企业微信", "电话", "美团", "到店"];

/// One version of an appointment.
#[derive(Clone)]
struct Booking {
    created: i64,
    updated: i64,
    at: i64,
    status: &'static str,
    shop: Shop,
    project: usize,
    way: usize,
    deposit: i64,
}

/// The rows of a person, numbered.
struct Writer<'a, 'o> {
    person: &'a Person,
    out: &'a mut BlockOutput<'o>,
    random: Random,
    phone: String,
    crm_id: String,
    rows: usize,
}

pub(super) fn write(person: &Person, out: &mut BlockOutput<'_>) {
    let spelled = |slot| spell(slot, person.ids.held(slot), person.number);
    let (phone, crm_id) = (
        spelled(Slot::AppointmentPhone),
        spelled(Slot::AppointmentCrm),
    );
    let slots = [Slot::AppointmentPhone, Slot::AppointmentCrm];
    out.evidence.note(Seen::in_slots(&person.ids, &slots));
    let random = person.random(Purpose::Appointments);
    let mut writer = Writer {
        person,
        out,
        random,
        phone,
        crm_id,
        rows: 0,
    };
    for (number, episode) in person.episodes.iter().enumerate() {
        writer.episode(episode, number == 0);
    }
    writer.upcoming();
}

impl Writer<'_, '_> {
    /// Everybody's first day was booked; of the others, people who just came in were not.
    fn episode(&mut self, episode: &Episode, is_first: bool) {
        let books = is_first || self.random.percent(84);
        if books {
            let status = match (episode.is_sale, self.random.percent(60)) {
                (true, _) => DONE,
                (false, true) => CANCELLED,
                (false, false) => MISSED,
            };
            self.booking(episode, episode.at, status);
        }
        let earlier = episode.at - i64::from(self.random.between(2, 9)) * DAY_SECONDS;
        let is_known = day_of(earlier) > self.person.life.first_touch;
        if books && is_known && self.random.percent(14) {
            let status = *self.random.pick(&[CANCELLED, CANCELLED, MISSED]);
            self.booking(episode, earlier, status);
        }
    }

    /// A booking for the days to come.
    fn upcoming(&mut self) {
        let chance = match self.person.life.stage {
            Stage::New | Stage::Active => 16,
            Stage::Prospect => 22,
            _ => 0,
        };
        let Some(last) = self
            .person
            .episodes
            .last()
            .filter(|_| self.random.percent(chance))
        else {
            return;
        };
        let day = self.person.today + self.random.between(0, 12);
        let at = local_seconds(day, opening_second(&mut self.random));
        self.booking(last, at, CONFIRMED);
    }

    fn booking(&mut self, episode: &Episode, at: i64, status: &'static str) {
        let random = &mut self.random;
        let life = &self.person.life;
        let yesterday = self.person.today - 1;
        let lead = random.between(0, 7).min(random.between(0, 7));
        let created = (day_of(at) - lead).clamp(life.first_touch, yesterday);
        let created = local_seconds(created, online_second(random)).min(at - 1800);
        // The last dump is made at 22:00 of the last day.
        let end = local_seconds(yesterday, 22 * 3600);
        let updated = match status {
            DONE => at + i64::from(random.between(3000, 9000)),
            MISSED => at + DAY_SECONDS,
            CANCELLED => at - i64::from(random.between(600, 40_000)),
            _ => created,
        };
        let deposit = match random.percent(35) {
            true => i64::from(random.between(1, 5)) * 10_000,
            false => 0,
        };
        let booking = Booking {
            created: created.min(end),
            updated: updated.max(created).min(end),
            at,
            status,
            shop: episode.shop,
            project: episode.project,
            way: random.weighted(&[38, 24, 18, 12, 8]),
            deposit,
        };
        self.versions(&booking);
    }

    /// The booking as it was dumped, and its correction if it has one.
    fn versions(&mut self, booking: &Booking) {
        let id = row_id("A", self.person.number, self.rows);
        self.rows += 1;
        self.out
            .truth
            .record(Source::Appointments, &id, self.person.number);
        let part = self.out.parts.month(day_of(booking.created));
        self.row(&id, booking, part);
        if self.out.corrections.take() {
            let corrected = self.corrected(booking);
            self.row(&id, &corrected, self.out.parts.corrections());
        }
    }

    /// What the later dump says instead.
    fn corrected(&mut self, booking: &Booking) -> Booking {
        let random = &mut self.random;
        let mut corrected = booking.clone();
        let end = local_seconds(self.person.today - 1, 22 * 3600);
        corrected.updated = end + i64::from(random.between(60, 6000));
        match booking.status {
            DONE if random.percent(55) => corrected.deposit += 10_000,
            DONE => corrected.status = MISSED,
            CANCELLED => corrected.status = MISSED,
            MISSED => corrected.status = CANCELLED,
            _ => {
                corrected.status = MOVED;
                corrected.at += 7 * DAY_SECONDS;
            }
        }
        corrected
    }

    fn row(&mut self, id: &str, booking: &Booking, part: usize) {
        let store = booking.shop.id();
        let consultant = booking.shop.consultant(self.person.persona.consultant);
        let cells = [
            Cell::Text(id),
            Cell::Time(booking.updated),
            Cell::Time(booking.created),
            Cell::Time(booking.at),
            Cell::Text(booking.status),
            Cell::text(&self.phone),
            Cell::text(&self.crm_id),
            Cell::Text(&store),
            Cell::Text(PROJECTS[booking.project].name),
            Cell::Text(&consultant),
            Cell::Text(WAYS[booking.way]),
            Cell::money(booking.deposit),
        ];
        self.out
            .tables
            .push(Source::Appointments, part, booking.updated, &cells);
    }
}
