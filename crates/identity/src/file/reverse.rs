//! Reverse files: links in OneID order and the first OneID of each page; one file per range.
//!
//! Body: links of 16 bytes, zeros to the end of the page, then one i64 for each page of links.

use std::path::Path;

use tagma_core::{LogIndex, OneId};

use super::footer::{Footer, Kind, PAGE_BYTES};
use super::pages::Pages;
use super::writer::Writer;
use super::{CheckpointFile, Error};
use crate::key::KeyFingerprint;
use crate::table::Link;

/// Links after which a file ends, at the next person.
const LINKS_PER_FILE: u64 = 1 << 20;

/// Links in a page.
const PAGE_LINKS: usize = PAGE_BYTES / Link::BYTES;

/// A range of people of a checkpoint.
#[derive(Debug)]
pub(super) struct Reverse {
    pages: Pages,
    links: usize,
}

impl Reverse {
    pub(super) fn open(pages: Pages) -> Result<Self, Error> {
        let footer = pages.footer();
        let links = usize::try_from(footer.records).ok();
        let body_bytes = links.and_then(|links| {
            let link_pages = links.div_ceil(PAGE_LINKS);
            link_pages.checked_mul(PAGE_BYTES + 8)
        });
        match links {
            Some(links) if body_bytes == Some(pages.body_bytes()) => Ok(Self { pages, links }),
            _ => Err(pages.corrupt("its count does not fit its size")),
        }
    }

    pub(super) fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Whether links of a person can be in this file.
    pub(super) fn may_hold(&self, person: OneId) -> bool {
        let footer = self.pages.footer();
        (footer.first..=footer.last).contains(&person.get())
    }

    /// Hash prefixes of a person's identifiers.
    pub(super) fn prefixes_of(&self, person: OneId) -> Result<Vec<u64>, Error> {
        let mut prefixes = Vec::new();
        let mut page = self.first_page_of(person)?;
        while page * PAGE_LINKS < self.links {
            for link in self.page(page)? {
                let link = self.decode(link)?;
                if link.origin == person {
                    prefixes.push(link.prefix);
                } else if link.origin > person {
                    return Ok(prefixes);
                }
            }
            page += 1;
        }
        Ok(prefixes)
    }

    /// All links in OneID order.
    pub(super) fn links(&self) -> impl Iterator<Item = Result<Link, Error>> + '_ {
        (0..self.links.div_ceil(PAGE_LINKS)).flat_map(move |page| {
            let (links, failed) = match self.page(page) {
                Ok(links) => (links, None),
                Err(error) => (&[][..], Some(Err(error))),
            };
            let decoded = links.iter().map(|link| self.decode(link));
            failed.into_iter().chain(decoded)
        })
    }

    fn page(&self, page: usize) -> Result<&[[u8; Link::BYTES]], Error> {
        let start = page * PAGE_LINKS;
        let count = PAGE_LINKS.min(self.links.saturating_sub(start));
        let bytes = self.pages.read(start * Link::BYTES, count * Link::BYTES)?;
        Ok(bytes.as_chunks().0)
    }

    fn decode(&self, bytes: &[u8; Link::BYTES]) -> Result<Link, Error> {
        Link::from_bytes(bytes).ok_or_else(|| self.pages.corrupt("a link without a OneID"))
    }

    /// The last page that starts before `person`, or the first: its links begin there or later.
    fn first_page_of(&self, person: OneId) -> Result<usize, Error> {
        let link_pages = self.links.div_ceil(PAGE_LINKS);
        let bytes = self.pages.read(link_pages * PAGE_BYTES, link_pages * 8)?;
        let (firsts, _) = bytes.as_chunks::<8>();
        let before = firsts.partition_point(|first| i64::from_le_bytes(*first) < person.get());
        Ok(before.saturating_sub(1))
    }
}

/// Writes the reverse files of a checkpoint from one stream in OneID order.
pub(super) struct ReverseWriter<'a> {
    dir: &'a Path,
    index: LogIndex,
    fingerprint: KeyFingerprint,
    finished: Vec<CheckpointFile>,
    current: Option<Range>,
}

/// The file that is being written: it has at least one link.
struct Range {
    writer: Writer,
    links: u64,
    first: OneId,
    last: OneId,
    page_firsts: Vec<u8>,
}

impl<'a> ReverseWriter<'a> {
    pub(super) fn new(dir: &'a Path, index: LogIndex, fingerprint: KeyFingerprint) -> Self {
        Self {
            dir,
            index,
            fingerprint,
            finished: Vec::new(),
            current: None,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, link: Link) -> Result<(), Error> {
        let is_full = self
            .current
            .as_ref()
            .is_some_and(|range| range.links >= LINKS_PER_FILE && range.last != link.origin);
        if is_full {
            self.seal()?;
        }
        let range = match &mut self.current {
            Some(range) => range,
            None => {
                let number = self.finished.len();
                let name = format!("identity-{:010x}-reverse-{number:05}.tgm", self.index.0);
                self.current.insert(Range {
                    writer: Writer::create(self.dir, name)?,
                    links: 0,
                    first: link.origin,
                    last: link.origin,
                    page_firsts: Vec::new(),
                })
            }
        };
        if range.links.is_multiple_of(PAGE_LINKS as u64) {
            range
                .page_firsts
                .extend_from_slice(&link.origin.get().to_le_bytes());
        }
        range.links += 1;
        range.last = link.origin;
        range.writer.write(&link.to_bytes())
    }

    /// The files of all ranges; none where there is no link.
    pub(super) fn finish(mut self) -> Result<Vec<CheckpointFile>, Error> {
        self.seal()?;
        Ok(self.finished)
    }

    fn seal(&mut self) -> Result<(), Error> {
        let Some(mut range) = self.current.take() else {
            return Ok(());
        };
        range.writer.pad_page()?;
        range.writer.write(&range.page_firsts)?;
        let file = range.writer.finish(Footer {
            kind: Kind::Reverse,
            partition: self.finished.len() as u32,
            partition_bits: 0,
            bucket_bits: 0,
            index: self.index,
            fingerprint: self.fingerprint,
            records: range.links,
            first: range.first.get(),
            last: range.last.get(),
        })?;
        self.finished.push(file);
        Ok(())
    }
}
