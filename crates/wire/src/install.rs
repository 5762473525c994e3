//! The draft of an installation: target, checks, parameters, review.

use crate::{
    ChartRef, ClusterName, DraftId, HelmVersion, MeshName, Namespace, ObjectName, Problem,
    ReleaseName, ReviewRef, Time, check::CheckView, decision::PlanChoices, review::RerenderView,
    upgrade::UpgradeBasis, values_merge::ValuesMergeView,
};
use serde::{Deserialize, Serialize};

/// Creates a draft for a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDraftRequest {
    /// The chart.
    pub chart: ChartRef,
}

/// An installation in preparation, saved on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftView {
    /// The id.
    pub id: DraftId,
    /// The chart.
    pub chart: ChartRef,
    /// The cluster; none until it is selected.
    pub cluster: Option<ClusterName>,
    /// The namespace, as entered.
    pub namespace: String,
    /// The name of the release, as entered.
    pub release: String,
    /// The releases of a bundle, in the order of their installation; empty for a chart that is one release.
    #[serde(default)]
    pub releases: Vec<ReleaseName>,
    /// The version of Helm that the release follows.
    pub helm: HelmVersion,
    /// What it upgrades; none for an installation. Target and version of Helm of an upgrade are fixed.
    #[serde(default)]
    pub upgrade: Option<UpgradeBasis>,
    /// Whether the operator has accepted the warnings.
    pub accepted: bool,
    /// When it was saved.
    pub saved: Time,
    /// The number of its changes, which a change of it names as the state that it is based on.
    pub revision: u64,
}

/// Sets the target of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRequest {
    /// The draft.
    pub draft: DraftId,
    /// The cluster.
    pub cluster: ClusterName,
    /// The namespace.
    pub namespace: Namespace,
    /// The name of the release.
    pub release: ReleaseName,
    /// The version of Helm that the release follows.
    #[serde(default)]
    pub helm: HelmVersion,
    /// The revision of the draft that the operator saw.
    pub revision: u64,
}

/// The checks of a draft that have finished so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecksView {
    /// The finished checks, in the order in which they are shown.
    pub checks: Vec<CheckView>,
    /// The number of running checks; none while the total is unknown.
    pub waiting: Option<u32>,
    /// The problem that prevented the checks.
    pub problem: Option<Problem>,
}

impl ChecksView {
    /// Whether all checks have finished.
    pub fn is_complete(&self) -> bool {
        self.waiting == Some(0)
    }
}

/// A change of the values of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditRequest {
    /// The draft.
    pub draft: DraftId,
    /// The text of the editor, to which the edit applies.
    pub text: String,
    /// The edit.
    pub edit: Edit,
    /// The revision of the draft that the text is based on.
    pub revision: u64,
    /// The editor that the text comes from, and the number of its request.
    pub author: EditAuthor,
}

/// The origin of an edit. When the response to an edit is lost, the next one of the same editor is still based
/// on the state that it made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditAuthor {
    /// The random id of the editor: of one browser tab.
    pub editor: String,
    /// The number of the request, which grows with each one.
    pub sequence: u64,
}

/// An edit of the values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edit {
    /// The text is kept as it is.
    Text,
    /// One value is set.
    Set {
        /// Keys from the root.
        path: Vec<String>,
        /// The value.
        value: Scalar,
    },
    /// One value is reset to its default.
    Reset {
        /// Keys from the root.
        path: Vec<String>,
    },
    /// Several values are reset to their defaults.
    ResetAll {
        /// Keys from the root of each.
        paths: Vec<Vec<String>>,
    },
    /// The text stays, and a value over a changed default is kept, or is to be decided again.
    Decide {
        /// Keys from the root.
        path: Vec<String>,
        /// Whether it is kept.
        keep: bool,
    },
}

/// A value of a form field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
}

impl Eq for Scalar {}

impl Scalar {
    /// The value as text.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Bool(value) => value.to_string(),
        }
    }
}

/// The values in two views: YAML, and a form from the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParametersView {
    /// The text of the operator.
    pub text: String,
    /// The form fields, in the order of the schema; empty while the text is invalid.
    pub fields: Vec<FieldView>,
    /// Whether the form leaves fields out, because the schema has too many.
    pub is_truncated: bool,
    /// Whether fields and types come from the default values, because the chart has no schema.
    pub is_inferred: bool,
    /// The errors of the text.
    pub faults: Vec<ValuesError>,
    /// The values without which the chart does not render.
    pub missing: Vec<MissingValue>,
    /// What is ignored in the text, which does not stop the installation.
    pub warnings: Vec<ValuesWarning>,
    /// The number of values that differ from the default.
    pub changed: u32,
    /// The number of rendered objects, if the chart renders.
    pub objects: Option<u32>,
    /// The problem of the rendering.
    pub problem: Option<Problem>,
    /// The values of an upgrade, compared by key; none for an installation, and while the text is invalid.
    #[serde(default)]
    pub merge: Option<ValuesMergeView>,
    /// Why the edit of one value was not made; the text is saved without it.
    pub refused: Option<Problem>,
    /// When the text was saved.
    pub saved: Time,
    /// The revision of the draft with this text.
    pub revision: u64,
    /// The key, in hexadecimal digits, with which a browser encrypts its copy of text that is not saved yet.
    pub mirror_key: String,
}

