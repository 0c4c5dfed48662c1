//! A function takes at most 7 parameters, `self` included.

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "parameters";
const LIMIT: usize = 7;

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut found = Vec::new();
    for function in file
        .functions
        .iter()
        .filter(|function| function.parameters > LIMIT)
    {
        let (name, parameters) = (&function.name, function.parameters);
        let message = format!(
            "`{name}` takes {parameters} parameters, limit {LIMIT}; group them in a struct"
        );
        let finding = Finding::new(RULE, &file.path, function.line, name, message);
        found.push(finding.with_size(parameters));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn seven_parameters_are_the_limit() {
        let taking = |count: usize| format!("fn a({}) {{}}", "_: u8, ".repeat(count));
        assert_eq!(lines(check, "a/src/x.rs", &taking(LIMIT)), [0; 0]);
        assert_eq!(lines(check, "a/src/x.rs", &taking(LIMIT + 1)), [1]);
    }
}
