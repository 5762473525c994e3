//! Validation of objects.
//!
//! The common mistakes of each kind are checked, with the error messages of the API server; each
//! module below has the rules of a few kinds. Start at [`check_new`] and [`check_change`].

mod claim;
mod container;
mod crd;
mod data;
mod ingress;
mod job;
mod metadata;
mod names;
mod pod;
mod rbac;
mod scaling;
mod schedule;
mod service;
mod volume;
mod webhook;
mod workload;

use serde_json::Value;

use crate::api_status::ApiStatus;
use crate::custom;
use crate::fault;
use crate::kinds::Kind;
use crate::object;
use crate::problems::Problems;

/// The author of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    /// A client: fields that Kubernetes sets by other requests are fixed.
    Client,
    /// A simulated component of the cluster, which also schedules pods and binds claims.
    Cluster,
}

/// Validates a new object.
pub(crate) fn check_new(kind: &Kind, object: &Value) -> Result<(), ApiStatus> {
    let mut problems = Problems::default();
    metadata::check_name(kind, object, &mut problems);
    check_object(kind, object, &mut problems);
    invalid_unless_empty(kind, object, problems)
}

/// Validates a changed object and the immutability of its fields.
pub(crate) fn check_change(
    kind: &Kind,
    old: &Value,
    new: &Value,
    author: Author,
) -> Result<(), ApiStatus> {
    let mut problems = Problems::default();
    check_object(kind, new, &mut problems);
    if kind.crd.is_none() {
        match kind.kind.as_str() {
            "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => {
                workload::check_change(old, new, &mut problems);
            }
            "Job" => job::check_job_change(old, new, &mut problems),
            "Pod" if author == Author::Client => pod::check_change(old, new, &mut problems),
            "PersistentVolumeClaim" if author == Author::Client => {
                claim::check_change(old, new, &mut problems);
            }
            "Service" => service::check_change(old, new, &mut problems),
            "Secret" | "ConfigMap" => data::check_change(old, new, &mut problems),
            "RoleBinding" | "ClusterRoleBinding" => {
                rbac::check_binding_change(old, new, &mut problems);
            }
            _ => {}
        }
    }
    invalid_unless_empty(kind, new, problems)
}

/// Validates the status that a client writes.
pub(crate) fn check_status(kind: &Kind, new: &Value) -> Result<(), ApiStatus> {
    let mut problems = Problems::default();
    custom::check_status(kind, new, &mut problems);
    invalid_unless_empty(kind, new, problems)
}

fn invalid_unless_empty(kind: &Kind, object: &Value, problems: Problems) -> Result<(), ApiStatus> {
    if problems.causes.is_empty() {
        return Ok(());
    }
    Err(ApiStatus::invalid(
        kind,
        object::name(object),
        problems.causes,
    ))
}

fn check_object(kind: &Kind, object: &Value, problems: &mut Problems) {
    metadata::check(object, problems);
    if kind.crd.is_some() {
        custom::check(kind, object, problems);
        return;
    }
    match kind.kind.as_str() {
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => {
            workload::check(object, problems);
        }
        "Job" => job::check_job(object, problems),
        "CronJob" => job::check_cron_job(object, problems),
        "Pod" => pod::check_spec(&object["spec"], "spec", problems),
        "Service" => service::check(object, problems),
        "Ingress" => ingress::check(object, problems),
        "Secret" => data::check(object, problems),
        "ConfigMap" => {
            data::check(object, problems);
            fault::check(object, problems);
        }
        "PersistentVolumeClaim" => claim::check(object, problems),
        "HorizontalPodAutoscaler" => scaling::check_autoscaler(object, problems),
        "PodDisruptionBudget" => scaling::check_budget(object, problems),
        "Role" | "ClusterRole" => rbac::check_role(object, problems),
        "RoleBinding" | "ClusterRoleBinding" => rbac::check_binding(object, problems),
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => {
            webhook::check(object, problems);
        }
        "CustomResourceDefinition" => crd::check(object, problems),
        _ => {}
    }
}
