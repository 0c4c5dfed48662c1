//! A server's data directory: made, and locked against a second process.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use tagma_core::ErrorKind;

use crate::failure::Failure;

/// Held as long as a server runs.
#[derive(Debug)]
pub(crate) struct DataDirectory {
    path: PathBuf,
    /// The lock goes with the file, also when the process is killed.
    _lock: File,
}

impl DataDirectory {
    /// Makes the directory where it is missing, and locks it.
    ///
    /// # Errors
    /// Conflict where another process holds it; what the file system refuses.
    pub(crate) fn lock(path: &Path) -> Result<Self, Failure> {
        let refused = |error: std::io::Error| Failure::file("cannot use", path, &error);
        fs::create_dir_all(path).map_err(refused)?;
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path.join("LOCK")).map_err(refused)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(path, &mut file)),
            Err(TryLockError::Error(error)) => return Err(refused(error)),
        }
        let process = std::process::id().to_string();
        let written = file
            .set_len(0)
            .and_then(|()| file.write_all(process.as_bytes()));
        written.map_err(refused)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: file,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn in_use(path: &Path, file: &mut File) -> Failure {
    let mut holder = String::new();
    let read = file
        .rewind()
        .and_then(|()| file.take(32).read_to_string(&mut holder));
    let by = match read {
        Ok(_) if !holder.is_empty() => format!("process {holder}"),
        _ => "another process".to_owned(),
    };
    let path = path.display();
    let message =
        format!("`{path}` is in use by {by}: stop that one, or name another directory with --data");
    Failure::local(ErrorKind::Conflict, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_held_once_and_free_again_afterwards() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a/b");
        let held = DataDirectory::lock(&path).expect("free");
        assert_eq!(held.path(), path);
        let failure = DataDirectory::lock(&path).expect_err("held");
        assert_eq!(failure.kind(), ErrorKind::Conflict);
        let process = format!("is in use by process {}:", std::process::id());
        assert!(failure.to_string().contains(&process), "{failure}");
        assert!(failure.to_string().contains("a/b"), "{failure}");
        drop(held);
        DataDirectory::lock(&path).expect("free again");
    }

    #[test]
    fn a_file_is_no_directory() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a");
        fs::write(&path, "").expect("written");
        assert!(DataDirectory::lock(&path).is_err());
    }
}
