//! From a source to its columns and to its rows of a person.

use super::{appointments, crm_members, miniapp_events, visits, wecom_contacts};
use crate::demo::{block::BlockOutput, person::Person, source::Source, tables::Layout};

/// The columns of a source's table.
pub(crate) fn layout(source: Source) -> Layout {
    match source {
        Source::Crm => crm_members::LAYOUT,
        Source::Miniapp => miniapp_events::LAYOUT,
        Source::Appointments => appointments::LAYOUT,
        Source::Visits => visits::LAYOUT,
        Source::Wecom => wecom_contacts::LAYOUT,
    }
}

/// All rows of a person, in those sources that know the person: one at least in each.
pub(crate) fn write(person: &Person, out: &mut BlockOutput<'_>) {
    for source in Source::ALL {
        if !person.known.has(source) {
            continue;
        }
        match source {
            Source::Crm => crm_members::write(person, out),
            Source::Miniapp => miniapp_events::write(person, out),
            Source::Appointments => appointments::write(person, out),
            Source::Visits => visits::write(person, out),
            Source::Wecom => wecom_contacts::write(person, out),
        }
    }
}
