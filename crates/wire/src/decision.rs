//! What an operator decides in a review: conflicts by field, objects that are recreated, and CRDs.
//!
//! Start at [`FieldConflict`], which the review shows, and [`Decisions`], which the operator answers.

use crate::ObjectName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A field of an object that the chart sets and another field manager owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldConflict {
    /// The object.
    pub object: ObjectName,
    /// The field, such as `.webhooks[name="validation.istio.io"].failurePolicy`.
    pub path: String,
    /// The other field manager; several are separated by commas.
    pub manager: String,
    /// The value in the cluster; the values of Secrets are masked, and long values are cut.
    pub theirs: String,
    /// The value of the chart, in the same form.
    pub ours: String,
    /// Why the field is left to its manager unless the operator decides otherwise; none for an unknown manager.
    pub known: Option<KnownOwner>,
    /// What is done; none while the operator has to choose.
    pub choice: Option<FieldChoice>,
    /// Whether the choice was made for an earlier revision.
    pub is_stored: bool,
}

/// What is done with a field that another field manager owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldChoice {
    /// The field is not applied, as long as its manager owns it.
    Leave,
    /// The value of the chart is applied, and the release becomes the owner of the field.
    Take,
}

/// A field manager that is known to maintain a field while the cluster runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KnownOwner {
    /// istiod writes CA bundle and failure policy of its webhooks.
    Istiod,
    /// A HorizontalPodAutoscaler sets the number of replicas.
    Autoscaler,
    /// An injector writes the CA bundle of a webhook, such as that of cert-manager.
    CaInjector,
    /// An admission controller of the cloud provider restricts the namespaces of webhooks.
    CloudAdmission,
}

/// A decision about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDecision {
    /// The object.
    pub object: ObjectName,
    /// The field, as the conflict names it.
    pub path: String,
    /// The field manager, as the conflict names it. The decision does not hold for another one.
    pub manager: String,
    /// What is done.
    pub choice: FieldChoice,
}

/// An object with immutable fields that the next revision changes: it can only be deleted and created again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recreation {
    /// The object.
    pub object: ObjectName,
    /// The immutable fields, as the API server names them.
    pub fields: Vec<String>,
    /// What it costs.
    pub cost: RecreationCost,
    /// Whether the operator chose it.
    pub is_chosen: bool,
}

/// What it costs to delete an object and create it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecreationCost {
    /// Its pods stop until the new ones are ready.
    Downtime,
    /// The same; the PersistentVolumeClaims of its pods stay, and pods of the same names use them again.
    DowntimeKeepingVolumes,
    /// The Job runs again.
    RunsAgain,
    /// The Service gets another cluster IP, and may get another address of the load balancer.
    NewAddress,
    /// The volume and its data may be deleted.
    DataLoss,
    /// It is missing for a moment.
    Interruption,
}

/// The decisions of an operator in a review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Decisions {
    /// Those about fields.
    pub fields: Vec<FieldDecision>,
    /// The objects that are deleted and created again.
    pub recreated: Vec<ObjectName>,
    /// Whether a CRD of the chart is applied, by name; the default of the review for the others.
    pub crds: BTreeMap<String, bool>,
}

impl Decisions {
    /// Whether an object is recreated.
    pub fn recreates(&self, object: &ObjectName) -> bool {
        self.recreated.iter().any(|other| other == object)
    }

    /// Whether nothing is decided.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The choices of a plan, as they are shown: what they are about, and what the operator decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanChoices {
    /// The fields that other managers own, and what is done with each.
    pub conflicts: Vec<FieldConflict>,
    /// The objects that can only be deleted and created again.
    pub recreations: Vec<Recreation>,
    /// The CRDs of the chart that are new or differ from those in the cluster.
    pub crds: Vec<CrdReview>,
    /// What the operator decided.
    pub decisions: Decisions,
}

impl PlanChoices {
    /// The number of choices that the operator has to make.
    pub fn undecided(&self) -> usize {
        let conflicts = self.conflicts.iter().filter(|row| row.choice.is_none());
        let recreations = self.recreations.iter().filter(|offer| !offer.is_chosen);
        conflicts.count() + recreations.count()
    }

    /// The decisions with which the plan is executed: those of the operator, what is stored, and the defaults.
    pub fn effective(&self) -> Decisions {
        let field = |row: &FieldConflict| {
            Some(FieldDecision {
                object: row.object.clone(),
                path: row.path.clone(),
                manager: row.manager.clone(),
                choice: row.choice?,
            })
        };
        let chosen = self.recreations.iter().filter(|offer| offer.is_chosen);
        let crds = self.crds.iter();
        Decisions {
            fields: self.conflicts.iter().filter_map(field).collect(),
            recreated: chosen.map(|offer| offer.object.clone()).collect(),
            crds: crds.map(|crd| (crd.name.clone(), crd.is_applied)).collect(),
        }
    }
}

/// A CRD of the folder crds/ that is new, or differs from the one in the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrdReview {
    /// Its name, such as `gateways.networking.istio.io`.
    pub name: String,
    /// Whether the cluster does not have it.
    pub is_new: bool,
    /// The versions of the chart.
    pub versions: Vec<String>,
    /// Versions that only the chart has.
    pub versions_added: Vec<String>,
    /// Versions that only the cluster has.
    pub versions_removed: Vec<String>,
    /// The number of fields that only the schema of the chart has.
    pub fields_added: u32,
    /// Fields that only the schema in the cluster has, the first ones when there are many.
    pub fields_lost: Vec<String>,
    /// The number of the other lost fields.
    pub more_fields_lost: u32,
    /// The strategies of conversion before and after, when they differ.
    pub conversion: Option<(String, String)>,
    /// The number of its custom resources; none when it is new, or they cannot be counted.
    #[serde(default)]
    pub resources: Option<u32>,
    /// Why it cannot be applied.
    pub refused: Option<CrdRefusal>,
    /// Whether it is applied.
    pub is_applied: bool,
}

/// Why a CRD is not applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CrdRefusal {
    /// The cluster may have stored objects in these versions, which the chart does not have.
    StoredVersions(Vec<String>),
    /// The cluster has a newer version of it.
    Downgrade {
        /// The version in the cluster.
        from: String,
        /// The version of the chart.
        to: String,
    },
    /// The API server rejects it.
    Rejected(crate::Problem),
}

/// The choices of a draft, which replace those before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecideRequest {
    /// The draft.
    pub draft: crate::DraftId,
    /// The choices.
    pub decisions: Decisions,
    /// The revision of the draft that the operator saw.
    pub revision: u64,
}
