//! What an operator changes about people, as an entry of the chain.
//!
//! Owns how a person is named at that place in the log, and what the built-in tables learn. Decides
//! nothing itself: [`tagma_identity::operate`] says what can be.

use arrow::{array::RecordBatch, error::ArrowError, ipc::writer::StreamWriter};
use tagma_core::{
    ErrorKind, OneId, ShardId, Term,
    catalog::{Outcome, PeopleChanged, PeopleList, PeopleOperation, RequestId},
    journal::{IDENTITIES, MERGES, SectionParts},
    limits::ORIGINS_PER_UNMERGE,
    schema::Name,
};
use tagma_identity::{IdentifierHash, IdentityMap, Layer, operate};
use tokio::sync::oneshot;

use super::{
    built_in_rows::{Identities, Merges},
    lead::{Lead, Waiting, not_committed},
    people::BuiltPeople,
};
use crate::error::{Error, Result};

/// Where the outcome of a change goes.
pub(super) type ChangeReply = oneshot::Sender<Result<PeopleChanged>>;

/// What an operator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PeopleChange {
    /// Two people become one.
    Merge(Named, Named),
    /// The merge of a person is undone: of the OneID, or of the one that an identifier came to
    /// first.
    Unmerge(Named),
    /// Two people may be joined again.
    Lift(Named, Named),
    /// An identifier becomes nobody's.
    Unbind(NamedIdentifier),
    /// An identifier leaves quarantine.
    Release(NamedIdentifier),
}

/// A person, by whatever name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    /// By number.
    OneId(OneId),
    /// By an identifier.
    Identifier(NamedIdentifier),
}

/// An identifier that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedIdentifier {
    /// Its type.
    pub(crate) kind: String,
    /// Its normalised value.
    pub(crate) value: String,
    /// What the map knows it by.
    pub(crate) hash: IdentifierHash,
}

impl Lead<'_> {
    /// Carries a change out behind everything that came before it. What cannot be is answered; an
    /// error ends this stretch of leading.
    pub(super) async fn change(
        &mut self,
        change: PeopleChange,
        request: RequestId,
        reply: ChangeReply,
    ) -> Result<()> {
        if let Err(error) = self.drain().await {
            let _ = reply.send(Err(not_committed(&error)));
            return Err(error);
        }
        if let Some(known) = self.known_outcome(&request) {
            let _ = reply.send(known);
            return Ok(());
        }
        self.stage_people(
            move |map, place| build_change(&change, map, place),
            Waiting::Change(request, reply),
        )
        .await
    }

    /// What came of a request that was carried out before.
    fn known_outcome(&self, request: &RequestId) -> Option<Result<PeopleChanged>> {
        let catalog = self.sequencer.raft.catalog();
        let (_, outcome) = catalog.requests.get(request)?;
        Some(match outcome {
            Outcome::People(changed) => Ok(*changed),
            _ => {
                let message = "this request identifier was used for something else";
                Err(Error::new(ErrorKind::Conflict, message))
            }
        })
    }
}

/// What a change is made of before it is laid out.
type Parts = (Layer, PeopleOperation, Option<(ShardId, SectionParts)>);

/// Lays out a change upon `map`.
///
/// # Errors
/// Those of [`operate`], NotFound for a name that nobody has.
fn build_change(
    change: &PeopleChange,
    map: &IdentityMap,
    place: (Term, u64),
) -> Result<BuiltPeople> {
    let (layer, operation, section) = match change {
        PeopleChange::Merge(a, b) => merge(map, a, b)?,
        PeopleChange::Unmerge(person) => unmerge(map, person)?,
        PeopleChange::Lift(a, b) => lift(map, a, b)?,
        PeopleChange::Unbind(identifier) => unbind(map, identifier)?,
        PeopleChange::Release(identifier) => {
            let layer = operate::release(map, identifier.hash);
            let layer = layer.map_err(|error| refused(&error, Some(identifier)))?;
            (layer, PeopleOperation::Release, None)
        }
    };
    let mut built = BuiltPeople::new(place, layer, &section.into_iter().collect());
    if let PeopleOperation::Merge { loser, .. } = operation {
        built.entry.decided = PeopleList::new([loser]);
    }
    built.entry.operation = Some(operation);
    Ok(built)
}

