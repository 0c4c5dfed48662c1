//! Joining and parting people by an operator's word.

use tagma_core::OneId;

use super::Error;
use crate::forest::{Evidence, ForestChange};
use crate::layer::{Layer, LayerBuilder};
use crate::map::IdentityMap;

/// Two people who become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Carries it out.
    pub layer: Layer,
    /// Who is merged away.
    pub loser: OneId,
    /// Who stays: the person created first.
    pub survivor: OneId,
}

/// A person who becomes one of its own again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// Carries it out.
    pub layer: Layer,
    /// Who is a person again.
    pub loser: OneId,
    /// Into whom it was merged; the two are kept apart from now on.
    pub survivor: OneId,
    /// Who has its rows until now: the survivor as it stands.
    pub person: OneId,
    /// Rows and identifiers that came in under these go to the loser: itself first, then everybody
    /// who was merged into it.
    pub origins: Vec<OneId>,
}

/// Merges the people whom `a` and `b` mean now; limits and guards are not asked.
///
/// # Errors
/// [`Error::UnknownPerson`], [`Error::SamePerson`], [`Error::Separated`].
pub fn merge(map: &IdentityMap, a: OneId, b: OneId) -> Result<Joined, Error> {
    let forest = map.forest();
    let age = |person: OneId| {
        let root = forest.root(person);
        let number = map.creation_order().number_of(root);
        number
            .map(|number| (number, root))
            .ok_or(Error::UnknownPerson(person))
    };
    let (first, second) = (age(a)?, age(b)?);
    if first == second {
        return Err(Error::SamePerson(a, b));
    }
    if !separations(map, a, b).is_empty() {
        return Err(Error::Separated(a, b));
    }
    let ((_, survivor), (_, loser)) = (first.min(second), first.max(second));
    let mut layer = LayerBuilder::default();
    layer.change(ForestChange::Decided {
        loser,
        survivor,
        evidence: Evidence::default(),
    });
    Ok(Joined {
        layer: layer.finish()?,
        loser,
        survivor,
    })
}

/// Undoes the merge of `loser`, and keeps the two apart until that is lifted.
///
/// Identifiers do not move in the map: those whose origin lies in the loser's subtree mean the
/// loser again. Everybody merged into the loser stays with it.
///
/// # Errors
/// [`Error::UnknownPerson`]; [`Error::NotMerged`]; [`Error::Pending`] where rows are still on
/// their way: the caller waits until the merge has landed.
pub fn unmerge(map: &IdentityMap, loser: OneId) -> Result<Parted, Error> {
    let forest = map.forest();
    if map.creation_order().number_of(loser).is_none() {
        return Err(Error::UnknownPerson(loser));
    }
    let edge = forest.open_edge(loser).ok_or(Error::NotMerged(loser))?;
    let mut person = loser;
    while let Some(edge) = forest.open_edge(person) {
        if edge.landed.is_none() {
            return Err(Error::Pending {
                loser: edge.loser,
                survivor: edge.survivor,
            });
        }
        person = edge.survivor;
    }
    let survivor = edge.survivor;
    let mut layer = LayerBuilder::default();
    layer.change(ForestChange::Cut { loser });
    layer.change(ForestChange::Separated { loser, survivor });
    Ok(Parted {
        layer: layer.finish()?,
        loser,
        survivor,
        person,
        origins: forest.subtree(loser),
    })
}

/// Lets rules join the people again whom `a` and `b` mean now.
///
/// # Errors
/// [`Error::NotSeparated`].
pub fn lift(map: &IdentityMap, a: OneId, b: OneId) -> Result<Layer, Error> {
    let between = separations(map, a, b);
    if between.is_empty() {
        return Err(Error::NotSeparated(a, b));
    }
    let mut layer = LayerBuilder::default();
    for (loser, survivor) in between {
        layer.change(ForestChange::Lifted { loser, survivor });
    }
    Ok(layer.finish()?)
}

/// Separations between the people whom `a` and `b` mean now.
fn separations(map: &IdentityMap, a: OneId, b: OneId) -> Vec<(OneId, OneId)> {
    let forest = map.forest();
    let (a, b) = (forest.root(a), forest.root(b));
    let between = |(loser, survivor): &(OneId, OneId)| {
        let pair = (forest.root(*loser), forest.root(*survivor));
        a != b && (pair == (a, b) || pair == (b, a))
    };
    forest.separations().filter(between).collect()
}
