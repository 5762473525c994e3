//! The built-in API versions that Kubernetes deprecated or removed.
//!
//! From the `APILifecycle…` functions of `k8s.io/api` 0.32 and 0.36 and Kubernetes' deprecation guide.

use std::fmt::Write as _;

/// When Kubernetes deprecated and removed a kind in one API version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiLifecycle {
    /// The minor version 1.x since which it is deprecated.
    pub deprecated: u32,
    /// The minor version 1.x since which it is not served; none while it is.
    pub removed: Option<u32>,
    /// The API version that takes its place; none when nothing does.
    pub replacement: Option<&'static str>,
    /// Whether `helm lint` knows it: the type is in the scheme of client-go.
    pub(crate) in_helm: bool,
}

/// API version, kinds, deprecated, removed, replacement.
type Row = (
    &'static str,
    &'static [&'static str],
    u32,
    u32,
    Option<&'static str>,
);

/// In a row: it is not removed.
const SERVED: u32 = 0;

const ADMISSION: &str = "admissionregistration.k8s.io/v1";
const RBAC: &str = "rbac.authorization.k8s.io/v1";
const STORAGE: &str = "storage.k8s.io/v1";
const WEBHOOKS: &[&str] = &[
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];
const POLICIES: &[&str] = &[
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];
const ROLES: &[&str] = &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const FLOWS: &[&str] = &["FlowSchema", "PriorityLevelConfiguration"];

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("v1", &["ComponentStatus"], 19, SERVED, None),
    ("extensions/v1beta1", &["DaemonSet", "Deployment", "ReplicaSet"], 8, 16, Some("apps/v1")),
    ("extensions/v1beta1", &["NetworkPolicy"], 9, 16, Some("networking.k8s.io/v1")),
    ("extensions/v1beta1", &["Ingress"], 14, 22, Some("networking.k8s.io/v1")),
    ("apps/v1beta1", &["ControllerRevision", "Deployment", "StatefulSet"], 8, 16, Some("apps/v1")),
    ("apps/v1beta2", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"], 9, 16, Some("apps/v1")),
    ("admissionregistration.k8s.io/v1alpha1", POLICIES, 29, 32, None),
    ("admissionregistration.k8s.io/v1beta1", WEBHOOKS, 16, 22, Some(ADMISSION)),
    ("admissionregistration.k8s.io/v1beta1", POLICIES, 31, 34, None),
    ("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], 22, 25, Some("autoscaling/v2")),
    ("autoscaling/v2beta2", &["HorizontalPodAutoscaler"], 23, 26, Some("autoscaling/v2")),
    ("batch/v1beta1", &["CronJob"], 21, 25, Some("batch/v1")),
    ("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], 19, 22, Some("certificates.k8s.io/v1")),
    ("coordination.k8s.io/v1beta1", &["Lease"], 19, 22, Some("coordination.k8s.io/v1")),
    ("discovery.k8s.io/v1beta1", &["EndpointSlice"], 21, 25, Some("discovery.k8s.io/v1")),
    ("events.k8s.io/v1beta1", &["Event"], 22, 25, None),
    ("flowcontrol.apiserver.k8s.io/v1beta1", FLOWS, 23, 26, Some("flowcontrol.apiserver.k8s.io/v1beta3")),
    ("flowcontrol.apiserver.k8s.io/v1beta2", FLOWS, 26, 29, Some("flowcontrol.apiserver.k8s.io/v1beta3")),
    ("flowcontrol.apiserver.k8s.io/v1beta3", FLOWS, 29, 32, Some("flowcontrol.apiserver.k8s.io/v1")),
    ("networking.k8s.io/v1beta1", &["Ingress"], 19, 22, Some("networking.k8s.io/v1")),
    ("networking.k8s.io/v1beta1", &["IngressClass"], 19, 22, Some("networking.k8s.io/v1")),
    ("node.k8s.io/v1beta1", &["RuntimeClass"], 22, 25, None),
    ("policy/v1beta1", &["PodDisruptionBudget"], 21, 25, Some("policy/v1")),
    ("policy/v1beta1", &["Eviction"], 22, 25, None),
    ("rbac.authorization.k8s.io/v1beta1", ROLES, 17, 22, Some(RBAC)),
    ("scheduling.k8s.io/v1beta1", &["PriorityClass"], 14, 22, Some("scheduling.k8s.io/v1")),
    ("storage.k8s.io/v1alpha1", &["VolumeAttachment"], 21, 24, Some(STORAGE)),
    ("storage.k8s.io/v1beta1", &["CSINode"], 17, 22, Some(STORAGE)),
    ("storage.k8s.io/v1beta1", &["CSIDriver", "StorageClass", "VolumeAttachment"], 19, 22, Some(STORAGE)),
    ("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], 24, 27, Some(STORAGE)),
];

/// Kinds whose types are not in client-go.
#[rustfmt::skip]
const OUTSIDE_CLIENT_GO: &[Row] = &[
    ("policy/v1beta1", &["PodSecurityPolicy"], 21, 25, None),
    ("apiextensions.k8s.io/v1beta1", &["CustomResourceDefinition"], 16, 22, Some("apiextensions.k8s.io/v1")),
    ("apiregistration.k8s.io/v1beta1", &["APIService"], 19, 22, Some("apiregistration.k8s.io/v1")),
];

/// When Kubernetes deprecated and removed this kind; none when it is served.
pub fn api_lifecycle(api_version: &str, kind: &str) -> Option<ApiLifecycle> {
    let find = |rows: &[Row], in_helm| {
        let row = rows
            .iter()
            .find(|(version, kinds, ..)| *version == api_version && kinds.contains(&kind))?;
        Some(ApiLifecycle {
            deprecated: row.2,
            removed: Some(row.3).filter(|minor| *minor != SERVED),
            replacement: row.4,
            in_helm,
        })
    };
    find(ROWS, true).or_else(|| find(OUTSIDE_CLIENT_GO, false))
}

impl ApiLifecycle {
    /// The warning of `helm lint` and of the API server for an object of this kind.
    pub(crate) fn warning(&self, api_version: &str, kind: &str) -> String {
        let mut text = format!(
            "{api_version} {kind} is deprecated in v1.{}+",
            self.deprecated
        );
        if let Some(removed) = self.removed {
            let _ = write!(text, ", unavailable in v1.{removed}+");
        }
        if let Some(replacement) = self.replacement {
            // The table of client-go names a list here.
            let kind = if kind == "IngressClass" {
                "IngressClassList"
            } else {
                kind
            };
            let _ = write!(text, "; use {replacement} {kind}");
        }
        text
    }
}
