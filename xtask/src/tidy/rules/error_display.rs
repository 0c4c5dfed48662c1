//! The message of an error says its own layer only: it never repeats its source, which whoever
//! prints the chain shows anyway.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "error-display";

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut errors = Errors {
        path: &file.path,
        found: Vec::new(),
    };
    errors.visit_file(&file.ast);
    errors.found
}

struct Errors<'a> {
    path: &'a str,
    found: Vec<Finding>,
}

impl Errors<'_> {
    /// Looks at one variant or struct: its `#[error(…)]` against its source field.
    fn look(&mut self, name: &syn::Ident, attributes: &[syn::Attribute], fields: &syn::Fields) {
        let Some(source) = source_of(fields) else {
            return;
        };
        for attribute in attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("error"))
        {
            let syn::Meta::List(list) = &attribute.meta else {
                continue;
            };
            if !mentions(list.tokens.clone(), &source) {
                continue;
            }
            let line = name.span().start().line;
            let message = format!(
                "the message of `{name}` repeats its source `{source}`; say this layer's part only"
            );
            self.found.push(Finding::new(
                RULE,
                self.path,
                line,
                name.to_string(),
                message,
            ));
        }
    }
}

impl<'ast> Visit<'ast> for Errors<'_> {
    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.look(&variant.ident, &variant.attrs, &variant.fields);
        visit::visit_variant(self, variant);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.look(&item.ident, &item.attrs, &item.fields);
        visit::visit_item_struct(self, item);
    }
}

/// The name or index of the field that is the source of the error.
fn source_of(fields: &syn::Fields) -> Option<String> {
    fields.iter().enumerate().find_map(|(index, field)| {
        let name = field.ident.as_ref().map(ToString::to_string);
        let marked = field.attrs.iter().any(|attribute| {
            attribute.path().is_ident("from") || attribute.path().is_ident("source")
        });
        let is_source = marked || name.as_deref() == Some("source");
        is_source.then(|| name.unwrap_or_else(|| index.to_string()))
    })
}

/// Whether a format string with its arguments shows the field.
fn mentions(tokens: TokenStream, field: &str) -> bool {
    let mut tokens = tokens.into_iter();
    let Some(TokenTree::Literal(format)) = tokens.next() else {
        return false;
    };
    let in_format = placeholders(&format.to_string())
        .iter()
        .any(|name| name == field);
    let in_arguments = tokens.any(|token| match token {
        TokenTree::Ident(ident) => ident == field,
        TokenTree::Literal(literal) => literal.to_string() == field,
        TokenTree::Group(group) => group.stream().to_string().contains(field),
        TokenTree::Punct(_) => false,
    });
    in_format || in_arguments
}

/// The names in `{name}`, `{name:?}`, `{0}`.
fn placeholders(format: &str) -> Vec<String> {
    let unescaped = format.replace("{{", "").replace("}}", "");
    let inside = unescaped
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next());
    inside
        .map(|part| part.split(':').next().unwrap_or(part).trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[track_caller]
    fn assert_found(variant: &str, found: bool) {
        let text = format!("enum Error {{\n{variant}\n}}\n");
        let expected: &[usize] = if found { &[2] } else { &[] };
        assert_eq!(lines(check, "a/src/x.rs", &text), expected, "{variant}");
    }

    #[test]
    fn messages_that_repeat_their_source_are_found() {
        assert_found("#[error(\"cannot read: {0}\")] Read(#[from] Io),", true);
        assert_found(
            "#[error(\"cannot read {1:?}\")] Read(u8, #[source] Io),",
            true,
        );
        assert_found(
            "#[error(\"cannot read: {source}\")] Read { source: Io },",
            true,
        );
        assert_found(
            "#[error(\"cannot read: {cause}\")] Read { #[source] cause: Io },",
            true,
        );
        assert_found("#[error(\"cannot read: {}\", .0)] Read(#[from] Io),", true);
    }

    #[test]
    fn messages_of_their_own_layer_pass() {
        assert_found("#[error(\"cannot read\")] Read(#[from] Io),", false);
        assert_found(
            "#[error(\"cannot read {0}\")] Read(u8, #[source] Io),",
            false,
        );
        assert_found("#[error(\"no table {0}\")] Missing(String),", false);
        assert_found("#[error(\"{{0}} read\")] Read(#[from] Io),", false);
        assert_found("#[error(transparent)] Read(#[from] Io),", false);
    }

    #[test]
    fn structs_are_looked_at_too() {
        let text = "#[error(\"bad: {source}\")]\nstruct E {\n source: Io,\n}\n";
        assert_eq!(lines(check, "a/src/x.rs", text), [2]);
    }
}
