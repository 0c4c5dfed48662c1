//! `unsafe` stands in the engine's kernels and in the file mapping of identity, nowhere else,
//! tests included.

use proc_macro2::{TokenStream, TokenTree};

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "unsafe-code";
const ALLOWED: &[&str] = &["crates/engine/src/kernel/", "crates/identity/src/file/"];

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    if ALLOWED.iter().any(|folder| file.path.starts_with(folder)) {
        return Vec::new();
    }
    let mut lines = Vec::new();
    collect(file.tokens.clone(), &mut lines);
    let report = |line| {
        let message = format!(
            "`unsafe` outside {}; use a safe call",
            ALLOWED.join(" and ")
        );
        Finding::new(RULE, &file.path, line, "", message)
    };
    lines.into_iter().map(report).collect()
}

fn collect(tokens: TokenStream, lines: &mut Vec<usize>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), lines),
            TokenTree::Ident(ident) if ident == "unsafe" => lines.push(ident.span().start().line),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn unsafe_blocks_are_fenced() {
        let text = "fn a() {\n    unsafe { b() }\n}\n";
        assert_eq!(lines(check, "crates/engine/src/chunk/x.rs", text), [2]);
        assert_eq!(lines(check, "crates/engine/src/kernel/x.rs", text), [0; 0]);
        assert_eq!(
            lines(check, "crates/identity/src/file/mapping.rs", text),
            [0; 0]
        );
        assert_eq!(
            lines(check, "a/src/x.rs", "#![deny(unsafe_code)]\n// unsafe\n"),
            [0; 0]
        );
    }
}
