//! `tagma validate`: documents are checked without a cluster.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;
use tagma_core::document::{Document, parse_documents};
use tagma_proto::pb::catalog::v1::SourceFile;

use super::source_files;
use crate::{console::Console, failure::Failure, output::Grid};

/// Check YAML documents, without a cluster
///
/// Everything that is wrong is told at once, with file and line. Whether the tags and tables that
/// documents name exist, `tagma apply` finds.
///
///     tagma validate -f definitions/
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ValidateArgs {
    /// Files and directories
    #[arg(short, long = "file", value_name = "DIR|FILE", required = true, num_args = 1..)]
    files: Vec<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Answer {
    documents: Vec<DocumentAnswer>,
}

#[derive(Debug, Serialize)]
struct DocumentAnswer {
    document: String,
    name: String,
    file: String,
}

pub(crate) fn run(args: &ValidateArgs, console: &mut Console) -> Result<(), Failure> {
    let documents = check(&source_files::read(&args.files)?)?;
    let answer = Answer { documents };
    if console.json(&answer)? {
        return Ok(());
    }
    let count = answer.documents.len();
    let mut grid = Grid::new(&["document", "name", "file"]);
    for document in answer.documents {
        grid.row([document.document, document.name, document.file]);
    }
    console.grid(&grid)?;
    console.note(&format!("{count} documents, nothing wrong"));
    Ok(())
}

fn check(files: &[SourceFile]) -> Result<Vec<DocumentAnswer>, Failure> {
    let mut wrong: Vec<String> = Vec::new();
    let mut found: Vec<DocumentAnswer> = Vec::new();
    let mut places: BTreeMap<(String, String), String> = BTreeMap::new();
    for file in files {
        let documents = match parse_documents(&file.text, &file.name) {
            Ok(documents) => documents,
            Err(error) => {
                wrong.push(error.to_string());
                continue;
            }
        };
        for document in documents {
            let answer = answer(&document, &file.name);
            let key = (answer.document.clone(), answer.name.clone());
            if let Some(other) = places.insert(key, file.name.clone()) {
                let (kind, name) = (&answer.document, &answer.name);
                wrong.push(format!("{}: {kind} `{name}` is also in {other}", file.name));
            }
            found.push(answer);
        }
    }
    if wrong.is_empty() {
        return Ok(found);
    }
    Err(Failure::invalid(wrong.join("\n")))
}

fn answer(document: &Document, file: &str) -> DocumentAnswer {
    DocumentAnswer {
        document: document.kind_name().to_owned(),
        name: document.name().to_string(),
        file: file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> SourceFile {
        SourceFile {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn documents_are_listed_in_order() {
        let text = "identifier: phone\n---\nsegment: all\nexpr: TRUE\n";
        let found = check(&[file("a.yaml", text)]).expect("right");
        let names: Vec<_> = found
            .iter()
            .map(|d| (d.document.as_str(), d.name.as_str()))
            .collect();
        assert_eq!(names, [("identifier", "phone"), ("segment", "all")]);
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_place() {
        let files = [
            file("a.yaml", "segment: all\nexpr: TRUE\nownr: me\n"),
            file("b.yaml", "segment: all\nexpr: 'TRUE AND'\n"),
            file("c.yaml", "identifier: phone\n"),
            file("d.yaml", "identifier: phone\n"),
        ];
        let failure = check(&files).expect_err("wrong").to_string();
        let lines: Vec<&str> = failure.lines().collect();
        assert!(
            lines[0].starts_with("a.yaml:3:") && lines[0].contains("owner"),
            "{failure}"
        );
        assert!(lines[1].starts_with("b.yaml:2:"), "{failure}");
        let last = lines.last().expect("lines");
        assert_eq!(*last, "d.yaml: identifier `phone` is also in c.yaml");
    }
}
