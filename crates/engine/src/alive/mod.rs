//! Who is alive in a shard, at every readable index: the live state mechanism for one bit a person.
//!
//! Each chunk holds its newest set and the changes that led there, by index, back to the floor: a
//! read at the newest index is a read of a bitmap, an older one takes the later changes back. New
//! people come as dense ranges, so a batch costs one change of a few bytes, and a chunk in which
//! nobody has left yet is a mere length. Chunks are shared: a [`AliveView`] is a snapshot that
//! writers do not disturb.

mod chunk;
mod error;
mod format;
mod history;
mod live;
#[cfg(test)]
mod tests;
mod view;

pub use error::Error;
pub use live::{Applied, LiveBitmap};
pub use view::AliveView;
