//! The secret that identifiers are hashed with: a file of 32 bytes that only its owner may read.

use std::{io, path::Path};

use tagma_coordinator::{HashKey, create_key_file, load_key_file};

use crate::failure::Failure;

/// The file in a data directory, where no other is named.
const FILE_NAME: &str = "identity.key";

/// The key in `named`; else that of the data directory, made at the first start.
///
/// # Errors
/// What cannot be read or made; a file that others may read.
pub(super) fn of_single(named: Option<&Path>, data: &Path) -> Result<HashKey, Failure> {
    let path = named.map_or_else(|| data.join(FILE_NAME), Path::to_owned);
    if path.exists() {
        return load(&path);
    }
    create_key_file(&path).map_err(|error| refused(&path, &error))
}

/// The key in `named`, which all coordinators of a cluster have to share.
///
/// # Errors
/// As [`of_single`]; where none is named.
pub(super) fn of_cluster(named: Option<&Path>) -> Result<HashKey, Failure> {
    match named {
        Some(path) => load(path),
        None => Err(Failure::Usage(
            "coordinators of one cluster share a secret: give all of them the same --key FILE; \
             make it once with: head -c 32 /dev/urandom > FILE && chmod 600 FILE"
                .to_owned(),
        )),
    }
}

fn load(path: &Path) -> Result<HashKey, Failure> {
    load_key_file(path).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &dyn std::error::Error) -> Failure {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    Failure::file("cannot use the key in", path, &io::Error::other(message))
}
