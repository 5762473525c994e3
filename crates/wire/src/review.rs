//! Plans that an operator was shown, as the server stores them, and what differs between two of them. Start
//! at [`ReviewRef`].

use crate::{ObjectName, ReviewId};
use serde::{Deserialize, Serialize};

/// A plan that an operator is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRef {
    /// The id, to start exactly what is shown.
    pub id: ReviewId,
    /// The name that the operator types to start it, for a plan that deletes what others may use.
    pub confirm: Option<String>,
}

/// Whether an installed revision renders as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RerenderView {
    /// It does.
    Same,
    /// It cannot be rendered here, as its chart or its subcharts are not known.
    NotCompared,
    /// It does not: a post-renderer changed the objects, or a part of them is random, read from the cluster, or made
    /// for its version.
    Differs {
        /// The first objects that differ.
        objects: Vec<ObjectName>,
        /// The number of all of them.
        count: u32,
        /// Whether the templates read objects of the cluster.
        has_lookups: bool,
        /// Whether the seed of random values is known, so that these are the same.
        is_seeded: bool,
    },
}

/// What differs between a plan that was shown and the plan that is shown instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDifferences {
    /// The differences; the first ones when there are many.
    pub differences: Vec<PlanDifference>,
    /// The number of the other differences.
    pub more: u32,
}

/// One difference between two plans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDifference {
    /// The object with its cluster, such as `east: ConfigMap shop/web`.
    pub object: String,
    /// What happened to it.
    pub kind: DifferenceKind,
}

/// What happened to an object, or to its step in the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// It exists now.
    Appeared,
    /// It does not exist any more.
    Disappeared,
    /// It was deleted and created again.
    Replaced,
    /// Its content changed.
    Changed {
        /// The paths of the fields, without values; empty when they are unknown.
        fields: Vec<String>,
        /// The number of the other fields.
        more: u32,
    },
    /// Only the new plan has a step for it.
    StepAdded,
    /// The new plan has no step for it.
    StepRemoved,
    /// The new plan does something else with it.
    StepChanged,
}
