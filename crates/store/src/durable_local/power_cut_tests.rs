//! Power cuts: a model of the disk that keeps only what was fsynced.
//!
//! Content reaches the model when its file is fsynced, a name when its directory is. After every
//! answered operation the model must hold it, and at every single fsync it must hold no half
//! object. Taking any one fsync out of the write path fails a test here.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use tempfile::TempDir;

use super::DurableLocal;
use super::fsync::Fsync;
use super::staging::STAGING;

/// What would be left after a power cut: by inode, contents of files and entries of directories.
#[derive(Debug, Default)]
struct Disk {
    contents: BTreeMap<u64, Vec<u8>>,
    entries: BTreeMap<u64, BTreeMap<String, u64>>,
}

impl Disk {
    /// Every object reachable from `root` by durable names, with its durable content.
    fn objects(&self, root: u64, prefix: &str, found: &mut BTreeMap<String, Option<Vec<u8>>>) {
        for (name, inode) in self.entries.get(&root).into_iter().flatten() {
            let key = format!("{prefix}{name}");
            if self.entries.contains_key(inode) {
                self.objects(*inode, &format!("{key}/"), found);
            } else {
                found.insert(key, self.contents.get(inode).cloned());
            }
        }
    }
}

/// Performs no fsync but notes what it would have saved.
#[derive(Debug)]
struct Recorder {
    top: PathBuf,
    disk: Mutex<Disk>,
}

impl Recorder {
    /// What a cut now would leave below the directory `top`.
    fn after_cut(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let top = std::fs::metadata(&self.top).expect("top").ino();
        let mut found = BTreeMap::new();
        self.disk.lock().expect("disk").objects(top, "", &mut found);
        found
    }

    fn check_no_halves(&self) {
        for (key, content) in self.after_cut() {
            let path = self.top.join(&key);
            if path.is_file() {
                let whole = std::fs::read(&path).expect("object");
                assert_eq!(
                    content,
                    Some(whole),
                    "{key} is visible before its content is safe"
                );
            }
        }
    }
}

impl Fsync for Recorder {
    fn file(&self, file: &File, path: &Path) -> io::Result<()> {
        let inode = file.metadata()?.ino();
        self.disk
            .lock()
            .expect("disk")
            .contents
            .insert(inode, std::fs::read(path)?);
        self.check_no_halves();
        Ok(())
    }

    fn directory(&self, directory: &File, path: &Path) -> io::Result<()> {
        let mut entries = BTreeMap::new();
        let mut folders = Vec::new();
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name().into_string().expect("text");
            if name == STAGING {
                continue;
            }
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                folders.push(metadata.ino());
            }
            entries.insert(name, metadata.ino());
        }
        let mut disk = self.disk.lock().expect("disk");
        disk.entries.insert(directory.metadata()?.ino(), entries);
        for folder in folders {
            disk.entries.entry(folder).or_default();
        }
        drop(disk);
        self.check_no_halves();
        Ok(())
    }
}

struct Fixture {
    _directory: TempDir,
    recorder: Arc<Recorder>,
    store: DurableLocal,
}

/// A store in `root/of/it` of a directory that is empty on the model's disk.
fn open() -> Fixture {
    let directory = TempDir::new().expect("temporary directory");
    let top = directory.path().canonicalize().expect("path");
    let recorder = Arc::new(Recorder {
        top: top.clone(),
        disk: Mutex::default(),
    });
    let store = reopen(&top, &recorder);
    Fixture {
        _directory: directory,
        recorder,
        store,
    }
}

fn reopen(top: &Path, recorder: &Arc<Recorder>) -> DurableLocal {
    let fsync: Arc<dyn Fsync> = Arc::clone(recorder) as Arc<dyn Fsync>;
    DurableLocal::open_with(&top.join("root/of/it"), fsync).expect("opens")
}

impl Fixture {
    fn assert_survivors(&self, expected: &[(&str, &str)]) {
        let expected: BTreeMap<String, Option<Vec<u8>>> = expected
            .iter()
            .map(|(key, content)| (format!("root/of/it/{key}"), Some((*content).into())))
            .collect();
        assert_eq!(self.recorder.after_cut(), expected);
    }

