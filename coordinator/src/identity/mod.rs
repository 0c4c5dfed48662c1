//! The identity map of this node: a follower of the journal with an applied index of its own.

mod checkpoint;
mod directory;
mod follow;
mod stand;
#[cfg(test)]
mod testing;

pub(crate) use self::checkpoint::Checkpoints;
pub(crate) use self::directory::Directory;
pub(crate) use self::follow::follow_journal;
pub(crate) use self::stand::stand_on_checkpoints;
