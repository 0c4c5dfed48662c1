//! How a file is read, and how it is compressed.

use std::path::Path;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines of fields.
    Text,
    /// A JSON object a line.
    Json,
    /// Parquet.
    Parquet,
}

/// How a file is compressed, told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

const PARQUET: &[u8] = b"PAR1";
/// First bytes of what cannot be loaded, and what to do about it.
const FOREIGN: [(&[u8], &str); 6] = [
    (
        b"PK\x03\x04",
        "is a ZIP archive or an Excel workbook: unpack it, or save it as CSV",
    ),
    (b"\xd0\xcf\x11\xe0", "is an Excel workbook: save it as CSV"),
    (
        b"BZh",
        "is compressed by bzip2: gzip and zstd are understood",
    ),
    (
        b"\xfd7zXZ",
        "is compressed by xz: gzip and zstd are understood",
    ),
    (
        b"ORC",
        "is an ORC file: text, NDJSON and Parquet are understood",
    ),
    (
        b"Obj\x01",
        "is an Avro file: text, NDJSON and Parquet are understood",
    ),
];

impl Format {
    /// By the file's name, `.gz` and `.zst` left out; `None` where that says nothing.
    pub(crate) fn by_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_lowercase();
        let plain = [".gz", ".gzip", ".zst", ".zstd"]
            .iter()
            .find_map(|ending| name.strip_suffix(ending))
            .unwrap_or(&name);
        Some(match plain.rsplit_once('.')?.1 {
            "csv" | "tsv" | "tab" | "psv" | "txt" => Self::Text,
            "ndjson" | "jsonl" | "json" => Self::Json,
            "parquet" | "parq" | "pq" => Self::Parquet,
            _ => return None,
        })
    }

    /// By the file's name, else by the first bytes of its content; Parquet always by these.
    pub(crate) fn of(path: &Path, start: &[u8]) -> Self {
        let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
        match Self::by_name(path) {
            _ if start.starts_with(PARQUET) => Self::Parquet,
            None if first == Some(&b'{') => Self::Json,
            named => named.unwrap_or(Self::Text),
        }
    }
}

impl Compression {
    /// By the file's first bytes.
    pub(crate) fn of(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// Why content with these first bytes cannot be loaded, as the end of a sentence.
pub(crate) fn foreign(start: &[u8]) -> Option<&'static str> {
    let found = FOREIGN.iter().find(|(magic, _)| start.starts_with(magic));
    found.map(|(_, reason)| *reason)
}

/// Whether the name says that fields stand between tabs.
pub(crate) fn is_tabbed(path: &Path) -> bool {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let mut parts = name.rsplit('.');
    parts
        .by_ref()
        .take(2)
        .any(|part| matches!(part, "tsv" | "tab"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_first_bytes_tell_the_format() {
        let of = |name: &str, start: &[u8]| Format::of(Path::new(name), start);
        for (name, format) in [
            ("a.csv", Format::Text),
            ("A.TSV.gz", Format::Text),
            ("a.jsonl.zst", Format::Json),
            ("a.b.ndjson", Format::Json),
            ("a.pq", Format::Parquet),
            ("part-0000", Format::Text),
        ] {
            assert_eq!(of(name, b"id,"), format, "{name}");
        }
        assert_eq!(of("part-0000", b" {\"a\":1}"), Format::Json);
        assert_eq!(of("a.csv", b"{\"a\":1}"), Format::Text);
        assert_eq!(of("a.csv", b"PAR1"), Format::Parquet);
        assert_eq!(Format::by_name(Path::new("README.md")), None);
        assert!(is_tabbed(Path::new("x/a.tsv.gz")) && is_tabbed(Path::new("a.TAB")));
        assert!(!is_tabbed(Path::new("tsv/a.csv")));
    }
}
