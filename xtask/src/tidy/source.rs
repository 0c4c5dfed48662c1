//! One Rust file, read once and prepared for all rules.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::finding::Finding;
use super::functions::{Function, functions_of};
use super::mentions::{Mention, mentions_of};
use super::test_code::{TestCode, is_test_path};

/// A parsed file with what rules ask about it.
pub(crate) struct SourceFile {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    /// The whole text.
    pub(crate) text: String,
    /// The syntax tree.
    pub(crate) ast: syn::File,
    /// The tokens of the whole file.
    pub(crate) tokens: TokenStream,
    /// Every function with a body.
    pub(crate) functions: Vec<Function>,
    /// Every path that the code names, `use` aliases resolved.
    pub(crate) mentions: Vec<Mention>,
    /// Whether all of it is test code.
    pub(crate) is_test: bool,
    test_code: TestCode,
    code_lines: BTreeSet<usize>,
}

impl SourceFile {
    /// Parses a file; a finding of the rule `parse` if it is not Rust.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, Finding> {
        let broken = |line: usize, error: String| {
            let message = format!("not valid Rust ({error}); mend the syntax");
            Finding::new("parse", path, line, "", message)
        };
        let tokens: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| {
            broken(line_of(error.span()), error.to_string())
        })?;
        let ast: syn::File = syn::parse2(tokens.clone())
            .map_err(|error| broken(line_of(error.span()), error.to_string()))?;
        let mut code_lines = BTreeSet::new();
        collect_code_lines(tokens.clone(), &mut code_lines);
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            functions: functions_of(&ast),
            mentions: mentions_of(path, &ast, tokens.clone()),
            is_test: is_test_path(path),
            test_code: TestCode::find(path, &ast),
            ast,
            tokens,
            code_lines,
        })
    }

    /// The file's own name.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether the line belongs to what is shipped.
    pub(crate) fn is_production(&self, line: usize) -> bool {
        !self.is_test
            && !self
                .test_code
                .lines
                .iter()
                .any(|lines| lines.contains(&line))
    }

    /// Lines of the file outside test code, comments and blanks included.
    pub(crate) fn production_lines(&self) -> usize {
        (1..=self.text.lines().count())
            .filter(|line| self.is_production(*line))
            .count()
    }

    /// Lines strictly between two lines that hold code, not only a comment or nothing.
    pub(crate) fn code_lines_between(&self, from: usize, to: usize) -> usize {
        self.code_lines.range(from + 1..to.max(from + 1)).count()
    }

    /// Paths (without `.rs`) of test modules that this file declares.
    pub(crate) fn test_module_stems(&self) -> &[String] {
        &self.test_code.module_stems
    }
}

fn line_of(span: proc_macro2::Span) -> usize {
    span.start().line.max(1)
}

/// Notes every line with a token on it, doc comments excepted.
fn collect_code_lines(tokens: TokenStream, lines: &mut BTreeSet<usize>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if let TokenTree::Punct(punct) = &token
            && punct.as_char() == '#'
        {
            tokens.next_if(|token| matches!(token, TokenTree::Punct(p) if p.as_char() == '!'));
            if tokens.next_if(is_doc_attribute).is_some() {
                continue;
            }
        }
        match &token {
            TokenTree::Group(group) => {
                lines.insert(group.span_open().start().line);
                lines.insert(group.span_close().end().line);
                collect_code_lines(group.stream(), lines);
            }
            // A string over several lines fills them all.
            other => lines.extend(other.span().start().line..=other.span().end().line),
        }
    }
}

fn is_doc_attribute(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    group.delimiter() == Delimiter::Bracket
        && matches!(group.stream().into_iter().next(),
            Some(TokenTree::Ident(ident)) if ident == "doc")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> SourceFile {
        SourceFile::parse("a/src/x.rs", text).expect("the snippet parses")
    }

    #[test]
    fn comments_blanks_and_docs_are_not_code() {
        let file = parse("fn a() {\n    // why\n\n    /// doc\n    let x = 1;\n    b(x);\n}\n");
        assert_eq!(file.code_lines_between(1, 7), 2);
    }

    #[test]
    fn a_string_over_several_lines_is_code_on_each() {
        let file = parse("fn a() {\n    b(\"1\n2\n3\");\n}\n");
        assert_eq!(file.code_lines_between(1, 5), 3);
    }

    #[test]
    fn modules_of_tests_are_not_production() {
        let file = parse("//! x\nfn a() {}\n#[cfg(test)]\nmod t {\n}\n");
        assert_eq!(file.production_lines(), 2);
        assert!(file.is_production(2) && !file.is_production(4));
    }

    #[test]
    fn broken_syntax_is_a_finding_with_its_line() {
        let finding = SourceFile::parse("a.rs", "fn a() {}\nfn fn\n")
            .err()
            .expect("broken");
        assert_eq!((finding.rule, finding.line), ("parse", 2));
    }
}
