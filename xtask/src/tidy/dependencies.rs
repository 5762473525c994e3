//! Dependencies of our crates: which of our crates may import which, and which are named and not used.

use super::source::Source;
use crate::{Outcome, cache};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use proc_macro2::{TokenStream, TokenTree};
use std::{
    collections::BTreeSet,
    path::{Component, Path},
};

/// Which of our crates each crate may import; every other import is an offence.
const EDGES: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("tls-error", &[]),
    ("gotmpl", &[]),
    ("chart", &["gotmpl", "wire"]),
    ("catalog", &["chart", "tls-error", "wire"]),
    ("cluster", &["tls-error", "wire"]),
    ("store", &["wire"]),
    ("release", &["cluster", "chart", "wire"]),
    ("mesh", &["release", "cluster", "chart", "wire"]),
    (
        "console",
        &[
            "mesh", "release", "catalog", "chart", "cluster", "store", "wire",
        ],
    ),
    ("sandbox", &[]),
    ("sandbox-istio", &["sandbox"]),
    ("lab", &[]),
    ("xtask", &[]),
    ("app", &["wire", "console"]),
    (
        "server",
        &[
            "app",
            "console",
            "catalog",
            "chart",
            "sandbox",
            "sandbox-istio",
            "wire",
        ],
    ),
];

/// The crates that may talk to a cluster with kube; tests and the lab apart.
const KUBE_CRATES: &[&str] = &["cluster", "lab"];

/// Dependencies that are named for their features or their build, with the reason.
const USED_OTHERWISE: &[(&str, &str)] = &[];

/// One offence for each import that the table forbids, and for each dependency without a use.
pub(super) fn offences(sources: &[Source]) -> Outcome<Vec<String>> {
    let mut command = MetadataCommand::new();
    command
        .manifest_path(cache::root().join("Cargo.toml"))
        .no_deps();
    let metadata = command.exec()?;
    let mut offences = Vec::new();
    for package in &metadata.packages {
        offences.extend(forbidden(package, &metadata));
        offences.extend(unused(package, sources)?);
    }
    Ok(offences)
}

fn forbidden(package: &Package, metadata: &Metadata) -> Vec<String> {
    let from = package.name.as_str();
    let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == from) else {
        return vec![format!("{from}: not in the table of imports")];
    };
    let is_ours = |name: &str| metadata.packages.iter().any(|ours| ours.name == name);
    let mut offences = Vec::new();
    for dependency in &package.dependencies {
        if dependency.kind != DependencyKind::Normal {
            continue;
        }
        let to = dependency.name.as_str();
        let kube = to == "kube" && !KUBE_CRATES.contains(&from);
        if kube || (is_ours(to) && !allowed.contains(&to)) {
            offences.push(format!("{from} may not import {to}"));
        }
    }
    offences
}

/// Dependencies whose name is no identifier in any source of the package.
fn unused(package: &Package, sources: &[Source]) -> Outcome<Vec<String>> {
    let folder = package
        .manifest_path
        .parent()
        .map(cargo_metadata::camino::Utf8Path::as_std_path);
    let folder = folder.and_then(|path| path.strip_prefix(cache::root()).ok());
    let Some(folder) = folder.map(|path| format!("{}/", path.display())) else {
        return Ok(Vec::new());
    };
    let mut identifiers = BTreeSet::new();
    let own = || {
        sources
            .iter()
            .filter(|source| source.name.starts_with(&folder))
    };
    let included: BTreeSet<String> = own().flat_map(included).collect();
    for source in sources {
        if source.name.starts_with(&folder) || included.contains(&source.name) {
            let tokens = source.text.parse::<TokenStream>();
            collect(tokens.map_err(|error| error.to_string())?, &mut identifiers);
        }
    }
    let names = package.dependencies.iter().map(|dependency| {
        let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
        (name.replace('-', "_"), &dependency.name)
    });
    let unused = names.filter(|(identifier, name)| {
        let otherwise = USED_OTHERWISE.iter().any(|(listed, _)| listed == name);
        !identifiers.contains(identifier) && !otherwise
    });
    Ok(unused
        .map(|(_, name)| format!("{}: dependency {name} is not used", package.name))
        .collect())
}

/// The sources of other packages that a source includes as modules by `#[path = "…"]`.
fn included(source: &Source) -> Vec<String> {
    let folder = Path::new(&source.name).parent().unwrap_or(Path::new(""));
    let paths = source
        .text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]"));
    let resolve = |path: &str| {
        let mut resolved: Vec<String> = Vec::new();
        for component in folder.join(path).components() {
            match component {
                Component::ParentDir => drop(resolved.pop()),
                Component::Normal(name) => resolved.push(name.to_string_lossy().into_owned()),
                _ => {}
            }
        }
        resolved.join("/")
    };
    paths.map(resolve).collect()
}

fn collect(tokens: TokenStream, identifiers: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(identifier) => {
                identifiers.insert(identifier.to_string());
            }
            TokenTree::Group(group) => collect(group.stream(), identifiers),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
