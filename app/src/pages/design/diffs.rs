//! The revision diff in its states.

use super::{Case, Component};
use crate::parts::RevisionDiff;
use leptos::prelude::*;
use wire::{
    ObjectName,
    comparison::{ComparedObject, Comparison, FieldChange, ObjectChange},
};

fn field(path: &str, before: Option<&str>, after: Option<&str>) -> FieldChange {
    FieldChange {
        path: path.split(' ').map(str::to_owned).collect(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    }
}

fn object(
    kind: &str,
    name: &str,
    change: ObjectChange,
    fields: Vec<FieldChange>,
) -> ComparedObject {
    ComparedObject {
        object: ObjectName {
            kind: kind.to_owned(),
            api_version: "v1".to_owned(),
            namespace: (kind != "CustomResourceDefinition").then(|| "istio-system".to_owned()),
            name: name.to_owned(),
        },
        change,
        fields,
    }
}

fn deployment() -> Vec<FieldChange> {
    let container = "spec template spec containers [discovery]";
    vec![
        field(
            &format!("{container} image"),
            Some("docker.io/istio/pilot:1.31.0"),
            Some("docker.io/istio/pilot:1.31.1"),
        ),
        field(
            &format!("{container} resources requests memory"),
            Some("2048Mi"),
            Some("1536Mi"),
        ),
        field(
            &format!("{container} env [PILOT_ENABLE_IP_AUTOALLOCATE] value"),
            None,
            Some("\"true\""),
        ),
    ]
}

fn crd() -> Vec<FieldChange> {
    (0..70)
        .map(|n| {
            field(
                &format!("spec versions [v1] schema openAPIV3Schema properties field{n} type"),
                None,
                Some("string"),
            )
        })
        .collect()
}

fn upgrade() -> Comparison {
    use ObjectChange::{Added, Changed, Removed, Unchanged};
    let config = "…\n  proxy:\n    image: proxyv2:1.31.0\n…";
    let unchanged = ["istiod", "istio-reader", "istio-ca-root-cert"];
    let unchanged = unchanged.map(|name| object("ServiceAccount", name, Unchanged, Vec::new()));
    let changed = [
        object("Deployment", "istiod", Changed, deployment()),
        object(
            "ConfigMap",
            "istio-sidecar-injector",
            Changed,
            vec![field(
                "data values",
                Some(config),
                Some(&config.replace("31.0", "31.1")),
            )],
        ),
        object(
            "ClusterRole",
            "istiod-clusterrole-istio-system",
            Changed,
            vec![field(
                "rules [0] verbs",
                Some("get, list"),
                Some("get, list, watch"),
            )],
        ),
        object(
            "Secret",
            "istio-ca-secret",
            Changed,
            vec![field("data ca-cert.pem", Some("••••"), Some("••••"))],
        ),
        object(
            "PodDisruptionBudget",
            "istiod",
            Added,
            vec![field("spec minAvailable", None, Some("1"))],
        ),
        object(
            "HorizontalPodAutoscaler",
            "istiod",
            Removed,
            vec![field("spec minReplicas", Some("2"), None)],
        ),
        object(
            "CustomResourceDefinition",
            "wasmplugins.extensions.istio.io",
            Changed,
            crd(),
        ),
    ];
    Comparison {
        objects: changed.into_iter().chain(unchanged).collect(),
    }
}

fn equal() -> Comparison {
    let objects = ["istiod", "istio-reader"];
    let objects =
        objects.map(|name| object("ServiceAccount", name, ObjectChange::Unchanged, Vec::new()));
    Comparison {
        objects: objects.to_vec(),
    }
}

fn long() -> Comparison {
    let path = "metadata annotations a-key-of-an-annotation.with-a-domain.that-is-rather-long.example.com/and-a-name-that-does-not-wrap";
    let value = "https://example.com/a/url/without/any/place/at/which/a/browser/would/wrap/it/0123456789abcdef0123456789abcdef";
    Comparison {
        objects: vec![object(
            "ValidatingWebhookConfiguration",
            "a-webhook-configuration-with-a-name-that-is-longer-than-a-phone-is-wide",
            ObjectChange::Changed,
            vec![field(path, Some(value), Some(value))],
        )],
    }
}

#[component]
pub(super) fn DiffStates() -> impl IntoView {
    view! {
        <Component name="Revision diff">
            <Case name="Changed, added, removed and unchanged objects, a Secret, a CRD">
                <RevisionDiff before="r5" after="r7" comparison=upgrade()/>
            </Case>
            <Case name="No difference">
                <RevisionDiff before="r1" after="r2" comparison=equal()/>
            </Case>
            <Case name="Long names">
                <RevisionDiff before="r8" after="r9" comparison=long()/>
            </Case>
        </Component>
    }
}
