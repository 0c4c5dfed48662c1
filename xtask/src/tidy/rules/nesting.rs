//! At most 5 blocks stand inside one another in a function.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "nesting";
const LIMIT: usize = 5;

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut found = Vec::new();
    for function in file
        .functions
        .iter()
        .filter(|function| function.nesting > LIMIT)
    {
        let (name, nesting) = (&function.name, function.nesting);
        let message =
            format!("`{name}` nests {nesting} blocks, limit {LIMIT}; return early or extract");
        let finding = Finding::new(RULE, &file.path, function.line, name, message);
        found.push(finding.with_size(nesting));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    fn nested(depth: usize) -> String {
        format!(
            "fn a() {{ {} {} }}",
            "if x {".repeat(depth),
            "}".repeat(depth)
        )
    }

    #[test]
    fn five_blocks_are_the_limit() {
        assert_eq!(lines(check, "a/src/x.rs", &nested(LIMIT)), [0; 0]);
        assert_eq!(lines(check, "a/src/x.rs", &nested(LIMIT + 1)), [1]);
    }
}
