//! Tag sections in memory, loaded when they are first asked for.
//!
//! Owns the way from (manifest object, tag, shard) to a section, and every check on it. Objects
//! are immutable, so what is held never goes stale.

use std::sync::Arc;

use tagma_core::catalog::codec;
use tagma_core::job::{PackSection, TagManifest};
use tagma_core::schema::Name;
use tagma_core::{ErrorKind, ShardId};
use tagma_engine::section::{self, TagSection};
use tagma_store::{ObjectKind, SectionRef, Store, decode_single};

use super::lru::Lru;
use crate::metrics;

/// Bytes of manifests that are held beside sections.
const MANIFEST_BYTES: usize = 64 * 1024 * 1024;

/// Why a tag version cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An object cannot be loaded.
    #[error("tag `{tag}` cannot be loaded")]
    Load {
        /// The tag.
        tag: Name,
        /// The store's word.
        #[source]
        source: tagma_store::Error,
    },
    /// A manifest cannot be read.
    #[error("object {key} is no tag manifest")]
    Manifest {
        /// Its key.
        key: String,
        /// The decoder's word.
        #[source]
        source: codec::Error,
    },
    /// A manifest does not name the tag that was published by it.
    #[error("object {key} does not name tag `{tag}`")]
    Missing {
        /// The manifest's key.
        key: String,
        /// The tag.
        tag: Name,
    },
    /// A section cannot be read.
    #[error("the section of tag `{tag}` cannot be read")]
    Section {
        /// The tag.
        tag: Name,
        /// The reader's word.
        #[source]
        source: section::Error,
    },
}

impl Error {
    /// What the caller should do. An object that is referred to and gone is damage.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Load { source, .. } => match source.kind() {
                ErrorKind::NotFound => ErrorKind::Corrupt,
                kind => kind,
            },
            Self::Manifest { source, .. } => source.kind(),
            Self::Missing { .. } => ErrorKind::Corrupt,
            Self::Section { source, .. } => source.kind(),
        }
    }
}

/// Sections and manifests of tag versions.
pub struct Tags {
    store: Store,
    manifests: Lru<String, Arc<TagManifest>>,
    sections: Lru<(String, u64), Arc<TagSection>>,
}

impl Tags {
    /// Holds at most `bytes` bytes of sections.
    pub fn new(store: Store, bytes: usize) -> Self {
        Self {
            store,
            manifests: Lru::new(MANIFEST_BYTES),
            sections: Lru::new(bytes),
        }
    }

    /// The section of `tag` in `shard` that the manifest object `key` names; `None` where the
    /// shard has none, since nobody lived in it.
    ///
    /// # Errors
    /// [`Error`], naming the object that is damaged or gone.
    pub async fn section(
        &self,
        key: &str,
        tag: &Name,
        shard: ShardId,
    ) -> Result<Option<Arc<TagSection>>, Error> {
        let manifest = self.manifest(key, tag).await?;
        let entry = manifest.tags.iter().find(|entry| entry.name == *tag);
        let entry = entry.ok_or_else(|| Error::Missing {
            key: key.to_owned(),
            tag: tag.clone(),
        })?;
        match entry.shards.iter().find(|section| section.shard == shard) {
            None => Ok(None),
            Some(section) => self.load(tag, section).await.map(Some),
        }
    }

    async fn manifest(&self, key: &str, tag: &Name) -> Result<Arc<TagManifest>, Error> {
        if let Some(manifest) = self.manifests.get(&key.to_owned()) {
            return Ok(manifest);
        }
        let load = |source| Error::Load {
            tag: tag.clone(),
            source,
        };
        let object = self.store.read(key).await.map_err(load)?;
        let weight = object.len();
        let (_, content) = decode_single(ObjectKind::TagManifest, object, key).map_err(load)?;
        let manifest =
            codec::decode(&content, "tag manifest").map_err(|source| Error::Manifest {
                key: key.to_owned(),
                source,
            })?;
        let manifest = Arc::new(manifest);
        self.manifests
            .insert(key.to_owned(), Arc::clone(&manifest), weight);
        Ok(manifest)
    }

    async fn load(&self, tag: &Name, at: &PackSection) -> Result<Arc<TagSection>, Error> {
        let key = (at.pack.clone(), at.section.offset);
        if let Some(section) = self.sections.get(&key) {
            return Ok(section);
        }
        let place = SectionRef {
            offset: at.section.offset,
            length: at.section.length,
            crc: at.section.crc32c,
        };
        let bytes = self.store.read_section(&at.pack, &place).await;
        let bytes = bytes.map_err(|source| Error::Load {
            tag: tag.clone(),
            source,
        })?;
        let name = format!("object {}, tag {tag}", at.pack);
        let section = TagSection::parse(bytes, &name).map_err(|source| Error::Section {
            tag: tag.clone(),
            source,
        })?;
        let section = Arc::new(section);
        self.sections
            .insert(key, Arc::clone(&section), section.stored_bytes());
        metrics::tag_loaded(self.sections.weight());
        Ok(section)
    }
}
