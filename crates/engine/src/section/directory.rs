//! Reads the directory: what every chunk has, and where.

use bytes::Bytes;

use super::format::{Block, ENTRY_BYTES, Entry, HEADER_BYTES, Header, align};
use crate::chunk::chunk_count;

/// The entries, after checking that directory, chunks and dictionary fill the bytes exactly.
pub(super) fn parse_directory(bytes: &Bytes, header: &Header) -> Result<Vec<Entry>, &'static str> {
    let Block { offset, len, crc } = header.directory;
    let end = offset.checked_add(len).ok_or("beyond the section")?;
    if end != bytes.len() as u64 {
        return Err("does not end the section");
    }
    let block = &bytes[offset as usize..];
    if crc32c::crc32c(block) != crc {
        return Err("checksum");
    }
    let chunks = chunk_count(header.population) as usize;
    let table = chunks * ENTRY_BYTES;
    if block.len() < table {
        return Err("too short for its chunks");
    }
    let mut entries = Vec::with_capacity(chunks);
    let (mut start, mut page, mut rows) = (align(HEADER_BYTES), 0, 0_u64);
    for (chunk, entry) in block[..table]
        .as_chunks::<ENTRY_BYTES>()
        .0
        .iter()
        .enumerate()
    {
        let entry = Entry::decode(entry).ok_or("unknown form or layout")?;
        entry.check(header, chunk as u32)?;
        if entry.offset != start as u64 || entry.first_page as usize != page {
            return Err("chunks do not follow each other");
        }
        start = entry.parts()[3];
        page = entry.pages()[3];
        rows += u64::from(entry.rows);
        entries.push(entry);
    }
    if block.len() - table != page * 4 {
        return Err("number of checksums");
    }
    let dictionary = header.dictionary;
    let dictionary_end = dictionary.offset.checked_add(dictionary.len);
    let fills = dictionary.offset == start as u64
        && dictionary_end.is_some_and(|end| end <= offset && align(end as usize) as u64 == offset);
    if !fills || rows != header.rows {
        return Err("parts do not fill the section");
    }
    Ok(entries)
}
