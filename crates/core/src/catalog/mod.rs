//! The catalog: everything that the Raft log decides, as a pure state machine.
//!
//! [`Catalog::apply`] is total and deterministic: state and entry alone decide the outcome. It
//! never does IO; rows and identifiers lie in objects whose references the entries carry.
//! Collections are persistent maps, so that a clone (a Raft snapshot, a reader) costs nothing.

mod apply;
pub mod codec;
mod command;
mod history;
mod needed;
mod objects;
mod outcome;
mod people_list;
mod placement;
mod read;
mod state;

pub use self::command::{
    ApplyDocuments, Batch, BatchRequest, ChangePeople, Command, CommitManifest, CreateCluster,
    CreatedPeople, Entry, OpenLoad, PeopleOperation, PublishTags, PublishedTag, RequestId,
    RuleCounts, TableRows,
};
pub use self::history::History;
pub use self::needed::Needed;
pub use self::objects::{CheckpointRef, ManifestRef, ObjectRef, SectionRef};
pub use self::outcome::{Change, ChangeKind, LoadState, Outcome, PeopleChanged, Refusal};
pub use self::people_list::PeopleList;
pub use self::placement::place;
pub use self::state::{
    Assignment, Catalog, ClusterInfo, Job, JobId, JournalRef, LoadInfo, PendingUnmerge,
    PeopleCounters, Pin, Producer, ProducerId, Published, Recorded, RowCount, TagState, Worker,
};

#[cfg(test)]
mod tests;
