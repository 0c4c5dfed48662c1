//! A failed step of a local write, in the shape that the object store trait wants.
//!
//! Owns the wording. Keeps the `io::Error` as source, so that a full disk stays recognisable.

use std::io;
use std::path::{Path, PathBuf};

/// Name of this store in `object_store` errors.
pub(super) const STORE: &str = "DurableLocal";

/// One step of a write that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {step} {}", path.display())]
pub(super) struct StepError {
    step: &'static str,
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// Turns the `io::Error` of a step into an error of the object store. For use in `map_err`.
pub(super) fn step<'a>(
    step: &'static str,
    path: &'a Path,
) -> impl FnOnce(io::Error) -> object_store::Error + 'a {
    move |source| {
        let name = path.display().to_string();
        let denied = source.kind() == io::ErrorKind::PermissionDenied;
        let source = Box::new(StepError {
            step,
            path: path.to_owned(),
            source,
        });
        if denied {
            object_store::Error::PermissionDenied { path: name, source }
        } else {
            object_store::Error::Generic {
                store: STORE,
                source,
            }
        }
    }
}

/// As [`step`], where the object itself is looked for: a missing file is a missing object.
pub(super) fn lookup<'a>(
    name: &'static str,
    path: &'a Path,
) -> impl FnOnce(io::Error) -> object_store::Error + 'a {
    move |source| match source.kind() {
        io::ErrorKind::NotFound => {
            let path = path.display().to_string();
            object_store::Error::NotFound {
                path,
                source: Box::new(source),
            }
        }
        _ => step(name, path)(source),
    }
}

/// The destination of a create-only step is taken.
pub(super) fn taken(path: &Path, source: io::Error) -> object_store::Error {
    let path = path.display().to_string();
    object_store::Error::AlreadyExists {
        path,
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests {
    use tagma_core::ErrorKind;

    use super::*;
    use crate::Error;

    #[test]
    fn a_full_disk_stays_recognisable_and_the_step_is_named() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let error = Error::access("create", "a", step("write", Path::new("/x/y"))(full));
        assert_eq!(error.kind(), ErrorKind::Exhausted);
        let Error::Access { source, .. } = &error else {
            panic!("{error:?}")
        };
        let message = source.to_string();
        assert_eq!(message, "Generic DurableLocal error: cannot write /x/y");
    }

    #[test]
    fn only_a_lookup_says_that_the_object_is_missing() {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let path = Path::new("/x/y");
        let looked_up = lookup("open", path)(missing());
        assert!(matches!(looked_up, object_store::Error::NotFound { .. }));
        let written = step("write", path)(missing());
        assert!(matches!(written, object_store::Error::Generic { .. }));
    }
}
