//! Every path that a file names, in `use` items, expressions, types and macro arguments, with
//! `use` aliases, `self` and `super` resolved. Works on tokens, so that code inside macro calls
//! is seen too; it does not know about shadowing, which a fence can live with.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A path, as written or reached through a `use`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Its segments; the last is `*` for a glob import.
    pub(crate) path: Vec<String>,
    /// The line of its first segment.
    pub(crate) line: usize,
}

type Aliases = BTreeMap<String, Vec<String>>;

/// All mentions in the file at `path`, in no particular order.
pub(crate) fn mentions_of(path: &str, ast: &syn::File, tokens: TokenStream) -> Vec<Mention> {
    let mut imports = Imports {
        module: module_of(path),
        ..Imports::default()
    };
    imports.visit_file(ast);
    let Imports {
        module,
        aliases,
        mut found,
    } = imports;
    for mention in &mut found {
        mention.path = resolve(std::mem::take(&mut mention.path), &module, &aliases);
    }
    let mut written = Vec::new();
    collect_paths(tokens, &mut written);
    found.extend(written.into_iter().map(|mention| Mention {
        path: resolve(mention.path, &module, &aliases),
        line: mention.line,
    }));
    found
}

/// The module path that the file at `path` is, beginning with `crate`.
fn module_of(path: &str) -> Vec<String> {
    let inner = path.rsplit_once("src/").map_or(path, |(_, inner)| inner);
    let stem = inner.strip_suffix(".rs").unwrap_or(inner);
    let parts = stem
        .split('/')
        .filter(|part| !matches!(*part, "mod" | "lib" | "main"));
    std::iter::once("crate")
        .chain(parts)
        .map(str::to_owned)
        .collect()
}

/// Follows `self`, `super` and aliases from the first segment on.
fn resolve(path: Vec<String>, module: &[String], aliases: &Aliases) -> Vec<String> {
    let mut path = absolute(path, module);
    // An alias of an alias is rare; the bound ends any cycle.
    for _ in 0..4 {
        let Some(target) = path.first().and_then(|first| aliases.get(first)) else {
            break;
        };
        if target.first() == path.first() {
            break;
        }
        let rest = path.split_off(1);
        path = absolute(target.iter().cloned().chain(rest).collect(), module);
    }
    path
}

fn absolute(mut path: Vec<String>, module: &[String]) -> Vec<String> {
    let supers = path
        .iter()
        .take_while(|segment| *segment == "super")
        .count();
    if supers > 0 {
        let kept = module.len().saturating_sub(supers).max(1);
        let rest = path.split_off(supers);
        return module[..kept].iter().cloned().chain(rest).collect();
    }
    if path.len() > 1 && path[0] == "self" {
        let mut rest = path.split_off(1);
        // `self::super::x` is `super::x`.
        if rest[0] == "super" {
            return absolute(rest, module);
        }
        let mut whole = module.to_vec();
        whole.append(&mut rest);
        return whole;
    }
    path
}

/// Collects the leaves of `use` items, and what names they bring in.
#[derive(Default)]
struct Imports {
    module: Vec<String>,
    aliases: Aliases,
    found: Vec<Mention>,
}

impl Imports {
    fn add(&mut self, tree: &syn::UseTree, prefix: &[String], line: usize) {
        let with = |ident: &syn::Ident| {
            prefix
                .iter()
                .cloned()
                .chain([ident.to_string()])
                .collect::<Vec<_>>()
        };
        match tree {
            syn::UseTree::Path(path) => self.add(&path.tree, &with(&path.ident), line),
            syn::UseTree::Group(group) => {
                group
                    .items
                    .iter()
                    .for_each(|item| self.add(item, prefix, start_of(item, line)));
            }
            syn::UseTree::Name(name) if name.ident == "self" => {
                self.bind(prefix.last().cloned(), prefix.to_vec(), line);
            }
            syn::UseTree::Name(name) => {
                self.bind(Some(name.ident.to_string()), with(&name.ident), line);
            }
            syn::UseTree::Rename(rename) if rename.ident == "self" => {
                self.bind(Some(rename.rename.to_string()), prefix.to_vec(), line);
            }
            syn::UseTree::Rename(rename) => {
                self.bind(Some(rename.rename.to_string()), with(&rename.ident), line);
            }
            syn::UseTree::Glob(_) => {
                let path = prefix.iter().cloned().chain(["*".to_owned()]).collect();
                self.found.push(Mention { path, line });
            }
        }
    }

