//! Journal objects: keys, layout, and the cache that spares readers the object store.

mod cache;
mod object;
mod tail;

pub(crate) use self::cache::JournalCache;
pub(crate) use self::object::JournalObject;
pub(crate) use self::tail::tail;