fn merge(map: &IdentityMap, a: &Named, b: &Named) -> Result<Parts> {
    let (a, b) = (origin(map, a)?, origin(map, b)?);
    let joined = operate::merge(map, a, b).map_err(|error| refused(&error, None))?;
    let rows = Merges::by_operator(joined.loser, joined.survivor);
    let section = SectionParts {
        tables: vec![table(MERGES, rows)?],
        ..SectionParts::default()
    };
    let operation = PeopleOperation::Merge {
        loser: joined.loser,
        survivor: joined.survivor,
    };
    let place = (joined.survivor.shard(), section);
    Ok((joined.layer, operation, Some(place)))
}

fn unmerge(map: &IdentityMap, person: &Named) -> Result<Parts> {
    let loser = origin(map, person)?;
    let parted = operate::unmerge(map, loser).map_err(|error| refused(&error, None))?;
    if parted.origins.len() > ORIGINS_PER_UNMERGE {
        let message = format!(
            "{loser} consists of {} people, and at most {ORIGINS_PER_UNMERGE} are given back at \
             once: unmerge those who were merged into it first",
            parted.origins.len()
        );
        return Err(Error::new(ErrorKind::Exhausted, message));
    }
    let mut section = SectionParts::default();
    section.people.revived.push(loser.ordinal());
    let operation = PeopleOperation::Unmerge {
        loser,
        holder: parted.person,
        origins: PeopleList::new(parted.origins),
    };
    Ok((parted.layer, operation, Some((loser.shard(), section))))
}

fn lift(map: &IdentityMap, a: &Named, b: &Named) -> Result<Parts> {
    let (a, b) = (origin(map, a)?, origin(map, b)?);
    let layer = operate::lift(map, a, b).map_err(|error| refused(&error, None))?;
    let operation = PeopleOperation::Lift {
        first: map.forest().root(a),
        second: map.forest().root(b),
    };
    Ok((layer, operation, None))
}

fn unbind(map: &IdentityMap, identifier: &NamedIdentifier) -> Result<Parts> {
    let unbound = operate::unbind(map, identifier.hash);
    let unbound = unbound.map_err(|error| refused(&error, Some(identifier)))?;
    let known = (identifier.kind.clone(), identifier.value.clone());
    let rows = Identities::unbound(known, unbound.person, unbound.identifier.origin);
    let section = SectionParts {
        tables: vec![table(IDENTITIES, rows)?],
        ..SectionParts::default()
    };
    let operation = PeopleOperation::Unbind {
        person: unbound.person,
    };
    let place = (unbound.person.shard(), section);
    Ok((unbound.layer, operation, Some(place)))
}

/// The OneID that a name came to first.
fn origin(map: &IdentityMap, name: &Named) -> Result<OneId> {
    match name {
        Named::OneId(oneid) => Ok(*oneid),
        Named::Identifier(identifier) => {
            let known = map.lookup(identifier.hash);
            let known = known.map_err(|error| Error::wrap(error.kind(), &error))?;
            known
                .map(|known| known.oneid)
                .ok_or_else(|| unknown(identifier))
        }
    }
}

fn unknown(identifier: &NamedIdentifier) -> Error {
    let message = format!(
        "nobody is known as {}:{}",
        identifier.kind, identifier.value
    );
    Error::new(ErrorKind::NotFound, message)
}

fn refused(error: &operate::Error, identifier: Option<&NamedIdentifier>) -> Error {
    match (error, identifier) {
        (operate::Error::UnknownIdentifier, Some(identifier)) => unknown(identifier),
        (operate::Error::NotQuarantined(_), Some(identifier)) => {
            let NamedIdentifier { kind, value, .. } = identifier;
            let message = format!("{kind}:{value} is not in quarantine");
            Error::new(error.kind(), message)
        }
        _ => Error::wrap(error.kind(), error),
    }
}

/// A table with its stream.
fn table(
    name: &str,
    rows: std::result::Result<RecordBatch, ArrowError>,
) -> Result<(Name, Vec<u8>)> {
    let stream = rows.and_then(|rows| {
        let mut writer = StreamWriter::try_new(Vec::new(), rows.schema_ref())?;
        writer.write(&rows)?;
        writer.into_inner()
    });
    let stream = stream.map_err(|error| Error::wrap(ErrorKind::Internal, &error))?;
    let name = Name::new(name).map_err(|error| Error::wrap(ErrorKind::Internal, &error))?;
    Ok((name, stream))
}
