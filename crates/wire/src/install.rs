//! The draft of an installation: target, checks, parameters, review.

use crate::{
    ChartRef, ClusterName, DraftId, Namespace, ObjectName, Problem, ReleaseName, check::CheckView,
};
use serde::{Deserialize, Serialize};

/// Begins a draft for a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDraftRequest {
    /// Which chart.
    pub chart: ChartRef,
}

/// An installation that is being prepared. It is kept on the server, with every word typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftView {
    /// Its name.
    pub id: DraftId,
    /// What is installed.
    pub chart: ChartRef,
    /// Where; none until it is chosen.
    pub cluster: Option<ClusterName>,
    /// In which namespace, as typed.
    pub namespace: String,
    /// Under which name, as typed.
    pub release: String,
    /// Warnings that the operator has accepted.
    pub accepted: bool,
    /// Seconds since it was saved.
    pub saved: u32,
}

/// Sets the target of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRequest {
    /// Which draft.
    pub draft: DraftId,
    /// Where.
    pub cluster: ClusterName,
    /// In which namespace.
    pub namespace: Namespace,
    /// Under which name.
    pub release: ReleaseName,
}

/// The checks of a draft, as far as they have been carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecksView {
    /// Each check that has ended, in the order in which a person reads them.
    pub checks: Vec<CheckView>,
    /// So many are still to come; none when it is not known yet how many there are.
    pub waiting: Option<u32>,
    /// Why none could be carried out.
    pub problem: Option<Problem>,
}

impl ChecksView {
    /// Whether all have ended.
    pub fn is_whole(&self) -> bool {
        self.waiting == Some(0)
    }
}

/// A change of the draft's values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditRequest {
    /// Which draft.
    pub draft: DraftId,
    /// The text that the page shows, which the edit starts from.
    pub text: String,
    /// What changes.
    pub edit: Edit,
}

/// What changes in the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edit {
    /// The person's own text stands as it is.
    Text,
    /// One value is set.
    Set {
        /// Keys from the root.
        path: Vec<String>,
        /// The value.
        value: Scalar,
    },
    /// One value goes back to its default.
    Reset {
        /// Keys from the root.
        path: Vec<String>,
    },
}

/// A value that a form can hold.
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
    /// The value as a person writes it.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Bool(value) => value.to_string(),
        }
    }
}

/// One text in two views: YAML, and a form made of its schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParametersView {
    /// The operator's text, as it stands.
    pub text: String,
    /// The form's fields, in the schema's order; empty while the text cannot be read.
    pub fields: Vec<FieldView>,
    /// What is wrong with the text.
    pub faults: Vec<ValuesFault>,
    /// Values that are not the default, how many.
    pub changed: u32,
    /// How many objects these values render, when they do.
    pub objects: Option<u32>,
    /// Why they do not render.
    pub problem: Option<Problem>,
}

/// One field of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// Keys from the root.
    pub path: Vec<String>,
    /// What it does.
    pub description: String,
    /// What it can hold.
    pub kind: FieldKind,
    /// Its default.
    pub default: Option<Scalar>,
    /// What the text sets; none when the default holds.
    pub value: Option<Scalar>,
    /// Whether it must be given.
    pub required: bool,
    /// The line of the text that sets it, from 1.
    pub line: Option<u32>,
}

/// What a field can hold.
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

/// Something wrong with the values, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValuesFault {
    /// Line, from 1; 0 when the text has none for it.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Keys from the root, joined by dots.
    pub path: String,
    /// What the reader or the schema said.
    pub message: String,
}

/// What would happen, in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewView {
    /// The draft it is about.
    pub draft: DraftView,
    /// Values against the chart's defaults.
    pub values: Vec<DiffLine>,
    /// Every object, in the order in which it is applied.
    pub objects: Vec<ObjectDiff>,
    /// Counts of the objects.
    pub counts: ReviewCounts,
    /// Rights, asked again.
    pub rights: CheckView,
    /// The same with Helm's command line.
    pub command: String,
    /// Why it cannot be deployed.
    pub problem: Option<Problem>,
}

/// How many objects there are of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewCounts {
    /// Made anew, checked by a dry run.
    pub created: u32,
    /// Changed.
    pub changed: u32,
    /// There already, and the same.
    pub kept: u32,
    /// New, and not yet checkable: their namespace comes with this release.
    pub namespace_to_come: u32,
    /// New, and not yet checkable: their kind comes with this release.
    pub kind_to_come: u32,
    /// Refused by the dry run.
    pub refused: u32,
    /// Definitions among them.
    pub crds: u32,
    /// Hooks among them.
    pub hooks: u32,
}

/// What would happen to one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectDiff {
    /// Which object.
    pub object: ObjectName,
    /// What would happen.
    pub change: Change,
    /// Its lines; the values of a Secret are masked.
    pub lines: Vec<DiffLine>,
}

/// What would happen to an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// Nothing.
    Keep,
    /// It is made, once its namespace is there.
    CreateInNewNamespace,
    /// It is made, once its kind is there.
    CreateOfNewKind,
    /// It runs as a hook.
    Hook,
    /// The cluster would refuse it.
    Refused(Problem),
}

/// One line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// Added, removed, or the same.
    pub side: Side,
    /// The line.
    pub text: String,
}

/// On which side a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// On both.
    Same,
    /// Only after.
    Added,
    /// Only before.
    Removed,
}
