//! The values of an upgrade: old defaults, new defaults and the text of the operator, compared by key. Start at
//! [`ValuesMergeView`].

use crate::{ChartRef, Revision};
use serde::{Deserialize, Serialize};

/// The keys of an upgrade, and what is decided about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValuesMergeView {
    /// Where the text comes from with which the upgrade started.
    pub origin: ValuesOrigin,
    /// Where the defaults of the installed chart come from.
    pub defaults: DefaultsSource,
    /// The version of the installed chart.
    pub old_version: String,
    /// The version of the next chart.
    pub new_version: String,
    /// The keys that are set or whose default changed: conflicts first.
    pub keys: Vec<MergedKeyView>,
    /// The number of defaults that are the same and not set.
    pub unchanged: u32,
    /// Whether keys are left out, because there are too many.
    pub is_truncated: bool,
}

impl ValuesMergeView {
    /// The number of conflicts that are not decided.
    pub fn open_conflicts(&self) -> usize {
        self.keys.iter().filter(|key| key.is_open()).count()
    }
}

/// Where the text of the values comes from with which an upgrade starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValuesOrigin {
    /// The text of the operator, kept beside the release with this revision.
    Stored(Revision),
    /// The text of the operator in a job of this console.
    Job,
    /// The record of the release, without comments.
    Record {
        /// The revision of the text that is kept, when another tool deployed a later one.
        stored: Option<Revision>,
    },
}

/// Where the defaults of an installed chart come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DefaultsSource {
    /// The archive that was deployed, by its digest.
    Archive(ChartRef),
    /// The chart of the installed version in a repository, or among the uploads.
    Catalog(ChartRef),
    /// The record of the release, which has those of the parent chart only.
    Record {
        /// The subcharts of the next chart, whose defaults are not compared.
        subcharts: Vec<String>,
    },
}

/// One key that is set, or whose default changed. Its values are YAML on one line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MergedKeyView {
    /// Keys from the root.
    pub path: Vec<String>,
    /// The default of the installed chart.
    pub old: Option<String>,
    /// The default of the next chart.
    pub new: Option<String>,
    /// The value in the text.
    pub yours: Option<String>,
    /// What the upgrade means for the key.
    pub outcome: MergeOutcome,
    /// Where its value comes from.
    pub origin: KeyOrigin,
    /// The line of the text that sets it, from 1.
    pub line: Option<u32>,
    /// What the operator decided about a conflict.
    pub decision: Option<MergeDecision>,
}

impl MergedKeyView {
    /// The path, joined by dots.
    pub fn path_text(&self) -> String {
        self.path.join(".")
    }

    /// Whether it is a conflict without a decision.
    pub fn is_open(&self) -> bool {
        self.outcome == MergeOutcome::Conflict && self.decision.is_none()
    }
}

/// What an upgrade means for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MergeOutcome {
    /// The default changed, and the value of the operator differs from both; or the default has another type.
    Conflict,
    /// The next chart does not know the key any more.
    Unknown,
    /// The value of the operator is or was the default: it does not follow the default.
    Pinned,
    /// The value of the operator stays, over the same default as before.
    Kept,
    /// The value of the operator is the default now.
    SameAsNew,
    /// The default changed.
    NewDefault,
    /// The default is new.
    Added,
    /// The default is gone.
    Removed,
}

/// Where the value of a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyOrigin {
    /// The chart.
    Default,
    /// The operator set it in this draft.
    You,
    /// The console found it on a cluster.
    Found,
    /// The previous revision was deployed with it.
    Previous,
}

/// What an operator decided about a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MergeDecision {
    /// The value of the previous revision is kept.
    Kept,
    /// The value was changed in this draft.
    Changed,
}
