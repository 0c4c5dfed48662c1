//! The sequencer as a whole, on a cluster of one node.

mod definitions;
mod desk;
mod people;
mod queue;
mod tables;
