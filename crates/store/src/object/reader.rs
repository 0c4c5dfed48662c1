//! Reading a whole framed object that is in memory.
//!
//! Owns the verification of everything but section contents at `parse`, and of a section's
//! content when it is asked for. Copies nothing: sections are slices of the object.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::footer::Footer;
use super::header::{HEADER_LENGTH, Header};
use super::kind::ObjectKind;
use super::layout::{ENTRY_LENGTH, WORD, align_up, decode_entry};
use super::nonce::Nonce;
use super::section::{SectionRef, verify_section};
use crate::error::{Error, Result};

/// A parsed object whose sections can be taken out.
#[derive(Debug, Clone)]
pub struct ObjectReader {
    name: String,
    nonce: Nonce,
    bytes: Bytes,
    order: Vec<u64>,
    sections: BTreeMap<u64, SectionRef>,
}

impl ObjectReader {
    /// Verifies header, footer, directory and padding of the whole object `bytes`.
    ///
    /// `name` is the object's key, for messages.
    ///
    /// # Errors
    /// `Corrupt` if it is damaged, cut or of another kind than `expected`; `Version` if it is
    /// intact but of another format.
    pub fn parse(bytes: Bytes, expected: ObjectKind, name: &str) -> Result<Self> {
        let header = Header::decode(&bytes, name)?;
        if header.kind != expected.number() {
            let found = ObjectKind::from_number(header.kind).map_or_else(
                || format!("of kind {}", header.kind),
                |kind| format!("a {kind}"),
            );
            let what = format!("header at offset 0 says it is {found}, not a {expected}");
            return Err(Error::corrupt(name, what));
        }
        let footer = Footer::decode(&bytes, name)?;
        if crc32c::crc32c(&bytes[..HEADER_LENGTH]) != footer.header_crc {
            return Err(Error::corrupt(
                name,
                "header at offset 0 is not the one of the footer",
            ));
        }
        let directory = read_directory(&bytes, &footer, name)?;
        check_places(&bytes, header.alignment, &directory, &footer, name)?;
        let order = directory.iter().map(|(id, _)| *id).collect();
        let sections: BTreeMap<_, _> = directory.iter().copied().collect();
        if sections.len() != directory.len() {
            return Err(Error::corrupt(name, "directory names a section twice"));
        }
        Ok(Self {
            name: name.to_owned(),
            nonce: header.nonce,
            bytes,
            order,
            sections,
        })
    }

    /// The content of a section, verified; a slice of the object.
    ///
    /// # Errors
    /// `Corrupt` if the object has no such section or its checksum fails.
    pub fn section(&self, id: u64) -> Result<Bytes> {
        let Some(section) = self.sections.get(&id) else {
            return Err(Error::corrupt(
                &self.name,
                format!("section {id} is missing"),
            ));
        };
        // `parse` has shown that every section ends before the directory.
        let range = section.range();
        let bytes = self.bytes.slice(range.start as usize..range.end as usize);
        verify_section(bytes, section, &self.name).map_err(|error| match error {
            Error::Corrupt { object, what } => Error::Corrupt {
                object,
                what: format!("section id {id}: {what}"),
            },
            other => other,
        })
    }

    /// Where a section lies, if the object has it.
    pub fn section_ref(&self, id: u64) -> Option<SectionRef> {
        self.sections.get(&id).copied()
    }

    /// Ids of all sections, in their order in the object.
    pub fn section_ids(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.order.iter().copied()
    }

    /// The nonce of the writer.
    pub fn nonce(&self) -> Nonce {
        self.nonce
    }

    /// Key of the object, as given to `parse`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn read_directory(bytes: &[u8], footer: &Footer, name: &str) -> Result<Vec<(u64, SectionRef)>> {
    let start = footer.directory_offset as usize;
    let directory = &bytes[start..start + footer.directory_length as usize];
    if crc32c::crc32c(directory) != footer.directory_crc {
        let what = format!("directory at offset {start} fails its checksum");
        return Err(Error::corrupt(name, what));
    }
    Ok(directory
        .chunks_exact(ENTRY_LENGTH)
        .map(decode_entry)
        .collect())
}

/// Checks that sections and directory lie exactly where a writer puts them, zeros between.
fn check_places(
    bytes: &[u8],
    alignment: u32,
    directory: &[(u64, SectionRef)],
    footer: &Footer,
    name: &str,
) -> Result<()> {
    let limit = footer.directory_offset;
    let mut end = HEADER_LENGTH as u64;
    for (id, section) in directory {
        let next = section.offset.checked_add(section.length);
        let next = next.filter(|next| *next <= limit);
        let (Some(next), Some(expected)) = (next, align_up(end, alignment)) else {
            return Err(Error::corrupt(
                name,
                format!("section {id} lies outside the object"),
            ));
        };
        if section.offset != expected {
            let SectionRef { offset, .. } = section;
            let what = format!("section {id} lies at offset {offset}, not at {expected}");
            return Err(Error::corrupt(name, what));
        }
        check_zeros(bytes, end, expected, name)?;
        end = next;
    }
    if align_up(end, WORD) != Some(limit) {
        let what = format!("directory lies at offset {limit}, not after the last section");
        return Err(Error::corrupt(name, what));
    }
    check_zeros(bytes, end, limit, name)
}

fn check_zeros(bytes: &[u8], start: u64, end: u64, name: &str) -> Result<()> {
    let padding = &bytes[start as usize..end as usize];
    match padding.iter().position(|byte| *byte != 0) {
        None => Ok(()),
        Some(at) => {
            let what = format!("padding at offset {} is not zero", start + at as u64);
            Err(Error::corrupt(name, what))
        }
    }
}
