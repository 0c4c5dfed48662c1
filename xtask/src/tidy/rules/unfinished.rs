//! Nothing is left unfinished: no `todo!`, no `unimplemented!`, in tests neither.

use proc_macro2::{TokenStream, TokenTree};

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "unfinished";

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut calls = Vec::new();
    collect(file.tokens.clone(), &mut calls);
    let report = |(line, name): (usize, String)| {
        Finding::new(
            RULE,
            &file.path,
            line,
            "",
            format!("`{name}!`; finish it, or leave it out"),
        )
    };
    calls.into_iter().map(report).collect()
}

fn collect(tokens: TokenStream, calls: &mut Vec<(usize, String)>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => collect(group.stream(), calls),
            TokenTree::Ident(ident) if ident == "todo" || ident == "unimplemented" => {
                if matches!(tokens.peek(), Some(TokenTree::Punct(p)) if p.as_char() == '!') {
                    calls.push((ident.span().start().line, ident.to_string()));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn unfinished_code_is_found() {
        assert_eq!(
            lines(check, "a/src/x.rs", "fn a() {\n    todo!()\n}\n"),
            [2]
        );
        assert_eq!(
            lines(
                check,
                "a/src/x.rs",
                "fn a() { x(|| unimplemented!(\"b\")) }"
            ),
            [1]
        );
        assert_eq!(
            lines(
                check,
                "a/src/x.rs",
                "// todo!()\nfn todo() { \"todo!()\"; }"
            ),
            [0; 0]
        );
    }
}
