//! Setting crash points from an environment variable.
//!
//! Owns its syntax, `name=actions;name=actions`, with the actions of the `fail` crate:
//! `flush.after_put=2*off->1*return` lets two pass and dies at the third.

use std::env;

use tagma_core::ErrorKind;

use super::CRASH_POINTS;

/// The environment variable that [`init_crash_points`] reads.
pub const VARIABLE: &str = "TAGMA_FAILPOINTS";

/// A setting of crash points that makes no sense.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The variable is set for a build that has no crash points.
    #[error("{VARIABLE} is set, but this binary was built without the feature failpoints")]
    NotBuilt,
    /// The variable is not UTF-8.
    #[error("{VARIABLE} is not valid UTF-8")]
    NotText,
    /// An item is not `name=actions`.
    #[error("{VARIABLE}: {item:?} is not of the form name=actions")]
    Syntax {
        /// The item.
        item: String,
    },
    /// A name that no crash point has.
    #[error("{VARIABLE}: there is no crash point {name:?}")]
    UnknownPoint {
        /// The name.
        name: String,
    },
    /// Actions that the `fail` crate does not understand.
    #[error("{VARIABLE}: actions {actions:?} of {name} are not understood: {reason}")]
    Actions {
        /// Name of the crash point.
        name: String,
        /// Its actions as given.
        actions: String,
        /// What is wrong with them.
        reason: String,
    },
}

impl Error {
    /// Always `Invalid`: the environment must be changed.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

/// Sets the crash points that [`VARIABLE`] names; nothing if it is unset or empty. Call it at
/// start, before threads run.
///
/// # Errors
/// See [`Error`]; points named before the wrong one stay set.
pub fn init_crash_points() -> Result<(), Error> {
    match env::var(VARIABLE) {
        Err(env::VarError::NotPresent) => Ok(()),
        Err(env::VarError::NotUnicode(_)) => Err(Error::NotText),
        Ok(setting) if setting.trim().is_empty() => Ok(()),
        Ok(_) if !cfg!(feature = "failpoints") => Err(Error::NotBuilt),
        Ok(setting) => parse(&setting)?.into_iter().try_for_each(set),
    }
}

fn set((name, actions): (&str, &str)) -> Result<(), Error> {
    fail::cfg(name, actions).map_err(|reason| Error::Actions {
        name: name.to_owned(),
        actions: actions.to_owned(),
        reason,
    })
}

/// The (name, actions) pairs of a setting.
fn parse(setting: &str) -> Result<Vec<(&str, &str)>, Error> {
    let items = setting
        .split(';')
        .map(str::trim)
        .filter(|item| !item.is_empty());
    items.map(parse_item).collect()
}

fn parse_item(item: &str) -> Result<(&str, &str), Error> {
    let syntax = || Error::Syntax {
        item: item.to_owned(),
    };
    let (name, actions) = item.split_once('=').ok_or_else(syntax)?;
    let (name, actions) = (name.trim(), actions.trim());
    if actions.is_empty() {
        return Err(syntax());
    }
    if !CRASH_POINTS.contains(&name) {
        return Err(Error::UnknownPoint {
            name: name.to_owned(),
        });
    }
    Ok((name, actions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_split_at_semicolons() {
        let parsed = parse(" flush.after_put=2*off->1*return; put.after_link = return ;");
        let expected = vec![
            ("flush.after_put", "2*off->1*return"),
            ("put.after_link", "return"),
        ];
        assert_eq!(parsed, Ok(expected));
        assert_eq!(parse(""), Ok(Vec::new()));
    }

    #[test]
    fn nonsense_is_named() {
        let syntax = Error::Syntax {
            item: "put.after_link".to_owned(),
        };
        assert_eq!(parse("put.after_link"), Err(syntax));
        let empty = Error::Syntax {
            item: "put.after_link=".to_owned(),
        };
        assert_eq!(parse("put.after_link="), Err(empty));
        let unknown = Error::UnknownPoint {
            name: "put.nowhere".to_owned(),
        };
        assert_eq!(parse("put.nowhere=return"), Err(unknown));
        let error = set(("put.after_link", "explode")).expect_err("no such action");
        assert_eq!(
            error.to_string(),
            "TAGMA_FAILPOINTS: actions \"explode\" of put.after_link are not understood: \
             unrecognized command \"explode\""
        );
    }
}
