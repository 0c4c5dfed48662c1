//! The use-cases: domain types in, domain types out; no wire type, no transport.

mod catalog;
mod cluster;
mod context;
mod dead_letters;
mod forward;
mod identity;
mod ingest;
mod operate;
mod person_evidence;
mod propose;
mod registry;
mod runs;
mod segment_draft;
mod segments;
mod settle;
mod staged;
mod tags;
mod written;

pub(crate) use self::catalog::{CatalogService, DeclaredTable};
pub(crate) use self::cluster::{COORDINATOR, ClusterService, NodeStatus, ShardStatus};
pub(crate) use self::context::Context;
pub(crate) use self::dead_letters::{DeadLetter, DeadLetterService};
pub(crate) use self::forward::{Leader, LeaderService};
pub(crate) use self::identity::{IdentityService, PersonName};
pub(crate) use self::ingest::{IngestService, Load};
pub(crate) use self::operate::{Operation, Settled};
pub(crate) use self::person_evidence::{Evidence, KnownIdentifier, KnownMerge};
pub(crate) use self::propose::{propose, propose_accepted};
pub(crate) use self::registry::RegistryService;
pub(crate) use self::runs::Runs;
pub(crate) use self::segment_draft::SegmentDraft;
pub(crate) use self::segments::{MembersQuery, ReadRequest, SegmentService};
pub(crate) use self::tags::{PublishedVersion, TagService};
pub(crate) use self::written::{Written, read_text};
