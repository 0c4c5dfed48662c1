//! The pure domain of Tagma: ids, kinds, values, the segment language, the catalog state machine.
//!
//! Owns every word that the other crates share. Must not do IO, read a clock, draw random numbers,
//! start threads or be `async`: what comes out is a function of what goes in.

pub mod catalog;
pub mod document;
pub mod error;
pub mod id;
pub mod job;
pub mod journal;
pub mod limits;
pub mod number;
pub mod schema;
pub mod segment;
pub mod time;
pub mod value;

pub use error::ErrorKind;
pub use id::{
    AsOf, LogIndex, NodeId, OneId, Ordinal, RowSeq, ShardEpoch, ShardId, TagVersion, Term,
};
pub use value::{Value, ValueType};
