//! `mod.rs` and `lib.rs` are a table of contents: docs, `mod`, `pub use`, at most 80 lines.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "index-file";
const LIMIT: usize = 80;

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    if !matches!(file.name(), "mod.rs" | "lib.rs") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let lines = file.production_lines();
    if lines > LIMIT {
        let message = format!("{lines} lines, limit {LIMIT}; move what is not `mod` or `pub use`");
        found.push(Finding::new(RULE, &file.path, 1, "", message).with_size(lines));
    }
    for function in file
        .functions
        .iter()
        .filter(|function| file.is_production(function.line))
    {
        let name = &function.name;
        let message = format!("`{name}` has a body in a table of contents; give it its own file");
        found.push(Finding::new(RULE, &file.path, function.line, name, message));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn functions_belong_elsewhere() {
        let text = "//! X.\nmod a;\npub use a::b;\nfn c() {}\n";
        assert_eq!(lines(check, "a/src/lib.rs", text), [4]);
        assert_eq!(lines(check, "a/src/x/mod.rs", text), [4]);
        assert_eq!(lines(check, "a/src/x.rs", text), [0; 0]);
        let tested = "//! X.\nmod a;\n#[cfg(test)]\nmod t { fn a() {} }\n";
        assert_eq!(lines(check, "a/src/lib.rs", tested), [0; 0]);
    }

    #[test]
    fn length_is_limited() {
        let text = "mod a;\n".repeat(LIMIT);
        assert_eq!(lines(check, "a/src/lib.rs", &text), [0; 0]);
        assert_eq!(
            lines(check, "a/src/lib.rs", &format!("{text}mod b;\n")),
            [1]
        );
    }
}
