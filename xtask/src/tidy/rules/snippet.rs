//! Runs one rule over a snippet, for the tests of the rules.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

/// The lines that `rule` finds in `text`, as if it stood at `path`.
#[track_caller]
pub(crate) fn lines(rule: fn(&SourceFile) -> Vec<Finding>, path: &str, text: &str) -> Vec<usize> {
    let source = SourceFile::parse(path, text).expect("the snippet parses");
    rule(&source)
        .into_iter()
        .map(|finding| finding.line)
        .collect()
}
