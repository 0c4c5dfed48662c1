//! Members of a segment in OneID order, with tags and identifiers, in batches.
//!
//! Owns the columns of a batch: `oneid` Int64, a column per tag, a list of text per identifier
//! type, latest first.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, ListBuilder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::ipc::writer::StreamWriter;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use tagma_core::segment::TagSlot;
use tagma_core::{OneId, Value};
use tagma_engine::OrdinalSet;
use tagma_engine::chunk::split;
use tagma_sql::run::BlockReader;
use tagma_sql::tables::tag_array;

use super::error::{Error, Result};
use super::identities::{Identifiers, IdentityReader};
use super::pool::Pool;
use super::units::{Target, spread};

/// People in one batch at most.
pub const BATCH_PEOPLE: usize = 8_192;

/// What to send along with each person.
#[derive(Debug, Clone, Default)]
pub struct MembersOf {
    /// Slots of the plan's tags.
    pub slots: Vec<usize>,
    /// Identifier types.
    pub identifiers: Vec<String>,
    /// Only people after this one.
    pub after: Option<OneId>,
}

/// Arrow IPC streams of one batch each.
pub type MemberStream = BoxStream<'static, Result<Bytes>>;

/// What is left to send.
struct Sending {
    target: Arc<Target>,
    pool: Arc<Pool>,
    of: MembersOf,
    schema: SchemaRef,
    sets: std::vec::IntoIter<OrdinalSet>,
    /// The set at hand and where it goes on.
    current: Option<(OrdinalSet, u32)>,
    identities: Option<IdentityReader>,
}

/// Evaluates the plan's one predicate over one shard, then sends its members, at least one batch.
///
/// # Errors
/// See [`Error`]: those of the evaluation come before the first batch.
pub async fn members(
    pool: Arc<Pool>,
    blocks: &BlockReader,
    target: Arc<Target>,
    of: MembersOf,
) -> Result<MemberStream> {
    if target.plan().predicates.len() != 1 {
        return Err(Error::Request("members are those of one predicate"));
    }
    let schema = schema(&target.plan().tags, &of)?;
    let targets = [Arc::clone(&target)];
    let sets = spread(&pool, &targets, |evaluator, chunks| {
        evaluator.members(chunks)
    })
    .await?;
    let shard = target.snapshot().shard;
    let start = of
        .after
        .map_or(OneId::new(shard, 0).get(), |after| after.get() + 1);
    let end = OneId::new(shard, u32::MAX).get() + 1;
    let identities = match of.identifiers.is_empty() {
        true => None,
        false => Some(IdentityReader::open(target.snapshot(), blocks, start..end).await?),
    };
    let sending = Sending {
        target,
        pool,
        of,
        schema,
        sets: sets.into_iter(),
        current: None,
        identities,
    };
    let batches = stream::try_unfold((sending, true), |(mut sending, first)| async move {
        let ordinals = sending.next_ordinals();
        if ordinals.is_empty() && !first {
            return Ok(None);
        }
        let batch = sending.batch(ordinals).await?;
        Ok(Some((batch, (sending, false))))
    });
    Ok(batches.boxed())
}

fn schema(tags: &[TagSlot], of: &MembersOf) -> Result<SchemaRef> {
    let mut fields = vec![Field::new("oneid", DataType::Int64, false)];
    for slot in &of.slots {
        let tag = tags
            .get(*slot)
            .ok_or(Error::Request("a tag to send is not in the plan"))?;
        let data_type = tag_array(tag.kind, &[])?.data_type().clone();
        fields.push(Field::new(tag.name.as_str(), data_type, true));
    }
    for identifier in &of.identifiers {
        let item = Arc::new(Field::new_list_field(DataType::Utf8, true));
        fields.push(Field::new(identifier, DataType::List(item), false));
    }
    Ok(Arc::new(Schema::new(fields)))
}

impl Sending {
    /// The next people, ascending; none at the end.
    fn next_ordinals(&mut self) -> Vec<u32> {
        let mut ordinals = Vec::with_capacity(BATCH_PEOPLE);
        let first = match self.of.after {
            None => Some(0),
            Some(after) => after.ordinal().checked_add(1),
        };
        let Some(first) = first else {
            return ordinals;
        };
        while ordinals.len() < BATCH_PEOPLE {
            let current = self.current.take();
            let Some((set, start)) = current.or_else(|| Some((self.sets.next()?, first))) else {
                break;
            };
            let room = BATCH_PEOPLE - ordinals.len();
            ordinals.extend(set.iter_from(start).take(room));
            let next = ordinals.last().and_then(|last| last.checked_add(1));
            if ordinals.len() == BATCH_PEOPLE
                && let Some(next) = next
            {
                self.current = Some((set, next));
            }
        }
        ordinals
    }

    async fn batch(&mut self, ordinals: Vec<u32>) -> Result<Bytes> {
        let shard = self.target.snapshot().shard;
        let ordinals: Arc<[u32]> = ordinals.into();
        let oneids: Vec<i64> = ordinals
            .iter()
            .map(|ordinal| OneId::new(shard, *ordinal).get())
            .collect();
        let identifiers = match (&mut self.identities, oneids.last()) {
            (Some(reader), Some(last)) => reader.through(*last).await?,
            _ => Identifiers::new(),
        };
        let (target, slots, people) = (
            Arc::clone(&self.target),
            self.of.slots.clone(),
            Arc::clone(&ordinals),
        );
        let tags = self
            .pool
            .run_one(move || tag_columns(&target, &slots, &people))
            .await??;
        let lists = self.of.identifiers.iter();
        let lists = lists.map(|kind| identifier_column(&oneids, kind, &identifiers));
        let lists: Vec<ArrayRef> = lists.collect();
        let oneid: ArrayRef = Arc::new(Int64Array::from(oneids));
        let columns: Vec<ArrayRef> = [oneid].into_iter().chain(tags).chain(lists).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        let mut writer = StreamWriter::try_new(Vec::new(), &self.schema)?;
        writer.write(&batch)?;
        Ok(Bytes::from(writer.into_inner()?))
    }
}

fn tag_columns(target: &Target, slots: &[usize], ordinals: &[u32]) -> Result<Vec<ArrayRef>> {
    let mut columns = Vec::with_capacity(slots.len());
    for slot in slots {
        let section = target.sections().get(*slot).and_then(Option::as_ref);
        let kind = target.plan().tags[*slot].kind;
        let mut values = Vec::with_capacity(ordinals.len());
        for people in ordinals.chunk_by(|a, b| split(*a).0 == split(*b).0) {
            match section {
                Some(section) => {
                    let positions: Vec<u16> = people.iter().map(|o| split(*o).1).collect();
                    let read = section.values(split(people[0]).0, &positions, &mut values);
                    read.map_err(tagma_engine::eval::Error::from)?;
                }
                None => values.resize(values.len() + people.len(), Value::Null),
            }
        }
        columns.push(tag_array(kind, &values)?);
    }
    Ok(columns)
}

fn identifier_column(oneids: &[i64], kind: &str, identifiers: &Identifiers) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for oneid in oneids {
        for (of_kind, value) in identifiers.get(oneid).into_iter().flatten() {
            if of_kind == kind {
                lists.values().append_value(value);
            }
        }
        lists.append(true);
    }
    Arc::new(lists.finish())
}
