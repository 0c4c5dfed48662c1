//! The frame of one log entry, in the log file and on the wire.
//!
//! | bytes | meaning |
//! | --- | --- |
//! | 0 | format, 1 |
//! | 1 | kind: 0 blank, 1 command, 2 membership |
//! | 2 … 9 | term, little endian |
//! | 10 … 17 | index, little endian |
//! | 18 … n − 4 | command: an encoded catalog entry; membership: an encoded [`MembershipForm`] |
//! | last 4 | crc32c of all before, little endian |

use openraft::EntryPayload;
use tagma_core::catalog;

use super::{Error, MembershipForm, Result, seal, unseal};
use crate::raft::types::{EntryBytes, Payload, RaftEntry, log_id};

const FORMAT: u8 = 1;
const HEADER_BYTES: usize = 18;
const BLANK: u8 = 0;
const COMMAND: u8 = 1;
const MEMBERSHIP: u8 = 2;

/// Frames an entry.
pub(crate) fn encode_entry(entry: &RaftEntry) -> Vec<u8> {
    match &entry.payload {
        EntryPayload::Blank => frame(entry, BLANK, &[]),
        EntryPayload::Normal(command) => frame(entry, COMMAND, command.as_slice()),
        EntryPayload::Membership(membership) => {
            let form = MembershipForm::from(membership);
            frame(entry, MEMBERSHIP, &catalog::codec::encode(&form))
        }
    }
}

fn frame(entry: &RaftEntry, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + content.len() + 4);
    bytes.extend_from_slice(&[FORMAT, kind]);
    bytes.extend_from_slice(&entry.log_id.leader_id.term.to_le_bytes());
    bytes.extend_from_slice(&entry.log_id.index.to_le_bytes());
    bytes.extend_from_slice(content);
    seal(bytes)
}

/// Verifies and reads a frame. The command inside stays encoded.
///
/// # Errors
/// Damaged, or of a newer format.
pub(crate) fn decode_entry(sealed: &[u8]) -> Result<RaftEntry> {
    let bytes = unseal(sealed)?;
    let Some((header, content)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        return Err(Error::damaged(format!(
            "{} bytes are no log entry",
            bytes.len()
        )));
    };
    let [format, kind, rest @ ..] = header;
    if *format != FORMAT {
        return Err(Error::Format { found: *format });
    }
    let (term, index) = rest.split_at(8);
    Ok(RaftEntry {
        log_id: log_id(number(term), number(index)),
        payload: payload(*kind, content)?,
    })
}

fn payload(kind: u8, content: &[u8]) -> Result<Payload> {
    match kind {
        BLANK if content.is_empty() => Ok(EntryPayload::Blank),
        COMMAND => Ok(EntryPayload::Normal(EntryBytes::from_slice(content))),
        MEMBERSHIP => {
            let form: MembershipForm = catalog::codec::decode(content, "membership")?;
            Ok(EntryPayload::Membership(form.into_membership()?))
        }
        _ => Err(Error::damaged(format!(
            "a log entry of kind {kind}, {} bytes",
            content.len()
        ))),
    }
}

/// A little-endian number of at most 8 bytes.
fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::raft::types::{Membership, Peer};

    fn entries() -> Vec<RaftEntry> {
        let nodes: BTreeMap<u64, Peer> = [(1, "a:1"), (9, "b:2")]
            .map(|(id, address)| {
                (
                    id,
                    Peer {
                        address: address.into(),
                    },
                )
            })
            .into();
        let membership = Membership::new(vec![BTreeSet::from([1])], nodes).expect("valid");
        [
            EntryPayload::Blank,
            EntryPayload::Normal(EntryBytes::from_slice(b"command")),
            EntryPayload::Membership(membership),
        ]
        .into_iter()
        .zip(5..)
        .map(|(payload, index)| RaftEntry {
            log_id: log_id(3, index),
            payload,
        })
        .collect()
    }

    #[test]
    fn entries_come_back_and_flipped_bits_are_found() {
        for entry in entries() {
            let bytes = encode_entry(&entry);
            assert_eq!(decode_entry(&bytes).expect("whole"), entry);
            for bit in 0..bytes.len() * 8 {
                let mut damaged = bytes.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                assert!(decode_entry(&damaged).is_err(), "bit {bit} of {entry}");
            }
        }
    }

    #[test]
    fn the_frame_is_pinned_by_golden_bytes() {
        let golden = [
            "010003000000000000000500000000000000b65095bd",
            "010103000000000000000600000000000000636f6d6d616e64906a339d",
        ];
        let found: Vec<_> = entries()
            .iter()
            .map(|e| hex::encode(encode_entry(e)))
            .collect();
        assert_eq!(found[..2], golden);
    }

    #[test]
    fn a_newer_format_is_named() {
        let mut bytes = encode_entry(&entries()[0]);
        bytes.truncate(HEADER_BYTES);
        bytes[0] = 2;
        let error = decode_entry(&seal(bytes)).expect_err("newer");
        assert_eq!(error.kind(), tagma_core::ErrorKind::Incompatible);
    }
}
