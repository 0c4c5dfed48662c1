//! Several processes: what one of them takes away, the others bring back.

mod failover;
mod silence;
