//! The default capabilities, for rendering without a cluster.
use wire::HelmVersion;

use super::Capabilities;
use crate::model::is_version;

/// The default Kubernetes version of a version of Helm.
fn kube_version(helm: HelmVersion) -> &'static str {
    match helm {
        HelmVersion::V3 => "v1.32.0",
        HelmVersion::V4 => "v1.35.0",
    }
}

/// The API versions that only the client of Helm 3.17 knows.
const ONLY_HELM_3: [&str; 2] = [
    "networking.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1alpha1",
];
/// The API versions that only the client of Helm 4.1 knows.
const ONLY_HELM_4: [&str; 3] = [
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "storagemigration.k8s.io/v1beta1",
];

/// The API versions that the clients of both know.
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
    flowcontrol.apiserver.k8s.io/v1beta3 networking.k8s.io/v1 \
    networking.k8s.io/v1beta1 node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 \
    policy/v1beta1 rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1 \
    rbac.authorization.k8s.io/v1alpha1 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 \
    scheduling.k8s.io/v1alpha1 scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1 \
    storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1 \
    apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1";

/// An invalid Kubernetes version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid kube version '{version}': {reason}")]
pub struct InvalidKubeVersion {
    /// The text.
    pub version: String,
    /// What is wrong, in the words of the version of Helm.
    pub reason: String,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self::of_client(HelmVersion::default())
    }
}

impl Capabilities {
    /// The capabilities that a version of Helm assumes without a cluster.
    pub fn of_client(helm: HelmVersion) -> Self {
        let own: &[&str] = match helm {
            HelmVersion::V3 => &ONLY_HELM_3,
            HelmVersion::V4 => &ONLY_HELM_4,
        };
        let all = API_VERSIONS.split_whitespace().chain(own.iter().copied());
        Self {
            kube_version: kube_version(helm).to_owned(),
            api_versions: all.map(str::to_owned).collect(),
        }
    }

    /// The capabilities with another Kubernetes version, which may omit its last numbers.
    ///
    /// # Errors
    /// When the version is invalid.
    pub fn with_kube_version(
        self,
        version: &str,
        helm: HelmVersion,
    ) -> Result<Self, InvalidKubeVersion> {
        let text = version.strip_prefix('v').unwrap_or(version);
        let reason = match helm {
            HelmVersion::V3 if !is_version(version) => "Invalid Semantic Version".to_owned(),
            HelmVersion::V4 if !text.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("could not parse {} as version", gotmpl::quote(version))
            }
            _ => String::new(),
        };
        if !reason.is_empty() {
            let version = version.to_owned();
            return Err(InvalidKubeVersion { version, reason });
        }
        let end = text.find(['-', '+']).unwrap_or(text.len());
        let (numbers, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        let missing = match helm {
            HelmVersion::V3 => 3_usize.saturating_sub(numbers.split('.').count()),
            HelmVersion::V4 => 0,
        };
        Ok(Self {
            kube_version: format!("v{numbers}{}{rest}", ".0".repeat(missing)),
            ..self
        })
    }

    /// The version that a chart's `kubeVersion` is compared with: Helm 4 ignores what a vendor appends.
    pub(crate) fn comparable_kube_version(&self, helm: HelmVersion) -> &str {
        let text = self.kube_version.as_str();
        match helm {
            HelmVersion::V3 => text,
            HelmVersion::V4 => {
                let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == 'v'));
                let numbers = end.and_then(|end| text.get(..end)).unwrap_or(text);
                numbers.trim_end_matches('.')
            }
        }
    }
}
