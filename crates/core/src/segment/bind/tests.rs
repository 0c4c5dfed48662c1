//! Binding: names, types, zones, nested segments, simplification.

mod random;
mod sets;
mod typing;
mod world;