    async fn put(&self, key: &str, content: &'static str, mode: PutMode) -> bool {
        let payload = PutPayload::from_static(content.as_bytes());
        let location = ObjectPath::from(key);
        self.store
            .put_opts(&location, payload, PutOptions::from(mode))
            .await
            .is_ok()
    }
}

#[tokio::test]
async fn puts_survive_with_every_folder_above_them() {
    let fixture = open();
    assert!(fixture.put("a/b/c/one", "1", PutMode::Create).await);
    fixture.assert_survivors(&[("a/b/c/one", "1")]);
    assert!(fixture.put("a/b/two", "2", PutMode::Create).await);
    assert!(fixture.put("three", "3", PutMode::Overwrite).await);
    fixture.assert_survivors(&[("a/b/c/one", "1"), ("a/b/two", "2"), ("three", "3")]);
    assert!(fixture.put("three", "4", PutMode::Overwrite).await);
    fixture.assert_survivors(&[("a/b/c/one", "1"), ("a/b/two", "2"), ("three", "4")]);
}

#[tokio::test]
async fn copies_deletes_and_multipart_puts_survive() {
    let fixture = open();
    let store = &fixture.store;
    let mut upload = store
        .put_multipart(&ObjectPath::from("m/a"))
        .await
        .expect("begun");
    upload.put_part("one".into()).await.expect("written");
    upload.put_part("two".into()).await.expect("written");
    upload.complete().await.expect("completed");
    fixture.assert_survivors(&[("m/a", "onetwo")]);
    store
        .copy(&ObjectPath::from("m/a"), &ObjectPath::from("n/b"))
        .await
        .expect("copied");
    fixture.assert_survivors(&[("m/a", "onetwo"), ("n/b", "onetwo")]);
    store
        .delete(&ObjectPath::from("m/a"))
        .await
        .expect("deleted");
    fixture.assert_survivors(&[("n/b", "onetwo")]);
}

/// A process killed between its link and its fsync leaves an object that is visible and not
/// durable; the next one that is told "exists" must be able to rely on it.
#[tokio::test]
async fn exists_is_answered_only_for_what_survives() {
    let fixture = open();
    assert!(fixture.put("a/one", "1", PutMode::Create).await);
    let folder = fixture.store.root().join("a");
    let stray = folder.join("two");
    std::fs::write(&stray, "2").expect("file");
    let file = File::open(&stray).expect("file");
    fixture.recorder.file(&file, &stray).expect("noted");
    fixture.assert_survivors(&[("a/one", "1")]);
    assert!(!fixture.put("a/two", "2", PutMode::Create).await);
    fixture.assert_survivors(&[("a/one", "1"), ("a/two", "2")]);
}

/// Folders made by a process that died before its fsync are made durable by the next user.
#[tokio::test]
async fn folders_that_exist_are_not_taken_for_durable() {
    let fixture = open();
    std::fs::create_dir_all(fixture.store.root().join("x/y")).expect("folders");
    assert!(fixture.put("x/y/one", "1", PutMode::Create).await);
    fixture.assert_survivors(&[("x/y/one", "1")]);
}

#[tokio::test]
async fn a_root_that_exists_is_made_durable_when_it_is_opened() {
    let directory = TempDir::new().expect("temporary directory");
    let top = directory.path().canonicalize().expect("path");
    let recorder = Arc::new(Recorder {
        top: top.join("root/of"),
        disk: Mutex::default(),
    });
    std::fs::create_dir_all(top.join("root/of/it")).expect("folders");
    let store = reopen(&top, &recorder);
    let payload = PutPayload::from_static(b"1");
    store
        .put(&ObjectPath::from("one"), payload)
        .await
        .expect("put");
    let survivors = recorder.after_cut();
    assert_eq!(survivors.get("it/one"), Some(&Some(b"1".to_vec())));
}
