//! Create-only puts, and whose object it is when the answer leaves that open.
//!
//! Owns the read-back of the nonce. A store may answer "exists" to a writer whose own first
//! attempt landed (a repeated request on S3), "exists" where nothing is (a 409 during another's
//! request), or nothing usable (a time-out after the put landed). The nonce in the header
//! decides all three.

use bytes::Bytes;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use tagma_core::ErrorKind;

use super::object_path;
use crate::error::{Error, Result};
use crate::object::{HEADER_LENGTH, Header, Nonce};

/// Attempts while the store says "exists" and shows nothing.
const ATTEMPTS: usize = 4;

/// How a create came to succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// This call put the object.
    Now,
    /// An earlier attempt with the same nonce, or this one without its answer, had put it.
    Before,
}

/// See [`super::Store::create`].
pub(super) async fn create(
    store: &dyn ObjectStore,
    key: &str,
    object: Bytes,
    nonce: Nonce,
) -> Result<Created> {
    let location = object_path(key)?;
    if !Header::decode(&object, key).is_ok_and(|header| header.nonce == nonce) {
        return Err(Error::WrongNonce {
            key: key.to_owned(),
        });
    }
    let mut attempt = 1;
    loop {
        let options = PutOptions::from(PutMode::Create);
        let Err(error) = store
            .put_opts(&location, object.clone().into(), options)
            .await
        else {
            return Ok(Created::Now);
        };
        let taken = is_taken(&error);
        let error = Error::access("create", key, error);
        if !taken && is_definite(&error) {
            return Err(error);
        }
        match read_nonce(store, &location, key).await {
            Ok(found) if found == nonce => return Ok(Created::Before),
            Ok(_) => {
                return Err(Error::Exists {
                    key: key.to_owned(),
                });
            }
            Err(Error::NotFound { .. }) if !taken || attempt == ATTEMPTS => return Err(error),
            Err(Error::NotFound { .. }) => attempt += 1,
            Err(damage @ (Error::Corrupt { .. } | Error::Version { .. })) => return Err(damage),
            Err(source) => {
                return Err(Error::OutcomeUnknown {
                    key: key.to_owned(),
                    source: Box::new(source),
                });
            }
        }
    }
}

fn is_taken(error: &object_store::Error) -> bool {
    use object_store::Error as E;
    matches!(error, E::AlreadyExists { .. } | E::Precondition { .. })
}

/// Whether the error says that nothing was put.
fn is_definite(error: &Error) -> bool {
    use object_store::Error as E;
    let refused = matches!(
        error,
        Error::NotFound { .. }
            | Error::Access {
                source: E::PermissionDenied { .. },
                ..
            }
            | Error::Access {
                source: E::Unauthenticated { .. },
                ..
            }
    );
    let kinds = [
        ErrorKind::Exhausted,
        ErrorKind::Invalid,
        ErrorKind::Incompatible,
    ];
    refused || kinds.contains(&error.kind())
}

/// The nonce in the header of the stored object.
async fn read_nonce(store: &dyn ObjectStore, location: &ObjectPath, key: &str) -> Result<Nonce> {
    let header = store.get_range(location, 0..HEADER_LENGTH as u64).await;
    let header = match header {
        Ok(header) => header,
        // A range past the end is an error of its own in every store; the size tells.
        Err(source) => match store.head(location).await {
            Ok(meta) if meta.size < HEADER_LENGTH as u64 => Bytes::new(),
            _ => return Err(Error::access("read back", key, source)),
        },
    };
    Ok(Header::decode(&header, key)?.nonce)
}
