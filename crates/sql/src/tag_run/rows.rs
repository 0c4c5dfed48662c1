//! Rows of a result → values of people.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use tagma_core::{OneId, Value};

use super::error::Error;
use super::job::{RunReport, ShardAt, Sink, TagSpec};
use super::values::ValueReader;
use crate::analyse::TagQuery;

/// People whom an error of two values names.
const EXAMPLES: usize = 3;

/// What has been seen; rows come ordered by oneid.
pub(super) struct Rows<'a> {
    spec: &'a TagSpec,
    shard: &'a ShardAt,
    report: RunReport,
    /// The last person with a value, and the value as shown.
    last: Option<(OneId, Value)>,
    twice: Vec<String>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(spec: &'a TagSpec, shard: &'a ShardAt, query: TagQuery) -> Self {
        Self {
            spec,
            shard,
            report: RunReport {
                query,
                values: 0,
                nulls: 0,
                not_alive: 0,
            },
            last: None,
            twice: Vec::new(),
        }
    }

    /// Hands the values of `batch` to the sink.
    pub(super) fn take(&mut self, batch: &RecordBatch, sink: &mut Sink<'_>) -> Result<(), Error> {
        let oneids = batch["oneid"].as_primitive::<Int64Type>();
        let values = ValueReader::new(self.spec.kind, &batch["value"]);
        let values = values.map_err(|source| Error::Execute {
            tag: self.spec.name.clone(),
            source,
        })?;
        for row in 0..batch.num_rows() {
            let person = self.person(oneids.is_valid(row).then(|| oneids.value(row)))?;
            if !self.shard.people.is_alive(person.ordinal())? {
                self.report.not_alive += 1;
                continue;
            }
            let value = values.value(row).map_err(|reason| Error::Value {
                tag: self.spec.name.clone(),
                person,
                reason,
            })?;
            match value {
                Value::Null => self.report.nulls += 1,
                value => self.keep(person, value, sink)?,
            }
        }
        Ok(())
    }

    fn person(&self, oneid: Option<i64>) -> Result<OneId, Error> {
        let person = oneid.and_then(OneId::from_i64);
        let here = person.filter(|p| p.shard() == self.shard.shard);
        here.ok_or_else(|| Error::Stranger {
            tag: self.spec.name.clone(),
            oneid: oneid.map_or("NULL".into(), |o| o.to_string()),
        })
    }

    fn keep(&mut self, person: OneId, value: Value, sink: &mut Sink<'_>) -> Result<(), Error> {
        if let Some((last, first)) = &self.last
            && *last == person
        {
            self.twice.push(format!(
                "person {person} has {} and {}",
                shown(first),
                shown(&value)
            ));
            return if self.twice.len() < EXAMPLES {
                Ok(())
            } else {
                Err(self.two_values())
            };
        }
        self.last = Some((person, value.clone()));
        if !self.twice.is_empty() {
            return Ok(());
        }
        self.report.values += 1;
        sink(person, value).map_err(|source| Error::Sink {
            tag: self.spec.name.clone(),
            source,
        })
    }

    fn two_values(&self) -> Error {
        Error::TwoValues {
            tag: self.spec.name.clone(),
            examples: self.twice.clone(),
        }
    }

    pub(super) fn finish(self) -> Result<RunReport, Error> {
        if self.twice.is_empty() {
            Ok(self.report)
        } else {
            Err(self.two_values())
        }
    }
}

/// A value as people write it.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "NULL".into(),
        Value::Bool(b) => b.to_string(),
        Value::Int(i) => i.to_string(),
        Value::Decimal { unscaled, scale } => tagma_core::number::Decimal::new(*unscaled, *scale)
            .map_or_else(|_| format!("{unscaled}e-{scale}"), |d| d.to_string()),
        Value::Text(text) => format!("'{text}'"),
        Value::Date(day) => tagma_core::time::print_date(*day),
        Value::Timestamp(at) => tagma_core::time::print_timestamp(*at),
    }
}
