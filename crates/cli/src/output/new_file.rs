//! A file that appears whole or not at all: written under another name, made durable, renamed.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::failure::Failure;

/// A file in the making. Dropped before [`Self::publish`], it leaves nothing.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: io::BufWriter<File>,
    partial: PathBuf,
    path: PathBuf,
    published: bool,
}

impl NewFile {
    /// Starts the file that will be at `path`, in the same directory.
    ///
    /// # Errors
    /// Where the directory cannot be written.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let Some(name) = path.file_name().filter(|_| !path.is_dir()) else {
            let message = format!("`{}` is a directory: name a file in it", path.display());
            return Err(Failure::invalid(message));
        };
        let process = std::process::id();
        let name = format!(".{}.{process}.partial", name.to_string_lossy());
        let partial = path.with_file_name(name);
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create(true)
            .truncate(true)
            .open(&partial);
        let file = file.map_err(|error| Failure::file("cannot write", path, &error))?;
        Ok(Self {
            file: io::BufWriter::with_capacity(1 << 20, file),
            partial,
            path: path.to_owned(),
            published: false,
        })
    }

    /// Makes the file durable and gives it its name, over an older one.
    ///
    /// # Errors
    /// Where the volume refuses, e.g. because it is full.
    pub(crate) fn publish(mut self) -> Result<(), Failure> {
        let renamed = self.file.flush().and_then(|()| self.rename());
        renamed.map_err(|error| Failure::file("cannot write", &self.path, &error))
    }

    fn rename(&mut self) -> io::Result<()> {
        self.file.get_ref().sync_all()?;
        fs::rename(&self.partial, &self.path)?;
        self.published = true;
        let parent = self.path.parent().filter(|p| !p.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.published {
            // What cannot be removed is a hidden file that says `partial`.
            let _removed = fs::remove_file(&self.partial);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_when_it_is_published_and_never_before() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.csv");
        fs::write(&path, "old").expect("written");
        let mut dropped = NewFile::create(&path).expect("created");
        dropped.write_all(b"half").expect("written");
        drop(dropped);
        assert_eq!(fs::read(&path).expect("read"), b"old");
        let mut kept = NewFile::create(&path).expect("created");
        kept.write_all(b"new").expect("written");
        kept.publish().expect("published");
        assert_eq!(fs::read(&path).expect("read"), b"new");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
    }

    #[test]
    fn a_directory_is_no_file() {
        let folder = tempfile::tempdir().expect("folder");
        let failure = NewFile::create(folder.path()).expect_err("a directory");
        assert!(failure.to_string().contains("is a directory"), "{failure}");
    }
}
