//! The YAML files that are meant by `-f`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tagma_proto::pb::catalog::v1::SourceFile;

use crate::failure::Failure;

/// Texts of files, and of all `*.yaml` and `*.yml` below directories, each directory in the order
/// of names. Hidden entries and links to directories are passed over.
///
/// # Errors
/// What cannot be read, is not UTF-8, or holds no such file.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<SourceFile>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let metadata = path
            .metadata()
            .map_err(|e| Failure::file("cannot read", path, &e))?;
        if metadata.is_dir() {
            collect(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    if found.is_empty() {
        let names: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let message = format!("there are no *.yaml or *.yml files in {}", names.join(", "));
        return Err(Failure::invalid(message));
    }
    found.iter().map(|path| text_of(path)).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |error| Failure::file("cannot read", folder, &error);
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type().map_err(unreadable)?.is_dir() {
            collect(&path, found)?;
        } else if is_yaml(&path) && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn text_of(path: &Path) -> Result<SourceFile, Failure> {
    let text = fs::read_to_string(path).map_err(|e| Failure::file("cannot read", path, &e))?;
    Ok(SourceFile {
        name: path.display().to_string(),
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, names: &[&str]) {
        for name in names {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, format!("# {name}")).expect("written");
        }
    }

    #[test]
    fn folders_are_read_in_the_order_of_names() {
        let folder = tempfile::tempdir().expect("folder");
        let names = [
            "b.yml",
            "a/z.yaml",
            "c.txt",
            ".hidden.yaml",
            ".git/x.yaml",
            "a.yaml",
        ];
        write(folder.path(), &names);
        let files = read(&[folder.path().to_owned()]).expect("read");
        let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
        assert_eq!(texts, ["# a/z.yaml", "# a.yaml", "# b.yml"]);
        let named = read(&[folder.path().join("c.txt")]).expect("a file is taken as it is");
        assert_eq!(named[0].text, "# c.txt");
    }

    #[test]
    fn nothing_to_read_is_an_error_that_names_the_place() {
        let folder = tempfile::tempdir().expect("folder");
        for path in [folder.path().to_owned(), folder.path().join("none.yaml")] {
            let failure = read(std::slice::from_ref(&path)).expect_err("nothing there");
            assert!(
                failure.to_string().contains(&path.display().to_string()),
                "{failure}"
            );
        }
    }
}
