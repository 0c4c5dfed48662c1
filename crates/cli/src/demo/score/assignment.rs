//! Reading which OneID was given to what.

use std::path::Path;

use csv::StringRecord;

use super::truth_index::unreadable;
use crate::{demo::source::IdType, failure::Failure};

/// How an assignment is written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// A person a line: identifier types, and their columns.
    People(Vec<(String, usize)>),
    /// Type or source, value or key.
    Things { kind: usize, value: usize },
}

/// An assignment whose heading has been read.
pub(crate) struct Assignment<'p> {
    path: &'p Path,
    reader: csv::Reader<std::fs::File>,
    oneid: usize,
    form: Form,
    /// Whether records were given OneIDs, and not identifiers.
    pub(crate) is_of_records: bool,
}

impl<'p> Assignment<'p> {
    /// Opens the file.
    ///
    /// # Errors
    /// A file that cannot be read; a heading that is none of the three.
    pub(crate) fn open(path: &'p Path) -> Result<Self, Failure> {
        let mut reader = csv::Reader::from_path(path).map_err(|e| unreadable(path, &e))?;
        let heading = reader.headers().map_err(|e| unreadable(path, &e))?.clone();
        let column = |name: &str| heading.iter().position(|other| other == name);
        let wrong = || {
            Failure::invalid(format!(
                "`{}` has the columns {}: write `oneid` and a column for each identifier type, \
                 or `type,value,oneid`, or `source,key,oneid`",
                path.display(),
                heading.iter().collect::<Vec<_>>().join(", ")
            ))
        };
        let oneid = column("oneid").ok_or_else(wrong)?;
        let (by_record, by_value) = (
            (column("source"), column("key")),
            (column("type"), column("value")),
        );
        let is_of_records = matches!(by_record, (Some(_), Some(_)));
        let form = match (by_record, by_value) {
            ((Some(kind), Some(value)), _) | (_, (Some(kind), Some(value))) => {
                Form::Things { kind, value }
            }
            _ => {
                let typed = |name: &str| Some((name.to_owned(), column(name)?));
                let types: Vec<_> = IdType::ALL
                    .iter()
                    .filter_map(|id_type| typed(id_type.name()))
                    .collect();
                if types.is_empty() {
                    return Err(wrong());
                }
                Form::People(types)
            }
        };
        Ok(Self {
            path,
            reader,
            oneid,
            form,
            is_of_records,
        })
    }

    /// Every (type, value) or (source, key) with its OneID, in the order of the file.
    ///
    /// # Errors
    /// A line that cannot be read or has no OneID; what `take` answers.
    pub(crate) fn each(
        mut self,
        mut take: impl FnMut(&str, &str, u64) -> Result<(), String>,
    ) -> Result<(), Failure> {
        let mut record = StringRecord::new();
        loop {
            let line = self.reader.position().line();
            let wrong = |what: String| {
                Failure::invalid(format!("`{}` line {line}: {what}", self.path.display()))
            };
            let read = self.reader.read_record(&mut record);
            if !read.map_err(|e| unreadable(self.path, &e))? {
                return Ok(());
            }
            let cell = |column: usize| record.get(column).unwrap_or_default();
            let oneid = cell(self.oneid);
            let number: u64 = match oneid.parse() {
                Ok(number) if number > 0 => number,
                _ => return Err(wrong(format!("`{oneid}` is no OneID"))),
            };
            let mut taken = Ok(());
            match &self.form {
                Form::Things { kind, value } => taken = take(cell(*kind), cell(*value), number),
                Form::People(types) => {
                    for (id_type, column) in types {
                        let mut values = cell(*column).split(';').filter(|value| !value.is_empty());
                        taken =
                            taken.and(values.try_for_each(|value| take(id_type, value, number)));
                    }
                }
            }
            taken.map_err(wrong)?;
        }
    }
}
