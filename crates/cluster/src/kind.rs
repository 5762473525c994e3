//! Kinds as constants: API version and kind in one value, so that a call cannot mix them up.

use crate::{Object, ObjectRef};
use std::fmt;

/// The API version and the kind of objects, such as `apps/v1` and `Deployment`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind<'a> {
    /// The API version, such as `apps/v1`.
    pub api_version: &'a str,
    /// The kind, such as `Deployment`.
    pub kind: &'a str,
}

impl<'a> Kind<'a> {
    /// A kind without a constant, such as the kind of a CRD.
    pub const fn new(api_version: &'a str, kind: &'a str) -> Self {
        Self { api_version, kind }
    }

    /// A reference to an object of the kind; the namespace is none for a cluster-scoped kind.
    pub fn object(self, namespace: Option<&str>, name: &str) -> ObjectRef {
        ObjectRef {
            kind: self.kind.to_owned(),
            api_version: self.api_version.to_owned(),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
        }
    }
}

impl<'a> From<&'a Object> for Kind<'a> {
    fn from(object: &'a Object) -> Self {
        Self::new(object.api_version(), object.kind())
    }
}

impl<'a> From<&'a ObjectRef> for Kind<'a> {
    fn from(object: &'a ObjectRef) -> Self {
        Self::new(&object.api_version, &object.kind)
    }
}

macro_rules! kinds {
    ($($api_version:literal $kind:literal => $name:ident,)*) => {
        impl Kind<'static> {
            $(
                #[doc = concat!("`", $kind, "` of `", $api_version, "`.")]
                pub const $name: Self = Self::new($api_version, $kind);
            )*
        }
    };
}

kinds! {
    "v1" "ConfigMap" => CONFIG_MAP,
    "v1" "Event" => EVENT,
    "v1" "Namespace" => NAMESPACE,
    "v1" "Node" => NODE,
    "v1" "PersistentVolumeClaim" => PERSISTENT_VOLUME_CLAIM,
    "v1" "Pod" => POD,
    "v1" "Secret" => SECRET,
    "v1" "Service" => SERVICE,
    "v1" "ServiceAccount" => SERVICE_ACCOUNT,
    "apps/v1" "DaemonSet" => DAEMON_SET,
    "apps/v1" "Deployment" => DEPLOYMENT,
    "apps/v1" "ReplicaSet" => REPLICA_SET,
    "apps/v1" "StatefulSet" => STATEFUL_SET,
    "batch/v1" "Job" => JOB,
    "apiextensions.k8s.io/v1" "CustomResourceDefinition" => CRD,
    "coordination.k8s.io/v1" "Lease" => LEASE,
    "discovery.k8s.io/v1" "EndpointSlice" => ENDPOINT_SLICE,
    "networking.k8s.io/v1" "ServiceCIDR" => SERVICE_CIDR,
    "rbac.authorization.k8s.io/v1" "ClusterRole" => CLUSTER_ROLE,
    "rbac.authorization.k8s.io/v1" "ClusterRoleBinding" => CLUSTER_ROLE_BINDING,
}

impl fmt::Display for Kind<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} of {}", self.kind, self.api_version)
    }
}
