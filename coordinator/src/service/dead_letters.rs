//! Rows that went to no table: pages of them, over all shards.

use std::io::Cursor;

use arrow::{error::ArrowError, ipc::reader::StreamReader};
use futures::future::try_join_all;
use tagma_core::{AsOf, ErrorKind, LogIndex, catalog::Catalog, id::RowSeq};
use tagma_sql::columns::{numbers, texts};

use super::Context;
use crate::{
    error::{Error, Result},
    query::Letters,
};

/// Letters of a page that does not say how many.
const PAGE: usize = 1_000;
/// Letters of a page at most.
const PAGE_MAX: usize = 10_000;

/// Reads dead letters.
#[derive(Clone)]
pub(crate) struct DeadLetterService {
    context: Context,
}

/// A row that went to no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeadLetter {
    /// Its number, ascending in order of arrival.
    pub(crate) letter: RowSeq,
    /// The table that it was meant for.
    pub(crate) table: String,
    /// File or producer.
    pub(crate) source: String,
    /// Row in it.
    pub(crate) source_row: u64,
    /// Why.
    pub(crate) reason: String,
    /// The row.
    pub(crate) original: String,
    /// Commit time, where it is still known.
    pub(crate) at: Option<AsOf>,
}

/// Letters in order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// The letters.
    pub(crate) letters: Vec<DeadLetter>,
    /// The last one, where there are more after it.
    pub(crate) next: Option<RowSeq>,
}

impl DeadLetterService {
    pub(crate) fn new(context: Context) -> Self {
        Self { context }
    }

    /// The first letters at `index` that `wanted` asks for; its limit 0 stands for a usual page.
    ///
    /// # Errors
    /// NotFound for an unknown table; Unavailable where a shard cannot be asked.
    pub(crate) async fn list(&self, wanted: Letters, index: LogIndex) -> Result<Page> {
        let limit = match wanted.limit {
            0 => PAGE,
            limit => limit.min(PAGE_MAX),
        };
        let wanted = Letters { limit, ..wanted };
        let catalog = self.context.catalog();
        if !wanted.table.is_empty() && catalog.table_at(&wanted.table, index).is_none() {
            let message = format!(
                "there is no table `{}`: see `tagma table list`",
                wanted.table
            );
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let shards = catalog.shards.keys().copied();
        let pages = shards.map(|shard| {
            let router = &self.context.router;
            router.dead_letters(&catalog, index, (shard, &wanted))
        });
        let mut parts = Vec::new();
        for (stream, more) in try_join_all(pages).await? {
            parts.push((read(&stream, &catalog).map_err(unreadable)?, more));
        }
        Ok(Page::of(parts, limit))
    }
}

impl Page {
    /// The earliest letters of all shards: none beyond where a shard's part ends though it has
    /// more.
    fn of(parts: Vec<(Vec<DeadLetter>, bool)>, limit: usize) -> Self {
        let ends = parts.iter().filter(|(_, more)| *more);
        let ends = ends.filter_map(|(letters, _)| letters.last());
        let end = ends.map(|letter| letter.letter).min();
        let letters = parts.into_iter().flat_map(|(letters, _)| letters);
        let mut letters: Vec<DeadLetter> = letters.collect();
        letters.sort_unstable_by_key(|letter| letter.letter);
        let known = letters.partition_point(|letter| end.is_none_or(|end| letter.letter <= end));
        let more = end.is_some() || letters.len() > limit;
        letters.truncate(known.min(limit));
        let last = letters.last().map(|last| last.letter);
        Self {
            next: last.filter(|_| more),
            letters,
        }
    }
}

fn read(stream: &[u8], catalog: &Catalog) -> Result<Vec<DeadLetter>, ArrowError> {
    let mut letters = Vec::new();
    if stream.is_empty() {
        return Ok(letters);
    }
    for batch in StreamReader::try_new(Cursor::new(stream), None)? {
        let batch = batch?;
        let (seqs, rows) = (numbers(&batch, "_seq")?, numbers(&batch, "source_row")?);
        let (tables, sources) = (texts(&batch, "table_name")?, texts(&batch, "source")?);
        let (reasons, originals) = (texts(&batch, "reason")?, texts(&batch, "original")?);
        letters.extend((0..batch.num_rows()).map(|row| {
            let letter = RowSeq(seqs.value(row));
            DeadLetter {
                letter,
                table: tables.value(row).to_owned(),
                source: sources.value(row).to_owned(),
                source_row: rows.value(row).cast_unsigned(),
                reason: reasons.value(row).to_owned(),
                original: originals.value(row).to_owned(),
                at: catalog.commit_time(letter.index()),
            }
        }));
    }
    Ok(letters)
}

fn unreadable(error: ArrowError) -> Error {
    let message = format!("dead letters cannot be read: {error}");
    Error::new(ErrorKind::Corrupt, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(letters: &[i64], more: bool) -> (Vec<DeadLetter>, bool) {
        let letter = |number: &i64| DeadLetter {
            letter: RowSeq(*number),
            table: "t".to_owned(),
            source: "s".to_owned(),
            source_row: 1,
            reason: "r".to_owned(),
            original: "o".to_owned(),
            at: None,
        };
        (letters.iter().map(letter).collect(), more)
    }

    fn page(parts: &[(&[i64], bool)], limit: usize) -> (Vec<i64>, Option<i64>) {
        let parts = parts.iter().map(|(letters, more)| part(letters, *more));
        let page = Page::of(parts.collect(), limit);
        let letters = page.letters.iter().map(|letter| letter.letter.0);
        (letters.collect(), page.next.map(|next| next.0))
    }

    #[test]
    fn a_page_ends_where_a_shard_may_have_more() {
        assert_eq!(page(&[(&[], false)], 9), (vec![], None));
        let whole: [(&[i64], bool); 2] = [(&[1, 4], false), (&[2, 9], false)];
        assert_eq!(page(&whole, 9), (vec![1, 2, 4, 9], None));
        assert_eq!(page(&whole, 3), (vec![1, 2, 4], Some(4)));
        let cut: [(&[i64], bool); 2] = [(&[1, 4], true), (&[2, 9], false)];
        assert_eq!(page(&cut, 9), (vec![1, 2, 4], Some(4)));
        assert_eq!(page(&cut, 2), (vec![1, 2], Some(2)));
        let both: [(&[i64], bool); 2] = [(&[1, 4], true), (&[2, 3], true)];
        assert_eq!(page(&both, 9), (vec![1, 2, 3], Some(3)));
    }
}
