//! What a declared table may become: columns are added, types get wider, all else stays.
//!
//! Owns the rule by which stored rows stay what they were: every value of the narrower type is a
//! value of the wider one, exactly. Must not know how rows are stored.

use super::{Column, ColumnType, Name, TableSchema};

/// Digits of the greatest Int64.
const INT_DIGITS: u8 = 19;

/// Why a table cannot become another, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuccessor {
    /// A column is gone.
    #[error(
        "table `{table}` has a column `{column}`, which the document leaves out: columns stay, \
         since older rows have it; put it back"
    )]
    Removed {
        /// The table.
        table: Name,
        /// The column.
        column: Name,
    },
    /// A column has a type that does not hold all its values.
    #[error(
        "column `{column}` of table `{table}` is {is} and cannot become {asked}: {hint}; keep the \
         type, or add a column of another name"
    )]
    Narrowed {
        /// The table.
        table: Name,
        /// The column.
        column: Name,
        /// Its type.
        is: ColumnType,
        /// The type that it was to get.
        asked: ColumnType,
        /// What it may become.
        hint: String,
    },
    /// Something else than columns differs.
    #[error(
        "table `{table}` exists, and its `{what}` is {is}, not {asked}: only columns can be added \
         and types widened; keep it, or declare a table of another name and load into that"
    )]
    Other {
        /// The table.
        table: Name,
        /// The key of the document.
        what: &'static str,
        /// What stands.
        is: String,
        /// What was asked.
        asked: String,
    },
}

impl ColumnType {
    /// Whether every value of this type is exactly one of `wider`.
    ///
    /// An int of 64 bits is a decimal with 19 digits before the point; it is not always a float.
    pub fn fits_into(self, wider: Self) -> bool {
        let digits = |precision: u8, scale: u8| precision.saturating_sub(scale);
        match (self, wider) {
            (Self::Int, Self::Decimal { precision, scale }) => {
                digits(precision, scale) >= INT_DIGITS
            }
            (
                Self::Decimal {
                    precision: p,
                    scale: s,
                },
                Self::Decimal { precision, scale },
            ) => scale >= s && digits(precision, scale) >= digits(p, s),
            (a, b) => a == b,
        }
    }

    /// What it may become, for people.
    fn wider_types(self) -> String {
        match self {
            Self::Int => "an int may become decimal(p,s) with at least 19 digits before the \
                          point, such as decimal(21,2)"
                .to_owned(),
            Self::Decimal { precision, scale } => format!(
                "it may become a decimal with at least {} digits before the point and {scale} \
                 after it",
                precision.saturating_sub(scale)
            ),
            _ => "its values would not stay what they are".to_owned(),
        }
    }
}

impl TableSchema {
    /// Checks that rows stored by this schema can be read by `new`.
    ///
    /// # Errors
    /// The first thing that keeps it from being so.
    pub fn check_successor(&self, new: &Self) -> Result<(), NoSuccessor> {
        self.check_fixed(new)?;
        for column in &self.columns {
            let Some(asked) = new.column(column.name.as_str()) else {
                return Err(NoSuccessor::Removed {
                    table: self.name.clone(),
                    column: column.name.clone(),
                });
            };
            if !column.column_type.fits_into(asked.column_type) {
                return Err(NoSuccessor::Narrowed {
                    table: self.name.clone(),
                    column: column.name.clone(),
                    is: column.column_type,
                    asked: asked.column_type,
                    hint: column.column_type.wider_types(),
                });
            }
        }
        Ok(())
    }

    /// Checks everything but the columns.
    fn check_fixed(&self, new: &Self) -> Result<(), NoSuccessor> {
        let zone = |table: &Self| {
            let own = table.timezone.clone();
            own.unwrap_or_else(|| "the cluster's".to_owned())
        };
        let pairs = |table: &Self| {
            let pairs = table.identifiers.iter();
            let mut pairs: Vec<String> = pairs
                .map(|(id, column)| format!("{id}: {column}"))
                .collect();
            // Their order says which is stronger, for a table that is made; nothing depends on it.
            pairs.sort_unstable();
            format!("{{{}}}", pairs.join(", "))
        };
        let parts: [(&'static str, [String; 2]); 8] = [
            ("kind", [self, new].map(|t| t.kind.name().to_owned())),
            ("key", [self, new].map(|t| listed(&t.key))),
            ("version", [self, new].map(|t| named(t.version.as_ref()))),
            ("time", [self, new].map(|t| named(t.time.as_ref()))),
            ("event", [self, new].map(|t| named(t.event.as_ref()))),
            ("timezone", [self, new].map(zone)),
            ("identifiers", [self, new].map(pairs)),
            ("keep_ids", [self, new].map(|t| t.keep_ids.to_string())),
        ];
        for (what, [is, asked]) in parts {
            if is != asked {
                return Err(NoSuccessor::Other {
                    table: self.name.clone(),
                    what,
                    is,
                    asked,
                });
            }
        }
        Ok(())
    }

    /// Whether rows that were written by `older` can be read by this schema.
    pub fn covers(&self, older: &Self) -> bool {
        older
            .columns
            .iter()
            .all(|column| self.covers_column(column))
    }

    /// Whether values of `column` can be read by this schema.
    pub fn covers_column(&self, column: &Column) -> bool {
        let own = self.column(column.name.as_str());
        own.is_some_and(|own| column.column_type.fits_into(own.column_type))
    }

    /// This schema with the types of `stored` where those are wider: what rows stored by either
    /// can be read by.
    #[must_use]
    pub fn widened_by<'a>(&self, stored: impl IntoIterator<Item = &'a Column>) -> Self {
        let mut widened = self.clone();
        for other in stored {
            let own = widened.columns.iter_mut();
            for column in own.filter(|column| column.name == other.name) {
                if column.column_type.fits_into(other.column_type) {
                    column.column_type = other.column_type;
                }
            }
        }
        widened
    }
}

