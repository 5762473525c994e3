//! The default capabilities, for rendering without a cluster.
use super::Capabilities;
use crate::model::is_version;

/// The default Kubernetes version of Helm 3.17.2.
const KUBE_VERSION: &str = "v1.32.0";

/// The API versions of Helm's client.
const API_VERSIONS: &str = "v1 admissionregistration.k8s.io/v1 \
    admissionregistration.k8s.io/v1alpha1 admissionregistration.k8s.io/v1beta1 \
    internal.apiserver.k8s.io/v1alpha1 apps/v1 apps/v1beta1 apps/v1beta2 authentication.k8s.io/v1 \
    authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1 authorization.k8s.io/v1 \
    authorization.k8s.io/v1beta1 autoscaling/v1 autoscaling/v2 autoscaling/v2beta1 \
    autoscaling/v2beta2 batch/v1 batch/v1beta1 certificates.k8s.io/v1 certificates.k8s.io/v1beta1 \
    certificates.k8s.io/v1alpha1 coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 \
    coordination.k8s.io/v1 discovery.k8s.io/v1 discovery.k8s.io/v1beta1 events.k8s.io/v1 \
    events.k8s.io/v1beta1 extensions/v1beta1 flowcontrol.apiserver.k8s.io/v1 \
    flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2 \
    flowcontrol.apiserver.k8s.io/v1beta3 networking.k8s.io/v1 networking.k8s.io/v1alpha1 \
    networking.k8s.io/v1beta1 node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 \
    policy/v1beta1 rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1 \
    rbac.authorization.k8s.io/v1alpha1 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 \
    scheduling.k8s.io/v1alpha1 scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1 \
    storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1 \
    storagemigration.k8s.io/v1alpha1 apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1";

/// An invalid Kubernetes version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid kube version '{0}': Invalid Semantic Version")]
pub struct InvalidKubeVersion(pub String);

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            kube_version: KUBE_VERSION.to_owned(),
            api_versions: API_VERSIONS.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

impl Capabilities {
    /// The capabilities with another Kubernetes version, which may omit its last numbers.
    ///
    /// # Errors
    /// When the version is invalid.
    pub fn with_kube_version(self, version: &str) -> Result<Self, InvalidKubeVersion> {
        if !is_version(version) {
            return Err(InvalidKubeVersion(version.to_owned()));
        }
        let text = version.strip_prefix('v').unwrap_or(version);
        let end = text.find(['-', '+']).unwrap_or(text.len());
        let (numbers, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        let missing = 3_usize.saturating_sub(numbers.split('.').count());
        Ok(Self {
            kube_version: format!("v{numbers}{}{rest}", ".0".repeat(missing)),
            ..self
        })
    }
}
