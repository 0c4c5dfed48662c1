//! Column types as documents and the catalog spell them.

use arrow::datatypes::{DataType, TimeUnit};
use tagma_core::schema::ColumnType;

/// `bool`, `int`, `float`, `decimal(p,s)`, `text`, `date`, `timestamp`.
pub(crate) fn print(column_type: ColumnType) -> String {
    column_type.to_string()
}

/// The inverse of [`print`]; `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<ColumnType> {
    Some(match text {
        "bool" => ColumnType::Bool,
        "int" => ColumnType::Int,
        "float" => ColumnType::Float,
        "text" => ColumnType::Text,
        "date" => ColumnType::Date,
        "timestamp" => ColumnType::Timestamp,
        _ => {
            let inside = text.strip_prefix("decimal(")?.strip_suffix(')')?;
            let (precision, scale) = inside.split_once(',')?;
            let precision: u8 = precision.trim().parse().ok()?;
            let scale: u8 = scale.trim().parse().ok()?;
            let fits = (1..=38).contains(&precision) && scale <= precision;
            return fits.then_some(ColumnType::Decimal { precision, scale });
        }
    })
}

/// How values of the type travel.
pub(crate) fn data_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Int => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Decimal { precision, scale } => {
            DataType::Decimal128(precision, scale.cast_signed())
        }
        ColumnType::Text => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_they_are_written() {
        for text in [
            "bool",
            "int",
            "float",
            "decimal(18,2)",
            "text",
            "date",
            "timestamp",
        ] {
            assert_eq!(parse(text).map(print).as_deref(), Some(text));
        }
        for bad in [
            "",
            "string",
            "decimal",
            "decimal(39,2)",
            "decimal(2,3)",
            "decimal(0,0)",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
