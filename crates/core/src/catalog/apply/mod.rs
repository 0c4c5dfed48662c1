//! `apply`: one file per family of commands, `entry` dispatches.

mod batch;
mod definitions;
mod entry;
mod jobs;
mod loads;
mod people;
mod retention;
mod shards;
