//! Fixed-width newtypes for everything that is counted or named by number.

mod log;
mod node;
mod one_id;

pub use self::log::{AsOf, LogIndex, RowSeq, ShardEpoch, TagVersion, Term};
pub use self::node::NodeId;
pub use self::one_id::{OneId, Ordinal, ShardId};
