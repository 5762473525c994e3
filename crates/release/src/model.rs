//! A release as Helm 3 stores it: the JSON inside the Secret, field by field.
//!
//! Names and shapes are those of `release.Release` of Helm 3.17; other fields, such as those of Helm 4, are
//! kept as they were read, so that a record survives a round trip.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use wire::HelmVersion;

/// One revision of a release.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// Its times, status and notes.
    pub info: Info,
    /// Its chart.
    #[serde(default)]
    pub chart: Chart,
    /// The values of the operator.
    #[serde(default, deserialize_with = "or_default")]
    pub config: Value,
    /// The rendered manifest, without hooks.
    #[serde(default)]
    pub manifest: String,
    /// Its hooks.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub hooks: Vec<Hook>,
    /// The revision, from 1.
    pub version: u32,
    /// Its namespace.
    pub namespace: String,
    /// The version of Helm that it follows: stored in a label of the record.
    #[serde(skip)]
    pub helm: HelmVersion,
    /// Fields that another version of Helm wrote, kept as they were read.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Times, status and notes of a revision.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Info {
    /// When the first revision was deployed.
    #[serde(default, with = "helm_time")]
    pub first_deployed: Option<Timestamp>,
    /// When this revision was deployed.
    #[serde(default, with = "helm_time")]
    pub last_deployed: Option<Timestamp>,
    /// When it was uninstalled.
    #[serde(default, with = "helm_time")]
    pub deleted: Option<Timestamp>,
    /// A description of the result.
    #[serde(default)]
    pub description: String,
    /// Its state.
    pub status: State,
    /// NOTES.txt.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// Fields that another version of Helm wrote, kept as they were read.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The states of a revision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The state is unknown.
    #[default]
    Unknown,
    /// It is deployed.
    Deployed,
    /// It is uninstalled, and its history kept.
    Uninstalled,
    /// A newer revision is deployed.
    Superseded,
    /// It failed.
    Failed,
    /// It is being uninstalled.
    Uninstalling,
    /// It is being installed.
    PendingInstall,
    /// It is being upgraded.
    PendingUpgrade,
    /// It is being rolled back.
    PendingRollback,
}

impl State {
    /// The value of the label `status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Deployed => "deployed",
            Self::Uninstalled => "uninstalled",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
            Self::Uninstalling => "uninstalling",
            Self::PendingInstall => "pending-install",
            Self::PendingUpgrade => "pending-upgrade",
            Self::PendingRollback => "pending-rollback",
        }
    }
}

/// The chart inside a record.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Chart {
    /// Chart.yaml.
    #[serde(default)]
    pub metadata: Value,
    /// Chart.lock.
    #[serde(default)]
    pub lock: Value,
    /// Its templates.
    #[serde(default, deserialize_with = "or_default")]
    pub templates: Vec<File>,
    /// values.yaml.
    #[serde(default)]
    pub values: Value,
    /// values.schema.json, base64.
    #[serde(default)]
    pub schema: Value,
    /// All other files.
    #[serde(default)]
    pub files: Value,
    /// Fields that another version of Helm wrote, kept as they were read.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Chart {
    /// Name and version, such as `ack-istio-1.0.0`.
    pub fn label(&self) -> String {
        let text = |key| {
            self.metadata
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        format!("{}-{}", text("name"), text("version"))
    }

    /// A field of Chart.yaml.
    pub fn metadata(&self, key: &str) -> &str {
        self.metadata
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// A file of the chart.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct File {
    /// Its path.
    pub name: String,
    /// Its bytes, base64.
    pub data: String,
    /// Fields that another version of Helm wrote, kept as they were read.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A hook inside a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hook {
    /// Its object's name.
    pub name: String,
    /// Its object's kind.
    pub kind: String,
    /// Its template.
    pub path: String,
    /// Its object, as YAML.
    pub manifest: String,
    /// The events at which it runs.
    #[serde(default, deserialize_with = "or_default")]
    pub events: Vec<String>,
    /// The result of its last run.
    #[serde(default)]
    pub last_run: Run,
    /// Its weight.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub weight: i32,
    /// When its object is deleted.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub delete_policies: Vec<String>,
    /// Fields that another version of Helm wrote, kept as they were read.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The result of a hook's run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Run {
    /// When it started.
    #[serde(default, with = "helm_time")]
    pub started_at: Option<Timestamp>,
    /// When it completed.
    #[serde(default, with = "helm_time")]
    pub completed_at: Option<Timestamp>,
    /// `Succeeded`, `Failed`, `Running`, or "" before it ran.
    #[serde(default)]
    pub phase: String,
    /// The event of the run, of a hook that runs both before and after an operation; Helm ignores it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub event: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_zero(number: &i32) -> bool {
    *number == 0
}

fn or_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// A time as Helm writes it: RFC 3339, or "" for none.
mod helm_time {
    use super::{Deserialize as _, Deserializer, Serializer, Timestamp};

    #[expect(clippy::ref_option, reason = "serde asks for a reference to the field")]
    pub(super) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(&time.map(|time| time.to_string()).unwrap_or_default())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(from)?.unwrap_or_default();
        Ok(text.parse().ok())
    }
}
