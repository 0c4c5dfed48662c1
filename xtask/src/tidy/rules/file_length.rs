//! A file has at most 600 lines outside test code.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "file-length";
const LIMIT: usize = 600;

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let lines = file.production_lines();
    if lines <= LIMIT {
        return Vec::new();
    }
    let message = format!("{lines} production lines, limit {LIMIT}; split it by concept");
    vec![Finding::new(RULE, &file.path, 1, "", message).with_size(lines)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn only_production_lines_count() {
        let code = "fn a() {}\n".repeat(LIMIT);
        assert_eq!(lines(check, "a/src/x.rs", &code), [0; 0]);
        assert_eq!(lines(check, "a/src/x.rs", &format!("{code}\n")), [1]);
        let tests = format!("{code}#[cfg(test)]\nmod tests {{\n}}\n");
        assert_eq!(lines(check, "a/src/x.rs", &tests), [0; 0]);
        assert_eq!(
            lines(check, "tests/x/y.rs", &format!("{code}{code}")),
            [0; 0]
        );
    }
}
