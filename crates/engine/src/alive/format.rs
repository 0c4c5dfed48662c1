//! Live state as bytes, for the shard manifest. Little-endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `TAGMALIV` |
//! | 2 | format version, 1 |
//! | 6 | 0 |
//! | 8 | floor |
//! | 8 | newest index |
//! | 4 | number of chunks |
//! | … | chunks |
//! | 4 | crc32c of all bytes before |
//!
//! A chunk: u32 people, u8 form of the set (a container form), 3 × 0, u32 length of its payload,
//! u32 number of changes; the payload; per change u64 index, u32 start, u32 end, u8 alive, 7 × 0.
//! Changes stand in order of application. A full set is all 65,536; one of the first n, a run.

use tagma_core::LogIndex;

use super::{
    Error, LiveBitmap,
    chunk::LiveChunk,
    history::{Change, History},
};
use crate::chunk::{CHUNK_ORDINALS, ChunkSet, Container, ContainerForm, encode_words};

const MAGIC: [u8; 8] = *b"TAGMALIV";
const FORMAT_VERSION: u16 = 1;
const HEADER_BYTES: usize = 36;
const CHUNK_HEADER_BYTES: usize = 16;
const CHANGE_BYTES: usize = 24;

impl LiveBitmap {
    /// The state as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        out.extend_from_slice(&[0; 6]);
        out.extend_from_slice(&self.floor.0.to_le_bytes());
        out.extend_from_slice(&self.newest.0.to_le_bytes());
        out.extend_from_slice(&(self.chunks.len() as u32).to_le_bytes());
        for chunk in self.chunks.iter() {
            encode_chunk(chunk, &mut out);
        }
        let crc = crc32c::crc32c(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        out
    }

    /// The state of bytes; `name` says in errors what they are.
    ///
    /// # Errors
    /// [`Error::Corrupt`], [`Error::Incompatible`].
    pub fn decode(bytes: &[u8], name: &str) -> Result<Self, Error> {
        let corrupt = |what| Error::Corrupt {
            object: name.to_owned(),
            what,
        };
        let (body, crc) = bytes.split_last_chunk::<4>().ok_or(corrupt("too short"))?;
        if crc32c::crc32c(body) != u32::from_le_bytes(*crc) {
            return Err(corrupt("checksum"));
        }
        let mut rest = Reader(body);
        let header = rest.take::<HEADER_BYTES>().ok_or(corrupt("too short"))?;
        if header[..8] != MAGIC {
            return Err(corrupt("not live state"));
        }
        let found = u16::from_le_bytes([header[8], header[9]]);
        if found != FORMAT_VERSION {
            return Err(Error::Incompatible {
                object: name.to_owned(),
                found,
                supported: FORMAT_VERSION,
            });
        }
        let [floor, newest] = [number(header, 16), number(header, 24)].map(LogIndex);
        let mut chunks = Vec::new();
        for _ in 0..number(header, 32) as u32 {
            let chunk = decode_chunk(&mut rest, floor..=newest).map_err(corrupt)?;
            chunks.push(chunk.into());
        }
        if !rest.0.is_empty() || floor > newest {
            return Err(corrupt(
                "more bytes than chunks, or a floor beyond the newest entry",
            ));
        }
        Ok(Self {
            chunks: chunks.into(),
            floor,
            newest,
        })
    }
}

fn encode_chunk(chunk: &LiveChunk, out: &mut Vec<u8>) {
    let mut payload = Vec::new();
    let form = encode_words(&chunk.newest, CHUNK_ORDINALS, &mut payload);
    out.extend_from_slice(&chunk.count.to_le_bytes());
    out.extend_from_slice(&[form as u8, 0, 0, 0]);
    out.extend_from_slice(&(payload.len() as u32).to_le_bytes());
    out.extend_from_slice(&(chunk.changes.len() as u32).to_le_bytes());
    out.append(&mut payload);
    for change in chunk.changes.iter() {
        out.extend_from_slice(&change.index.0.to_le_bytes());
        out.extend_from_slice(&change.start.to_le_bytes());
        out.extend_from_slice(&change.end.to_le_bytes());
        out.extend_from_slice(&[u8::from(change.alive), 0, 0, 0, 0, 0, 0, 0]);
    }
}

fn decode_chunk(
    rest: &mut Reader<'_>,
    indexes: std::ops::RangeInclusive<LogIndex>,
) -> Result<LiveChunk, &'static str> {
    let header = rest
        .take::<CHUNK_HEADER_BYTES>()
        .ok_or("too short for its chunks")?;
    let [count, payload_len, changes_len] = [0, 8, 12].map(|at| number(header, at) as u32);
    let form = ContainerForm::from_number(header[4]).ok_or("form of a set")?;
    let payload = rest
        .slice(payload_len as usize)
        .ok_or("too short for a set")?;
    let container = Container::view(form, payload, CHUNK_ORDINALS).map_err(|error| error.0)?;
    container
        .check(CHUNK_ORDINALS, count)
        .map_err(|error| error.0)?;
    let mut chunk = LiveChunk {
        newest: set_of(&container),
        count,
        changes: History::default(),
    };
    let mut before = *indexes.start();
    for _ in 0..changes_len {
        let bytes = rest
            .take::<CHANGE_BYTES>()
            .ok_or("too short for its changes")?;
        let change = Change {
            index: LogIndex(number(bytes, 0)),
            start: number(bytes, 8) as u32,
            end: number(bytes, 12) as u32,
            alive: bytes[16] == 1,
        };
        let ordered = change.index >= before && change.index <= *indexes.end();
        if !ordered || change.start >= change.end || change.end > CHUNK_ORDINALS {
            return Err("changes out of order");
        }
        before = change.index;
        chunk.changes.record(change);
    }
    check_history(&chunk)
        .then_some(chunk)
        .ok_or("history does not lead to the set")
}

/// A set of the first n is kept as that.
fn set_of(container: &Container<'_>) -> ChunkSet {
    let mut set = ChunkSet::default();
    match container {
        Container::Runs([run]) if run[..2] == [0, 0] => {
            set.fill(u32::from(u16::from_le_bytes([run[2], run[3]])) + 1);
        }
        other => set.assign_container(other),
    }
    set
}

/// Whether every change, taken back from the newest on, meets people who are what it made them:
/// then no reading can go wrong.
fn check_history(chunk: &LiveChunk) -> bool {
    let mut set = chunk.newest.clone();
    let mut stretch = ChunkSet::default();
    chunk.changes.iter().rev().all(|change| {
        stretch.clear();
        stretch.insert_range(change.start, change.end);
        stretch.and(&set);
        let alive = stretch.count();
        match change.alive {
            true => set.remove_range(change.start, change.end),
            false => set.insert_range(change.start, change.end),
        }
        alive
            == if change.alive {
                change.end - change.start
            } else {
                0
            }
    })
}

/// Up to eight bytes at `at`, fewer at the end.
fn number(bytes: &[u8], at: usize) -> u64 {
    let mut out = [0; 8];
    let end = bytes.len().min(at + 8);
    out[..end - at].copy_from_slice(&bytes[at..end]);
    u64::from_le_bytes(out)
}

/// Bytes not read yet.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(taken)
    }

    fn slice(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }
}
