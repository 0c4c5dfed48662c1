//! One line as the cells of a row.
//!
//! `serde_json` says whether the line is an object at all; members of what it has approved of are
//! then cut out as they stand there, since numbers must keep every digit.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

use super::members::Members;

/// Objects within objects.
const DEPTH_MAX: usize = 16;

/// A value that is no object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    Null,
    Text(Cow<'a, str>),
    /// As it stands there: no digit is lost.
    Number(&'a str),
    Bool(bool),
    List,
}

/// Appends the cells of the object that `line` is, in order, each under the keys that lead to it,
/// joined by points.
///
/// # Errors
/// What is no object.
pub(crate) fn cells<'a>(
    line: &'a str,
    cells: &mut Vec<(Cow<'a, str>, Cell<'a>)>,
) -> Result<(), String> {
    let _object: Object = serde_json::from_str(line).map_err(|error| without_line(&error))?;
    flatten(line, None, 1, cells)
}

fn flatten<'a>(
    object: &'a str,
    above: Option<&str>,
    depth: usize,
    cells: &mut Vec<(Cow<'a, str>, Cell<'a>)>,
) -> Result<(), String> {
    for (key, value) in Members::of(object) {
        let key = text(key)?;
        let path = match above {
            Some(above) => Cow::Owned(format!("{above}.{key}")),
            None => key,
        };
        if !value.starts_with('{') {
            let cell = cell(value).map_err(|error| format!("key `{path}`: {error}"))?;
            cells.push((path, cell));
            continue;
        }
        if depth == DEPTH_MAX {
            return Err(format!(
                "key `{path}` holds objects deeper than {DEPTH_MAX}"
            ));
        }
        flatten(value, Some(&path), depth + 1, cells)?;
    }
    Ok(())
}

fn cell(raw: &str) -> Result<Cell<'_>, String> {
    Ok(match raw.as_bytes().first() {
        Some(b'"') => Cell::Text(text(raw)?),
        Some(b'[') => Cell::List,
        Some(b'n') => Cell::Null,
        Some(b't') => Cell::Bool(true),
        Some(b'f') => Cell::Bool(false),
        _ => Cell::Number(raw),
    })
}

/// Everything is on one line: only the column says where.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line ") {
        Some((what, _)) => format!("{what} at character {}", error.column()),
        None => text,
    }
}

fn text(raw: &str) -> Result<Cow<'_, str>, String> {
    let text: Text<'_> = serde_json::from_str(raw).map_err(|error| without_line(&error))?;
    Ok(text.0)
}

/// Any object, passed over.
struct Object;

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Object)
            }
        }
        deserializer.deserialize_map(Any)
    }
}

/// A text, copied only where it holds escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<String, String> {
        let mut found = Vec::new();
        cells(line, &mut found)?;
        let shown = found.iter().map(|(path, cell)| format!("{path}={cell:?}"));
        Ok(shown.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn objects_are_flat_and_numbers_exact() {
        let line = concat!(
            r#"{"id":12345678901234567890123,"x":{"y":1.50,"z":{"w":null}},"s":"a\n上","#,
            r#""t":true,"l":[1,{"a":2}],"e":{}}"#
        );
        let expected = concat!(
            r#"id=Number("12345678901234567890123") x.y=Number("1.50") x.z.w=Null "#,
            r#"s=Text("a\n上") t=Bool(true) l=List"#
        );
        assert_eq!(read(line).as_deref(), Ok(expected));
    }

    #[test]
    fn what_is_no_object_is_told() {
        let error = |line: &str| read(line).expect_err("no object");
        assert_eq!(
            error("[1]"),
            "invalid type: sequence, expected an object at character 0"
        );
        assert_eq!(
            error(r#"{"a":1"#),
            "EOF while parsing an object at character 6"
        );
        assert_eq!(error(r#"{"a":1} x"#), "trailing characters at character 9");
        assert_eq!(error(r#"{"a":01}"#), "invalid number at character 7");
        assert!(error(r#"{"a":"\ud800"}"#).starts_with("key `a`: "));
        let deep = r#"{"a":"#.repeat(17) + "1" + &"}".repeat(17);
        assert!(error(&deep).ends_with("holds objects deeper than 16"));
        let deeper = r#"{"a":"#.repeat(100_000) + "1" + &"}".repeat(100_000);
        assert!(error(&deeper).ends_with("holds objects deeper than 16"));
    }
}
