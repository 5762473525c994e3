//! Manifests as they are stored: a reviewed rendering is executed later, and nothing is rendered again.

use serde::{Deserialize, Serialize};
use wire::HelmVersion;

use super::{Classified, CrdFile, Document, Manifest, Manifests, SensitiveTexts, classify};
use crate::error::Error;

/// A template and the text that it rendered to.
type Rendered = (String, String);

/// The result of a rendering, to be stored; objects are read from their texts again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredManifests {
    crds: Vec<Rendered>,
    objects: Vec<Rendered>,
    hooks: Vec<Rendered>,
    notes: Option<String>,
    crd_files: Vec<(String, String)>,
    warnings: Vec<String>,
    sensitive: SensitiveTexts,
    lookups: usize,
    #[serde(default)]
    helm: HelmVersion,
}

impl From<&Manifests> for StoredManifests {
    fn from(manifests: &Manifests) -> Self {
        let rendered = |manifest: &Manifest| (manifest.template.clone(), manifest.text.clone());
        Self {
            crds: manifests.crds.iter().map(rendered).collect(),
            objects: manifests.objects.iter().map(rendered).collect(),
            hooks: manifests
                .hooks
                .iter()
                .map(|hook| rendered(&hook.manifest))
                .collect(),
            notes: manifests.notes.clone(),
            crd_files: manifests
                .crd_files
                .iter()
                .map(|file| (file.file.clone(), file.text.clone()))
                .collect(),
            warnings: manifests.warnings.clone(),
            sensitive: manifests.sensitive.clone(),
            lookups: manifests.lookups,
            helm: manifests.helm,
        }
    }
}

impl StoredManifests {
    /// The manifests, in the order in which they were stored.
    ///
    /// # Errors
    /// [`Error::InvalidOutput`] or [`Error::InvalidManifest`] when a text is not the one of an object.
    pub fn restore(&self) -> Result<Manifests, Error> {
        let read = |(template, text): &Rendered| {
            let lines = &[];
            Manifest::read(Document {
                template,
                text,
                lines,
            })
        };
        let mut manifests = Manifests {
            crds: self.crds.iter().map(read).collect::<Result<_, _>>()?,
            objects: self.objects.iter().map(read).collect::<Result<_, _>>()?,
            hooks: Vec::new(),
            required: Vec::new(),
            notes: self.notes.clone(),
            crd_files: self
                .crd_files
                .iter()
                .map(|(file, text)| CrdFile {
                    file: file.clone(),
                    text: text.clone(),
                })
                .collect(),
            warnings: self.warnings.clone(),
            sensitive: self.sensitive.clone(),
            lookups: self.lookups,
            helm: self.helm,
        };
        for hook in &self.hooks {
            if let Classified::Hook(hook) = classify(read(hook)?) {
                manifests.hooks.push(hook);
            }
        }
        Ok(manifests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_restored_as_they_were_rendered() {
        let read = |text: &str| {
            let document = Document {
                template: "c/templates/a.yaml",
                text,
                lines: &[],
            };
            Manifest::read(document).expect("a manifest")
        };
        let hook = "kind: Job\napiVersion: batch/v1\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: pre-install\n    helm.sh/hook-weight: \"5\"";
        let Classified::Hook(hook) = classify(read(hook)) else {
            panic!("not a hook");
        };
        let manifests = Manifests {
            crds: vec![read("kind: CustomResourceDefinition\nmetadata: {name: x}")],
            objects: vec![
                read("kind: Service\napiVersion: v1\nmetadata: {name: b}"),
                read("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a, namespace: n}"),
            ],
            hooks: vec![hook],
            required: Vec::new(),
            notes: Some("Read me.".into()),
            crd_files: vec![CrdFile {
                file: "c/crds/x.yaml".into(),
                text: "kind: CustomResourceDefinition".into(),
            }],
            warnings: vec!["a warning".into()],
            sensitive: std::iter::once("hunter2".to_owned()).collect(),
            lookups: 2,
            helm: HelmVersion::V4,
        };
        let json = serde_json::to_string(&StoredManifests::from(&manifests)).expect("JSON");
        let stored: StoredManifests = serde_json::from_str(&json).expect("stored");
        let restored = stored.restore().expect("restored");
        assert_eq!(restored, manifests);
    }
}
