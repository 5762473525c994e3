//! The built-in API versions that Kubernetes deprecated or removed.
//!
//! What `helm lint` of Helm 3.17 and 4.1 reports for every kind (`k8s.io/api` 0.32 and 0.35), and Kubernetes'
//! deprecation guide. Removals that lie ahead are those that Kubernetes announced.

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
}

/// API version, kinds, deprecated, removed, replacement.
type Row = (
    &'static str,
    &'static [&'static str],
    u32,
    u32,
    Option<&'static str>,
);

/// The newest minor version 1.x of Kubernetes that this table knows as released.
const NEWEST_KUBERNETES: u32 = 36;

/// In a row: it is not removed.
const SERVED: u32 = 0;

const ADMISSION: &str = "admissionregistration.k8s.io/v1";
const AUTHORIZATION: &str = "authorization.k8s.io/v1";
const RBAC: &str = "rbac.authorization.k8s.io/v1";
const STORAGE: &str = "storage.k8s.io/v1";
const NETWORKING: &str = "networking.k8s.io/v1";
const FLOW_CONTROL: &str = "flowcontrol.apiserver.k8s.io/v1beta3";
const APPS: &str = "apps/v1";
const SCALING: &str = "autoscaling/v1";
const WEBHOOKS: &[&str] = &[
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];
const VALIDATING_POLICIES: &[&str] = &[
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];
const MUTATING_POLICIES: &[&str] = &["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"];
const ROLES: &[&str] = &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const FLOWS: &[&str] = &["FlowSchema", "PriorityLevelConfiguration"];
const DEVICES: &[&str] = &[
    "DeviceClass",
    "ResourceClaim",
    "ResourceClaimTemplate",
    "ResourceSlice",
];
const ACCESS_REVIEWS: &[&str] = &[
    "LocalSubjectAccessReview",
    "SelfSubjectAccessReview",
    "SelfSubjectRulesReview",
    "SubjectAccessReview",
];

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("v1", &["ComponentStatus"], 19, SERVED, None),
    ("v1", &["Endpoints"], 33, SERVED, Some("discovery.k8s.io/v1")),
    ("admissionregistration.k8s.io/v1alpha1", VALIDATING_POLICIES, 29, 32, None),
    ("admissionregistration.k8s.io/v1alpha1", MUTATING_POLICIES, 35, 38, None),
    ("admissionregistration.k8s.io/v1beta1", WEBHOOKS, 16, 22, Some(ADMISSION)),
    ("admissionregistration.k8s.io/v1beta1", VALIDATING_POLICIES, 31, 34, None),
    ("admissionregistration.k8s.io/v1beta1", MUTATING_POLICIES, 37, 40, None),
    ("apps/v1beta1", &["ControllerRevision", "Deployment", "DeploymentRollback", "StatefulSet"], 8, 16, Some(APPS)),
    ("apps/v1beta1", &["Scale"], 8, 16, Some(SCALING)),
    ("apps/v1beta2", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"], 9, 16, Some(APPS)),
    ("apps/v1beta2", &["Scale"], 9, 16, Some(SCALING)),
    ("authentication.k8s.io/v1alpha1", &["SelfSubjectReview"], 29, 32, None),
    ("authentication.k8s.io/v1beta1", &["TokenReview"], 19, 22, Some("authentication.k8s.io/v1")),
    ("authentication.k8s.io/v1beta1", &["SelfSubjectReview"], 30, 33, None),
    ("authorization.k8s.io/v1beta1", ACCESS_REVIEWS, 19, 22, Some(AUTHORIZATION)),
    ("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], 22, 25, Some("autoscaling/v2")),
    ("autoscaling/v2beta2", &["HorizontalPodAutoscaler"], 23, 26, Some("autoscaling/v2")),
    ("batch/v1beta1", &["CronJob"], 21, 25, Some("batch/v1")),
    ("certificates.k8s.io/v1alpha1", &["ClusterTrustBundle"], 34, 37, None),
    ("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], 19, 22, Some("certificates.k8s.io/v1")),
    ("certificates.k8s.io/v1beta1", &["ClusterTrustBundle"], 36, 39, None),
    ("certificates.k8s.io/v1beta1", &["PodCertificateRequest"], 38, 41, None),
    ("coordination.k8s.io/v1alpha2", &["LeaseCandidate"], 35, 38, None),
    ("coordination.k8s.io/v1beta1", &["Lease"], 19, 22, Some("coordination.k8s.io/v1")),
    ("coordination.k8s.io/v1beta1", &["LeaseCandidate"], 36, 39, None),
    ("discovery.k8s.io/v1beta1", &["EndpointSlice"], 21, 25, Some("discovery.k8s.io/v1")),
    ("events.k8s.io/v1beta1", &["Event"], 22, 25, None),
    ("extensions/v1beta1", &["Scale"], 2, 16, None),
    ("extensions/v1beta1", &["DaemonSet", "Deployment", "ReplicaSet"], 8, 16, Some(APPS)),
    ("extensions/v1beta1", &["DeploymentRollback"], 8, 16, None),
    ("extensions/v1beta1", &["NetworkPolicy"], 9, 16, Some(NETWORKING)),
    ("extensions/v1beta1", &["Ingress"], 14, 22, Some(NETWORKING)),
    ("flowcontrol.apiserver.k8s.io/v1beta1", FLOWS, 23, 26, Some(FLOW_CONTROL)),
    ("flowcontrol.apiserver.k8s.io/v1beta2", FLOWS, 26, 29, Some(FLOW_CONTROL)),
    ("flowcontrol.apiserver.k8s.io/v1beta3", FLOWS, 29, 32, Some("flowcontrol.apiserver.k8s.io/v1")),
    ("networking.k8s.io/v1alpha1", &["IPAddress", "ServiceCIDR"], 30, 33, None),
    ("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], 19, 22, Some(NETWORKING)),
    ("networking.k8s.io/v1beta1", &["IPAddress", "ServiceCIDR"], 34, 37, None),
    ("node.k8s.io/v1beta1", &["RuntimeClass"], 22, 25, None),
    ("policy/v1beta1", &["PodDisruptionBudget"], 21, 25, Some("policy/v1")),
    ("policy/v1beta1", &["Eviction"], 22, 25, None),
    ("rbac.authorization.k8s.io/v1beta1", ROLES, 17, 22, Some(RBAC)),
    ("resource.k8s.io/v1alpha3", DEVICES, 34, 37, Some("resource.k8s.io/v1beta1")),
    ("resource.k8s.io/v1alpha3", &["DeviceTaintRule"], 36, 39, None),
    ("resource.k8s.io/v1beta1", DEVICES, 35, 38, None),
    ("resource.k8s.io/v1beta2", DEVICES, 36, 39, None),
    ("scheduling.k8s.io/v1beta1", &["PriorityClass"], 14, 22, Some("scheduling.k8s.io/v1")),
    ("storage.k8s.io/v1alpha1", &["CSIStorageCapacity"], 21, 24, Some("storage.k8s.io/v1beta1")),
    ("storage.k8s.io/v1alpha1", &["VolumeAttachment"], 21, 24, Some(STORAGE)),
    ("storage.k8s.io/v1alpha1", &["VolumeAttributesClass"], 32, 35, Some(STORAGE)),
    ("storage.k8s.io/v1beta1", &["CSINode"], 17, 22, Some(STORAGE)),
    ("storage.k8s.io/v1beta1", &["CSIDriver", "StorageClass", "VolumeAttachment"], 19, 22, Some(STORAGE)),
    ("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], 24, 27, Some(STORAGE)),
    ("storage.k8s.io/v1beta1", &["VolumeAttributesClass"], 34, 37, Some(STORAGE)),
    ("storagemigration.k8s.io/v1alpha1", &["StorageVersionMigration"], 33, 36, None),
    ("storagemigration.k8s.io/v1beta1", &["StorageVersionMigration"], 38, 41, None),
];

/// Kinds whose types are not in client-go.
#[rustfmt::skip]
const OUTSIDE_CLIENT_GO: &[Row] = &[
    ("policy/v1beta1", &["PodSecurityPolicy"], 21, 25, None),
    ("apiextensions.k8s.io/v1beta1", &["CustomResourceDefinition"], 16, 22, Some("apiextensions.k8s.io/v1")),
    ("apiregistration.k8s.io/v1beta1", &["APIService"], 19, 22, Some("apiregistration.k8s.io/v1")),
];

/// The kinds that another kind replaces; the table of client-go names a list for IngressClass.
const OTHER_KINDS: &[(&str, &str, &str)] = &[
    ("v1", "Endpoints", "EndpointSlice"),
    ("v1", "EndpointsList", "EndpointSliceList"),
    (
        "networking.k8s.io/v1beta1",
        "IngressClass",
        "IngressClassList",
    ),
    (
        "discovery.k8s.io/v1beta1",
        "EndpointSliceList",
        "EndpointSlice",
    ),
    ("storage.k8s.io/v1beta1", "CSINodeList", "CSINode"),
];

/// When Kubernetes deprecated and removed this kind; none when it is served. A list has the lifecycle of
/// its items.
pub fn api_lifecycle(api_version: &str, kind: &str) -> Option<ApiLifecycle> {
    let item = kind.strip_suffix("List").unwrap_or(kind);
    let row = ROWS
        .iter()
        .chain(OUTSIDE_CLIENT_GO)
        .find(|(version, kinds, ..)| *version == api_version && kinds.contains(&item))?;
    Some(ApiLifecycle {
        deprecated: row.2,
        removed: Some(row.3).filter(|minor| *minor != SERVED),
        replacement: row.4,
    })
}

impl ApiLifecycle {
    /// Whether a released Kubernetes does not serve it any more; later removals are announced only.
    pub fn is_removed(&self) -> bool {
        self.removed.is_some_and(|minor| minor <= NEWEST_KUBERNETES)
    }

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
            let other = OTHER_KINDS
                .iter()
                .find(|(version, of, _)| *version == api_version && *of == kind);
            let kind = other.map_or(kind, |(_, _, other)| other);
            let _ = write!(text, "; use {replacement} {kind}");
        }
        text
    }
}
