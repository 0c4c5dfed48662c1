//! The wire: versioned protos, generated code, and the one mapping of errors to gRPC and HTTP.
//!
//! Wire types stop at the `grpc/` folders of the servers: inside, everything speaks the domain's
//! types. Conversions stand in `convert`, one file per family.

pub mod channel;
pub mod convert;
pub mod pb;
mod status;

pub use self::status::{RemoteError, code_of, from_status, http_status_of, kind_of, to_status};

/// Serialized `FileDescriptorSet` of every proto, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// Greatest message in either direction, bytes: a batch and its frame.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Greatest request about segments, bytes: the largest legal tree takes less (256 KiB of names,
/// texts and digits, and at most 32 bytes around each of 10,000 nodes), and far larger ones would
/// take many times their size in memory before they can be refused.
pub const SEGMENT_MESSAGE_BYTES_MAX: usize = 1024 * 1024;
