//! A test is named after what holds, without `test_` before it.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "test-name";

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut found = Vec::new();
    for function in file.functions.iter().filter(|function| function.is_test) {
        let name = &function.name;
        if name.starts_with("test_") || name == "test" {
            let message = format!("`{name}` repeats that it is a test; name what holds");
            found.push(Finding::new(RULE, &file.path, function.line, name, message));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn the_prefix_is_found_on_tests_only() {
        assert_eq!(lines(check, "a/src/x.rs", "#[test]\nfn test_a() {}\n"), [2]);
        assert_eq!(
            lines(
                check,
                "a/src/x.rs",
                "#[tokio::test]\nasync fn test_a() {}\n"
            ),
            [2]
        );
        assert_eq!(
            lines(check, "a/src/x.rs", "#[test]\nfn a_holds() {}\n"),
            [0; 0]
        );
        assert_eq!(lines(check, "a/src/x.rs", "fn test_bit() {}\n"), [0; 0]);
    }
}
