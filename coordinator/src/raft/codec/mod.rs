//! Bytes of everything that Raft stores and sends, independent of openraft's own layouts.
//!
//! Owns the frames and their checksums. Must not do IO. Formats only grow: a field is added with a
//! default, a frame changes by a new format byte.

mod entry;
mod error;
mod form;
mod rpc;
mod seal;

pub(crate) use self::entry::{decode_entry, encode_entry};
pub(crate) use self::error::{Error, Result};
pub(crate) use self::form::{LogIdForm, MembershipForm, VoteForm};
pub(crate) use self::rpc::{
    AppendForm, AppendReplyForm, TransferForm, VoteReplyForm, VoteRequestForm,
};
pub(crate) use self::seal::{seal, unseal};
