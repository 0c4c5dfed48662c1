//! Taking an identifier from its person, and letting one out of quarantine.

use tagma_core::OneId;

use super::Error;
use crate::forest::ForestChange;
use crate::key::IdentifierHash;
use crate::layer::{Layer, LayerBuilder, NewIdentifier};
use crate::map::IdentityMap;

/// An identifier that becomes nobody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbound {
    /// Carries it out.
    pub layer: Layer,
    /// The identifier, with the person that it came to first.
    pub identifier: NewIdentifier,
    /// Who that person is now.
    pub person: OneId,
}

/// Takes an identifier from its person.
///
/// From the layer's index nobody has it, and the next record that names it attaches it anew; at
/// older indexes it is found as before. Rows that came in under it stay where they are.
///
/// # Errors
/// [`Error::UnknownIdentifier`] where nobody has it.
pub fn unbind(map: &IdentityMap, identifier: IdentifierHash) -> Result<Unbound, Error> {
    let known = map.lookup(identifier)?.ok_or(Error::UnknownIdentifier)?;
    let identifier = NewIdentifier {
        hash: identifier,
        type_number: known.type_number,
        origin: known.oneid,
    };
    let mut layer = LayerBuilder::default();
    layer.unbind(identifier);
    Ok(Unbound {
        layer: layer.finish()?,
        identifier,
        person: map.forest().root(known.oneid),
    })
}

/// Lets an identifier out of quarantine: records that name it count again.
///
/// The merges that it decided still count, so the next one that it would decide sends it back;
/// raise its type's `quarantine` first where it should link more.
///
/// # Errors
/// [`Error::NotQuarantined`].
pub fn release(map: &IdentityMap, identifier: IdentifierHash) -> Result<Layer, Error> {
    if !map.forest().is_quarantined(identifier) {
        return Err(Error::NotQuarantined(identifier));
    }
    let mut layer = LayerBuilder::default();
    layer.change(ForestChange::Released { identifier });
    Ok(layer.finish()?)
}
