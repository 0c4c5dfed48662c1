//! Who is who: names of people, and what they are known as.

use tagma_core::{ErrorKind, LogIndex, OneId};
use tagma_identity::{Normalized, TypeRule};

use super::Context;
use crate::{
    error::{Error, Result},
    sequencer::NamedIdentifier,
};

/// Look-ups of people.
#[derive(Clone)]
pub(crate) struct IdentityService {
    context: Context,
}

/// A person as a user writes it: `type:value` or `oneid:N`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PersonName {
    /// By number.
    OneId(OneId),
    /// By an identifier: its type's name and its raw value.
    Identifier(String, String),
}

/// A person with its identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identified {
    pub(crate) oneid: OneId,
    pub(crate) identifiers: Vec<(String, String)>,
    pub(crate) index: LogIndex,
}

impl PersonName {
    /// Reads a person's name.
    ///
    /// # Errors
    /// Invalid for anything but `type:value` and `oneid:N`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let Some((kind, value)) = text.split_once(':') else {
            let message =
                format!("`{text}` names no person: write type:value (phone:138…) or oneid:N");
            return Err(Error::new(ErrorKind::Invalid, message));
        };
        if kind.eq_ignore_ascii_case("oneid") {
            let id = value
                .trim()
                .parse()
                .map_err(|e: String| Error::new(ErrorKind::Invalid, e))?;
            return Ok(Self::OneId(id));
        }
        Ok(Self::Identifier(
            kind.trim().to_lowercase(),
            value.to_owned(),
        ))
    }
}

impl IdentityService {
    pub(crate) fn new(context: Context) -> Self {
        Self { context }
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// The person that a name means at `index`.
    ///
    /// # Errors
    /// NotFound for an unknown identifier or OneID, Invalid for a value that identifies nobody.
    pub(crate) async fn person(&self, name: &PersonName, index: LogIndex) -> Result<OneId> {
        match name {
            PersonName::OneId(oneid) => {
                let map = self.context.directory.snapshot();
                Ok(map.forest().alias_at(*oneid, index))
            }
            PersonName::Identifier(type_name, raw) => {
                self.by_identifier(type_name, raw, index).await
            }
        }
    }

    /// The person behind a name, with all identifiers, at `index`.
    ///
    /// # Errors
    /// As [`IdentityService::person`], and those of asking the shard.
    pub(crate) async fn resolve(&self, name: &PersonName, index: LogIndex) -> Result<Identified> {
        let oneid = self.person(name, index).await?;
        let catalog = self.context.catalog();
        let found = self
            .context
            .router
            .identifiers(&catalog, index, oneid)
            .await?;
        let identifiers = found.ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                format!("nobody has OneID {oneid} at index {index}"),
            )
        })?;
        Ok(Identified {
            oneid,
            identifiers,
            index,
        })
    }

    async fn by_identifier(&self, type_name: &str, raw: &str, index: LogIndex) -> Result<OneId> {
        let identifier = self.identifier(type_name, raw)?;
        self.context.directory.reached(index).await?;
        let person = self.context.directory.person_at(identifier.hash, index)?;
        person.ok_or_else(|| {
            let message = format!("nobody is known as {type_name}:{raw} at index {index}");
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// An identifier as its type normalises it, known to anybody or not.
    ///
    /// # Errors
    /// NotFound for an unknown type, Invalid for a value that identifies nobody.
    pub(super) fn identifier(&self, type_name: &str, raw: &str) -> Result<NamedIdentifier> {
        let catalog = self.context.catalog();
        let Some(declared) = catalog.identifiers.get(type_name) else {
            let known: Vec<&str> = catalog
                .identifiers
                .keys()
                .map(|name| name.as_str())
                .collect();
            let message = format!(
                "there is no identifier type `{type_name}`; declared: {}",
                known.join(", ")
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        let rule = TypeRule::new(declared).map_err(|e| Error::wrap(e.kind(), &e))?;
        let value = match rule.normalize(raw) {
            Normalized::Value(value) => value,
            Normalized::Empty => {
                return Err(Error::new(
                    ErrorKind::Invalid,
                    "an empty value identifies nobody",
                ));
            }
            Normalized::Blocked(reason) | Normalized::Invalid(reason) => {
                let message = format!("`{type_name}:{raw}` identifies nobody: it is {reason}");
                return Err(Error::new(ErrorKind::Invalid, message));
            }
        };
        let key = self.context.directory.key();
        Ok(NamedIdentifier {
            kind: type_name.to_owned(),
            hash: key.hash(rule.number(), value.as_bytes()),
            value: value.to_string(),
        })
    }
}
