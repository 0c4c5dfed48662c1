//! Finds every function of a file and measures it.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::test_code::is_test_function;

/// A function with a body, wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// The line of its name.
    pub(crate) line: usize,
    /// The lines of its opening and its closing brace.
    pub(crate) body: (usize, usize),
    /// Parameters, `self` included; 0 where a trait dictates the signature.
    pub(crate) parameters: usize,
    /// The most blocks that stand inside one another in the body.
    pub(crate) nesting: usize,
    /// Whether it is a test.
    pub(crate) is_test: bool,
    /// The line of its `#[ignore]`, if it has one.
    pub(crate) ignored: Option<usize>,
}

/// All functions of a file, in the order of their names in it.
pub(crate) fn functions_of(ast: &syn::File) -> Vec<Function> {
    let mut collector = Collector::default();
    collector.visit_file(ast);
    collector.found.sort_by_key(|function| function.line);
    collector.found
}

#[derive(Default)]
struct Collector {
    found: Vec<Function>,
    in_trait_impl: bool,
}

impl Collector {
    fn add(
        &mut self,
        attributes: &[syn::Attribute],
        signature: &syn::Signature,
        body: &syn::Block,
    ) {
        let braces = body.brace_token.span;
        let ignore = attributes
            .iter()
            .find(|attribute| attribute.path().is_ident("ignore"));
        self.found.push(Function {
            name: signature.ident.to_string(),
            line: signature.ident.span().start().line,
            body: (braces.open().start().line, braces.close().end().line),
            parameters: if self.in_trait_impl {
                0
            } else {
                signature.inputs.len()
            },
            nesting: Depth::of(body),
            is_test: is_test_function(attributes),
            ignored: ignore.map(|attribute| attribute.span().start().line),
        });
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.attrs, &item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.attrs, &item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.add(&item.attrs, &item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let outer = std::mem::replace(&mut self.in_trait_impl, item.trait_.is_some());
        visit::visit_item_impl(self, item);
        self.in_trait_impl = outer;
    }
}

/// Counts blocks inside blocks; the body itself is depth 0, and items inside count for themselves.
#[derive(Default)]
struct Depth {
    now: usize,
    most: usize,
}

impl Depth {
    fn of(body: &syn::Block) -> usize {
        let mut depth = Self::default();
        visit::visit_block(&mut depth, body);
        depth.most
    }
}

impl<'ast> Visit<'ast> for Depth {
    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.now += 1;
        self.most = self.most.max(self.now);
        visit::visit_block(self, block);
        self.now -= 1;
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions(text: &str) -> Vec<Function> {
        functions_of(&syn::parse_file(text).expect("the snippet parses"))
    }

    #[test]
    fn functions_are_found_wherever_they_stand() {
        let text = "fn a() { fn b() {} }\nimpl X { fn c(&self) {} }\ntrait T { fn d() {} fn e(); }";
        let found = functions(text);
        let names: Vec<&str> = found
            .iter()
            .map(|function| function.name.as_str())
            .collect();
        assert_eq!(names, ["a", "b", "c", "d"]);
    }

    #[test]
    fn blocks_of_if_loop_match_arm_and_closure_nest() {
        let text = "fn a() { if x { for y in z { match y { 1 => { w(|| { v }) } _ => {} } } } }";
        assert_eq!(functions(text)[0].nesting, 4);
        let chain = "fn a() { if x {} else if y {} else if z {} else {} }";
        assert_eq!(functions(chain)[0].nesting, 1);
    }

    #[test]
    fn signatures_that_a_trait_dictates_are_not_counted() {
        let text = "fn a(x: u8, y: u8) {}\nimpl T for X { fn b(&self, x: u8) {} }";
        let counts: Vec<usize> = functions(text).iter().map(|f| f.parameters).collect();
        assert_eq!(counts, [2, 0]);
    }
}
