//! A line has at most 100 characters.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "line-length";
const LIMIT: usize = 100;

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let characters = line.chars().count();
        if characters > LIMIT {
            let message = format!("{characters} characters, limit {LIMIT}; break the line");
            let finding = Finding::new(RULE, &file.path, index + 1, "", message);
            found.push(finding.with_size(characters));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn characters_count_not_bytes() {
        let line = format!("// {}", "标".repeat(LIMIT - 3));
        assert_eq!(lines(check, "a/src/x.rs", &line), [0; 0]);
        assert_eq!(lines(check, "a/src/x.rs", &format!("\n{line}签")), [2]);
    }
}
