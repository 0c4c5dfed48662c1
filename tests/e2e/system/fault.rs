//! Known bugs, put between the questions and the server: the comparison must find each.

use tagma_proto::pb::segment::v1::ReadAt;

/// What a server could do wrong about the index of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// It answers at the served index, whichever was asked for.
    Served,
    /// It shows an entry one index early.
    Early,
    /// It shows an entry one index late: "before" where "at or before" was meant.
    Late,
}

impl Fault {
    /// All that must be found.
    pub(super) const ALL: [Self; 3] = [Self::Served, Self::Early, Self::Late];

    /// The read that a server with the fault would carry out.
    pub(super) fn put_into(self, read: ReadAt) -> ReadAt {
        let log_index = match self {
            Self::None => read.log_index,
            Self::Served => None,
            Self::Early => read.log_index.map(|index| index + 1),
            Self::Late => read.log_index.map(|index| index - 1),
        };
        ReadAt { log_index, ..read }
    }
}
