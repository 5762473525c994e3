//! `cargo xtask sbom [FILE]`: writes a software bill of materials of the server and the site, as CycloneDX
//! 1.6 in JSON, to target/meshspan.cdx.json.
//!
//! It lists every crate that the released programs contain, with version, licence, package URL and checksum:
//! what `cargo metadata` and Cargo.lock say, without development dependencies and build tools.

use crate::{Outcome, cache};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::PathBuf,
};

/// The packages that are released.
const RELEASED: [&str; 2] = ["server", "app"];

/// Writes the bill of materials.
pub(crate) fn sbom(arguments: &[String]) -> Outcome {
    let root = cache::root();
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()?;
    let checksums = checksums(&fs::read_to_string(root.join("Cargo.lock"))?);
    let bill = bill(&metadata, &checksums)?;
    let components = bill["components"].as_array().map_or(0, Vec::len);
    let file = arguments
        .first()
        .map_or_else(|| root.join("target/meshspan.cdx.json"), PathBuf::from);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&file, serde_json::to_string_pretty(&bill)? + "\n")?;
    eprintln!("xtask: {components} components, wrote {}", file.display());
    Ok(())
}

fn bill(metadata: &Metadata, checksums: &HashMap<(String, String), String>) -> Outcome<Value> {
    let resolve = metadata.resolve.as_ref().ok_or("no dependency graph")?;
    let nodes: HashMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let packages: HashMap<&PackageId, &Package> = metadata
        .packages
        .iter()
        .map(|package| (&package.id, package))
        .collect();
    let released = metadata.workspace_packages().into_iter();
    let released = released.filter(|package| RELEASED.contains(&package.name.as_str()));
    let mut open: Vec<&PackageId> = released.map(|package| &package.id).collect();
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    let (mut components, mut dependencies, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    while let Some(id) = open.pop() {
        let (Some(package), Some(node)) = (packages.get(id), nodes.get(id)) else {
            continue;
        };
        if !seen.insert(id) {
            continue;
        }
        found.insert((package.name.to_string(), package.version.to_string()));
        let linked = node.deps.iter().filter(|dependency| {
            let mut kinds = dependency.dep_kinds.iter();
            kinds.any(|kind| kind.kind == DependencyKind::Normal)
        });
        let linked: Vec<&PackageId> = linked.map(|dependency| &dependency.pkg).collect();
        let references = linked.iter().filter_map(|id| packages.get(*id));
        let references: Vec<String> = references.map(|package| purl(package)).collect();
        dependencies.push(json!({"ref": purl(package), "dependsOn": references}));
        components.push(component(package, checksums));
        open.extend(linked);
    }
    for list in [&mut components, &mut dependencies] {
        list.sort_by_key(|item| item["bom-ref"].to_string() + &item["ref"].to_string());
    }
    let own = metadata.workspace_packages();
    let version = own.first().map(|package| package.version.to_string());
    Ok(json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {
            "type": "application", "name": "meshspan", "bom-ref": "meshspan", "version": version,
        }},
        "components": components,
        "dependencies": dependencies,
    }))
}

fn component(package: &Package, checksums: &HashMap<(String, String), String>) -> Value {
    let mut component = json!({
        "type": "library", "bom-ref": purl(package), "purl": purl(package),
        "name": package.name, "version": package.version.to_string(),
    });
    if let Some(license) = &package.license {
        // Cargo's older form of an expression.
        component["licenses"] = json!([{"expression": license.replace('/', " OR ")}]);
    }
    let key = (package.name.to_string(), package.version.to_string());
    if let Some(checksum) = checksums.get(&key) {
        component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    component
}

/// The package URL of a crate, <https://github.com/package-url/purl-spec>.
fn purl(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version)
}

/// The checksums in a Cargo.lock, by name and version.
fn checksums(lock: &str) -> HashMap<(String, String), String> {
    let field = |block: &str, key: &str| {
        let start = format!("{key} = \"");
        let line = block.lines().find_map(|line| line.strip_prefix(&*start))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let package = |block: &str| {
        let name = (field(block, "name")?, field(block, "version")?);
        Some((name, field(block, "checksum")?))
    };
    lock.split("[[package]]").filter_map(package).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_names_what_is_released_and_no_test_helper() {
        // The crates of other platforms are not on this machine.
        let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let metadata = MetadataCommand::new()
            .manifest_path(cache::root().join("Cargo.toml"))
            .other_options([
                "--offline".to_owned(),
                format!("--filter-platform={platform}"),
            ])
            .exec()
            .expect("metadata");
        let lock = fs::read_to_string(cache::root().join("Cargo.lock")).expect("Cargo.lock");
        let bill = bill(&metadata, &checksums(&lock)).expect("a bill");
        let components = bill["components"].as_array().expect("components");
        let component = |name: &str| components.iter().find(|item| item["name"] == name);
        let kube = component("kube").expect("kube is linked");
        assert_eq!(
            kube["hashes"][0]["content"].as_str().map(str::len),
            Some(64)
        );
        assert!(kube["licenses"][0]["expression"].is_string());
        assert!(component("server").is_some() && component("leptos").is_some());
        for absent in ["proptest", "libtest-mimic", "xtask", "peak_alloc"] {
            assert!(component(absent).is_none(), "{absent} is not released");
        }
    }
}
