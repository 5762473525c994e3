//! What rendering gives: manifests in the order of their kinds, hooks, and notes.
//!
//! A template's output is cut at `---` lines; annotations say what is a hook. Start at
//! [`Manifests`].
mod head;
mod kind_order;
mod print;
mod split;

use std::collections::BTreeMap;

pub use kind_order::{KindOrder, kind_rank};
pub use print::{HookSelection, PrintOptions, TemplateNotFound};
pub(crate) use split::split;

use crate::error::Error;
use crate::values::to_json;
use crate::yaml;
use head::SimpleHead;

/// Everything a chart renders to.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// The definitions below crds/, which Helm installs first and never changes.
    pub crds: Vec<Manifest>,
    /// The objects of the release, in the order they are installed.
    pub objects: Vec<Manifest>,
    /// What runs before and after.
    pub hooks: Vec<Hook>,
    /// What the chart says to the person after installing.
    pub notes: Option<String>,
    /// The files below crds/ as they are.
    pub crd_files: Vec<CrdFile>,
    /// What was left out, and why.
    pub warnings: Vec<String>,
}

impl Manifests {
    /// What `helm get manifest` shows.
    pub fn text(&self) -> String {
        self.objects.iter().map(Manifest::with_source).collect()
    }
}

/// A file below crds/, as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrdFile {
    /// The file, from the root of the chart that is rendered, such as `web-shop/crds/shop.yaml`.
    pub file: String,
    /// What it holds.
    pub text: String,
}

/// One object as a template wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The template that wrote it, such as `web-shop/templates/service.yaml`.
    pub template: String,
    /// What it wrote.
    pub text: String,
    /// The same as data.
    pub object: serde_json::Value,
    /// Its `apiVersion`.
    pub api_version: String,
    /// Its `kind`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its namespace, where it says one.
    pub namespace: Option<String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
}

impl Manifest {
    /// The text under a line that names its template.
    pub fn with_source(&self) -> String {
        let mut out = String::with_capacity(self.text.len() + self.template.len() + 20);
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        for part in ["---\n# Source: ", &self.template, "\n", &self.text, "\n"] {
            out.push_str(part);
        }
    }

    /// Whether it is only comments: it belongs to the text, and there is nothing to apply.
    pub fn is_blank(&self) -> bool {
        self.object.is_null()
    }

    pub(crate) fn read(template: &str, text: &str) -> Result<Self, Error> {
        Self::read_with(template, text, yaml::read_first)
    }

    /// The same with an object that may hold no more than what says what it is.
    pub(crate) fn read_head(template: &str, text: &str) -> Result<Self, Error> {
        Self::read_with(template, text, |text| {
            yaml::read_part(text, SimpleHead::includes_key)
        })
    }

    fn read_with(
        template: &str,
        text: &str,
        read: impl Fn(&str) -> Result<gotmpl::Value, yaml::Error>,
    ) -> Result<Self, Error> {
        // What is applied is read from the whole text, where a line's end follows each object.
        let value = read(&format!("{text}\n")).map_err(|source| Error::InvalidOutput {
            template: template.to_owned(),
            text: text.to_owned(),
            source,
        })?;
        let head = SimpleHead::read(&value).map_err(|reason| Error::InvalidManifest {
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
            object,
        })
    }

    fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.get(key).map(String::as_str)
    }
}

/// An object that runs at a moment of a release's life.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// The object.
    pub manifest: Manifest,
    /// When it runs.
    pub events: Vec<HookEvent>,
    /// Lighter ones run first.
    pub weight: i32,
    /// When it is removed.
    pub delete_policies: Vec<DeletePolicy>,
}

/// A moment of a release's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HookEvent {
    /// Before the objects are made.
    PreInstall,
    /// After the objects are ready.
    PostInstall,
    /// Before the release is removed.
    PreDelete,
    /// After the release is removed.
    PostDelete,
    /// Before the objects change.
    PreUpgrade,
    /// After the objects have changed.
    PostUpgrade,
    /// Before going back.
    PreRollback,
    /// After going back.
    PostRollback,
    /// When a person asks for the tests.
    Test,
}

impl HookEvent {
    /// The word of Helm for it.
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

/// When a hook's object is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeletePolicy {
    /// When it has done its work.
    Succeeded,
    /// When it has failed.
    Failed,
    /// Before it is made again.
    BeforeCreation,
}

impl DeletePolicy {
    /// The word of Helm for it.
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

/// What a manifest is for.
pub(crate) enum Classified {
    Object(Manifest),
    Hook(Hook),
    /// A hook of a name that Helm 3 does not know.
    UnknownHook(Manifest, String),
}

/// Tells objects from hooks by their annotations.
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

/// Puts manifests in the order of their kinds; those of one kind stay as they are.
pub(crate) fn sort_by_kind<T>(items: &mut [T], manifest: impl Fn(&T) -> &Manifest) {
    items.sort_by(|a, b| {
        let (a, b) = (&manifest(a).kind, &manifest(b).kind);
        let ranks = kind_rank(a, KindOrder::Install).cmp(&kind_rank(b, KindOrder::Install));
        let unknown = kind_rank(a, KindOrder::Install) == usize::MAX;
        ranks.then_with(|| {
            if unknown {
                a.cmp(b)
            } else {
                std::cmp::Ordering::Equal
            }
        })
    });
}
