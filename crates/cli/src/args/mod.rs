//! Flags that several commands share, and how their values are read.

mod duration;
mod instant;
mod person;
mod read_at;
mod text;

pub(crate) use self::duration::parse_duration;
pub(crate) use self::instant::InstantArg;
pub(crate) use self::person::parse_person;
pub(crate) use self::read_at::{ReadAtArgs, micros, parse_zone};
pub(crate) use self::text::{Mark, parse_encoding, parse_mark};
