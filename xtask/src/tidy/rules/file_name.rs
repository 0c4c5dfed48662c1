//! A file is named after its one concept, never after having been split off.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "file-name";
const EMPTY_WORDS: &[&str] = &["helper", "helpers", "misc", "util", "utils"];

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let stem = file.name().trim_end_matches(".rs");
    let last = stem.rsplit('_').next().unwrap_or(stem);
    let is_part = last
        .strip_prefix("part")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_part && !EMPTY_WORDS.contains(&last) {
        return Vec::new();
    }
    let message = format!("`{stem}` says nothing about what is inside; name it after its concept");
    vec![Finding::new(RULE, &file.path, 1, stem, message)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn names_without_a_concept_are_found() {
        for name in ["utils", "apply_helpers", "part2", "plan_part2", "misc"] {
            assert_eq!(lines(check, &format!("a/src/{name}.rs"), ""), [1], "{name}");
        }
        for name in ["partition", "apply", "part"] {
            assert_eq!(
                lines(check, &format!("a/src/{name}.rs"), ""),
                [0; 0],
                "{name}"
            );
        }
    }
}
