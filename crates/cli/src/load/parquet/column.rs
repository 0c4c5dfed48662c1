//! Columns of Parquet files: which type they declare, and their values as a table's column.

use arrow::{
    array::{Array, ArrayRef, AsArray, TimestampMicrosecondArray},
    compute::cast,
    datatypes::{DataType, Float64Type, TimeUnit, TimestampMicrosecondType},
    util::display::{ArrayFormatter, FormatOptions},
};
use tagma_core::{
    schema::ColumnType,
    time::{check_timestamp, local_to_utc},
};

use crate::load::{
    cell::{CellRules, ColumnBuilder},
    column_type,
};

/// The type that a column of a table made from it has; `None` for a column of nulls.
///
/// # Errors
/// Why no column of a table can hold it, as the end of a sentence.
pub(crate) fn declared_type(data_type: &DataType) -> Result<Option<ColumnType>, String> {
    use DataType as D;
    Ok(Some(match data_type {
        D::Null => return Ok(None),
        D::Boolean => ColumnType::Bool,
        D::Int8 | D::Int16 | D::Int32 | D::Int64 => ColumnType::Int,
        D::UInt8 | D::UInt16 | D::UInt32 | D::UInt64 => ColumnType::Int,
        D::Float16 | D::Float32 | D::Float64 => ColumnType::Float,
        D::Decimal32(precision, scale)
        | D::Decimal64(precision, scale)
        | D::Decimal128(precision, scale)
            if *scale >= 0 =>
        {
            ColumnType::Decimal {
                precision: *precision,
                scale: scale.unsigned_abs(),
            }
        }
        D::Utf8 | D::LargeUtf8 | D::Utf8View => ColumnType::Text,
        D::Dictionary(_, values) => return declared_type(values),
        D::Date32 | D::Date64 => ColumnType::Date,
        D::Timestamp(_, _) => ColumnType::Timestamp,
        D::List(_) | D::LargeList(_) | D::FixedSizeList(_, _) | D::Map(_, _) => {
            return Err(format!(
                "is nested ({data_type}): lists and maps cannot be loaded, structs can"
            ));
        }
        other => {
            return Err(format!(
                "is of type {other}, which no column of a table holds"
            ));
        }
    }))
}

/// Whether values of `from` can become values of `to` without a guess.
pub(crate) fn fits(from: ColumnType, to: ColumnType) -> bool {
    use ColumnType::{Bool, Date, Decimal, Float, Int, Text, Timestamp};
    match (from, to) {
        (Text, _) | (Int, Decimal { .. } | Float) | (Decimal { .. }, Decimal { .. } | Float) => {
            true
        }
        (Int | Bool | Date, Text) | (Date, Timestamp) => true,
        (Decimal { scale, .. }, Text) => scale == 0,
        (from, to) => from == to,
    }
}

/// A converted column, and what was wrong at which row of it.
pub(crate) type Converted = (ArrayRef, Vec<(usize, String)>);

/// The values as those of the table's column. The type must be one that [`fits`].
pub(crate) fn convert(array: &ArrayRef, rules: CellRules) -> Result<Converted, String> {
    let from = declared_type(array.data_type())?;
    let target = column_type::data_type(rules.column_type);
    match from {
        Some(ColumnType::Timestamp) => timestamps(array, rules),
        Some(ColumnType::Date) if rules.column_type == ColumnType::Date => checked(array, &target),
        Some(ColumnType::Float) => {
            let (values, mut wrong) = checked(array, &target)?;
            let floats = values.as_primitive::<Float64Type>();
            let is_odd = |row: &usize| floats.is_valid(*row) && !floats.value(*row).is_finite();
            let odd = (0..floats.len()).filter(is_odd);
            wrong.extend(odd.map(|row| (row, format!("`{}` is not finite", floats.value(row)))));
            Ok((values, wrong))
        }
        Some(from) if from == rules.column_type => checked(array, &target),
        None => Ok((
            arrow::array::new_null_array(&target, array.len()),
            Vec::new(),
        )),
        Some(_) => through_text(array, rules),
    }
}

/// Another width of the same type: what does not fit is wrong.
fn checked(array: &ArrayRef, target: &DataType) -> Result<Converted, String> {
    let values = cast(array, target).map_err(|error| error.to_string())?;
    let is_lost = |row: &usize| array.is_valid(*row) && values.is_null(*row);
    let wrong: Vec<_> = (0..array.len())
        .filter(is_lost)
        .map(|row| (row, "the value is out of range".to_owned()))
        .collect();
    Ok((values, wrong))
}

/// Timestamps without zone are local ones.
fn timestamps(array: &ArrayRef, rules: CellRules) -> Result<Converted, String> {
    let is_local = matches!(array.data_type(), DataType::Timestamp(_, None));
    // Dropping the zone keeps the instant: no zone names are looked up.
    let bare = DataType::Timestamp(TimeUnit::Microsecond, None);
    let unzoned = match array.data_type() {
        DataType::Timestamp(unit, Some(_)) => without_zone(array, *unit)?,
        _ => array.clone(),
    };
    let (values, mut wrong) = checked(&unzoned, &bare)?;
    let values = values.as_primitive::<TimestampMicrosecondType>();
    let mut converted = Vec::with_capacity(values.len());
    for (row, value) in values.iter().enumerate() {
        let instant = value.map(|micros| match is_local {
            true => local_to_utc(micros, rules.zone),
            false => check_timestamp(micros),
        });
        converted.push(match instant.transpose() {
            Ok(instant) => instant,
            Err(error) => {
                wrong.push((row, error.to_string()));
                None
            }
        });
    }
    let converted = TimestampMicrosecondArray::from(converted).with_timezone("UTC");
    Ok((std::sync::Arc::new(converted), wrong))
}

fn without_zone(array: &ArrayRef, unit: TimeUnit) -> Result<ArrayRef, String> {
    let data = array
        .to_data()
        .into_builder()
        .data_type(DataType::Timestamp(unit, None));
    let data = data.build().map_err(|error| error.to_string())?;
    Ok(arrow::array::make_array(data))
}

/// Any other type: as text, which the column then reads.
fn through_text(array: &ArrayRef, rules: CellRules) -> Result<Converted, String> {
    let options = FormatOptions::new().with_null("");
    let formatter = ArrayFormatter::try_new(array, &options).map_err(|error| error.to_string())?;
    let mut builder = ColumnBuilder::new(rules);
    let mut wrong = Vec::new();
    for row in 0..array.len() {
        if array.is_null(row) {
            builder.append_null();
            continue;
        }
        if let Err(reason) = builder.append(&formatter.value(row).to_string()) {
            wrong.push((row, reason));
        }
    }
    Ok((builder.finish(), wrong))
}
