//! Tells test code from production code: by file name, by `#[cfg(test)]`, by `#[test]`.

use std::ops::RangeInclusive;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// Whether the name of a file says that all of it is test code.
pub(crate) fn is_test_path(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let named = name == "tests.rs" || name.ends_with("_test.rs") || name.ends_with("_tests.rs");
    named
        || folder
            .split('/')
            .any(|part| part == "tests" || part == "benches")
}

/// Whether attributes make an item exist in test builds only.
pub(crate) fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else {
            return false;
        };
        list.path.is_ident("cfg") && asks_for_test(list.tokens.clone())
    })
}

/// Whether attributes make a function a test (`#[test]`, `#[tokio::test]`, …).
pub(crate) fn is_test_function(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute
            .path()
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "test")
    })
}

/// `test` somewhere in a cfg, and not under `not`.
fn asks_for_test(tokens: TokenStream) -> bool {
    let mut under_not = false;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == "test" => return true,
            TokenTree::Ident(ident) => under_not = ident == "not",
            TokenTree::Group(group) if !under_not && asks_for_test(group.stream()) => return true,
            _ => {}
        }
    }
    false
}

/// The lines of a file that are test code, and the test modules that it keeps in other files.
#[derive(Debug, Default)]
pub(crate) struct TestCode {
    /// Inclusive line ranges, from 1.
    pub(crate) lines: Vec<RangeInclusive<usize>>,
    /// Paths (without `.rs`) at which a `#[cfg(test)] mod name;` may live.
    pub(crate) module_stems: Vec<String>,
    folder: String,
}

impl TestCode {
    /// Finds the test code in the file at `path`.
    pub(crate) fn find(path: &str, ast: &syn::File) -> Self {
        let mut found = Self {
            folder: child_folder(path),
            ..Self::default()
        };
        found.visit_file(ast);
        found
    }

    fn note(&mut self, attributes: &[syn::Attribute], span: proc_macro2::Span) -> bool {
        let is_test = is_test_only(attributes) || is_test_function(attributes);
        if is_test {
            self.lines.push(span.start().line..=span.end().line);
        }
        is_test
    }
}

impl<'ast> Visit<'ast> for TestCode {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if self.note(item_attributes(item), item.span()) {
            if let syn::Item::Mod(module) = item
                && module.content.is_none()
            {
                self.module_stems
                    .push(format!("{}{}", self.folder, module.ident));
            }
            return;
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !self.note(&item.attrs, item.span()) {
            visit::visit_impl_item_fn(self, item);
        }
    }
}

/// Where the child modules of the file at `path` live, with a final `/`.
fn child_folder(path: &str) -> String {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    if matches!(name, "mod" | "lib" | "main") {
        format!("{folder}/")
    } else {
        format!("{stem}/")
    }
}

fn item_attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(path: &str, text: &str) -> TestCode {
        TestCode::find(path, &syn::parse_file(text).expect("the snippet parses"))
    }

    #[test]
    fn names_of_test_files() {
        for path in [
            "tests/src/lib.rs",
            "a/src/x_test.rs",
            "a/src/x/tests.rs",
            "a/benches/b.rs",
        ] {
            assert!(is_test_path(path), "{path}");
        }
        for path in ["a/src/testing.rs", "a/src/latest.rs", "a/src/tests_of.rs"] {
            assert!(!is_test_path(path), "{path}");
        }
    }

    #[test]
    fn modules_and_functions_of_tests_are_found() {
        let found = find(
            "a/src/x.rs",
            "fn a() {}\n#[cfg(test)]\nmod t {\n fn b() {}\n}\n",
        );
        assert_eq!(found.lines, [2..=5]);
        let found = find(
            "a/src/x.rs",
            "#[tokio::test]\nasync fn a() {\n}\nfn b() {}\n",
        );
        assert_eq!(found.lines, [1..=3]);
    }

    #[test]
    fn production_code_under_cfg_not_test_is_not_test_code() {
        assert!(
            find("a/src/x.rs", "#[cfg(not(test))]\nfn a() {}\n")
                .lines
                .is_empty()
        );
        assert_eq!(
            find("a/src/x.rs", "#[cfg(all(unix, test))]\nfn a() {}\n").lines,
            [1..=2]
        );
    }

    #[test]
    fn modules_of_tests_in_other_files_are_named() {
        assert_eq!(
            find("a/src/x.rs", "#[cfg(test)]\nmod t;").module_stems,
            ["a/src/x/t"]
        );
        assert_eq!(
            find("a/src/lib.rs", "#[cfg(test)]\nmod t;").module_stems,
            ["a/src/t"]
        );
    }
}
