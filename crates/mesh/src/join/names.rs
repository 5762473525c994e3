//! How the objects of a join are called, and by which signs they are known.

use crate::facts::IstioGeneration;
use cluster::ObjectRef;

/// The label that control planes look for.
pub const MULTI_CLUSTER: &str = "istio/multiCluster";
/// The annotation that says the remote's name.
pub const CLUSTER: &str = "networking.istio.io/cluster";
/// The annotation of the remote's namespace: whose control planes lead there.
pub const LED_BY: &str = "topology.istio.io/controlPlaneClusters";
/// The label of the namespace: which network its cluster is on.
pub const NETWORK: &str = "topology.istio.io/network";
/// Who keeps an object, as Kubernetes recommends to say it.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Our word in it.
pub const US: &str = cluster::FIELD_MANAGER;
/// The label of each object that belongs to a join, made or adopted.
pub const JOIN: &str = "meshspan.io/join";
/// The annotation of a token Secret: for which control plane it is.
pub const PRIMARY: &str = "meshspan.io/primary";
/// The type of a token Secret.
pub const TOKEN: &str = "kubernetes.io/service-account-token";
/// The annotation of a token Secret: whose token it holds.
pub const ACCOUNT: &str = "kubernetes.io/service-account.name";
/// The API of roles.
pub const RBAC: &str = "rbac.authorization.k8s.io/v1";

/// The reader's names: ServiceAccount, role, binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The namespace of the ServiceAccount.
    pub namespace: String,
    /// The ServiceAccount.
    pub account: String,
    /// The ClusterRole.
    pub role: String,
    /// The ClusterRoleBinding.
    pub binding: String,
}

/// The ServiceAccount that reads a remote: whose token is stored, else the one that is there, else the
/// line's own.
pub fn account(
    stored: &str,
    namespace: &str,
    there: impl Fn(&str) -> bool,
    generation: IstioGeneration,
) -> String {
    let subject = stored.strip_prefix(&format!("system:serviceaccount:{namespace}:"));
    if let Some(name) = subject {
        return name.to_owned();
    }
    let usual = match generation {
        IstioGeneration::Mixer => ["istio-multi", "istio-reader-service-account"],
        IstioGeneration::Istiod => ["istio-reader-service-account", "istio-multi"],
    };
    let found = usual.iter().copied().find(|name| there(name));
    found.unwrap_or(usual[0]).to_owned()
}

impl Names {
    /// The names that go with a ServiceAccount: the article's, else Istio's charts'.
    pub fn of(namespace: &str, account: &str) -> Self {
        let (role, binding) = match account {
            "istio-multi" => ("istio-reader".to_owned(), "istio-multi".to_owned()),
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
        reference("v1", "ServiceAccount", Some(&self.namespace), &self.account)
    }

    /// The role.
    pub fn role_ref(&self) -> ObjectRef {
        reference(RBAC, "ClusterRole", None, &self.role)
    }

    /// The binding.
    pub fn binding_ref(&self) -> ObjectRef {
        reference(RBAC, "ClusterRoleBinding", None, &self.binding)
    }
}

/// An object by its parts.
pub fn reference(api_version: &str, kind: &str, namespace: Option<&str>, name: &str) -> ObjectRef {
    ObjectRef {
        kind: kind.to_owned(),
        api_version: api_version.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
    }
}

/// A namespace.
pub fn namespace_ref(name: &str) -> ObjectRef {
    reference("v1", "Namespace", None, name)
}

/// A Secret.
pub fn secret_ref(namespace: &str, name: &str) -> ObjectRef {
    reference("v1", "Secret", Some(namespace), name)
}

/// The clusters in a list such as `east, west`.
pub fn led_by(annotation: Option<&str>) -> Vec<String> {
    let names = annotation.unwrap_or_default().split(',');
    let names = names.map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_is_whose_token_is_stored_else_who_is_there() {
        let ns = "istio-system";
        let nobody = |_: &str| false;
        assert_eq!(
            account("", ns, nobody, IstioGeneration::Mixer),
            "istio-multi"
        );
        assert_eq!(
            account("", ns, nobody, IstioGeneration::Istiod),
            "istio-reader-service-account"
        );
        let script = |name: &str| name == "istio-multi";
        assert_eq!(
            account("", ns, script, IstioGeneration::Istiod),
            "istio-multi"
        );
        let stored = "system:serviceaccount:istio-system:own-reader";
        assert_eq!(
            account(stored, ns, script, IstioGeneration::Istiod),
            "own-reader"
        );
        let elsewhere = "system:serviceaccount:default:own-reader";
        assert_eq!(
            account(elsewhere, ns, script, IstioGeneration::Istiod),
            "istio-multi"
        );
    }

    #[test]
    fn who_leads_is_a_list() {
        assert_eq!(led_by(Some("east, west,")), ["east", "west"]);
        assert!(led_by(None).is_empty());
    }
}
