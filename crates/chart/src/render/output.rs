//! Reads the manifests in the output of templates.
use std::borrow::Cow;

use gotmpl::Budget;
use wire::HelmVersion;

use super::Purpose;
use crate::error::Error;
use crate::json::{count_bytes, parsed_size};
use crate::manifest::{self, Classified, Document, Manifests};
use crate::model::Chart;

/// The path of a template, its output, and for each line of the output the line of the template.
pub(super) type Output = (String, String, Vec<u32>);

/// The output of templates that is no manifest, or not as it should be.
#[derive(Default)]
pub(crate) struct OutputFaults {
    /// The documents that are no manifests.
    pub(crate) invalid: Vec<Error>,
    /// The templates whose output begins with an indented line, with that line.
    pub(crate) indented: Vec<(String, String)>,
    /// The templates with a text behind a `---`, with that text: Kubernetes does not read it as a separator.
    pub(crate) separators: Vec<(String, String)>,
}

impl OutputFaults {
    fn check_lines(&mut self, path: &str, text: &str) {
        let with_path = |line: &str| (path.to_owned(), line.to_owned());
        let line = text.lines().find(|line| !line.trim().is_empty());
        let line = line.filter(|line| line.starts_with([' ', '\t']));
        self.indented.extend(line.map(with_path));
        let behind = text.lines().filter_map(|line| line.strip_prefix("---"));
        let mut behind = behind.map(str::trim);
        let behind = behind.find(|rest| !rest.is_empty() && !rest.starts_with('#'));
        self.separators.extend(behind.map(with_path));
    }
}

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

/// The lines of the documents of an output, which are asked for in their order.
struct OutputLines<'o> {
    output: &'o str,
    lines: &'o [u32],
    /// The end of the text whose line breaks are counted.
    counted: usize,
    line_breaks: usize,
}

impl<'o> OutputLines<'o> {
    fn new(output: &'o str, lines: &'o [u32]) -> Self {
        Self {
            output,
            lines,
            counted: 0,
            line_breaks: 0,
        }
    }

    /// The lines of a document, which is a part of the output behind those before.
    fn of(&mut self, document: &str) -> &'o [u32] {
        let output = self.output.as_ptr().addr();
        let start = document.as_ptr().addr().wrapping_sub(output);
        let before = self.count_to(start);
        let end = self.count_to(start.saturating_add(document.len())) + 1;
        let end = end.min(self.lines.len());
        self.lines.get(before..end).unwrap_or_default()
    }

    /// The number of line breaks before a position.
    fn count_to(&mut self, position: usize) -> usize {
        let text = self.output.as_bytes();
        let next = text.get(self.counted..position).unwrap_or_default();
        self.line_breaks += count_bytes(next, |byte| byte == b'\n');
        self.counted = position;
        self.line_breaks
    }
}

/// Reads the manifests of all outputs. The first document that is none is an error, or with `faults` one of
/// these.
pub(super) fn build_manifests(
    (chart, helm): (&Chart, HelmVersion),
    outputs: Vec<Output>,
    budget: &Budget,
    (purpose, mut faults): (Purpose, Option<&mut OutputFaults>),
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
        if let Some(faults) = &mut faults {
            faults.check_lines(&path, &text);
        }
        let mut output_lines = OutputLines::new(&text, &lines);
        for document in manifest::split(&text) {
            budget.charge_memory(parsed_size(document))?;
            budget.check_deadline()?;
            let document = Document {
                template: &path,
                text: document,
                lines: output_lines.of(document),
            };
            let manifest = match ((purpose.read)(document), &mut faults) {
                (Ok(manifest), _) => manifest,
                (Err(error), None) => return Err(error),
                (Err(error), Some(faults)) => {
                    faults.invalid.push(error);
                    continue;
                }
            };
            match manifest::classify(manifest) {
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
