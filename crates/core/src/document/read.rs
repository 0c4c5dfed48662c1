//! Files of documents.

use super::{
    error::{DocumentError, Fault},
    fields::Fields,
    identifier::{IdentifierSpec, identifier},
    segment::segment,
    table::table,
    tag::tag,
    yaml::{Content, Entry, Root, documents},
};
use crate::{
    schema::{Name, TableSchema, TagDefinition},
    segment::{SegmentDefinition, nearest},
};

/// The key that a document is known by; exactly one of them is there.
const KINDS: [&str; 4] = ["identifier", "table", "tag", "segment"];

/// One declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// An identifier type.
    Identifier(IdentifierSpec),
    /// A table.
    Table(TableSchema),
    /// A tag.
    Tag(TagDefinition),
    /// A segment.
    Segment(SegmentDefinition),
}

impl Document {
    /// The key that it is known by: `identifier`, `table`, `tag`, `segment`.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Identifier(_) => KINDS[0],
            Self::Table(_) => KINDS[1],
            Self::Tag(_) => KINDS[2],
            Self::Segment(_) => KINDS[3],
        }
    }

    /// What it declares.
    pub fn name(&self) -> &Name {
        match self {
            Self::Identifier(spec) => &spec.name,
            Self::Table(schema) => &schema.name,
            Self::Tag(definition) => &definition.name,
            Self::Segment(definition) => &definition.name,
        }
    }
}

/// Reads a file of documents separated by `---`. `file_name` is what errors show.
///
/// # Errors
/// [`DocumentError`] with everything that is wrong.
pub fn parse_documents(text: &str, file_name: &str) -> Result<Vec<Document>, DocumentError> {
    let mut faults = Vec::new();
    let mut found: Vec<Document> = Vec::new();
    for root in documents(text, &mut faults) {
        let (number, line) = (root.number, root.tree.line);
        let Some(document) = document(root, &mut faults) else {
            continue;
        };
        let same = |known: &Document| {
            known.kind_name() == document.kind_name() && known.name() == document.name()
        };
        if found.iter().any(same) {
            faults.push(Fault {
                document: number,
                line,
                problem: format!(
                    "{} `{}` is there twice",
                    document.kind_name(),
                    document.name()
                ),
                hint: Some(String::from("remove one of the documents")),
            });
        }
        found.push(document);
    }
    if faults.is_empty() {
        return Ok(found);
    }
    faults.sort_by_key(|fault| fault.line);
    Err(DocumentError {
        file: file_name.to_owned(),
        faults,
    })
}

fn document(root: Root, faults: &mut Vec<Fault>) -> Option<Document> {
    let line = root.tree.line;
    let mut refuse = |problem: String, hint: String| {
        faults.push(Fault {
            document: root.number,
            line,
            problem,
            hint: Some(hint),
        });
    };
    let Content::Map(entries) = root.tree.content else {
        let problem = String::from("a document is a map of keys");
        refuse(
            problem,
            String::from("begin it with `tag: name` or the like"),
        );
        return None;
    };
    let kinds: Vec<&str> = KINDS
        .into_iter()
        .filter(|kind| has(&entries, kind))
        .collect();
    let kind = match kinds.as_slice() {
        [kind] => *kind,
        // A segment has no key `tag`, but a typing error there is found by its own reader.
        [] => {
            let first = entries.first().map_or("", |entry| entry.key.as_str());
            let hint = match nearest(first, KINDS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("one of the keys {} names it", KINDS.join(", ")),
            };
            refuse(String::from("the document does not say what it is"), hint);
            return None;
        }
        several => {
            let problem = format!("the document has the keys {}", several.join(" and "));
            refuse(problem, String::from("put `---` between documents"));
            return None;
        }
    };
    read(kind, root.number, line, entries, faults)
}

fn has(entries: &[Entry], key: &str) -> bool {
    entries.iter().any(|entry| entry.key == key)
}

fn read(
    kind: &str,
    number: u32,
    line: u32,
    entries: Vec<Entry>,
    faults: &mut Vec<Fault>,
) -> Option<Document> {
    let mut fields = Fields::new(number, line, entries, faults);
    let document = match kind {
        "identifier" => identifier(&mut fields).map(Document::Identifier),
        "table" => table(&mut fields).map(Document::Table),
        "tag" => tag(&mut fields).map(Document::Tag),
        _ => segment(&mut fields).map(Document::Segment),
    };
    fields.finish();
    document
}
