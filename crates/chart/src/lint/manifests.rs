//! The rules for all rendered objects together.

use std::collections::BTreeSet;

use wire::HelmVersion;

use super::{LintMessage, Severity, object};
use crate::manifest::{Manifest, Manifests};

/// The findings in the output of the templates for a Kubernetes of minor version 1.`minor`.
pub(super) fn check(manifests: &Manifests, minor: u32, helm: HelmVersion) -> Vec<LintMessage> {
    let mut messages = Vec::new();
    let mut add_message = |manifest: &Manifest, severity, text: String| {
        messages.push(LintMessage::of_file(severity, &manifest.template, text));
    };
    let mut seen = BTreeSet::new();
    let hooks = manifests.hooks.iter().map(|hook| &hook.manifest);
    for manifest in manifests.objects.iter().chain(hooks) {
        if manifest.is_blank() {
            continue;
        }
        for (severity, text) in object::check(manifest, minor, helm) {
            add_message(manifest, severity, text);
        }
        for (key, value) in [
            ("apiVersion", &manifest.api_version),
            ("kind", &manifest.kind),
            ("metadata.name", &manifest.name),
        ] {
            let list = manifest.kind.ends_with("List") || manifest.object.get("items").is_some();
            let generated = manifest.object.pointer("/metadata/generateName").is_some();
            if value.is_empty() && !(key == "metadata.name" && (list || generated)) {
                let text = format!("an object has no {key}");
                add_message(manifest, Severity::Error, text);
            }
        }
        let namespace = manifest.namespace.clone().unwrap_or_default();
        let identity = (
            &manifest.api_version,
            &manifest.kind,
            namespace,
            &manifest.name,
        );
        if !manifest.name.is_empty() && !seen.insert(identity) {
            let text = format!("{} {} is defined twice", manifest.kind, manifest.name);
            add_message(manifest, Severity::Warning, text);
        }
    }
    // Ignored schema keywords are already reported with their line.
    let of_schema = |warning: &&String| warning.starts_with("the schema of chart ");
    let warnings = manifests
        .warnings
        .iter()
        .filter(|warning| !of_schema(warning));
    messages.extend(
        warnings.map(|text| LintMessage::of_file(Severity::Warning, "templates/", text.clone())),
    );
    messages
}
