//! The first bytes of the redb file: which of its last two commits counts.
//!
//! Owns one decision before redb opens the file. redb keeps two commit slots, each with a
//! checksum, and one bit in a byte without checksum that says which is the primary; of a primary
//! written with two-phase commit it trusts that bit alone. One flipped bit there would make it
//! take the commit before the last: acknowledged entries would be gone without a word.
//!
//! ```text
//!   0   9  magic "redb" 1A 0A A9 0D 0A
//!   9   1  "god byte": bit 0 number of the primary slot, bit 1 not closed in order,
//!          bit 2 the primary was committed in two phases, bit 3 (several processes) not used here
//!  10  54  page size and regions: checked by redb, or computed from the length of the file
//!  64 128  commit slot 0
//! 192 128  commit slot 1
//!
//! commit slot
//!   0   1  format version, 3
//!   1   2  whether there are roots of the user's and of the system's tables
//!   8  64  these roots: page, checksum, length of each
//! 104   8  transaction id, little-endian; grows with every commit
//! 112  16  XXH3 (128 bits, seed 0) of bytes 0..112, little-endian
//! ```
//!
//! A commit writes the older slot, fsyncs, flips bit 0, fsyncs. So a primary that is intact and
//! *older* than an intact secondary means either a crash between the two phases, with nothing
//! acknowledged yet, or a flipped bit 0. The newer commit may be taken in both cases, provided
//! its pages verify, and the older one otherwise: exactly what redb does with slots committed in
//! one phase. So in this one state bit 2 is cleared and redb decides. A damaged primary is left
//! as it is: redb then refuses the file.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::files;
use crate::raft::error::{Error, Result};

const MAGIC: [u8; 9] = *b"redb\x1a\x0a\xa9\x0d\x0a";
const GOD_BYTE: usize = 9;
const PRIMARY: u8 = 1;
const TWO_PHASE: u8 = 4;
const SLOTS: usize = 64;
const SLOT_LENGTH: usize = 128;
const VERSION: u8 = 3;
const TRANSACTION: usize = 104;
const CHECKSUM: usize = 112;

/// Bytes that all this is about.
pub(super) const HEADER_LENGTH: usize = SLOTS + 2 * SLOT_LENGTH;

/// Lets redb choose between the slots of a closed file where the primary is not the newer one.
///
/// # Errors
/// Where the file cannot be read or written. What is no redb file is left to redb.
pub(super) fn settle(path: &Path) -> Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path);
    let file = file.map_err(Error::io("open", path))?;
    // An open file is its owner's, and between the phases of a commit now and then; redb will
    // refuse to open it a second time.
    if file.try_lock().is_err() {
        return Ok(());
    }
    let Some(header) = read_header(&file).map_err(Error::io("read", path))? else {
        return Ok(());
    };
    let Some(god_byte) = undecided(&header) else {
        return Ok(());
    };
    tracing::warn!(path = %path.display(), "the newer of two commits was not marked as such");
    file.write_all_at(&[god_byte], GOD_BYTE as u64)
        .map_err(Error::io("write", path))?;
    files::sync_or_die(file.sync_all(), path);
    Ok(())
}

/// The first bytes, if the file has as many.
fn read_header(file: &File) -> io::Result<Option<[u8; HEADER_LENGTH]>> {
    let mut header = [0; HEADER_LENGTH];
    match file.read_exact_at(&mut header, 0) {
        Ok(()) => Ok(Some(header)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// The god byte that leaves the choice to redb, where the marked slot is intact and so is a newer.
fn undecided(header: &[u8; HEADER_LENGTH]) -> Option<u8> {
    let god_byte = header[GOD_BYTE];
    if !header.starts_with(&MAGIC) || god_byte & TWO_PHASE == 0 {
        return None;
    }
    let primary = usize::from(god_byte & PRIMARY);
    let marked = transaction(header, primary)?;
    let other = transaction(header, 1 - primary)?;
    (other > marked).then_some(god_byte & !TWO_PHASE)
}

/// The transaction id of an intact slot.
fn transaction(header: &[u8; HEADER_LENGTH], number: usize) -> Option<u64> {
    let slot = header[SLOTS..].chunks_exact(SLOT_LENGTH).nth(number)?;
    let (content, checksum) = slot.split_at(CHECKSUM);
    let is_intact = content[0] == VERSION && xxh3_128(content).to_le_bytes().as_slice() == checksum;
    let id = content[TRANSACTION..].try_into().ok()?;
    is_intact.then(|| u64::from_le_bytes(id))
}
