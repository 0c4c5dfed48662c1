//! A directory of many data files in the making: each grows block by block, all appear at the end.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use parquet::{
    arrow::ArrowWriter, basic::Compression, errors::ParquetError,
    file::properties::WriterProperties,
};
use tagma_core::ErrorKind;

use super::NewFile;
use crate::failure::Failure;

/// A row group is closed at this size, so that many open files need little memory.
const ROW_GROUP_BYTES: usize = 4 << 20;

/// Needs no state: that of zstd is a megabyte for each column of each open file.
const COMPRESSION: Compression = Compression::SNAPPY;

enum DataFile {
    Text(NewFile),
    Parquet(Box<ArrowWriter<NewFile>>),
}

/// The files, by their path below the directory.
pub(crate) struct DataFiles {
    root: PathBuf,
    files: BTreeMap<String, DataFile>,
}

impl DataFiles {
    /// Makes the directory, with such folders in it. Where it is not empty, `force` is needed, and
    /// takes those folders away with all that is in them.
    ///
    /// # Errors
    /// `AlreadyExists` for a directory that is not empty; what the volume refuses.
    pub(crate) fn begin(root: &Path, folders: &[&str], force: bool) -> Result<Self, Failure> {
        let refused = |path: &Path, e: &io::Error| Failure::file("cannot write", path, e);
        fs::create_dir_all(root).map_err(|e| refused(root, &e))?;
        let mut entries = fs::read_dir(root).map_err(|e| refused(root, &e))?;
        if !force && entries.next().is_some() {
            let message = format!(
                "`{}` is not empty: name another directory, or replace what is there by --force",
                root.display()
            );
            return Err(Failure::local(ErrorKind::AlreadyExists, message));
        }
        for folder in folders {
            let path = root.join(folder);
            if path.is_dir() {
                fs::remove_dir_all(&path).map_err(|e| refused(&path, &e))?;
            }
            fs::create_dir_all(&path).map_err(|e| refused(&path, &e))?;
        }
        Ok(Self {
            root: root.to_owned(),
            files: BTreeMap::new(),
        })
    }

    /// Adds text to a file, which begins with a heading.
    ///
    /// # Errors
    /// What the volume refuses.
    pub(crate) fn text(&mut self, path: &str, heading: &str, text: &[u8]) -> Result<(), Failure> {
        let whole = self.root.join(path);
        let refused = |e| Failure::file("cannot write", &whole, &e);
        if !self.files.contains_key(path) {
            let mut file = NewFile::create(&whole)?;
            file.write_all(heading.as_bytes()).map_err(refused)?;
            self.files.insert(path.to_owned(), DataFile::Text(file));
        }
        match self.files.get_mut(path) {
            Some(DataFile::Text(file)) => file.write_all(text).map_err(refused),
            _ => Err(Failure::internal("text in a Parquet file", path)),
        }
    }

    /// Adds rows to a Parquet file.
    ///
    /// # Errors
    /// What the volume refuses.
    pub(crate) fn batch(
        &mut self,
        path: &str,
        schema: &SchemaRef,
        batch: &RecordBatch,
    ) -> Result<(), Failure> {
        if !self.files.contains_key(path) {
            let file = NewFile::create(&self.root.join(path))?;
            let properties = WriterProperties::builder()
                .set_compression(COMPRESSION)
                .build();
            let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties));
            let writer = writer.map_err(|e| parquet_failure(path, &e))?;
            self.files
                .insert(path.to_owned(), DataFile::Parquet(Box::new(writer)));
        }
        let Some(DataFile::Parquet(writer)) = self.files.get_mut(path) else {
            return Err(Failure::internal("rows in a text file", path));
        };
        let mut written = writer.write(batch);
        if writer.in_progress_size() >= ROW_GROUP_BYTES {
            written = written.and_then(|()| writer.flush());
        }
        written.map_err(|e| parquet_failure(path, &e))
    }

    /// Makes all files durable and gives them their names; answers their sizes in bytes by path.
    ///
    /// # Errors
    /// What the volume refuses.
    pub(crate) fn publish(self) -> Result<BTreeMap<String, u64>, Failure> {
        let mut sizes = BTreeMap::new();
        for (path, file) in self.files {
            let file = match file {
                DataFile::Text(file) => file,
                DataFile::Parquet(writer) => writer
                    .into_inner()
                    .map_err(|e| parquet_failure(&path, &e))?,
            };
            file.publish()?;
            let whole = self.root.join(&path);
            let metadata = fs::metadata(&whole);
            let metadata = metadata.map_err(|e| Failure::file("cannot read", &whole, &e))?;
            sizes.insert(path, metadata.len());
        }
        Ok(sizes)
    }
}

fn parquet_failure(path: &str, error: &ParquetError) -> Failure {
    Failure::internal(&format!("cannot write `{path}`"), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_appear_together_with_their_headings() {
        let folder = tempfile::tempdir().expect("folder");
        let mut files = DataFiles::begin(folder.path(), &["a", "b"], false).expect("empty");
        files.text("a/1.csv", "x\n", b"1\n").expect("written");
        files.text("a/1.csv", "x\n", b"2\n").expect("written");
        assert!(!folder.path().join("a/1.csv").exists());
        let sizes = files.publish().expect("published");
        assert_eq!(sizes, BTreeMap::from([("a/1.csv".to_owned(), 6)]));
        assert_eq!(
            fs::read_to_string(folder.path().join("a/1.csv")).expect("done"),
            "x\n1\n2\n"
        );
    }

    #[test]
    fn what_is_there_is_only_replaced_by_force_and_only_in_the_folders() {
        let folder = tempfile::tempdir().expect("folder");
        fs::create_dir(folder.path().join("a")).expect("done");
        fs::write(folder.path().join("a/old.csv"), "old").expect("done");
        fs::write(folder.path().join("mine.txt"), "mine").expect("done");
        let failure = DataFiles::begin(folder.path(), &["a"], false)
            .err()
            .expect("refused");
        assert_eq!(failure.kind(), ErrorKind::AlreadyExists);
        assert!(failure.to_string().contains("--force"), "{failure}");
        assert!(folder.path().join("a/old.csv").exists());
        DataFiles::begin(folder.path(), &["a"], true)
            .expect("forced")
            .publish()
            .expect("done");
        assert!(!folder.path().join("a/old.csv").exists());
        assert!(folder.path().join("mine.txt").exists());
    }
}
