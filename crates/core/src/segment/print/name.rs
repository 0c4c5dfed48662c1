//! Names as text: quoted where a bare word would mean something else.

use std::fmt::{self, Write};

use crate::{schema::Name, segment::reserved::is_reserved};

pub(super) fn write_name(out: &mut String, name: &Name) -> fmt::Result {
    let text = name.as_str();
    let plain = |c: char| c.is_alphabetic() || c.is_ascii_digit() || c == '_';
    if text.chars().all(plain) && !is_reserved(text) {
        return out.write_str(text);
    }
    write!(out, "\"{text}\"")
}
