//! Headings: the names of a file's columns.

use std::path::Path;

use tagma_core::schema::{HIDDEN_COLUMNS, Name};

use super::LoadError;

/// Checks headings as they stand in the file: each a name of its own.
///
/// # Errors
/// What is no name, is reserved or occurs twice.
pub(crate) fn names<'a>(
    file: &Path,
    headings: impl Iterator<Item = &'a str>,
) -> Result<Vec<Name>, LoadError> {
    let headings: Vec<&str> = headings.collect();
    let mut names = Vec::new();
    for (position, heading) in headings.iter().enumerate() {
        let name = Name::new(heading.trim()).map_err(|reason| LoadError::HeadingNotName {
            file: file.to_owned(),
            position: position + 1,
            is_only: headings.len() == 1,
            reason,
        })?;
        names.push(name);
    }
    distinct(file, names)
}

/// Checks names of columns.
///
/// # Errors
/// What is reserved or occurs twice.
pub(crate) fn distinct(file: &Path, names: Vec<Name>) -> Result<Vec<Name>, LoadError> {
    for (position, name) in names.iter().enumerate() {
        if HIDDEN_COLUMNS.contains(&name.as_str()) {
            return Err(LoadError::ReservedHeading {
                file: file.to_owned(),
                name: name.to_string(),
            });
        }
        let before = &names[..position];
        if let Some(first) = before.iter().position(|known| known == name) {
            return Err(LoadError::DuplicateHeading {
                file: file.to_owned(),
                name: name.to_string(),
                first: first + 1,
                second: position + 1,
            });
        }
    }
    Ok(names)
}
