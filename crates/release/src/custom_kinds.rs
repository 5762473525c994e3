//! The CRDs that a release brings and the kinds of its objects, read from its record without parsing its manifest.
//!
//! The console keeps them for every release: a CRD that another release uses is not deleted. The lines of a text are
//! scanned, so that two thousand records take no longer than their decompression. Start at [`CustomKinds`].

use crate::{Release, chart_crds::crd_files, status::split_documents};
use cluster::{Object, ObjectRef};
use std::collections::BTreeSet;

/// The name of the kind of CRDs.
const CRD: &str = "CustomResourceDefinition";

/// The CRDs that a release brings, and the kinds of its objects in groups with a domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomKinds {
    /// The names of CRDs, such as `gateways.networking.istio.io`.
    pub crds: BTreeSet<String>,
    /// API groups and kinds.
    pub kinds: BTreeSet<(String, String)>,
}

impl CustomKinds {
    /// Those of a revision.
    pub fn of(release: &Release) -> Self {
        let mut kinds = Self::default();
        kinds.scan(&release.manifest);
        for text in crd_files(release) {
            kinds.scan(&text);
        }
        kinds
    }

    /// Whether the release brings a CRD of this name, or has objects of its kind.
    pub fn use_crd(&self, name: &str, group: &str, kind: &str) -> bool {
        let pair = (group.to_owned(), kind.to_owned());
        self.crds.contains(name) || self.kinds.contains(&pair)
    }

    /// Adds what a text of YAML documents has.
    pub(crate) fn scan(&mut self, text: &str) {
        for text in split_documents(text) {
            let mut lines = text.lines().filter(|line| !line.starts_with('#'));
            if lines.next().is_some_and(|line| line.starts_with('{')) {
                self.add_json(text);
                continue;
            }
            let mut document = Document::default();
            for line in text.lines() {
                document.read(line, self);
            }
        }
    }

    /// Adds what a document in the syntax of JSON has.
    fn add_json(&mut self, text: &str) {
        let value = chart::Values::parse(text).map(|values| values.to_json());
        let object = value.ok().and_then(|value| Object::new(value).ok());
        let Some(ObjectRef {
            kind,
            api_version,
            name,
            ..
        }) = object.map(|object| object.reference())
        else {
            return;
        };
        if kind == CRD {
            self.crds.insert(name);
        } else if let Some((group, _)) = api_version.split_once('/') {
            self.kinds.insert((group.to_owned(), kind));
        }
    }
}

/// What is known of the current document.
#[derive(Default)]
struct Document {
    /// The API version and the kind that were read last, with their column.
    version: Option<(usize, String)>,
    kind: Option<(usize, String)>,
    is_crd: bool,
    /// Whether the lines are those of the metadata of the document, and the column of its keys.
    in_metadata: bool,
    column: Option<usize>,
    name: Option<String>,
}

impl Document {
    fn read(&mut self, line: &str, found: &mut CustomKinds) {
        let text = line.trim_start_matches([' ', '-']);
        let column = line.len() - text.len();
        let Some((key, value)) = text.split_once(':') else {
            return;
        };
        let value = scalar(value);
        if column == 0 {
            self.in_metadata = key == "metadata";
        } else if self.in_metadata && *self.column.get_or_insert(column) == column && key == "name"
        {
            self.name = Some(value.to_owned());
        }
        match key {
            "apiVersion" => self.version = Some((column, value.to_owned())),
            "kind" => {
                self.is_crd |= column == 0 && value == CRD;
                self.kind = Some((column, value.to_owned()));
            }
            _ => {}
        }
        if self.is_crd {
            found.crds.extend(self.name.take());
        }
        if let (Some((at, version)), Some((same, kind))) = (&self.version, &self.kind)
            && at == same
        {
            if let Some((group, _)) = version.split_once('/')
                && group.contains('.')
            {
                found.kinds.insert((group.to_owned(), kind.clone()));
            }
            (self.version, self.kind) = (None, None);
        }
    }
}

/// A plain or quoted value, without a comment.
fn scalar(value: &str) -> &str {
    let value = value.split(" #").next().unwrap_or_default().trim();
    value.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_crds_are_found_in_any_order_of_keys_and_in_lists() {
        let mut found = CustomKinds::default();
        found.scan(
            "---\n# Source: a\nkind: Gateway\napiVersion: networking.istio.io/v1\nmetadata:\n  name: web\n\
             ---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: \"cert-manager.io/v1\"\n  kind: 'Issuer' # x\n\
             ---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  labels:\n    \
             name: no\n  name: shops.example.io\nspec:\n  names:\n    kind: Shop\n\
             ---\nmetadata:\n  name: early.example.io\nkind: CustomResourceDefinition\napiVersion: \
             apiextensions.k8s.io/v1\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n",
        );
        assert!(found.use_crd("x", "networking.istio.io", "Gateway"));
        assert!(found.use_crd("x", "cert-manager.io", "Issuer"));
        assert!(found.use_crd("shops.example.io", "", ""));
        let crds = ["early.example.io", "shops.example.io"];
        assert_eq!(found.crds.iter().collect::<Vec<_>>(), crds);
        assert!(!found.use_crd("x", "apps", "Deployment"));
    }
}
