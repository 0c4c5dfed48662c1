//! No test is marked `#[ignore]`, and no example in the docs is marked to be left out.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "ignored-test";

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut found = Vec::new();
    for function in &file.functions {
        if let Some(line) = function.ignored {
            let name = &function.name;
            let message = format!("`{name}` is ignored; mend it, or remove it");
            found.push(Finding::new(RULE, &file.path, line, name, message));
        }
    }
    for (index, line) in file.text.lines().enumerate() {
        let line = line.trim_start();
        let doc = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"));
        let fence = doc.and_then(|doc| doc.trim_start().strip_prefix("```"));
        if fence.is_some_and(|info| info.split(',').any(|word| word.trim() == "ignore")) {
            let message = "an example that is not run; make it compile, or mark it `text`";
            found.push(Finding::new(RULE, &file.path, index + 1, "", message));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn ignored_tests_are_found() {
        assert_eq!(
            lines(check, "a/src/x.rs", "#[test]\n#[ignore]\nfn a() {}\n"),
            [2]
        );
        assert_eq!(
            lines(
                check,
                "a/src/x.rs",
                "#[test]\n#[ignore = \"slow\"]\nfn a() {}\n"
            ),
            [2]
        );
        assert_eq!(
            lines(check, "a/src/x.rs", "#[test]\nfn ignore() {}\n"),
            [0; 0]
        );
    }

    #[test]
    fn ignored_examples_are_found() {
        assert_eq!(
            lines(check, "a/src/x.rs", "//! X.\n//!\n//! ```ignore\n//! ```\n"),
            [3]
        );
        assert_eq!(
            lines(check, "a/src/x.rs", "//! X.\n//!\n//! ```text\n//! ```\n"),
            [0; 0]
        );
    }
}
