//! What tables, identifier types and tags are: the declarations that the catalog keeps.

mod blocked;
mod evolution;
mod identifier;
mod name;
mod table;
mod tag;

pub use self::blocked::{BlockedPatterns, InvalidPattern};
pub use self::evolution::NoSuccessor;
pub use self::identifier::{IdentifierType, LimitWindow, Normalizer, PersonLimit};
pub use self::name::{InvalidName, Name};
pub use self::table::{Column, ColumnType, HIDDEN_COLUMNS, TableKind, TableSchema};
pub use self::tag::{OnMissing, TagDefinition, TagKind, TagLevel};
