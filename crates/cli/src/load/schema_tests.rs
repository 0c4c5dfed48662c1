//! Schemas made from files.

use std::fs;

use tagma_core::schema::TableKind;

use super::*;
use crate::{
    load::{
        scan::{ScanRules, scan},
        source::Source,
    },
    output::Progress,
};

fn options(ids: &[&str], time: Option<&str>) -> LoadOptions {
    let name = |text: &str| Name::new(text).expect("a name");
    LoadOptions {
        ids: ids.iter().map(|id| id.parse().expect("an id")).collect(),
        time: time.map(name),
        create: true,
        ..LoadOptions::new(name("t"))
    }
}

fn inferred(options: &LoadOptions, files: &[&str]) -> Result<TableSchema, LoadError> {
    let folder = tempfile::tempdir().expect("folder");
    let mut scans = Vec::new();
    for (number, text) in files.iter().enumerate() {
        let path = folder.path().join(format!("{number}.csv"));
        fs::write(&path, text).expect("written");
        let source = Source::look_at(&path, None).expect("a file");
        let rules = ScanRules {
            text: options.text.rules(&source),
            time: options.time.clone(),
            infers: true,
        };
        scans.push(scan(&source, &rules, &Progress::hidden()).expect("scanned"));
    }
    infer(options, &scans)
}

fn columns(schema: &TableSchema) -> Vec<String> {
    let text = |c: &Column| format!("{} {}", c.name, column_type::print(c.column_type));
    schema.columns.iter().map(text).collect()
}

#[test]
fn identifiers_leave_the_table_and_stay_text() {
    let file = "Phone,day,n\n13800138000,19970101,1\n";
    let schema = inferred(&options(&["phone"], Some("day")), &[file]).expect("fits");
    assert_eq!(columns(&schema), ["day date", "n int"]);
    assert_eq!(schema.kind, TableKind::Events);
    let keep = LoadOptions {
        keep_ids: true,
        event: Some(Name::new("n").expect("a name")),
        ..options(&["phone"], None)
    };
    let schema = inferred(&keep, &[file]).expect("fits");
    assert_eq!(columns(&schema), ["phone text", "day int", "n text"]);
}

#[test]
fn files_are_joined_column_by_column() {
    let files = ["id,a,b\nx,1,\n", "b,id,c\n2.50,x,true\n", "id,a\nx,1.5\n"];
    let schema = inferred(&options(&["id"], None), &files).expect("fits");
    assert_eq!(
        columns(&schema),
        ["a decimal(18,1)", "b decimal(18,2)", "c bool"]
    );
}

#[test]
fn a_column_of_two_types_names_both_files() {
    let error = inferred(&options(&["id"], None), &["id,a\nx,1\n", "id,a\nx,00012\n"]);
    let error = error.expect_err("two types").to_string();
    assert!(error.starts_with("column `a` is int in `"), "{error}");
    assert!(
        error.contains("0.csv` but text in `") && error.contains("1.csv`"),
        "{error}"
    );
    let rows = "(`1` in row 1 of the first, `00012` in row 1 of the second)";
    assert!(error.contains(rows), "{error}");
}

#[test]
fn rows_of_another_width_say_nothing_about_types() {
    let schema = inferred(&options(&["id"], None), &["id,a\nx,1\nx,y,z\nx\n"]).expect("fits");
    assert_eq!(columns(&schema), ["a int"]);
}

#[test]
fn missing_columns_and_flags_are_named() {
    let error = |options: &LoadOptions, file: &str| {
        inferred(options, &[file]).expect_err("refused").to_string()
    };
    let text = error(&options(&["phone=mobile"], None), "id,a\nx,1\n");
    let expected = "has no column `mobile`, which --id phone names; it has id, a";
    assert!(text.ends_with(expected), "{text}");
    let text = error(&options(&["id"], Some("ts")), "id,a\nx,1\n");
    assert!(
        text.ends_with("has no column `ts`, which --time names; it has id, a"),
        "{text}"
    );
    let text = error(&options(&[], None), "id,a\nx,1\n");
    assert!(text.starts_with("--create needs --id"), "{text}");
}

#[test]
fn a_time_column_without_times_names_the_first_wrong_value() {
    let error = |file: &str| {
        let refused = inferred(&options(&["id"], Some("ts")), &[file]).expect_err("no times");
        refused.to_string()
    };
    let text = error("id,ts\nx,19970101\nx,\nx,soon\n");
    assert!(
        text.contains("the time column `ts` holds `soon` in row 3"),
        "{text}"
    );
    let text = error("id,ts\nx,\n");
    assert!(text.contains("holds no values"), "{text}");
}

#[test]
fn types_that_are_given_are_not_guessed() {
    let typed = |types: &[&str]| LoadOptions {
        types: types
            .iter()
            .map(|text| text.parse().expect("typed"))
            .collect(),
        ..options(&["id"], None)
    };
    let files = ["id,a\nx,1\n", "id,a\nx,00012\n"];
    let schema = inferred(&typed(&["a=int"]), &files).expect("fits");
    assert_eq!(columns(&schema), ["a int"]);
    let error = inferred(&typed(&["a=int", "b=int"]), &files)
        .expect_err("no b")
        .to_string();
    assert_eq!(error, "--type names a column `b` that is in no file");
}
