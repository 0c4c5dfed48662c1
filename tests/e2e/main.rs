//! Tagma from outside: real processes, real files, the command line. Every figure is known.
//!
//! A test starts its own servers on its own ports and folders, so that all run side by side.

mod bad_input;
mod cluster;
mod keyed_tables;
mod known_orders;
mod load_formats;
mod people;
mod python;
mod segment_tree;
mod shop;
mod single;
mod system;
