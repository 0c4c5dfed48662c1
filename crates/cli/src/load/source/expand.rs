//! From what was named on the command line to files: directories and patterns.

use std::{
    io,
    path::{Path, PathBuf},
};

use glob::MatchOptions;
use walkdir::{DirEntry, WalkDir};

use super::format::Format;
use crate::load::LoadError;

/// Files of one argument.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Expanded {
    /// In order of their names.
    pub(crate) files: Vec<PathBuf>,
    /// Files of a directory whose names do not say that they hold rows.
    pub(crate) passed_over: usize,
}

/// The files that `argument` means: a file itself, all files below a directory, all that match a
/// pattern. Below directories, what begins with `.` or `_` is left out, and so is what has no known
/// ending, unless the format `is_given`.
///
/// # Errors
/// Where there is none, or where a directory cannot be read.
pub(crate) fn expand(argument: &Path, is_given: bool) -> Result<Expanded, LoadError> {
    let mut expanded = Expanded::default();
    if argument.is_dir() {
        walk(argument, is_given, &mut expanded)?;
        return some(argument, expanded);
    }
    let text = argument.to_string_lossy();
    if argument.exists() || !text.contains(['*', '?', '[']) {
        expanded.files.push(argument.to_owned());
        return Ok(expanded);
    }
    let unreadable = |reason: io::Error| LoadError::Read {
        file: argument.to_owned(),
        reason,
    };
    let options = MatchOptions {
        require_literal_leading_dot: true,
        ..MatchOptions::new()
    };
    let matches = glob::glob_with(&text, options)
        .map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    for found in matches {
        let found = found.map_err(|error| unreadable(error.into()))?;
        match found.is_dir() {
            true => walk(&found, is_given, &mut expanded)?,
            false => expanded.files.push(found),
        }
    }
    some(argument, expanded)
}

fn some(argument: &Path, expanded: Expanded) -> Result<Expanded, LoadError> {
    if expanded.files.is_empty() {
        return Err(LoadError::NoFiles {
            argument: argument.to_owned(),
            passed_over: expanded.passed_over,
        });
    }
    Ok(expanded)
}

fn walk(directory: &Path, is_given: bool, expanded: &mut Expanded) -> Result<(), LoadError> {
    let entries = WalkDir::new(directory)
        .follow_links(true)
        .sort_by_file_name();
    for entry in entries.into_iter().filter_entry(is_shown) {
        let entry = entry.map_err(|error| LoadError::Read {
            file: error.path().unwrap_or(directory).to_owned(),
            reason: error.into(),
        })?;
        if entry.file_type().is_dir() {
            continue;
        }
        if is_given || Format::by_name(entry.path()).is_some() {
            expanded.files.push(entry.into_path());
        } else {
            expanded.passed_over += 1;
        }
    }
    Ok(())
}

fn is_shown(entry: &DirEntry) -> bool {
    entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with(['.', '_'])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn directories_and_patterns_are_files_in_order() {
        let folder = tempfile::tempdir().expect("folder");
        let root = folder.path();
        fs::create_dir_all(root.join("day=2/_temporary")).expect("made");
        let names = [
            "b.csv",
            "a.csv.gz",
            "day=2/c.ndjson",
            "_SUCCESS",
            ".x.csv",
            "README.md",
        ];
        for name in names.iter().chain(&["day=2/_temporary/d.csv"]) {
            fs::write(root.join(name), "x").expect("written");
        }
        let found = |argument: &str, is_given| {
            let argument = root.join(argument);
            let expanded = expand(&argument, is_given)?;
            let short = |file: &PathBuf| {
                let file = file.strip_prefix(root).expect("below");
                file.to_string_lossy().into_owned()
            };
            let files: Vec<String> = expanded.files.iter().map(short).collect();
            Ok::<_, LoadError>((files.join(" "), expanded.passed_over))
        };
        let all = "a.csv.gz b.csv day=2/c.ndjson";
        assert_eq!(found("", false).expect("found"), (all.to_owned(), 1));
        let (given, passed_over) = found("", true).expect("found");
        assert_eq!(
            (given.as_str(), passed_over),
            ("README.md a.csv.gz b.csv day=2/c.ndjson", 0)
        );
        assert_eq!(found("*.csv*", false).expect("found").0, "a.csv.gz b.csv");
        assert_eq!(found("day*", false).expect("found").0, "day=2/c.ndjson");
        assert_eq!(found("README.md", false).expect("named").0, "README.md");
        let none = found("*.parquet", false).expect_err("none").to_string();
        assert!(none.ends_with("*.parquet` matches no file"), "{none}");
        fs::create_dir(root.join("none")).expect("made");
        fs::write(root.join("none/a.md"), "x").expect("written");
        let none = found("none", false).expect_err("none").to_string();
        assert!(
            none.contains("holds no files to load (1 with an unknown ending"),
            "{none}"
        );
    }
}
