//! A function has at most 70 lines of code; comments and blank lines are free.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "function-length";
const LIMIT: usize = 70;

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut found = Vec::new();
    for function in &file.functions {
        let lines = file.code_lines_between(function.body.0, function.body.1);
        if lines > LIMIT {
            let name = &function.name;
            let message = format!("`{name}` has {lines} lines of code, limit {LIMIT}; split it");
            let finding = Finding::new(RULE, &file.path, function.line, name, message);
            found.push(finding.with_size(lines));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn only_lines_of_code_count() {
        let body = "    b();\n".repeat(LIMIT);
        assert_eq!(
            lines(check, "a/src/x.rs", &format!("fn a() {{\n{body}}}\n")),
            [0; 0]
        );
        let commented = format!("fn a() {{\n{body}    // why\n\n}}\n");
        assert_eq!(lines(check, "a/src/x.rs", &commented), [0; 0]);
        let long = format!("\nfn a() {{\n{body}    b();\n}}\n");
        assert_eq!(lines(check, "a/src/x.rs", &long), [2]);
    }
}
