//! The order in which kinds are installed and removed.

use wire::HelmVersion;

/// The direction of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindOrder {
    /// The order of installation.
    Install,
    /// The order of removal.
    Uninstall,
}

const INSTALL: [&str; 36] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
];

const UNINSTALL: [&str; 36] = [
    "APIService",
    "Ingress",
    "IngressClass",
    "Service",
    "CronJob",
    "Job",
    "StatefulSet",
    "HorizontalPodAutoscaler",
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "Pod",
    "DaemonSet",
    "RoleBindingList",
    "RoleBinding",
    "RoleList",
    "Role",
    "ClusterRoleBindingList",
    "ClusterRoleBinding",
    "ClusterRoleList",
    "ClusterRole",
    "CustomResourceDefinition",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "ConfigMap",
    "SecretList",
    "Secret",
    "ServiceAccount",
    "PodDisruptionBudget",
    "PodSecurityPolicy",
    "LimitRange",
    "ResourceQuota",
    "NetworkPolicy",
    "Namespace",
    "PriorityClass",
];

/// The webhook configurations, in the order in which Helm 4 installs them.
const WEBHOOKS: [&str; 2] = [
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// The position of a kind in an order; kinds that Helm does not know come last. Helm 4 installs webhook
/// configurations before these, and removes them first.
pub fn kind_rank(kind: &str, order: KindOrder, helm: HelmVersion) -> usize {
    let kinds = match order {
        KindOrder::Install => &INSTALL,
        KindOrder::Uninstall => &UNINSTALL,
    };
    let webhook = WEBHOOKS.iter().position(|known| *known == kind);
    let known = kinds.iter().position(|known| *known == kind);
    match (webhook.filter(|_| helm == HelmVersion::V4), order) {
        (Some(at), KindOrder::Install) => INSTALL.len() + at,
        (Some(at), KindOrder::Uninstall) => WEBHOOKS.len() - 1 - at,
        (None, _) => known.map_or(usize::MAX, |at| {
            at + WEBHOOKS.len() * usize::from(order == KindOrder::Uninstall)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helm_4_installs_webhooks_before_unknown_kinds_and_removes_them_first() {
        let rank = |kind, order, helm| kind_rank(kind, order, helm);
        let sorted = |order, helm| {
            let mut kinds = [
                "Widget",
                WEBHOOKS[1],
                "APIService",
                WEBHOOKS[0],
                "Namespace",
            ];
            kinds.sort_by_key(|kind| rank(kind, order, helm));
            kinds
        };
        let [mutating, validating] = WEBHOOKS;
        assert_eq!(
            sorted(KindOrder::Install, HelmVersion::V4),
            ["Namespace", "APIService", mutating, validating, "Widget"]
        );
        assert_eq!(
            sorted(KindOrder::Uninstall, HelmVersion::V4),
            [validating, mutating, "APIService", "Namespace", "Widget"]
        );
        for order in [KindOrder::Install, KindOrder::Uninstall] {
            assert_eq!(rank(mutating, order, HelmVersion::V3), usize::MAX);
        }
    }
}