    fn bind(&mut self, name: Option<String>, path: Vec<String>, line: usize) {
        if let Some(name) = name.filter(|name| name != "_") {
            self.aliases
                .insert(name, absolute(path.clone(), &self.module));
        }
        self.found.push(Mention { path, line });
    }
}

fn start_of(tree: &syn::UseTree, otherwise: usize) -> usize {
    match tree {
        syn::UseTree::Path(path) => path.ident.span().start().line,
        syn::UseTree::Name(name) => name.ident.span().start().line,
        syn::UseTree::Rename(rename) => rename.ident.span().start().line,
        syn::UseTree::Glob(_) | syn::UseTree::Group(_) => otherwise,
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let line = item.use_token.span.start().line;
        self.add(&item.tree, &[], line);
        visit::visit_item_use(self, item);
    }
}

/// Collects `a::b::c` from tokens; what stands in `use … ;` is left to [`Imports`].
fn collect_paths(tokens: TokenStream, found: &mut Vec<Mention>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => collect_paths(group.stream(), found),
            TokenTree::Ident(ident) if ident == "use" && !is_punct(tokens.get(at + 1), '<') => {
                while at < tokens.len() && !is_punct(tokens.get(at), ';') {
                    at += 1;
                }
            }
            TokenTree::Ident(ident) if !is_after_dot(&tokens, at) => {
                let line = ident.span().start().line;
                let (path, next) = path_at(&tokens, at);
                found.push(Mention { path, line });
                at = next;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// The path that starts at `at`, and where it ends.
fn path_at(tokens: &[TokenTree], mut at: usize) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        path.push(ident.to_string());
        at += 1;
        let continues = is_punct(tokens.get(at), ':')
            && is_punct(tokens.get(at + 1), ':')
            && matches!(tokens.get(at + 2), Some(TokenTree::Ident(_)));
        if !continues {
            break;
        }
        at += 2;
    }
    (path, at)
}

/// A method or a field, not a path. (`..` before a name is a range.)
fn is_after_dot(tokens: &[TokenTree], at: usize) -> bool {
    let dot = |back: usize| at >= back && is_punct(tokens.get(at - back), '.');
    dot(1) && !dot(2)
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(path: &str, text: &str) -> Vec<String> {
        let tokens: TokenStream = text.parse().expect("the snippet lexes");
        let ast = syn::parse_file(text).expect("the snippet parses");
        mentions_of(path, &ast, tokens)
            .into_iter()
            .map(|m| m.path.join("::"))
            .collect()
    }

    #[track_caller]
    fn assert_mentions(text: &str, wanted: &str) {
        let found = mentions("a/src/grpc/x.rs", text);
        assert!(
            found.iter().any(|path| path == wanted),
            "{wanted} not in {found:?}"
        );
    }

    #[test]
    fn use_trees_are_unfolded() {
        assert_mentions("use std::{fs::{self, File}, io};", "std::fs::File");
        assert_mentions("use std::{fs::{self, File}, io};", "std::fs");
        assert_mentions("use tokio::fs::*;", "tokio::fs::*");
    }

    #[test]
    fn aliases_are_followed() {
        assert_mentions(
            "use std::fs as disk;\nfn a() { disk::write(x, y); }",
            "std::fs::write",
        );
        assert_mentions(
            "use std::fs::File;\nfn a() { File::create(x); }",
            "std::fs::File::create",
        );
        assert_mentions(
            "use std::fs;\nuse fs::File;\nfn a() { File::create(x); }",
            "std::fs::File::create",
        );
        assert_mentions(
            "use tokio::{self};\nfn a() { tokio::fs::read(x); }",
            "tokio::fs::read",
        );
    }

    #[test]
    fn code_in_macro_calls_is_seen() {
        assert_mentions(
            "fn a() { select! { x = tokio::fs::read(y) => {} } }",
            "tokio::fs::read",
        );
    }

    #[test]
    fn relative_paths_become_absolute() {
        assert_mentions("use super::super::raft::Node;", "crate::raft::Node");
        assert_mentions("fn a() { self::b::c(); }", "crate::grpc::x::b::c");
    }

    #[test]
    fn methods_and_fields_are_not_paths() {
        let found = mentions("a/src/x.rs", "use q::write;\nfn a() { x.write(); 0..y; }");
        assert_eq!(found.iter().filter(|path| *path == "q::write").count(), 1);
        assert!(found.iter().any(|path| path == "y"));
    }
}
