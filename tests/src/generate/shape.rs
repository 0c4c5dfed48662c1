//! How large a random world is.

/// Bounds of a random world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorldShape {
    /// People who ever live.
    pub people: u32,
    /// Index of the last change; the first is 1.
    pub last_index: u64,
    /// Versions of each tag, at most.
    pub versions: u32,
    /// Saved segments.
    pub segments: u32,
}

impl WorldShape {
    /// Small enough for thousands of questions.
    pub const SMALL: Self = Self {
        people: 300,
        last_index: 200,
        versions: 4,
        segments: 4,
    };

    /// More people than one chunk of ordinals holds, in one shard.
    pub const TWO_CHUNKS: Self = Self {
        people: 70_000,
        last_index: 40,
        versions: 2,
        segments: 2,
    };
}
