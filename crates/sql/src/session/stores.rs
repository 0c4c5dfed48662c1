//! A registry of object stores that knows one: the runs of this session.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};

use crate::run::VerifiedStore;
use crate::tables::RUNS_URL;

/// What DataFusion registers by default.
const LOCAL_FILES: &str = "file://";

/// Serves [`RUNS_URL`]; `file://` is taken out.
pub(super) fn only_runs(runs: VerifiedStore) -> Result<Arc<dyn ObjectStoreRegistry>> {
    let registry = DefaultObjectStoreRegistry::new();
    registry.deregister_store(ObjectStoreUrl::parse(LOCAL_FILES)?.as_ref())?;
    registry.register_store(ObjectStoreUrl::parse(RUNS_URL)?.as_ref(), Arc::new(runs));
    Ok(Arc::new(registry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::BlockReader;

    #[test]
    fn nothing_but_runs_can_be_opened() {
        let memory = Arc::new(object_store::memory::InMemory::new());
        let registry = only_runs(VerifiedStore::new(BlockReader::new(memory, 0), []));
        let registry = registry.expect("builds");
        let open = |url: &str| {
            let url = ObjectStoreUrl::parse(url).expect("a url");
            registry.get_store(url.as_ref()).is_ok()
        };
        assert!(open(RUNS_URL));
        for url in [
            "file://",
            "file:///",
            "s3://bucket",
            "http://host",
            "memory://",
        ] {
            assert!(!open(url), "{url}");
        }
    }
}
