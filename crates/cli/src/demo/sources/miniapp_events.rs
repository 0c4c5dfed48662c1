//! `miniapp_events`: what people look at, search, ask and pay on the WeChat mini-program.

use crate::demo::{
    block::BlockOutput,
    calendar::{campaign, day_of, local_seconds, online_second},
    lifecycle::Stage,
    person::Person,
    persona::CHANNELS,
    projects::PROJECTS,
    random::{Purpose, Random},
    source::{IdType, Slot, Source},
    spelling::{row_id, spell},
    tables::{Cell, Column, Layout, TimeStyle},
    truth::Seen,
};

pub(super) const LAYOUT: Layout = Layout {
    columns: &[
        Column::text("event_id"),
        Column::time("event_time", TimeStyle::UtcMillis),
        Column::text("event"),
        Column::text("openid"),
        Column::text("unionid"),
        Column::text("device_id"),
        Column::text("phone"),
        Column::text("project"),
        Column::text("keyword"),
        Column::text("store_id"),
        Column::text("channel"),
        Column::text("campaign"),
        Column::money("amount"),
        Column::text("os"),
    ],
};

/// Events that only someone who has bound a phone can make; they carry it.
const NEED_PHONE: [&str; 4] = ["bind_phone", "book", "pay", "claim_coupon"];

struct Event {
    at: i64,
    name: &'static str,
    project: Option<usize>,
    amount: i64,
}

/// One person's session after session.
struct Sessions<'a> {
    person: &'a Person,
    random: Random,
    events: Vec<Event>,
}

pub(super) fn write(person: &Person, out: &mut BlockOutput<'_>) {
    let random = person.random(Purpose::Miniapp);
    let mut sessions = Sessions {
        person,
        random,
        events: Vec::new(),
    };
    let bound = sessions.all();
    let Sessions {
        mut random,
        mut events,
        ..
    } = sessions;
    events.sort_by_key(|event| event.at);
    let phone = spell(
        Slot::MiniappPhone,
        person.ids.held(Slot::MiniappPhone),
        person.number,
    );
    // With and without the phone, on the first and the second device.
    let mut identities = [[false; 2]; 2];
    for (row, event) in events.iter().enumerate() {
        let needs_phone = NEED_PHONE.contains(&event.name);
        let has_phone =
            bound.is_some_and(|bound| event.at >= bound) && (needs_phone || random.percent(30));
        let phone = if has_phone { phone.as_str() } else { "" };
        write_row(person, out, (row, event), phone, &mut random);
        let device = person.ids.device(day_of(event.at));
        identities[device][usize::from(has_phone)] = true;
    }
    out.truth
        .record(Source::Miniapp, &person.ids.openid, person.number);
    note(person, out, identities);
}

