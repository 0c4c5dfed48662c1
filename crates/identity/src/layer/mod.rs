//! Layers: what one batch adds to the map, and its bytes in a journal object.
//!
//! Owns the immutable layer, its builder and its format. Must not know a log index: the object is
//! written before the batch has one.

mod builder;
mod decode;
mod encode;
mod error;
mod immutable;

pub use self::builder::LayerBuilder;
pub use self::error::Error;
pub use self::immutable::{Layer, NewIdentifier};

#[cfg(test)]
mod tests;
