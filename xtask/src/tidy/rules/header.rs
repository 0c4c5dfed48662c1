//! Every file opens with `//!`: what it is, what it owns, what it must not do.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "header";

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let first = file.text.lines().next().unwrap_or_default();
    if first
        .strip_prefix("//!")
        .is_some_and(|words| !words.trim().is_empty())
    {
        return Vec::new();
    }
    let message = "does not open with `//!`; say what it is, what it owns, what it must not do";
    vec![Finding::new(RULE, &file.path, 1, "", message)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn the_first_line_is_the_header() {
        assert_eq!(
            lines(check, "a/src/x.rs", "//! What it is.\nfn a() {}\n"),
            [0; 0]
        );
        for text in [
            "",
            "fn a() {}\n",
            "// What it is.\n",
            "//!\n",
            "\n//! Late.\n",
        ] {
            assert_eq!(lines(check, "a/src/x.rs", text), [1], "{text:?}");
        }
    }
}
