//! Everybody's values of every tag at an index.

use anyhow::{Context, Result, bail, ensure};
use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
use tagma_core::Value;
use tagma_core::schema::TagKind;
use tagma_proto::pb::segment::v1::MembersRequest;

use super::people::{at, oneids};
use super::site::Site;

impl Site<'_> {
    /// Compares everybody's values of every tag at an index.
    pub(super) fn check_values(&self, index: u64) -> Result<()> {
        let world = &self.history.world;
        let moment = self.moments.world_at(index);
        let request = MembersRequest {
            expression: Some("TRUE".to_owned().into()),
            at: Some(at(index)),
            with: world.tags.keys().map(ToString::to_string).collect(),
            ..MembersRequest::default()
        };
        let mut people = 0;
        for batch in self.line.members(request)?.batches {
            let ids = oneids(&batch)?;
            people += ids.len();
            for (name, tag) in &world.tags {
                let column = batch.column_by_name(name.as_str()).context("no tag")?;
                for (row, id) in ids.iter().enumerate() {
                    let person = self.people.name(*id).context("somebody unknown")?;
                    let expected = world.value(name, person, moment);
                    let found = value(column, tag.kind, row)?;
                    ensure!(
                        found == expected,
                        "at index {index}, change {moment}: `{name}` of {person} (OneID {id}) is \
                         {found:?}, not {expected:?}"
                    );
                }
            }
        }
        let population = world.population(moment).len();
        ensure!(people == population, "{people} people, not {population}");
        Ok(())
    }
}

/// The value of a tag in a row.
fn value(column: &dyn Array, kind: TagKind, row: usize) -> Result<Value> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    let unfit = || format!("{kind:?} comes as {}", column.data_type());
    Ok(match kind {
        TagKind::Bool => Value::Bool(column.as_boolean_opt().with_context(unfit)?.value(row)),
        TagKind::Category => {
            let Some(texts) = column.as_string_opt::<i32>() else {
                bail!(unfit());
            };
            Value::Text(texts.value(row).to_owned())
        }
        TagKind::Int => {
            let numbers = column.as_primitive_opt::<Int64Type>();
            Value::Int(numbers.with_context(unfit)?.value(row).into())
        }
        TagKind::Decimal { scale, .. } => {
            let numbers = column.as_primitive_opt::<Decimal128Type>();
            let numbers = numbers.with_context(unfit)?;
            ensure!(numbers.scale() == i8::try_from(scale)?, unfit());
            let unscaled = numbers.value(row);
            Value::Decimal { unscaled, scale }
        }
        TagKind::Date => {
            let days = column.as_primitive_opt::<Date32Type>();
            Value::Date(days.with_context(unfit)?.value(row))
        }
        TagKind::Timestamp => {
            let instants = column.as_primitive_opt::<TimestampMicrosecondType>();
            Value::Timestamp(instants.with_context(unfit)?.value(row))
        }
    })
}
