//! Reads the manifests in the output of templates.
use std::borrow::Cow;

use gotmpl::Budget;
use wire::HelmVersion;

use super::Purpose;
use crate::error::Error;
use crate::json::parsed_size;
use crate::manifest::{self, Classified, Document, Manifests};
use crate::model::Chart;

/// The path of a template, its output, and for each line of the output the line of the template.
pub(super) type Output = (String, String, Vec<u32>);

/// Cleans the output of a template as Helm does.
pub(super) fn clean_output(text: String) -> String {
    let text = match gotmpl::go_string::to_text(&text) {
        Cow::Owned(marked) => marked,
        Cow::Borrowed(_) => text,
    };
    if text.contains("<no value>") {
        text.replace("<no value>", "")
    } else {
        text
    }
}

/// The lines of a document, which is a part of an output.
fn lines_of<'l>(output: &str, document: &str, lines: &'l [u32]) -> &'l [u32] {
    let start = document
        .as_ptr()
        .addr()
        .wrapping_sub(output.as_ptr().addr());
    let before = output
        .get(..start)
        .unwrap_or_default()
        .matches('\n')
        .count();
    let end = before + 1 + document.matches('\n').count();
    lines.get(before..end.min(lines.len())).unwrap_or_default()
}

pub(super) fn build_manifests(
    chart: &Chart,
    outputs: Vec<Output>,
    budget: &Budget,
    purpose: Purpose,
    helm: HelmVersion,
) -> Result<Manifests, Error> {
    let mut manifests = Manifests {
        helm,
        ..Manifests::default()
    };
    let notes = format!("{}/templates/NOTES.txt", chart.name());
    for (path, text, lines) in outputs {
        if path == notes {
            manifests.notes = Some(text);
            continue;
        }
        if path.ends_with("NOTES.txt") {
            continue;
        }
        for document in manifest::split(&text) {
            budget.charge_memory(parsed_size(document))?;
            budget.check_deadline()?;
            let document = Document {
                template: &path,
                text: document,
                lines: lines_of(&text, document, &lines),
            };
            match manifest::classify((purpose.read)(document)?) {
                Classified::Object(object) => manifests.objects.push(object),
                Classified::Hook(hook) => manifests.hooks.push(hook),
                Classified::UnknownHook(object, word) => manifests.warnings.push(format!(
                    "{} {} of {path} is skipped: Helm 3 does not support the hook {word:?}",
                    object.kind, object.name
                )),
            }
        }
    }
    manifest::sort_by_kind(&mut manifests.objects, helm, |object| object);
    manifest::sort_by_kind(&mut manifests.hooks, helm, |hook| &hook.manifest);
    Ok(manifests)
}
