//! The remote reader: the ServiceAccount whose token a remote Secret contains, its role and its binding.
//!
//! Istio 1.0 and istiod name it differently, and a script may have created either name. Start at
//! [`service_account`].

use super::IstioGeneration;
use cluster::{Kind, ObjectRef};

/// The reader's ServiceAccount and ClusterRoleBinding in Istio 1.0.
pub(crate) const MIXER_ACCOUNT: &str = "istio-multi";
/// The reader's ClusterRole in Istio 1.0.
const MIXER_ROLE: &str = "istio-reader";
/// The reader's ServiceAccount for istiod.
pub(crate) const ISTIOD_ACCOUNT: &str = "istio-reader-service-account";
/// The API version of roles and bindings.
pub(crate) const RBAC_API: &str = "rbac.authorization.k8s.io/v1";

/// The names of the reader's objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderNames {
    /// The namespace of the ServiceAccount.
    pub namespace: String,
    /// The ServiceAccount.
    pub account: String,
    /// The ClusterRole.
    pub role: String,
    /// The ClusterRoleBinding.
    pub binding: String,
}

/// The name of the reader's ServiceAccount: the subject of the stored token, else the account that
/// exists, else the usual name of the generation.
pub fn service_account(
    stored_subject: &str,
    namespace: &str,
    exists: impl Fn(&str) -> bool,
    generation: IstioGeneration,
) -> String {
    let subject = stored_subject.strip_prefix(&format!("system:serviceaccount:{namespace}:"));
    if let Some(name) = subject {
        return name.to_owned();
    }
    let usual = match generation {
        IstioGeneration::Mixer => [MIXER_ACCOUNT, ISTIOD_ACCOUNT],
        IstioGeneration::Istiod => [ISTIOD_ACCOUNT, MIXER_ACCOUNT],
    };
    let found = usual.iter().copied().find(|name| exists(name));
    found.unwrap_or(usual[0]).to_owned()
}

/// Whether an object has the name of a reader's ServiceAccount, role or binding.
pub(crate) fn is_reader(name: &str) -> bool {
    name == MIXER_ACCOUNT || name == MIXER_ROLE || name.starts_with("istio-reader-")
}

impl ReaderNames {
    /// The names that belong to a ServiceAccount: those of Istio 1.0, else those of Istio's charts.
    pub fn of(namespace: &str, account: &str) -> Self {
        let (role, binding) = match account {
            MIXER_ACCOUNT => (MIXER_ROLE.to_owned(), MIXER_ACCOUNT.to_owned()),
            _ => {
                let role = format!("istio-reader-clusterrole-{namespace}");
                (role.clone(), role)
            }
        };
        Self {
            namespace: namespace.to_owned(),
            account: account.to_owned(),
            role,
            binding,
        }
    }

    /// The subject of the reader's tokens.
    pub fn subject(&self) -> String {
        format!("system:serviceaccount:{}:{}", self.namespace, self.account)
    }

    /// The ServiceAccount.
    pub fn account_ref(&self) -> ObjectRef {
        Kind::SERVICE_ACCOUNT.object(Some(&self.namespace), &self.account)
    }

    /// The role.
    pub fn role_ref(&self) -> ObjectRef {
        Kind::CLUSTER_ROLE.object(None, &self.role)
    }

    /// The binding.
    pub fn binding_ref(&self) -> ObjectRef {
        Kind::CLUSTER_ROLE_BINDING.object(None, &self.binding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_the_stored_subject_else_the_existing_one() {
        let namespace = "istio-system";
        let (mixer, istiod) = (IstioGeneration::Mixer, IstioGeneration::Istiod);
        let none = |_: &str| false;
        assert_eq!(service_account("", namespace, none, mixer), MIXER_ACCOUNT);
        assert_eq!(service_account("", namespace, none, istiod), ISTIOD_ACCOUNT);
        let script = |name: &str| name == MIXER_ACCOUNT;
        assert_eq!(
            service_account("", namespace, script, istiod),
            MIXER_ACCOUNT
        );
        let stored = "system:serviceaccount:istio-system:own-reader";
        assert_eq!(
            service_account(stored, namespace, script, istiod),
            "own-reader"
        );
        let elsewhere = "system:serviceaccount:default:own-reader";
        assert_eq!(
            service_account(elsewhere, namespace, script, istiod),
            MIXER_ACCOUNT
        );
    }
}
