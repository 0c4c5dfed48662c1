//! A small catalog to bind against.

use crate::{
    id::{AsOf, TagVersion},
    schema::{Name, TagKind},
    segment::{Plan, SavedSegment, Scope, TagSlot, bind, bind::BindError, parse},
};

/// 2024-05-17T02:30:00Z.
pub(super) const NOW: AsOf = AsOf(1_715_913_000_000_000);

/// Tags with kinds, segments as (name, text, zone).
pub(super) struct World {
    pub(super) segments: Vec<(&'static str, String, Option<&'static str>)>,
}

const LTV: TagKind = TagKind::Decimal {
    precision: 18,
    scale: 2,
};

const TAGS: [(&str, TagKind); 9] = [
    ("age", TagKind::Int),
    ("ltv", LTV),
    ("city", TagKind::Category),
    ("gender", TagKind::Category),
    ("is_vip", TagKind::Bool),
    ("birthday", TagKind::Date),
    ("last_order", TagKind::Timestamp),
    ("first_order", TagKind::Timestamp),
    ("order", TagKind::Int),
];

impl World {
    pub(super) fn empty() -> Self {
        Self {
            segments: Vec::new(),
        }
    }
}

impl Scope for World {
    fn tag(&self, name: &str) -> Option<TagSlot> {
        // A display name.
        let name = if name == "城市" { "city" } else { name };
        let (name, kind) = TAGS.iter().find(|(known, _)| *known == name)?;
        Some(TagSlot {
            name: Name::new(name).expect("a name"),
            kind: *kind,
            version: Some(TagVersion(1)),
        })
    }

    fn tag_names(&self) -> Vec<String> {
        TAGS.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    fn segment(&self, name: &str) -> Option<SavedSegment> {
        let (_, text, zone) = self.segments.iter().find(|(known, ..)| *known == name)?;
        Some(SavedSegment {
            expr: parse(text).expect("a segment"),
            zone: zone.map(str::to_owned),
        })
    }

    fn segment_names(&self) -> Vec<String> {
        self.segments
            .iter()
            .map(|(name, ..)| (*name).to_owned())
            .collect()
    }
}

/// Binds text in Shanghai.
pub(super) fn bound(world: &World, text: &str) -> Result<Plan, BindError> {
    let tree = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    bind(&tree, world, NOW, "Asia/Shanghai").map(|(plan, _)| plan)
}

/// The plan of text that binds.
#[track_caller]
pub(super) fn plan(text: &str) -> Plan {
    bound(&World::empty(), text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The message of text that does not bind, and where in the text it points.
#[track_caller]
pub(super) fn refused(text: &str, column: u32, parts: &[&str]) {
    use std::error::Error;
    let error = bound(&World::empty(), text).expect_err(text);
    let source = error.source().map(|s| format!(": {s}")).unwrap_or_default();
    let message = format!("{error}{source}");
    for part in parts {
        assert!(message.contains(part), "{text}: {message}");
    }
    let place = error.position(text).map(|place| place.column);
    assert_eq!(place, Some(column), "{text}: {message}");
}
