//! What differs between two revisions: by object, and in each object by field.

use crate::{ObjectName, install::DiffLine, release::RevisionRow};
use serde::{Deserialize, Serialize};

/// The comparison of two revisions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The objects of both, the removed ones last.
    pub objects: Vec<ComparedObject>,
}

/// The comparison of two revisions of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionComparison {
    /// The one of them.
    pub before: RevisionRow,
    /// The other one.
    pub after: RevisionRow,
    /// Their objects.
    pub objects: Comparison,
    /// The values of the operator; empty when they are the same.
    pub values: Vec<DiffLine>,
    /// NOTES.txt; empty when it is the same.
    pub notes: Vec<DiffLine>,
}

/// An object of one of the revisions or of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedObject {
    /// The object.
    pub object: ObjectName,
    /// What happened to it.
    pub change: ObjectChange,
    /// The fields that differ: all of them for an object that only one of the revisions has.
    pub fields: Vec<FieldChange>,
}

impl ComparedObject {
    /// Whether it is a CRD.
    pub fn is_crd(&self) -> bool {
        self.object.kind == "CustomResourceDefinition"
    }
}

/// What happened to an object from one revision to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectChange {
    /// Only the later revision has it.
    Added,
    /// Only the earlier revision has it.
    Removed,
    /// Both have it, with differences.
    Changed,
    /// Both have it as it is.
    Unchanged,
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The keys of its parents and its own; an item of a list is in brackets, by its name or its index.
    pub path: Vec<String>,
    /// The value in the earlier revision; none where it is not set. The values of a Secret are masked.
    pub before: Option<String>,
    /// The value in the later revision.
    pub after: Option<String>,
}

impl FieldChange {
    /// The path in one text, such as `spec.containers[web].image`.
    pub fn path_text(&self) -> String {
        let mut text = String::new();
        for key in &self.path {
            if !text.is_empty() && !key.starts_with('[') {
                text.push('.');
            }
            text.push_str(key);
        }
        text
    }
}
