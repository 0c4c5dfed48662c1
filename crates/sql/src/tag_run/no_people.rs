//! Nobody: what a definition is checked against.

use std::sync::Arc;

use tagma_core::Ordinal;
use tagma_core::schema::{Name, TagKind};

use crate::tables::{PeopleError, PeopleSource, TagReader};

/// A shard without people, whose tags are declared.
#[derive(Debug)]
pub(super) struct NoPeople {
    pub(super) tags: Vec<(Name, TagKind)>,
}

impl PeopleSource for NoPeople {
    fn alive(&self, _: Ordinal, _: usize, _: &mut Vec<Ordinal>) -> Result<(), PeopleError> {
        Ok(())
    }

    fn is_alive(&self, _: Ordinal) -> Result<bool, PeopleError> {
        Ok(false)
    }

    fn tags(&self) -> Vec<(Name, TagKind)> {
        self.tags.clone()
    }

    fn tag(&self, _: &str) -> Result<Option<Arc<dyn TagReader>>, PeopleError> {
        Ok(None)
    }
}
