//! The key file: 32 random bytes that only its owner may read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use rand::TryRngCore;
use rand::rngs::OsRng;
use tagma_core::ErrorKind;

use super::error::io_kind;
use crate::key::{HashKey, InvalidKey};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("{action} the key file {path} failed")]
    Io {
        /// Where.
        path: String,
        /// What was tried.
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// Others than its owner can read it.
    #[error("the key file {path} has mode {mode:03o}: only its owner may have access (600)")]
    Permissions {
        /// Where.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// Its bytes are no key.
    #[error("the key file {path} holds no key")]
    Invalid {
        /// Where.
        path: String,
        /// What is wrong with them.
        source: InvalidKey,
    },
    /// The system has no randomness.
    #[error("no random bytes for a key")]
    Random(#[source] rand::rand_core::OsError),
}

impl KeyFileError {
    /// What the caller should do: NotFound for a missing file, AlreadyExists where one is there.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => ErrorKind::NotFound,
                io::ErrorKind::AlreadyExists => ErrorKind::AlreadyExists,
                _ => io_kind(source),
            },
            Self::Permissions { .. } | Self::Invalid { .. } => ErrorKind::Invalid,
            Self::Random(_) => ErrorKind::Unavailable,
        }
    }
}

fn io_error(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> KeyFileError {
    move |source| KeyFileError::Io {
        path: path.display().to_string(),
        action,
        source,
    }
}

/// Reads the key; only its owner may have access to the file.
///
/// # Errors
/// [`KeyFileError`].
pub fn load_key_file(path: &Path) -> Result<HashKey, KeyFileError> {
    check_permissions(path)?;
    let bytes = fs::read(path).map_err(io_error(path, "reading"))?;
    HashKey::from_bytes(&bytes).map_err(|source| KeyFileError::Invalid {
        path: path.display().to_string(),
        source,
    })
}

/// Draws a key and writes it durably with mode 600; never over a file that is there.
///
/// # Errors
/// [`KeyFileError`]; kind AlreadyExists where there is a file.
pub fn create_key_file(path: &Path) -> Result<HashKey, KeyFileError> {
    let mut bytes = [0; 32];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(KeyFileError::Random)?;
    let key = HashKey::from_bytes(&bytes).map_err(|source| KeyFileError::Invalid {
        path: path.display().to_string(),
        source,
    })?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(io_error(path, "creating"))?;
    file.write_all(key.bytes())
        .and_then(|()| file.sync_all())
        .map_err(io_error(path, "writing"))?;
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    fs::File::open(parent.unwrap_or(Path::new(".")))
        .and_then(|directory| directory.sync_all())
        .map_err(io_error(path, "syncing the directory of"))?;
    Ok(key)
}

#[cfg(unix)]
fn check_permissions(path: &Path) -> Result<(), KeyFileError> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = fs::metadata(path).map_err(io_error(path, "reading"))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Permissions {
            path: path.display().to_string(),
            mode,
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_permissions(_path: &Path) -> Result<(), KeyFileError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_created_key_loads_again_and_is_never_overwritten() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("hash.key");
        assert_eq!(
            load_key_file(&path).expect_err("missing").kind(),
            ErrorKind::NotFound
        );
        let key = create_key_file(&path).expect("created");
        assert_eq!(load_key_file(&path).expect("loads"), key);
        let again = create_key_file(&path).expect_err("exists");
        assert_eq!(again.kind(), ErrorKind::AlreadyExists);
        assert_eq!(load_key_file(&path).expect("still loads"), key);
        let other = create_key_file(&dir.path().join("other.key")).expect("created");
        assert_ne!(other.fingerprint(), key.fingerprint());
    }

    #[test]
    fn open_permissions_and_wrong_lengths_are_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("hash.key");
        create_key_file(&path).expect("created");
        for mode in [0o640, 0o604, 0o644, 0o660] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("chmod");
            let error = load_key_file(&path).expect_err("open to others");
            assert!(matches!(error, KeyFileError::Permissions { mode: m, .. } if m == mode));
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("chmod");
        fs::write(&path, [1; 33]).expect("written");
        let error = load_key_file(&path).expect_err("too long");
        assert!(matches!(error, KeyFileError::Invalid { .. }));
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}
