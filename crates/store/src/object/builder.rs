//! Building one framed object in memory.
//!
//! Owns the placing of sections. Must not write anywhere: the bytes go to `Store::create`.

use std::collections::BTreeSet;

use bytes::{BufMut, Bytes, BytesMut};

use super::footer::{FOOTER_LENGTH, Footer};
use super::header::{HEADER_LENGTH, Header};
use super::kind::ObjectKind;
use super::layout::{ENTRY_LENGTH, PAGE, WORD, encode_entry};
use super::nonce::Nonce;
use super::section::SectionRef;

/// Collects sections into one framed object.
#[derive(Debug)]
pub struct ObjectBuilder {
    header: Header,
    body: BytesMut,
    directory: Vec<(u64, SectionRef)>,
    ids: BTreeSet<u64>,
}

impl ObjectBuilder {
    /// An object without sections yet; they will be aligned to 8 bytes.
    pub fn new(kind: ObjectKind, nonce: Nonce) -> Self {
        Self::with_header(Header::new(kind, WORD, nonce))
    }

    /// Aligns the sections to 4 KiB instead, for objects that are mapped or read in place.
    ///
    /// # Panics
    /// If a section has been added already.
    #[must_use]
    pub fn aligned(self) -> Self {
        assert!(
            self.directory.is_empty(),
            "alignment is chosen before the first section"
        );
        Self::with_header(Header {
            alignment: PAGE,
            ..self.header
        })
    }

    fn with_header(header: Header) -> Self {
        let mut body = BytesMut::new();
        body.put_slice(&header.encode());
        Self {
            header,
            body,
            directory: Vec::new(),
            ids: BTreeSet::new(),
        }
    }

    /// Appends a section and tells where it lies, for references kept elsewhere.
    ///
    /// # Panics
    /// If the object has a section with this id: ids are chosen by the writer, never read.
    pub fn section(&mut self, id: u64, bytes: impl AsRef<[u8]>) -> SectionRef {
        assert!(
            self.ids.insert(id),
            "section id {id} is used twice in one object"
        );
        let bytes = bytes.as_ref();
        self.pad(self.header.alignment);
        let section = SectionRef {
            offset: self.body.len() as u64,
            length: bytes.len() as u64,
            crc: crc32c::crc32c(bytes),
        };
        self.body.put_slice(bytes);
        self.directory.push((id, section));
        section
    }

    /// The sections so far, in order: (id, place).
    pub fn directory(&self) -> &[(u64, SectionRef)] {
        &self.directory
    }

    /// Bytes collected so far, without directory and footer: for writers that bound an object.
    pub fn body_length(&self) -> usize {
        self.body.len()
    }

    /// The nonce that the object carries.
    pub fn nonce(&self) -> Nonce {
        self.header.nonce
    }

    /// The whole object.
    pub fn finish(mut self) -> Bytes {
        self.pad(WORD);
        let directory_offset = self.body.len();
        self.body
            .reserve(self.directory.len() * ENTRY_LENGTH + FOOTER_LENGTH);
        for (id, section) in &self.directory {
            self.body.put_slice(&encode_entry(*id, section));
        }
        let directory_length = self.body.len() - directory_offset;
        let footer = Footer {
            directory_offset: directory_offset as u64,
            directory_length: directory_length as u64,
            object_length: (self.body.len() + FOOTER_LENGTH) as u64,
            directory_crc: crc32c::crc32c(&self.body[directory_offset..]),
            header_crc: crc32c::crc32c(&self.body[..HEADER_LENGTH]),
        };
        self.body.put_slice(&footer.encode());
        self.body.freeze()
    }

    fn pad(&mut self, alignment: u32) {
        let aligned = self.body.len().next_multiple_of(alignment as usize);
        self.body.resize(aligned, 0);
    }
}
