//! Consensus among coordinators: the one log, the catalog behind it, the calls between nodes.
//!
//! The only folder that names openraft. To the rest of the coordinator it offers [`RaftNode`]:
//! propose an entry, read the catalog, follow what is applied, know who leads. Must not know what
//! an entry means beyond the catalog's `apply`.
//!
//! - `codec`: bytes of everything stored and sent;
//! - `log_store`: the files;
//! - `state_machine`: the catalog, its feed and its snapshots;
//! - `network`: the calls between coordinators;
//! - `node`: the handle.

mod codec;
mod error;
mod log_store;
mod network;
mod node;
mod settings;
mod state_machine;
mod types;

pub use self::error::{Error, Result};
pub use self::network::{RaftCalls, RaftServer};
pub use self::node::{Applied, Leadership, ProposeError, RaftNode, Submitted};
pub use self::settings::RaftSettings;
pub use self::state_machine::{AppliedEntry, Feed, FeedEvent};
