//! Background loops of a coordinator; the leader's act, the others' wait.

mod checkpoint;
mod clean;
mod floor;
mod orphans;
mod placement;
mod watchdog;

pub(crate) use self::checkpoint::make_checkpoints;
pub(crate) use self::clean::clean_up;
pub(crate) use self::floor::advance_floor;
pub(crate) use self::orphans::close_orphans;
pub(crate) use self::placement::place_shards;
pub(crate) use self::watchdog::end_with_consensus;
