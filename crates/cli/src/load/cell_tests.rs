//! What is a value of which type.

use arrow::datatypes::{Date32Type, TimestampMicrosecondType};
use arrow::{
    array::{Array, AsArray},
    util::display::array_value_to_string,
};

use super::*;

fn rules(column_type: ColumnType) -> CellRules {
    CellRules {
        column_type,
        zone: time::zone("Asia/Shanghai").expect("known"),
        has_compact_dates: false,
        decimal_comma: false,
    }
}

fn read(column_type: ColumnType, text: &str) -> Result<String, String> {
    let mut builder = ColumnBuilder::new(rules(column_type));
    builder.append(text)?;
    let array = builder.finish();
    Ok(array_value_to_string(&array, 0).expect("a value"))
}

const MONEY: ColumnType = ColumnType::Decimal {
    precision: 6,
    scale: 2,
};

#[test]
fn values_are_read() {
    assert_eq!(read(ColumnType::Bool, "True").as_deref(), Ok("true"));
    assert_eq!(read(ColumnType::Int, " -7").as_deref(), Ok("-7"));
    assert_eq!(read(ColumnType::Float, "1e3").as_deref(), Ok("1000.0"));
    assert_eq!(read(MONEY, "9999.99").as_deref(), Ok("9999.99"));
    assert_eq!(read(MONEY, "1.500").as_deref(), Ok("1.50"));
    assert_eq!(read(ColumnType::Text, " 上海 ").as_deref(), Ok(" 上海 "));
    assert_eq!(
        read(ColumnType::Date, "1998-06-30").as_deref(),
        Ok("1998-06-30")
    );
}

#[test]
fn wrong_values_are_named_with_the_reason() {
    let cases = [
        (ColumnType::Bool, "1", "`1` is neither true nor false"),
        (ColumnType::Int, "1.5", "`1.5` is no integer of 64 bits"),
        (
            ColumnType::Int,
            "9223372036854775808",
            "`9223372036854775808` is no integer of 64 bits",
        ),
        (ColumnType::Float, "NaN", "`NaN` is not finite"),
        (ColumnType::Float, "1e999", "`1e999` is not finite"),
        (ColumnType::Float, "x", "`x` is no number"),
        (MONEY, "abc", "`abc` is no decimal number"),
        (
            MONEY,
            "1.505",
            "`1.505` is too precise or too large for decimal(6,2)",
        ),
        (
            MONEY,
            "10000.00",
            "`10000.00` is too precise or too large for decimal(6,2)",
        ),
        (
            ColumnType::Date,
            "30.06.1998",
            "`30.06.1998` is no date: YYYY-MM-DD is needed",
        ),
        (
            ColumnType::Date,
            "19980630",
            "`19980630` is no date: YYYY-MM-DD is needed",
        ),
    ];
    for (column_type, text, reason) in cases {
        assert_eq!(read(column_type, text), Err(reason.to_owned()));
    }
    let error = read(ColumnType::Timestamp, "1998-06-31 00:00:00").expect_err("no such day");
    assert!(
        error.starts_with("`1998-06-31 00:00:00` is no timestamp"),
        "{error}"
    );
}

#[test]
fn a_wrong_value_leaves_a_null_so_that_columns_stay_level() {
    let mut builder = ColumnBuilder::new(rules(ColumnType::Int));
    assert!(builder.append("x").is_err());
    builder.append("1").expect("an integer");
    builder.append_null();
    let array = builder.finish();
    assert_eq!((array.len(), array.null_count()), (3, 2));
}

#[test]
fn times_without_offset_are_local() {
    for text in [
        "1998-07-01 08:00:00",
        "1998-07-01T00:00:00Z",
        "1998-07-01 02:00+02",
    ] {
        let mut builder = ColumnBuilder::new(rules(ColumnType::Timestamp));
        builder.append(text).expect("a time");
        let array = builder.finish();
        let micros = array.as_primitive::<TimestampMicrosecondType>().value(0);
        assert_eq!(micros, 899_251_200_000_000, "{text}");
    }
}

#[test]
fn compact_dates_are_dates_where_they_are_allowed() {
    let compact = CellRules {
        has_compact_dates: true,
        ..rules(ColumnType::Date)
    };
    let mut builder = ColumnBuilder::new(compact);
    builder.append("19700102").expect("a date");
    builder.append("1970-01-03").expect("a date");
    assert!(builder.append("19701301").is_err());
    let array = builder.finish();
    let days = array.as_primitive::<Date32Type>();
    assert_eq!((days.value(0), days.value(1)), (1, 2));
    assert_eq!(parse_compact_date("1970010１"), None);
}
