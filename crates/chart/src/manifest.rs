//! The result of rendering: manifests in the order of their kinds, hooks and notes.
//!
//! The output of a template is split at `---` lines; annotations identify hooks. Start at
//! [`Manifests`].
mod head;
mod kind_order;
mod print;
mod sensitive;
mod split;
mod stored;

use std::collections::BTreeMap;

pub use kind_order::{KindOrder, kind_rank};
pub use print::{HookSelection, PrintOptions, TemplateNotFound};
pub use sensitive::SensitiveTexts;
pub(crate) use split::split;
pub use stored::StoredManifests;

use crate::error::Error;
use crate::json::to_json;
use crate::required::RequiredValue;
use crate::yaml;
pub(crate) use head::ObjectHead;
use wire::HelmVersion;

/// The result of rendering a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifests {
    /// The CRDs below crds/, which Helm installs first and never updates.
    pub crds: Vec<Manifest>,
    /// The objects of the release, in the order of installation.
    pub objects: Vec<Manifest>,
    /// The hooks.
    pub hooks: Vec<Hook>,
    /// The rendered NOTES.txt.
    pub notes: Option<String>,
    /// The files below crds/, unchanged.
    pub crd_files: Vec<CrdFile>,
    /// Warnings, such as skipped objects.
    pub warnings: Vec<String>,
    /// Texts to mask wherever the result is shown.
    pub sensitive: SensitiveTexts,
    /// How often a template read the cluster with `lookup`.
    pub lookups: usize,
    /// The values that the templates required; none when the manifests were stored.
    pub required: Vec<RequiredValue>,
    /// The version of Helm that the rendering followed.
    pub helm: HelmVersion,
}

impl Manifests {
    /// The output of `helm get manifest`.
    pub fn text(&self) -> String {
        self.objects.iter().map(Manifest::with_source).collect()
    }
}

/// A file below crds/, unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrdFile {
    /// The path of the file, with the name of the chart, such as `web-shop/crds/shop.yaml`.
    pub file: String,
    /// The contents.
    pub text: String,
}

/// An object in the output of a template.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The template, such as `web-shop/templates/service.yaml`.
    pub template: String,
    /// The YAML text.
    pub text: String,
    /// The object as JSON.
    pub object: serde_json::Value,
    /// The `apiVersion`.
    pub api_version: String,
    /// The `kind`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The namespace, if the manifest has one.
    pub namespace: Option<String>,
    /// The annotations.
    pub annotations: BTreeMap<String, String>,
    /// For each line of the text, the line of the template that it begins on; empty when it is unknown.
    lines: Vec<u32>,
}

/// A document in the output of a template.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document<'t> {
    /// The path of the template.
    pub(crate) template: &'t str,
    /// The YAML text.
    pub(crate) text: &'t str,
    /// For each line of the text, the line of the template; empty when it is unknown.
    pub(crate) lines: &'t [u32],
}

impl Manifest {
    /// The line of the template, from 1, that wrote the field at a path of keys and indexes, or its
    /// deepest existing parent; lines that an action wrote are on the line of the action.
    pub fn template_line<S: AsRef<str>>(&self, path: &[S]) -> Option<usize> {
        let position = yaml::edit::position(&self.text, path)?;
        template_line(&self.lines, position.line)
    }

    /// The text with a `# Source` line that names the template.
    pub fn with_source(&self) -> String {
        let mut out = String::with_capacity(self.printed_length());
        self.write(&mut out);
        out
    }

    /// The length of the text with its `# Source` line.
    fn printed_length(&self) -> usize {
        self.text.len() + self.template.len() + "---\n# Source: \n\n".len()
    }

    fn write(&self, out: &mut String) {
        for part in ["---\n# Source: ", &self.template, "\n", &self.text, "\n"] {
            out.push_str(part);
        }
    }

    /// Whether the text contains only comments, so there is no object to apply.
    pub fn is_blank(&self) -> bool {
        self.object.is_null()
    }

    pub(crate) fn read(document: Document<'_>) -> Result<Self, Error> {
        Self::read_with(document, yaml::read_first)
    }

    /// The same, but the object may contain only the fields that Helm reads.
    pub(crate) fn read_head(document: Document<'_>) -> Result<Self, Error> {
        Self::read_with(document, |text| {
            yaml::read_part(text, ObjectHead::includes_key)
        })
    }

    fn read_with(
        Document {
            template,
            text,
            lines,
        }: Document<'_>,
        read: impl Fn(&str) -> Result<gotmpl::Value, yaml::Error>,
    ) -> Result<Self, Error> {
        // Helm applies the complete text, in which a newline follows each object.
        let value = read(&format!("{text}\n")).map_err(|source| Error::InvalidOutput {
            template: template.to_owned(),
            text: text.to_owned(),
            template_line: template_line(lines, source.line),
            source,
        })?;
        let head = ObjectHead::read(&value).map_err(|reason| Error::InvalidManifest {
            template: template.to_owned(),
            reason,
        })?;
        let object = to_json(&value);
        let namespace = object.pointer("/metadata/namespace");
        let namespace = namespace.and_then(|found| found.as_str());
        Ok(Self {
            template: template.to_owned(),
            text: text.to_owned(),
            api_version: head.api_version,
            kind: head.kind,
            name: head.name,
            namespace: namespace.filter(|name| !name.is_empty()).map(str::to_owned),
            annotations: head.annotations,
            lines: lines.to_vec(),
            object,
        })
    }

    fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.get(key).map(String::as_str)
    }
}

/// The line of the template for a line of a text, both from 1.
fn template_line(lines: &[u32], line: usize) -> Option<usize> {
    let line = lines.get(line.checked_sub(1)?)?;
    usize::try_from(*line).ok()
}

/// An object that runs at a point in a release's lifecycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// The object.
    pub manifest: Manifest,
    /// The events at which the hook runs.
    pub events: Vec<HookEvent>,
    /// The weight; hooks with a lower weight run first.
    pub weight: i32,
    /// The policies for deleting the hook's object.
    pub delete_policies: Vec<DeletePolicy>,
}

/// A point in a release's lifecycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HookEvent {
    /// Before the objects are created.
    PreInstall,
    /// After the objects are ready.
    PostInstall,
    /// Before the release is uninstalled.
    PreDelete,
    /// After the release is uninstalled.
    PostDelete,
    /// Before the objects are upgraded.
    PreUpgrade,
    /// After the objects are upgraded.
    PostUpgrade,
    /// Before a rollback.
    PreRollback,
    /// After a rollback.
    PostRollback,
    /// When `helm test` runs.
    Test,
}

impl HookEvent {
    /// Helm's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreInstall => "pre-install",
            Self::PostInstall => "post-install",
            Self::PreDelete => "pre-delete",
            Self::PostDelete => "post-delete",
            Self::PreUpgrade => "pre-upgrade",
            Self::PostUpgrade => "post-upgrade",
            Self::PreRollback => "pre-rollback",
            Self::PostRollback => "post-rollback",
            Self::Test => "test",
        }
    }

    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "pre-install" => Self::PreInstall,
            "post-install" => Self::PostInstall,
            "pre-delete" => Self::PreDelete,
            "post-delete" => Self::PostDelete,
            "pre-upgrade" => Self::PreUpgrade,
            "post-upgrade" => Self::PostUpgrade,
            "pre-rollback" => Self::PreRollback,
            "post-rollback" => Self::PostRollback,
            "test" | "test-success" => Self::Test,
            _ => return None,
        })
    }
}

/// When the object of a hook is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeletePolicy {
    /// After the hook succeeds.
    Succeeded,
    /// After the hook fails.
    Failed,
    /// Before the hook is created again.
    BeforeCreation,
}

impl DeletePolicy {
    /// Helm's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "hook-succeeded",
            Self::Failed => "hook-failed",
            Self::BeforeCreation => "before-hook-creation",
        }
    }

    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "hook-succeeded" => Self::Succeeded,
            "hook-failed" => Self::Failed,
            "before-hook-creation" => Self::BeforeCreation,
            _ => return None,
        })
    }
}

/// A manifest, classified as an object or a hook.
pub(crate) enum Classified {
    Object(Manifest),
    Hook(Hook),
    /// A hook with an event that Helm 3 does not know.
    UnknownHook(Manifest, String),
}

/// Distinguishes objects and hooks by their annotations.
pub(crate) fn classify(manifest: Manifest) -> Classified {
    let Some(words) = manifest.annotation("helm.sh/hook").map(str::to_owned) else {
        return Classified::Object(manifest);
    };
    let mut events = Vec::new();
    for word in words.split(',').map(|word| word.trim().to_lowercase()) {
        match HookEvent::read(&word) {
            Some(event) => events.push(event),
            None => return Classified::UnknownHook(manifest, word),
        }
    }
    let weight = manifest
        .annotation("helm.sh/hook-weight")
        .and_then(|text| text.parse().ok());
    let policies = manifest
        .annotation("helm.sh/hook-delete-policy")
        .unwrap_or_default();
    let mut delete_policies: Vec<DeletePolicy> = policies
        .split(',')
        .filter_map(|word| DeletePolicy::read(word.trim().to_lowercase().as_str()))
        .collect();
    if delete_policies.is_empty() {
        delete_policies.push(DeletePolicy::BeforeCreation);
    }
    Classified::Hook(Hook {
        manifest,
        events,
        weight: weight.unwrap_or(0),
        delete_policies,
    })
}

/// Sorts manifests by kind; manifests of the same kind keep their order.
pub(crate) fn sort_by_kind<T>(
    items: &mut [T],
    helm: HelmVersion,
    manifest: impl Fn(&T) -> &Manifest,
) {
    let rank = |kind: &str| kind_rank(kind, KindOrder::Install, helm);
    items.sort_by(|a, b| {
        let (a, b) = (&manifest(a).kind, &manifest(b).kind);
        let ranks = rank(a).cmp(&rank(b));
        let unknown = rank(a) == usize::MAX;
        ranks.then_with(|| {
            if unknown {
                a.cmp(b)
            } else {
                std::cmp::Ordering::Equal
            }
        })
    });
}
