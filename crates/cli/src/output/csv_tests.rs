//! What every kind of value looks like in CSV.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, ListBuilder, RecordBatch,
        StringArray, StringBuilder, TimestampMicrosecondArray,
    },
    datatypes::Schema,
};

use super::*;

fn people() -> RecordBatch {
    let mut phones = ListBuilder::new(StringBuilder::new());
    phones.append_value([Some("13800138001"), Some("13800138000")]);
    phones.append_value([None::<&str>; 0]);
    let amounts = Decimal128Array::from(vec![Some(-50), None]);
    let amounts = amounts.with_precision_and_scale(18, 2).expect("fits");
    let seen = TimestampMicrosecondArray::from(vec![Some(899_251_200_500_000), None]);
    let columns: [(&str, ArrayRef); 7] = [
        (
            "oneid",
            Arc::new(Int64Array::from(vec![4_294_967_296, 4_294_967_297])),
        ),
        ("vip", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        (
            "city",
            Arc::new(StringArray::from(vec![Some("上海, \"沪\""), None])),
        ),
        ("born", Arc::new(Date32Array::from(vec![Some(0), None]))),
        ("ltv", Arc::new(amounts)),
        ("seen", Arc::new(seen.with_timezone("UTC"))),
        ("phone", Arc::new(phones.finish())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
        .expect("columns fit")
}

#[test]
fn every_kind_has_its_text_and_null_is_empty() {
    let batch = people();
    let mut writer = CsvMembers::new(Vec::new(), &batch.schema()).expect("heading");
    writer.write(&batch).expect("rows");
    let bytes = writer.into_inner().expect("whole");
    let expected = "oneid,vip,city,born,ltv,seen,phone\r\n\
        4294967296,true,\"上海, \"\"沪\"\"\",1970-01-01,-0.50,1998-07-01T00:00:00.5Z,\
        13800138001;13800138000\r\n\
        4294967297,,,,,,\r\n";
    assert_eq!(String::from_utf8(bytes).expect("UTF-8"), expected);
}

#[test]
fn nobody_is_a_heading_alone() {
    let schema = Arc::new(Schema::new(people().schema().fields()[..2].to_vec()));
    let writer = CsvMembers::new(Vec::new(), &schema).expect("heading");
    assert_eq!(writer.into_inner().expect("whole"), b"oneid,vip\r\n");
}