impl Sessions<'_> {
    /// All events; answers when the phone was bound.
    fn all(&mut self) -> Option<i64> {
        let life = self.person.life;
        let joined = self.at(life.first_touch);
        self.add(joined, "login", None, 0);
        let bound = self.person.ids.held(Slot::MiniappPhone).map(|_| {
            let late = self.random.between(life.first_touch, life.last_online);
            let at = match self.random.percent(65) {
                true => joined + i64::from(self.random.between(20, 600)),
                false => self.at(late).max(joined + 1),
            };
            self.add(at, "bind_phone", None, 0)
        });
        for episode in 0..self.person.episodes.len() {
            self.before_visit(episode, bound);
        }
        let (low, high) = match life.stage {
            Stage::Prospect => (5, 10),
            Stage::New => (3, 6),
            Stage::Active => (4, 9),
            Stage::AtRisk | Stage::Sleeping | Stage::Lost => (2, 5),
            Stage::Looker => (1, 5),
        };
        for _ in 0..self.random.between(low, high) {
            self.browse(bound);
        }
        let last = self.at(life.last_online).max(joined + 1);
        let project = self.project();
        self.add(last, "view", Some(project), 0);
        bound
    }

    /// A moment of a day on which the person is on the mini-program.
    fn at(&mut self, day: i32) -> i64 {
        let life = &self.person.life;
        let day = day.clamp(life.first_touch, life.last_online);
        local_seconds(day, online_second(&mut self.random))
    }

    /// Answers when: not later than the last day on the mini-program.
    fn add(&mut self, at: i64, name: &'static str, project: Option<usize>, amount: i64) -> i64 {
        let at = at.min(local_seconds(self.person.life.last_online + 1, 0) - 1);
        self.events.push(Event {
            at,
            name,
            project,
            amount,
        });
        at
    }

    fn project(&mut self) -> usize {
        match self.random.weighted(&[64, 22, 14]) {
            0 => self.person.persona.projects[0],
            1 => self.person.persona.projects[1],
            _ => self.random.below(PROJECTS.len() as u32) as usize,
        }
    }

    /// Looked at online, then bought in the shop.
    fn before_visit(&mut self, episode: usize, bound: Option<i64>) {
        let episode = &self.person.episodes[episode];
        if !episode.is_seen_online {
            return;
        }
        let day = day_of(episode.at) - self.random.between(0, 10);
        let start = self.at(day);
        if start >= episode.at {
            return;
        }
        let project = Some(episode.project);
        let mut at = start;
        if self.random.percent(40) {
            self.add(at, "search", project, 0);
        }
        for _ in 0..self.random.between(1, 2) {
            at += i64::from(self.random.between(15, 240));
            self.add(at, "view", project, 0);
        }
        if self.random.percent(30) {
            self.add(at + 30, "consult", project, 0);
        }
        if bound.is_none_or(|bound| bound > at) || !episode.is_sale {
            return;
        }
        if self.random.percent(45) {
            self.add(at + 90, "book", project, 0);
        }
        if self.random.percent(30) {
            let deposit = i64::from(self.random.between(1, 5)) * 10_000;
            self.add(at + 150, "pay", project, deposit);
        }
    }

    /// A session without a visit behind it.
    fn browse(&mut self, bound: Option<i64>) {
        let (life, marketing) = (self.person.life, self.person.persona.marketing);
        let first = match life.stage {
            Stage::Prospect => life.last_online - 13,
            _ => life.first_touch,
        };
        let day = self
            .random
            .between(first.min(life.last_online), life.last_online);
        let mut at = self.at(day);
        let mut project = self.project();
        for _ in 0..self.random.between(1, 3) {
            let name = match self.random.weighted(&[70, 16, 9, 5]) {
                0 => "view",
                1 => "search",
                2 => "consult",
                _ => "share",
            };
            self.add(at, name, Some(project), 0);
            at += i64::from(self.random.between(10, 300));
            if self.random.percent(20) {
                project = self.project();
            }
        }
        let is_tempted = campaign(day_of(at)).is_some() && self.random.below(100) < marketing;
        if is_tempted && bound.is_some_and(|bound| bound <= at) {
            self.add(at, "claim_coupon", Some(project), 0);
        }
    }
}

fn write_row(
    person: &Person,
    out: &mut BlockOutput<'_>,
    (row, event): (usize, &Event),
    phone: &str,
    random: &mut Random,
) {
    let (ids, persona) = (&person.ids, &person.persona);
    let id = row_id("E", person.number, row);
    let day = day_of(event.at);
    let device = ids.devices[ids.device(day)].as_str();
    let has_store = matches!(event.name, "book" | "pay" | "consult");
    let store = match has_store {
        true => persona.shop.id(),
        false => String::new(),
    };
    let project = event.project.map(|project| PROJECTS[project].name);
    // The first touch tells the channel; later on most come by themselves.
    let channel = match row == 0 || random.percent(35) {
        true => CHANNELS[persona.channel],
        false => "微信",
    };
    let tells_campaign = event.name == "claim_coupon" || random.below(100) < persona.marketing;
    let campaign = campaign(day).filter(|_| tells_campaign);
    let cells = [
        Cell::Text(&id),
        Cell::Time(event.at),
        Cell::Text(event.name),
        Cell::Text(&ids.openid),
        if person.known.miniapp_unionid {
            Cell::Text(&ids.unionid)
        } else {
            Cell::Null
        },
        Cell::Text(device),
        Cell::text(phone),
        Cell::text(project.unwrap_or_default()),
        Cell::text(
            project
                .filter(|_| event.name == "search")
                .unwrap_or_default(),
        ),
        Cell::text(&store),
        Cell::Text(channel),
        Cell::text(campaign.unwrap_or_default()),
        Cell::money(event.amount),
        Cell::Text(if device.contains('-') {
            "iOS"
        } else {
            "Android"
        }),
    ];
    let part = out.parts.month(day);
    out.tables.push(Source::Miniapp, part, event.at, &cells);
}

fn note(person: &Person, out: &mut BlockOutput<'_>, identities: [[bool; 2]; 2]) {
    let ids = &person.ids;
    for (device, seen_as) in ids.devices.iter().zip(identities) {
        for has_phone in [false, true] {
            if !seen_as[usize::from(has_phone)] {
                continue;
            }
            let mut seen = vec![
                Seen::intact(IdType::Openid, &ids.openid),
                Seen::device(device),
            ];
            if person.known.miniapp_unionid {
                seen.push(Seen::intact(IdType::Unionid, &ids.unionid));
            }
            if has_phone {
                seen.extend(Seen::in_slots(ids, &[Slot::MiniappPhone]));
            }
            out.evidence.note(seen);
        }
    }
}
