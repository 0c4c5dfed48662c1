//! Sets of people within one chunk: 65,536 consecutive ordinals, one Roaring container.
//!
//! [`ChunkSet`] is the working form during evaluation, [`Container`] the stored form, read in
//! place; [`Arena`] lends sets, so that evaluation allocates nothing per chunk.

mod apply;
mod arena;
mod container;
mod encode;
mod position;
mod set;
#[cfg(test)]
mod tests;

pub use arena::Arena;
pub use container::{Container, Malformed};
pub use encode::{ContainerForm, encode_words};
pub(crate) use position::CHUNK_WORDS;
pub use position::{CHUNK_ORDINALS, chunk_count, chunk_len, join, split};
pub use set::{ChunkSet, Ones};
