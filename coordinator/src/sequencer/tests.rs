//! The sequencer as a whole, on a cluster of one node.

mod definitions;
mod desk;
mod queue;
mod tables;
