//! Which keys of a file are which columns.

use std::collections::HashMap;

use tagma_core::schema::{HIDDEN_COLUMNS, Name};

use crate::load::{LoadError, source::Source};

/// More keys are rather data: an object used as a map.
const KEYS_MAX: usize = 1_024;

/// Keys, numbered in the order in which they were first seen. Never walked: order does not leak.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    numbers: HashMap<String, usize>,
    pub(crate) columns: Vec<KeyColumn>,
}

/// A key and its column.
#[derive(Debug, Clone)]
pub(crate) struct KeyColumn {
    /// Keys that lead to it, joined by points.
    pub(crate) path: String,
    pub(crate) name: Name,
}

impl Keys {
    /// Keys that are known already.
    pub(crate) fn known(columns: Vec<KeyColumn>) -> Self {
        let numbers = columns.iter().map(|column| column.path.clone());
        Self {
            numbers: numbers.zip(0..).collect(),
            columns,
        }
    }

    pub(crate) fn find(&self, path: &str) -> Option<usize> {
        self.numbers.get(path).copied()
    }

    /// The number of a key, new or not.
    ///
    /// # Errors
    /// A key that can be no column, or no column of its own.
    pub(crate) fn number(
        &mut self,
        source: &Source,
        path: &str,
        row: u64,
    ) -> Result<usize, LoadError> {
        if let Some(number) = self.find(path) {
            return Ok(number);
        }
        let name = self.name(path).map_err(|reason| LoadError::Key {
            file: source.path.clone(),
            path: path.to_owned(),
            row,
            reason,
        })?;
        let number = self.columns.len();
        self.numbers.insert(path.to_owned(), number);
        self.columns.push(KeyColumn {
            path: path.to_owned(),
            name,
        });
        Ok(number)
    }

    fn name(&self, path: &str) -> Result<Name, String> {
        if self.columns.len() == KEYS_MAX {
            return Err(format!(
                "is one more than {KEYS_MAX} keys: are there objects whose keys are data?"
            ));
        }
        let name = Name::new(&path.replace('.', "_"))
            .map_err(|_| "is not a name: letters, digits and `_`, not a digit first".to_owned())?;
        if HIDDEN_COLUMNS.contains(&name.as_str()) {
            return Err("is reserved: rename it".to_owned());
        }
        match self.columns.iter().find(|column| column.name == name) {
            Some(other) => Err(format!(
                "would be column `{name}`, as key `{}` is (case does not count)",
                other.path
            )),
            None => Ok(name),
        }
    }
}
