//! The last journal objects in memory, so that followers read the store only to catch up.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use parking_lot::Mutex;
use tagma_core::catalog::{JournalRef, SectionRef};
use tagma_store::Store;

use crate::error::Result;

/// Bytes of objects that are kept.
const KEPT_BYTES: usize = 256 * 1024 * 1024;

/// Journal objects by key: the newest in memory, all in the store.
#[derive(Debug)]
pub(crate) struct JournalCache {
    store: Store,
    recent: Mutex<Recent>,
}

#[derive(Debug, Default)]
struct Recent {
    objects: HashMap<String, Bytes>,
    order: VecDeque<String>,
    bytes: usize,
}

impl JournalCache {
    /// An empty cache over `store`.
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            recent: Mutex::default(),
        }
    }

    /// Remembers an object that is durable.
    pub(crate) fn remember(&self, key: &str, object: Bytes) {
        self.recent.lock().insert(key.to_owned(), object);
    }

    /// One section, its checksum verified.
    ///
    /// # Errors
    /// Corrupt where the bytes are not those of the entry; NotFound where the object is gone.
    pub(crate) async fn section(&self, journal: &JournalRef, part: &SectionRef) -> Result<Bytes> {
        let key = &journal.object.key;
        let wanted = tagma_store::SectionRef {
            offset: part.offset,
            length: part.length,
            crc: part.crc32c,
        };
        let held = self.recent.lock().slice(key, part);
        match held {
            Some(bytes) => Ok(tagma_store::verify_section(bytes, &wanted, key)?),
            None => Ok(self.store.read_section(key, &wanted).await?),
        }
    }
}

impl Recent {
    fn insert(&mut self, key: String, object: Bytes) {
        self.bytes += object.len();
        self.order.push_back(key.clone());
        self.objects.insert(key, object);
        while self.bytes > KEPT_BYTES {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            self.bytes -= self
                .objects
                .remove(&oldest)
                .map_or(0, |object| object.len());
        }
    }

    fn slice(&self, key: &str, part: &SectionRef) -> Option<Bytes> {
        let object = self.objects.get(key)?;
        let end = part.offset.checked_add(part.length)?;
        let range = usize::try_from(part.offset).ok()?..usize::try_from(end).ok()?;
        (range.end <= object.len()).then(|| object.slice(range))
    }
}
