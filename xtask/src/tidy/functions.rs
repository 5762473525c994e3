//! The sizes of functions and of components.

use super::source::{Source, is_test_only};
use syn::{spanned::Spanned as _, visit::Visit};

/// Lines that half of the functions may have at most.
pub(super) const MEDIAN: usize = 12;
/// Lines that 95 of 100 functions may have at most.
pub(super) const P95: usize = 50;
/// Lines that no function may exceed.
const MAX_LINES: usize = 80;
/// Lines that no component of the app may exceed.
const MAX_COMPONENT_LINES: usize = 60;

/// A function and its size.
pub(super) struct Function {
    /// File and first line.
    position: String,
    name: String,
    is_component: bool,
    /// Lines from its first to its last, attributes and docs apart.
    pub(super) lines: usize,
}

/// The functions of a file, those of its tests apart.
pub(super) fn functions(source: &Source) -> Vec<Function> {
    let mut collector = Collector {
        file: &source.name,
        functions: Vec::new(),
    };
    collector.visit_file(&source.tree);
    collector.functions
}

struct Collector<'a> {
    file: &'a str,
    functions: Vec<Function>,
}

impl Collector<'_> {
    fn add(&mut self, signature: &syn::Signature, attributes: &[syn::Attribute], end: usize) {
        let start = signature.span().start().line;
        self.functions.push(Function {
            position: format!("{}:{start}", self.file),
            name: signature.ident.to_string(),
            is_component: attributes
                .iter()
                .any(|attribute| attribute.path().is_ident("component")),
            lines: end + 1 - start,
        });
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test_only(&module.attrs) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        let end = function.block.span().end().line;
        self.add(&function.sig, &function.attrs, end);
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        let end = function.block.span().end().line;
        self.add(&function.sig, &function.attrs, end);
        syn::visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        self.add(&function.sig, &function.attrs, function.span().end().line);
        syn::visit::visit_trait_item_fn(self, function);
    }
}

/// One offence for each function that is too long.
pub(super) fn too_long(functions: &[Function]) -> Vec<String> {
    let mut offences = Vec::new();
    for function in functions {
        let (noun, max) = if function.is_component {
            ("component", MAX_COMPONENT_LINES)
        } else {
            ("fn", MAX_LINES)
        };
        if function.lines > max {
            offences.push(format!(
                "{}: {noun} {} has {} lines, at most {max}",
                function.position, function.name, function.lines
            ));
        }
    }
    offences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_has_the_lines_from_its_signature_to_its_closing_brace() {
        let text = "impl A {\n    /// Docs.\n    pub(crate) async fn one(\n        a: u8,\n    ) -> u8 {\n        \
                    if a > 0 {\n        }\n    }\n\n    fn two() {}\n}\n\n#[component]\nfn Three() {\n}\n\
                    #[cfg(test)]\nmod tests { fn four() {} }";
        let source = Source {
            name: "a.rs".into(),
            text: text.into(),
            tree: syn::parse_file(text).expect("Rust"),
        };
        let found: Vec<(String, usize, bool)> = functions(&source)
            .into_iter()
            .map(|function| (function.name, function.lines, function.is_component))
            .collect();
        let expected = [("one", 6, false), ("two", 1, false), ("Three", 2, true)];
        assert_eq!(
            found,
            expected.map(|(name, lines, component)| (name.to_owned(), lines, component))
        );
    }
}
