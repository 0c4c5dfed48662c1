//! Why somebody is one person: identifiers and merges, each with the row that told them.
//!
//! Owns how the built-in tables of the person's shard are read as evidence.

use std::io::Cursor;

use arrow::{
    array::{Array, Int64Array, RecordBatch, StringArray},
    error::ArrowError,
    ipc::reader::StreamReader,
};
use tagma_core::{
    AsOf, ErrorKind, LogIndex, OneId,
    catalog::Catalog,
    id::RowSeq,
    journal::{IDENTITIES, MERGES},
};
use tagma_identity::Forest;
use tagma_sql::columns::{numbers, texts};

use super::{IdentityService, PersonName};
use crate::{
    error::{Error, Result},
    query::Leavers,
};

/// Where something came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// File or producer.
    pub(crate) source: String,
    /// Row in it.
    pub(crate) source_row: u64,
    /// Entry that brought it.
    pub(crate) index: LogIndex,
    /// Its commit time, where that is still known.
    pub(crate) at: Option<AsOf>,
}

/// An identifier with the row that first named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownIdentifier {
    pub(crate) kind: String,
    pub(crate) value: String,
    /// Whom it was attached to.
    pub(crate) origin: i64,
    pub(crate) evidence: Evidence,
}

/// Two people who became one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownMerge {
    pub(crate) loser: i64,
    pub(crate) survivor: i64,
    /// Type and value of the identifier that brought the loser.
    pub(crate) kind: String,
    pub(crate) value: String,
    pub(crate) evidence: Evidence,
    /// When the loser's rows moved.
    pub(crate) landed: Option<LogIndex>,
    /// When the merge was undone.
    pub(crate) undone: Option<LogIndex>,
}

/// A person with all evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Explained {
    pub(crate) oneid: OneId,
    /// In order of arrival.
    pub(crate) identifiers: Vec<KnownIdentifier>,
    /// In order of decision.
    pub(crate) merges: Vec<KnownMerge>,
    pub(crate) index: LogIndex,
}

impl IdentityService {
    /// Why the person behind a name is one person, as of `index`.
    ///
    /// # Errors
    /// As [`IdentityService::resolve`].
    pub(crate) async fn explain(&self, name: &PersonName, index: LogIndex) -> Result<Explained> {
        let oneid = self.resolve(name, index).await?.oneid;
        let context = self.context();
        let leavers = Leavers {
            shard: oneid.shard(),
            people: vec![oneid],
            origins: Vec::new(),
            tables: vec![IDENTITIES.to_owned(), MERGES.to_owned()],
        };
        let catalog = context.catalog();
        let rows = context
            .router
            .collect_rows(&catalog, index, &leavers)
            .await?;
        let map = context.directory.snapshot();
        let mut told: Vec<Told> = Vec::new();
        let mut merges: Vec<KnownMerge> = Vec::new();
        for (table, stream) in &rows.tables {
            let batches = StreamReader::try_new(Cursor::new(stream), None).map_err(unreadable)?;
            for batch in batches {
                let batch = batch.map_err(unreadable)?;
                let rows = Rows::of(&batch, &catalog).map_err(unreadable)?;
                match table.as_str() {
                    IDENTITIES => told.extend(rows.identifiers()),
                    _ => merges.extend(rows.merges(map.forest(), index).map_err(unreadable)?),
                }
            }
        }
        merges.sort_by_key(|merge| merge.evidence.index);
        Ok(Explained {
            oneid,
            identifiers: still_known(told),
            merges,
            index,
        })
    }
}

/// A row about an identifier.
struct Told {
    arrival: i64,
    known: KnownIdentifier,
    /// From here on it is not the person's.
    is_unbound: bool,
}

/// Identifiers that were not unbound after the row that first named them.
fn still_known(mut told: Vec<Told>) -> Vec<KnownIdentifier> {
    told.sort_by_key(|told| told.arrival);
    let mut identifiers: Vec<KnownIdentifier> = Vec::new();
    for Told {
        known, is_unbound, ..
    } in told
    {
        let is_same =
            |other: &KnownIdentifier| (&other.kind, &other.value) == (&known.kind, &known.value);
        if is_unbound {
            identifiers.retain(|other| !is_same(other));
        } else if !identifiers.iter().any(is_same) {
            identifiers.push(known);
        }
    }
    identifiers
}

/// The columns that both tables have.
struct Rows<'a> {
    batch: &'a RecordBatch,
    catalog: &'a Catalog,
    seqs: &'a Int64Array,
    origins: &'a Int64Array,
    kinds: &'a StringArray,
    values: &'a StringArray,
    sources: &'a StringArray,
    source_rows: &'a Int64Array,
}

impl<'a> Rows<'a> {
    fn of(batch: &'a RecordBatch, catalog: &'a Catalog) -> Result<Self, ArrowError> {
        Ok(Self {
            batch,
            catalog,
            seqs: numbers(batch, "_seq")?,
            origins: numbers(batch, "_origin")?,
            kinds: texts(batch, "type")?,
            values: texts(batch, "value")?,
            sources: texts(batch, "source")?,
            source_rows: numbers(batch, "source_row")?,
        })
    }

    fn identifiers(&self) -> impl Iterator<Item = Told> + '_ {
        (0..self.batch.num_rows()).map(|row| Told {
            arrival: self.seqs.value(row),
            known: KnownIdentifier {
                kind: self.kinds.value(row).to_owned(),
                value: self.values.value(row).to_owned(),
                origin: self.origins.value(row),
                evidence: self.evidence(row),
            },
            is_unbound: self.source_rows.is_null(row),
        })
    }

    fn merges(&self, forest: &Forest, index: LogIndex) -> Result<Vec<KnownMerge>, ArrowError> {
        let losers = numbers(self.batch, "loser")?;
        let survivors = numbers(self.batch, "survivor")?;
        let merge = |row| {
            let evidence = self.evidence(row);
            let loser = OneId::from_i64(losers.value(row));
            let edges = loser.into_iter().flat_map(|loser| forest.edges_of(loser));
            let mut edges = edges.filter(|edge| edge.decided == evidence.index);
            let edge = edges.next();
            let (landed, undone) = edge.map_or((None, None), |edge| (edge.landed, edge.cut));
            KnownMerge {
                loser: losers.value(row),
                survivor: survivors.value(row),
                kind: self.kinds.value(row).to_owned(),
                value: self.values.value(row).to_owned(),
                landed: landed.filter(|landed| *landed <= index),
                undone: undone.filter(|undone| *undone <= index),
                evidence,
            }
        };
        Ok((0..self.batch.num_rows()).map(merge).collect())
    }

    fn evidence(&self, row: usize) -> Evidence {
        let index = RowSeq(self.seqs.value(row)).index();
        Evidence {
            source: self.sources.value(row).to_owned(),
            source_row: match self.source_rows.is_valid(row) {
                true => self.source_rows.value(row).cast_unsigned(),
                false => 0,
            },
            index,
            at: self.catalog.commit_time(index),
        }
    }
}

fn unreadable(error: ArrowError) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        format!("evidence cannot be read: {error}"),
    )
}
