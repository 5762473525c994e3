//! Pairs of modules that import each other, read from `use crate::…` and `crate::…` paths.
//!
//! The modules compared are those that a crate's root names, and those below a module that has a
//! folder of its own, each with what lies below it. A parent and its child are no pair.

use super::source::{Source, is_test_only};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::Visit;

/// Module paths of one crate, such as `["facts", "gather"]`.
type ModulePath = Vec<String>;

/// One offence for each pair of modules of one crate that import each other.
pub(super) fn mutual_imports(sources: &[Source]) -> Vec<String> {
    let mut crates: BTreeMap<&str, Vec<(ModulePath, &Source)>> = BTreeMap::new();
    for source in sources {
        if let Some((root, rest)) = source.name.split_once("/src/") {
            let modules = crates.entry(root).or_default();
            modules.push((module_path(rest), source));
        }
    }
    let mut offences = Vec::new();
    for (root, modules) in crates {
        offences.extend(pairs(&edges(&modules)).into_iter().map(|(first, second)| {
            format!("{root}: modules {first} and {second} import each other")
        }));
    }
    offences
}

/// `facts/gather.rs` is the module `facts::gather`; `lib.rs` and `main.rs` are the crate's root.
fn module_path(file: &str) -> ModulePath {
    let file = file.trim_end_matches(".rs");
    match file {
        "lib" | "main" => Vec::new(),
        file => file.split('/').map(str::to_owned).collect(),
    }
}

/// Which top-level module imports which, by name.
fn edges(modules: &[(ModulePath, &Source)]) -> BTreeSet<(String, String)> {
    let mut edges = BTreeSet::new();
    let names: BTreeSet<&str> = modules
        .iter()
        .filter_map(|(path, _)| path.first().map(String::as_str))
        .collect();
    for (path, source) in modules {
        let Some(from) = path.first() else { continue };
        if source.is_test() {
            continue;
        }
        let mut collector = Paths::default();
        collector.visit_file(&source.tree);
        for to in collector.modules {
            if to != *from && names.contains(to.as_str()) {
                edges.insert((from.clone(), to));
            }
        }
    }
    edges
}

fn pairs(edges: &BTreeSet<(String, String)>) -> Vec<(String, String)> {
    let mutual = edges
        .iter()
        .filter(|(from, to)| from < to && edges.contains(&(to.clone(), from.clone())));
    mutual.cloned().collect()
}

/// The first segment after `crate::` of every path.
#[derive(Default)]
struct Paths {
    modules: BTreeSet<String>,
}

impl Paths {
    fn add_tree(&mut self, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                self.modules.insert(path.ident.to_string());
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_tree(tree);
                }
            }
            syn::UseTree::Name(name) => {
                self.modules.insert(name.ident.to_string());
            }
            syn::UseTree::Rename(_) | syn::UseTree::Glob(_) => {}
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test_only(&module.attrs) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_use_tree(&mut self, tree: &'ast syn::UseTree) {
        if let syn::UseTree::Path(path) = tree
            && path.ident == "crate"
        {
            self.add_tree(&path.tree);
        }
        syn::visit::visit_use_tree(self, tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut segments = path.segments.iter();
        if segments.next().is_some_and(|first| first.ident == "crate")
            && let Some(module) = segments.next()
        {
            self.modules.insert(module.ident.to_string());
        }
        syn::visit::visit_path(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, text: &str) -> Source {
        Source {
            name: name.into(),
            text: text.into(),
            tree: syn::parse_file(text).expect("Rust"),
        }
    }

    #[test]
    fn two_modules_that_import_each_other_are_one_offence() {
        let sources = [
            source("crates/x/src/a.rs", "use crate::{b::B, c};"),
            source("crates/x/src/b/deep.rs", "fn f() -> crate::a::A { g() }"),
            source(
                "crates/x/src/c.rs",
                "#[cfg(test)] mod tests { use crate::a::A; }",
            ),
        ];
        assert_eq!(
            mutual_imports(&sources),
            ["crates/x: modules a and b import each other"]
        );
    }
}
