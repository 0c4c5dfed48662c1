//! The exceptions in `xtask/tidy.toml`: findings that have a reason to stay.
//!
//! ```toml
//! [[exception]]
//! path = "crates/core/src/catalog/apply.rs"
//! rule = "function-length"
//! item = "apply"              # optional: only this function, dependency, …
//! limit = 120                 # optional: only up to this much
//! reason = "one arm per command, so that a new command cannot be forgotten"
//! ```
//!
//! An exception without a reason, of an unknown rule, or that excuses nothing is a finding too.

use serde::Deserialize;
use toml::Spanned;

use super::finding::Finding;

/// Where the exceptions stand.
pub(crate) const EXCEPTIONS_PATH: &str = "xtask/tidy.toml";
const RULE: &str = "exception";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default, rename = "exception")]
    exceptions: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    path: Spanned<String>,
    rule: String,
    item: Option<String>,
    limit: Option<usize>,
    #[serde(default)]
    reason: String,
}

impl Exception {
    fn excuses(&self, finding: &Finding) -> bool {
        let within = match (self.limit, finding.size) {
            (Some(limit), Some(size)) => size <= limit,
            (Some(_), None) => false,
            (None, _) => true,
        };
        *self.path.get_ref() == finding.path
            && self.rule == finding.rule
            && self.item.as_ref().is_none_or(|item| *item == finding.item)
            && within
    }
}

/// Takes the excused findings away, and adds those about the exceptions themselves.
pub(crate) fn excuse(findings: Vec<Finding>, text: &str, rules: &[&str]) -> Vec<Finding> {
    let document: Document = match toml::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            let line = error.span().map_or(1, |span| line_at(text, span.start));
            let message = format!("cannot be read ({}); mend it", error.message());
            let broken = Finding::new(RULE, EXCEPTIONS_PATH, line, "", message);
            return findings.into_iter().chain([broken]).collect();
        }
    };
    let exceptions = &document.exceptions;
    let mut kept = Vec::new();
    let mut used = vec![false; exceptions.len()];
    for finding in findings {
        match exceptions
            .iter()
            .position(|exception| exception.excuses(&finding))
        {
            Some(index) => used[index] = true,
            None => kept.push(finding),
        }
    }
    for (exception, used) in exceptions.iter().zip(used) {
        if let Some(message) = fault(exception, used, rules) {
            let line = line_at(text, exception.path.span().start);
            let item = exception.path.get_ref().clone();
            kept.push(Finding::new(RULE, EXCEPTIONS_PATH, line, item, message));
        }
    }
    kept
}

/// What is wrong with an exception.
fn fault(exception: &Exception, used: bool, rules: &[&str]) -> Option<String> {
    let (rule, path) = (&exception.rule, exception.path.get_ref());
    if !rules.contains(&rule.as_str()) {
        return Some(format!(
            "no rule is called `{rule}`; there are: {}",
            rules.join(", ")
        ));
    }
    if exception.reason.trim().is_empty() {
        return Some(format!(
            "`{rule}` of {path} has no reason; write one, or keep the rule"
        ));
    }
    (!used).then(|| format!("`{rule}` of {path} excuses nothing (any more); remove it"))
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &[&str] = &["file-length", "header"];

    fn long(size: usize) -> Finding {
        Finding::new("file-length", "a.rs", 1, "", "long").with_size(size)
    }

    fn exception(rest: &str) -> String {
        format!("[[exception]]\npath = \"a.rs\"\nrule = \"file-length\"\n{rest}\n")
    }

    #[test]
    fn a_reasoned_exception_excuses() {
        let text = exception("reason = \"a table\"");
        assert_eq!(excuse(vec![long(700)], &text, RULES), []);
    }

    #[test]
    fn an_exception_excuses_its_own_rule_path_item_and_limit_only() {
        let text = exception("limit = 650\nreason = \"a table\"");
        assert_eq!(excuse(vec![long(650)], &text, RULES), []);
        assert_eq!(excuse(vec![long(651)], &text, RULES).len(), 2);
        let text = exception("item = \"b\"\nreason = \"a table\"");
        assert_eq!(excuse(vec![long(700)], &text, RULES).len(), 2);
    }

    #[test]
    fn an_exception_without_reason_is_a_finding() {
        let found = excuse(vec![long(700)], &exception("reason = \" \""), RULES);
        assert_eq!((found.len(), found[0].line), (1, 2));
        assert!(found[0].message.contains("no reason"), "{}", found[0]);
    }

    #[test]
    fn an_exception_that_excuses_nothing_is_a_finding() {
        let found = excuse(Vec::new(), &exception("reason = \"a table\""), RULES);
        assert!(found[0].message.contains("excuses nothing"), "{}", found[0]);
    }

    #[test]
    fn unknown_rules_and_broken_files_are_findings() {
        let text = exception("reason = \"x\"").replace("file-length", "beauty");
        assert!(
            excuse(Vec::new(), &text, RULES)[0]
                .message
                .contains("no rule is called")
        );
        assert!(
            excuse(Vec::new(), "[[exception]]\nrule = 1", RULES)[0]
                .message
                .contains("read")
        );
    }
}
