//! Entries about people that bring no batch: landings and what operators say.
//!
//! Owns their way from "built on top of everything staged" to "its object is being put". What is in
//! them is their builders' (`landing`, `operate`).

use std::{collections::BTreeMap, sync::Arc};

use tagma_core::{
    ErrorKind, ShardId, Term,
    catalog::{ChangePeople, Command},
    journal::{SectionParts, encode_section},
};
use tagma_identity::{IdentityMap, Layer};

use super::lead::{Lead, Waiting};
use crate::{
    error::{Error, Result},
    journal::JournalObject,
};

/// An entry that is ready to be put.
#[derive(Debug)]
pub(super) struct BuiltPeople {
    /// The object.
    pub(super) object: JournalObject,
    /// What it adds to the identity map; `None`: nothing.
    pub(super) layer: Option<Arc<Layer>>,
    /// The entry; its builder says which people it is about.
    pub(super) entry: ChangePeople,
}

impl BuiltPeople {
    /// Lays out the object of the entry at a place of the chain; the entry names nobody yet.
    pub(super) fn new(
        (term, chain): (Term, u64),
        layer: Layer,
        sections: &BTreeMap<ShardId, SectionParts>,
    ) -> Self {
        let sections = sections.iter();
        let sections: Vec<(ShardId, Vec<u8>)> = sections
            .map(|(shard, parts)| (*shard, encode_section(parts)))
            .collect();
        let layer = (!layer.is_empty()).then(|| Arc::new(layer));
        let identity = layer.as_ref().map(|layer| layer.encode());
        let object = JournalObject::encode(term, chain, &sections, &identity.unwrap_or_default());
        let layout = object.layout.clone();
        let entry = ChangePeople {
            sections: layout.sections,
            identity: layout.identity,
            ..ChangePeople::new(chain, layout.object, layout.nonce.0)
        };
        Self {
            object,
            layer,
            entry,
        }
    }
}

impl Lead<'_> {
    /// Builds an entry on top of everything staged, off the async threads, and starts its put.
    /// Where it cannot be built, who waits is told, and nothing is staged.
    ///
    /// # Errors
    /// What ends this stretch of leading.
    pub(super) async fn stage_people(
        &mut self,
        build: impl FnOnce(&IdentityMap, (Term, u64)) -> Result<BuiltPeople> + Send + 'static,
        waiting: Waiting,
    ) -> Result<()> {
        let map = self.sequencer.directory.snapshot();
        let place = (self.term, self.chain + 1);
        let built = tokio::task::spawn_blocking(move || build(&map, place)).await;
        let built = match built.map_err(|error| Error::wrap(ErrorKind::Internal, &error))? {
            Ok(built) => built,
            Err(error) => {
                waiting.fail(&error);
                return Ok(());
            }
        };
        let (nonce, day) = (built.object.layout.nonce, self.today());
        self.sequencer.directory.stage(nonce, built.layer, day)?;
        self.chain += 1;
        let command = Command::ChangePeople(Box::new(built.entry));
        self.put(built.object, command, waiting);
        Ok(())
    }
}
