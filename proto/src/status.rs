//! Error kinds ↔ gRPC codes ↔ HTTP statuses, in one place.
//!
//! The kind travels in the status details as `ErrorDetail`; a reply without details (from a proxy)
//! is mapped back from its code alone.

use prost::Message;
use tagma_core::ErrorKind;
use tonic::{Code, Status};

use crate::pb::common::v1::ErrorDetail;

/// An error that another process reported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RemoteError {
    /// What to do about it.
    pub kind: ErrorKind,
    /// The other process' words.
    pub message: String,
    /// Whom to ask instead, for `NotLeader`.
    pub leader_address: Option<String>,
    /// Milliseconds to wait before a retry.
    pub retry_after_ms: Option<u64>,
}

/// The gRPC code of a kind.
pub fn code_of(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::Invalid => Code::InvalidArgument,
        ErrorKind::NotFound => Code::NotFound,
        ErrorKind::AlreadyExists => Code::AlreadyExists,
        ErrorKind::Conflict => Code::Aborted,
        ErrorKind::NotLeader => Code::FailedPrecondition,
        ErrorKind::Unavailable => Code::Unavailable,
        ErrorKind::Timeout => Code::DeadlineExceeded,
        ErrorKind::Exhausted => Code::ResourceExhausted,
        ErrorKind::Expired => Code::OutOfRange,
        ErrorKind::Incompatible => Code::Unimplemented,
        ErrorKind::Corrupt => Code::DataLoss,
        ErrorKind::Internal => Code::Internal,
    }
}

/// The kind of a gRPC code: the inverse of [`code_of`], and the nearest kind for other codes.
pub fn kind_of(code: Code) -> ErrorKind {
    match code {
        Code::InvalidArgument => ErrorKind::Invalid,
        Code::NotFound => ErrorKind::NotFound,
        Code::AlreadyExists => ErrorKind::AlreadyExists,
        Code::Aborted => ErrorKind::Conflict,
        Code::FailedPrecondition => ErrorKind::NotLeader,
        Code::Unavailable => ErrorKind::Unavailable,
        Code::DeadlineExceeded | Code::Cancelled => ErrorKind::Timeout,
        Code::ResourceExhausted => ErrorKind::Exhausted,
        Code::OutOfRange => ErrorKind::Expired,
        Code::Unimplemented => ErrorKind::Incompatible,
        Code::DataLoss => ErrorKind::Corrupt,
        Code::Ok | Code::Unknown | Code::Internal => ErrorKind::Internal,
        Code::PermissionDenied | Code::Unauthenticated => ErrorKind::Invalid,
    }
}

/// The HTTP status of a kind.
pub fn http_status_of(kind: ErrorKind) -> u16 {
    match kind {
        ErrorKind::Invalid => 400,
        ErrorKind::NotFound => 404,
        ErrorKind::AlreadyExists | ErrorKind::Conflict => 409,
        ErrorKind::Expired => 410,
        ErrorKind::NotLeader => 421,
        ErrorKind::Exhausted => 429,
        ErrorKind::Corrupt | ErrorKind::Internal => 500,
        ErrorKind::Incompatible => 501,
        ErrorKind::Unavailable => 503,
        ErrorKind::Timeout => 504,
    }
}

/// The gRPC status of an error.
pub fn to_status(error: &RemoteError) -> Status {
    let detail = ErrorDetail {
        kind: error.kind.name().to_owned(),
        leader_address: error.leader_address.clone().unwrap_or_default(),
        retry_after_ms: error.retry_after_ms.unwrap_or_default(),
    };
    let code = code_of(error.kind);
    Status::with_details(code, error.message.clone(), detail.encode_to_vec().into())
}

/// The error in a gRPC status.
pub fn from_status(status: &Status) -> RemoteError {
    let detail = ErrorDetail::decode(status.details()).unwrap_or_default();
    // Expired always comes with a detail: without one it is a message that is too large to read.
    let bare = match (status.code(), detail.kind.is_empty()) {
        (Code::OutOfRange, true) => ErrorKind::Invalid,
        (code, _) => kind_of(code),
    };
    let told = ErrorKind::ALL
        .into_iter()
        .find(|kind| kind.name() == detail.kind);
    RemoteError {
        kind: told.unwrap_or(bare),
        message: status.message().to_owned(),
        leader_address: Some(detail.leader_address).filter(|address| !address.is_empty()),
        retry_after_ms: Some(detail.retry_after_ms).filter(|ms| *ms > 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_survives_the_wire() {
        for kind in ErrorKind::ALL {
            let error = RemoteError {
                kind,
                message: "what and why".to_owned(),
                leader_address: Some("http://127.0.0.1:1".to_owned()),
                retry_after_ms: Some(50),
            };
            assert_eq!(from_status(&to_status(&error)), error);
            assert_eq!(kind_of(code_of(kind)), kind);
            assert!((400..600).contains(&http_status_of(kind)));
        }
    }

    #[test]
    fn a_message_that_is_too_large_has_not_expired() {
        let bare = from_status(&Status::out_of_range("message length too large"));
        assert_eq!(bare.kind, ErrorKind::Invalid);
    }
}