fn named(name: Option<&Name>) -> String {
    name.map_or_else(|| "none".to_owned(), |name| format!("`{name}`"))
}

fn listed(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    format!("[{}]", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::TableKind;

    fn name(text: &str) -> Name {
        Name::new(text).expect("a name")
    }

    fn decimal(precision: u8, scale: u8) -> ColumnType {
        ColumnType::Decimal { precision, scale }
    }

    fn table(columns: &[(&str, ColumnType)]) -> TableSchema {
        let columns = columns.iter().map(|(text, column_type)| Column {
            name: name(text),
            column_type: *column_type,
        });
        TableSchema {
            name: name("t"),
            kind: TableKind::Keyed,
            columns: columns.collect(),
            time: None,
            event: None,
            timezone: None,
            identifiers: vec![(name("phone"), name("mobile"))],
            keep_ids: false,
            key: vec![name("a")],
            version: None,
        }
    }

    #[test]
    fn a_type_is_wider_only_where_every_value_stays_exact() {
        let all = [
            ColumnType::Bool,
            ColumnType::Int,
            ColumnType::Float,
            ColumnType::Text,
            ColumnType::Date,
            ColumnType::Timestamp,
            decimal(12, 2),
            decimal(14, 2),
            decimal(14, 4),
            decimal(13, 4),
            decimal(19, 0),
            decimal(21, 2),
            decimal(38, 20),
        ];
        let wider = [
            (ColumnType::Int, decimal(19, 0)),
            (ColumnType::Int, decimal(21, 2)),
            (decimal(12, 2), decimal(14, 2)),
            (decimal(12, 2), decimal(14, 4)),
            (decimal(12, 2), decimal(21, 2)),
            (decimal(12, 2), decimal(38, 20)),
            (decimal(14, 2), decimal(21, 2)),
            (decimal(19, 0), decimal(21, 2)),
            (decimal(14, 2), decimal(38, 20)),
            (decimal(14, 4), decimal(38, 20)),
            (decimal(13, 4), decimal(14, 4)),
            (decimal(13, 4), decimal(38, 20)),
        ];
        for from in all {
            for to in all {
                let expected = from == to || wider.contains(&(from, to));
                assert_eq!(from.fits_into(to), expected, "{from} → {to}");
            }
        }
    }

    #[test]
    fn columns_are_added_and_widened_in_any_order() {
        let old = table(&[("a", ColumnType::Int), ("b", decimal(12, 2))]);
        let new = table(&[
            ("c", ColumnType::Text),
            ("b", decimal(14, 3)),
            ("a", ColumnType::Int),
        ]);
        assert_eq!(old.check_successor(&new), Ok(()));
        assert!(new.covers(&old) && !old.covers(&new));
        assert_eq!(
            old.widened_by(&new.columns),
            table(&[("a", ColumnType::Int), ("b", decimal(14, 3))])
        );
        assert_eq!(new.widened_by(&old.columns), new);
    }

    #[test]
    fn what_older_rows_could_not_be_read_by_is_refused_with_what_to_do() {
        let old = table(&[("a", ColumnType::Int), ("b", decimal(12, 2))]);
        let refused = |new: &TableSchema, parts: &[&str]| {
            let told = old.check_successor(new).expect_err("refused").to_string();
            for part in parts {
                assert!(told.contains(part), "{told}");
            }
        };
        let removed = table(&[("a", ColumnType::Int)]);
        refused(&removed, &["a column `b`", "put it back"]);
        let narrowed = table(&[("a", ColumnType::Int), ("b", decimal(12, 1))]);
        refused(
            &narrowed,
            &["decimal(12,2)", "decimal(12,1)", "10 digits before"],
        );
        let inexact = table(&[("a", ColumnType::Float), ("b", decimal(12, 2))]);
        refused(
            &inexact,
            &["is int", "cannot become float", "decimal(21,2)"],
        );
        let change = |f: &dyn Fn(&mut TableSchema)| {
            let mut new = old.clone();
            f(&mut new);
            new
        };
        refused(
            &change(&|t| t.kind = TableKind::Reference),
            &["`kind` is keyed, not reference", "another name"],
        );
        refused(
            &change(&|t| t.key = vec![name("a"), name("b")]),
            &["`key` is [a], not [a, b]"],
        );
        refused(
            &change(&|t| t.version = Some(name("b"))),
            &["`version` is none, not `b`"],
        );
        refused(
            &change(&|t| t.identifiers.push((name("crm_id"), name("crm_id")))),
            &["`identifiers` is {phone: mobile}, not {crm_id: crm_id, phone: mobile}"],
        );
        refused(
            &change(&|t| t.timezone = Some("Asia/Shanghai".to_owned())),
            &["`timezone` is the cluster's, not Asia/Shanghai"],
        );
    }
}
