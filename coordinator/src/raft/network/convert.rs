//! openraft's requests and answers ↔ protos.

use bytes::Bytes;
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, TransferLeaderRequest, VoteRequest, VoteResponse,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tagma_core::catalog;
use tonic::Status;

use crate::raft::codec::{
    AppendForm, AppendReplyForm, TransferForm, VoteForm, VoteReplyForm, VoteRequestForm,
    decode_entry, encode_entry,
};
use crate::raft::error::chain;
use crate::raft::types::{RaftEntry, TypeConfig, Vote};

/// Encodes a payload.
fn encode<T: Serialize>(form: &T) -> Bytes {
    catalog::codec::encode(form).into()
}

/// Decodes a payload; one that cannot be is refused, not guessed.
fn decode<T: DeserializeOwned>(payload: &[u8], what: &'static str) -> Result<T, Status> {
    catalog::codec::decode(payload, what).map_err(|error| Status::data_loss(chain(&error)))
}

pub(super) fn vote_request(request: &VoteRequest<TypeConfig>) -> Bytes {
    encode(&VoteRequestForm {
        vote: request.vote.into(),
        last: request.last_log_id.map(Into::into),
        transfer: request.leadership_transfer,
    })
}

pub(super) fn read_vote_request(payload: &[u8]) -> Result<VoteRequest<TypeConfig>, Status> {
    let form: VoteRequestForm = decode(payload, "vote request")?;
    let mut request = VoteRequest::new(form.vote.into(), form.last.map(Into::into));
    request.leadership_transfer = form.transfer;
    Ok(request)
}

pub(super) fn vote_reply(reply: &VoteResponse<TypeConfig>) -> Bytes {
    encode(&VoteReplyForm {
        vote: reply.vote.into(),
        granted: reply.vote_granted,
        last: reply.last_log_id.map(Into::into),
    })
}

pub(super) fn read_vote_reply(payload: &[u8]) -> Result<VoteResponse<TypeConfig>, Status> {
    let form: VoteReplyForm = decode(payload, "vote reply")?;
    let vote: Vote = form.vote.into();
    Ok(VoteResponse::new(
        vote,
        form.last.map(Into::into),
        form.granted,
    ))
}

pub(super) fn append(request: &AppendEntriesRequest<TypeConfig>) -> (Bytes, Vec<Bytes>) {
    let form = AppendForm {
        vote: request.vote.into(),
        previous: request.prev_log_id.map(Into::into),
        committed: request.leader_commit.map(Into::into),
    };
    let entries = request
        .entries
        .iter()
        .map(|entry| encode_entry(entry).into());
    (encode(&form), entries.collect())
}

pub(super) fn read_append(
    payload: &[u8],
    entries: &[Bytes],
) -> Result<AppendEntriesRequest<TypeConfig>, Status> {
    let form: AppendForm = decode(payload, "append request")?;
    let entries = entries.iter().map(|frame| read_entry(frame));
    Ok(AppendEntriesRequest {
        vote: form.vote.into(),
        prev_log_id: form.previous.map(Into::into),
        entries: entries.collect::<Result<_, _>>()?,
        leader_commit: form.committed.map(Into::into),
    })
}

fn read_entry(frame: &[u8]) -> Result<RaftEntry, Status> {
    decode_entry(frame).map_err(|error| Status::data_loss(chain(&error)))
}

pub(super) fn append_reply(reply: AppendEntriesResponse<TypeConfig>) -> Bytes {
    encode(&match reply {
        AppendEntriesResponse::Success => AppendReplyForm::Stored,
        AppendEntriesResponse::PartialSuccess(upto) => {
            AppendReplyForm::StoredTo(upto.map(Into::into))
        }
        AppendEntriesResponse::Conflict => AppendReplyForm::Conflict,
        AppendEntriesResponse::HigherVote(vote) => AppendReplyForm::NewerVote(vote.into()),
    })
}

pub(super) fn read_append_reply(
    payload: &[u8],
) -> Result<AppendEntriesResponse<TypeConfig>, Status> {
    Ok(match decode(payload, "append reply")? {
        AppendReplyForm::Stored => AppendEntriesResponse::Success,
        AppendReplyForm::StoredTo(upto) => {
            AppendEntriesResponse::PartialSuccess(upto.map(Into::into))
        }
        AppendReplyForm::Conflict => AppendEntriesResponse::Conflict,
        AppendReplyForm::NewerVote(vote) => AppendEntriesResponse::HigherVote(vote.into()),
    })
}

pub(super) fn transfer(request: &TransferLeaderRequest<TypeConfig>) -> Bytes {
    encode(&TransferForm {
        from: (*request.from_leader()).into(),
        to: *request.to_node_id(),
        last: request.last_log_id().map(|id| (*id).into()),
    })
}

pub(super) fn read_transfer(payload: &[u8]) -> Result<TransferLeaderRequest<TypeConfig>, Status> {
    let form: TransferForm = decode(payload, "transfer request")?;
    Ok(TransferLeaderRequest::new(
        form.from.into(),
        form.to,
        form.last.map(Into::into),
    ))
}

pub(super) fn vote(vote: Vote) -> Bytes {
    encode(&VoteForm::from(vote))
}

pub(super) fn read_vote(payload: &[u8]) -> Result<Vote, Status> {
    let form: VoteForm = decode(payload, "vote")?;
    Ok(form.into())
}
