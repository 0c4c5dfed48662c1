//! `wecom_contacts`: the customers whom consultants have added on WeCom (企业微信).

use crate::demo::{
    block::BlockOutput,
    calendar::{local_seconds, online_second},
    lifecycle::Stage,
    person::Person,
    persona::SKINS,
    projects::PROJECTS,
    random::{Purpose, Random},
    source::{IdType, Slot, Source},
    spelling::spell,
    tables::{Cell, Column, Layout, TimeStyle},
    truth::Seen,
};

pub(super) const LAYOUT: Layout = Layout {
    columns: &[
        Column::text("external_userid"),
        Column::text("unionid"),
        Column::text("remark_mobile"),
        Column::text("remark"),
        Column::text("gender"),
        Column::text("consultant"),
        Column::text("store_id"),
        Column::text("add_way"),
        Column::text("tags"),
        Column::text("status"),
        Column::int("messages_30d"),
        Column::time("last_chat_at", TimeStyle::BasicOffset),
        Column::time("added_at", TimeStyle::BasicOffset),
        Column::time("updated_at", TimeStyle::BasicOffset),
    ],
};

const ADD_WAYS: [&str; 5] = [
    "扫描门店二维码",
    "小程序添加",
    "手机号搜索",
    "群聊添加",
    "名片分享",
];

pub(super) fn write(person: &Person, out: &mut BlockOutput<'_>) {
    let mut random = person.random(Purpose::Contact);
    let persona = &person.persona;
    let (added, chatted) = days(person, &mut random);
    let phone = spell(
        Slot::WecomPhone,
        person.ids.held(Slot::WecomPhone),
        person.number,
    );
    let project = PROJECTS[persona.projects[0]].name;
    let remark = format!("{} {}", persona.address(), project);
    let (consultant, store) = (
        persona.shop.consultant(persona.consultant),
        persona.shop.id(),
    );
    let tags = tags(person, project, &mut random);
    let is_lost = matches!(person.life.stage, Stage::Lost | Stage::Sleeping);
    let is_gone = random.percent(if is_lost { 22 } else { 4 });
    let ids = &person.ids;
    let has_unionid = person.known.wecom_unionid;
    let cells = [
        Cell::Text(&ids.external_userid),
        if has_unionid {
            Cell::Text(&ids.unionid)
        } else {
            Cell::Null
        },
        Cell::text(&phone),
        Cell::Text(&remark),
        Cell::Text(persona.gender()),
        Cell::Text(&consultant),
        Cell::Text(&store),
        Cell::Text(ADD_WAYS[random.weighted(&[40, 25, 15, 12, 8])]),
        Cell::Text(&tags),
        Cell::Text(if is_gone { "已删除" } else { "正常" }),
        Cell::Int(messages(person, &mut random)),
        Cell::Time(chatted),
        Cell::Time(added),
        Cell::Time(chatted),
    ];
    out.tables.push(Source::Wecom, 0, added, &cells);
    out.truth
        .record(Source::Wecom, &ids.external_userid, person.number);
    let mut seen = vec![Seen::intact(IdType::ExternalUserid, &ids.external_userid)];
    if has_unionid {
        seen.push(Seen::intact(IdType::Unionid, &ids.unionid));
    }
    seen.extend(Seen::in_slots(ids, &[Slot::WecomPhone]));
    out.evidence.note(seen);
}

/// Local seconds at which the contact was added, and of the last message.
fn days(person: &Person, random: &mut Random) -> (i64, i64) {
    let life = &person.life;
    let added = random.between(life.first_touch, life.first_visit);
    let last = life.last_online.max(added);
    let at = |day, random: &mut Random| local_seconds(day, online_second(random));
    let first = at(added, random);
    let chatted = random.between(last.min(life.last_visit.max(added)), last);
    (first, at(chatted, random).max(first))
}

fn messages(person: &Person, random: &mut Random) -> i64 {
    let most = match person.life.stage {
        Stage::Prospect => 40,
        Stage::New | Stage::Active => 25,
        Stage::AtRisk => 6,
        Stage::Sleeping | Stage::Lost | Stage::Looker => 2,
    };
    i64::from(random.between(0, most).min(random.between(0, most)))
}

/// What the consultant has put down, joined by `;`.
fn tags(person: &Person, project: &str, random: &mut Random) -> String {
    let persona = &person.persona;
    let intent = match person.life.stage {
        Stage::Prospect => "高意向",
        Stage::New | Stage::Active => "老客维护",
        Stage::AtRisk => "需回访",
        Stage::Sleeping | Stage::Lost => "沉睡激活",
        Stage::Looker => "低意向",
    };
    let mut tags = vec![intent];
    if random.percent(60) {
        tags.push(project);
    }
    if random.percent(40) {
        tags.push(SKINS[persona.skin]);
    }
    if persona.marketing > 60 && random.percent(70) {
        tags.push("价格敏感");
    }
    if persona.budget == 3 && random.percent(70) {
        tags.push("高消费");
    }
    tags.join(";")
}