/// One field of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// Keys from the root.
    pub path: Vec<String>,
    /// The description.
    pub description: String,
    /// The type of the value.
    pub kind: FieldKind,
    /// The default.
    pub default: Option<Scalar>,
    /// The value in the text; none for the default.
    pub value: Option<Scalar>,
    /// Whether it is required.
    pub required: bool,
    /// The line of the text that sets it, from 1.
    pub line: Option<u32>,
}

/// The type of a field's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// One of these words.
    OneOf(Vec<String>),
}

/// An error in the values, with its position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValuesError {
    /// The line, from 1; 0 when the error has no line.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// Keys from the root, joined by dots.
    pub path: String,
    /// The message of the parser or the schema.
    pub message: String,
}

/// A value without which a chart does not render.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingValue {
    /// Keys from the root, joined by dots; empty when the chart does not say.
    pub path: String,
    /// The message of the template; none when the schema requires the value.
    pub message: Option<String>,
}

/// A value of a chart that was found on another cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundValue {
    /// Keys from the root.
    pub path: Vec<String>,
    /// The value.
    pub value: String,
    /// The mesh whose control plane has it; none when the cluster is in no mesh of this console.
    pub mesh: Option<MeshName>,
    /// The cluster.
    pub cluster: ClusterName,
    /// The object that has the value.
    pub source: Option<ObjectName>,
    /// Whether it is the address of a pod, which changes with the pod.
    pub is_pod_address: bool,
    /// Keys of the value that has to be true for the chart to use this one.
    pub enable: Option<Vec<String>>,
}

/// A part of the values that has no effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValuesWarning {
    /// Helm 3 ignores the documents from this line on.
    MoreDocuments {
        /// The line, from 1.
        line: u32,
    },
    /// A parameter has no effect, because Istio has the feature no more.
    Removed {
        /// Keys from the root, joined by dots.
        path: String,
        /// What replaced it.
        note: String,
    },
}

/// The review of a draft: all changes that it would make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    /// The draft.
    pub draft: DraftView,
    /// The diff of the values against the defaults.
    pub values: Vec<DiffLine>,
    /// The objects, in the order in which they are applied.
    pub objects: Vec<ObjectDiff>,
    /// The counts of the objects.
    pub counts: ReviewCounts,
    /// The releases of a bundle, in order, with their own values and objects; empty for a chart that is one
    /// release, whose values and objects are above.
    #[serde(default)]
    pub parts: Vec<PartReview>,
    /// Whether the installed revision renders as it is stored; none for an installation.
    #[serde(default)]
    pub rerender: Option<RerenderView>,
    /// The check of the rights, run again.
    pub rights: CheckView,
    /// The equivalent Helm command.
    pub command: String,
    /// The choices of the operator.
    #[serde(default)]
    pub choices: PlanChoices,
    /// The problem that prevents the installation.
    pub problem: Option<Problem>,
    /// What is shown, to deploy exactly that.
    pub review: ReviewRef,
}

/// The review of one release of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartReview {
    /// The name of the release.
    pub release: ReleaseName,
    /// Its chart.
    pub chart: ChartRef,
    /// The diff of its values against the defaults of its chart.
    pub values: Vec<DiffLine>,
    /// Its objects, in the order in which they are applied.
    pub objects: Vec<ObjectDiff>,
    /// The counts of its objects.
    pub counts: ReviewCounts,
}

/// The number of objects by change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewCounts {
    /// Created, validated by a dry run.
    pub created: u32,
    /// Changed.
    pub changed: u32,
    /// Of the join of a mesh, adopted by the release.
    #[serde(default)]
    pub adopted: u32,
    /// Unchanged.
    pub kept: u32,
    /// Deleted.
    #[serde(default)]
    pub deleted: u32,
    /// Created in a namespace of this release, so that no dry run is possible.
    pub in_new_namespace: u32,
    /// Created with a CRD of this release, so that no dry run is possible.
    pub of_new_kind: u32,
    /// Deleted and created again.
    #[serde(default)]
    pub recreated: u32,
    /// Without a result until the operator decides about their fields.
    #[serde(default)]
    pub undecided: u32,
    /// Rejected by the dry run.
    pub refused: u32,
    /// CRDs among them.
    pub crds: u32,
    /// Hooks among them.
    pub hooks: u32,
}

/// The change of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectDiff {
    /// The object.
    pub object: ObjectName,
    /// The change.
    pub change: Change,
    /// The diff; the values of a Secret are masked.
    pub lines: Vec<DiffLine>,
}

/// The kind of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// It is created.
    Create,
    /// It is updated.
    Update,
    /// It belongs to the join of a mesh, and the release adopts it.
    Adopt,
    /// It is unchanged.
    Keep,
    /// It is deleted: the next revision does not have it.
    Delete,
    /// It is created once its namespace exists.
    CreateInNewNamespace,
    /// It is created once its CRD exists.
    CreateOfNewKind,
    /// It runs as a hook.
    Hook,
    /// It is deleted and created again, because immutable fields of it change.
    Recreate,
    /// Other managers own fields of it, or immutable fields of it change, and the operator has to choose.
    Undecided,
    /// The cluster rejects it.
    Refused(Problem),
}

/// One line of a diff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// Added, removed, or the same.
    pub side: Side,
    /// The line.
    pub text: String,
}

/// The side of a line in a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Both.
    Same,
    /// Added.
    Added,
    /// Removed.
    Removed,
}
