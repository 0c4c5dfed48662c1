//! The five sources, a file each: the columns of its table, and the rows that it has of a person.

mod appointments;
mod crm_members;
mod miniapp_events;
mod parts;
mod reference;
mod visits;
mod wecom_contacts;
mod write;

pub(crate) use self::parts::Parts;
pub(crate) use self::reference::{projects, shops};
pub(crate) use self::write::{layout, write};
