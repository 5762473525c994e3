//! What a mesh leaves behind goes by selection, and what was saved of it can be given back.
//!
//! Each scenario runs on a sandbox of its own, and all of them, one after the other, on a real API server.

use crate::fixture::{
    TestCluster, deployment, injector, namespace, reference, slice, test_cluster, test_cluster_of,
};
use chart::Values;
use cluster::{Apply, Kind, Object, ObjectRef, Propagation, WaitOptions};
use mesh::{
    Error, Event,
    cleanup::{self, CleanupScope, Disposition, Part, Plan, Selection},
    step::Side,
};
use sandbox::Network;
use serde_json::{Value, json};
use std::{sync::Mutex, time::Duration};
use tokio_util::sync::CancellationToken;

const CRD: &str = "apiextensions.k8s.io/v1";
const NETWORKING: &str = "networking.istio.io/v1alpha3";
const SYSTEM: &str = "istio-system";
const SAMPLE: &str = "bookinfo";
/// A namespace of other users.
const SHOP: &str = "shop";

macro_rules! suite {
    ($($test:ident,)*) => {
        mod sandboxes {
            $(#[tokio::test]
            async fn $test() {
                let network = super::Network::new();
                let east = super::test_cluster("east", sandbox_istio::control_plane(), &network).await;
                super::$test(&east).await;
            })*
        }

        #[tokio::test]
        async fn the_same_on_a_real_api_server() {
            let lab = match lab::start_cluster("clearing").await {
                Ok(lab) => lab,
                Err(error) => return lab::skip("the_same_on_a_real_api_server", &error),
            };
            let east = test_cluster_of("east", &lab.kubeconfig());
            $(
                Box::pin($test(&east)).await;
                Box::pin(sweep(&east)).await;
            )*
        }
    };
}

suite! {
    everything_is_deleted_and_restored_from_the_backup,
    crds_and_namespaces_stay_unless_they_are_selected,
    a_namespace_with_user_objects_stays,
    an_object_with_a_finalizer_is_reported_and_deleted_later,
    nothing_is_deleted_while_a_control_plane_uses_the_cluster,
    objects_that_changed_since_the_backup_are_not_deleted,
    releases_that_use_a_crd_are_reported,
    a_webhook_with_endpoints_stays,
    the_settings_and_the_lease_of_a_release_that_helm_uninstalled_are_listed,
}

fn scope() -> CleanupScope {
    CleanupScope {
        side: Side::Primary,
        istio_namespace: SYSTEM.into(),
        namespaces: vec![SYSTEM.into(), SAMPLE.into()],
    }
}

fn everything() -> Selection {
    Selection {
        runtime_objects: Disposition::Delete,
        crds: Disposition::Delete,
        namespaces: vec![SYSTEM.into(), SAMPLE.into()],
    }
}

async fn planned(east: &TestCluster) -> Plan {
    cleanup::plan(&east.user(), &scope()).await.unwrap()
}

/// Executes a plan, and returns the outcome and the events.
async fn cleared(
    east: &TestCluster,
    plan: &Plan,
    selection: &Selection,
    seconds: u64,
) -> (Result<(), Error>, Vec<Event>) {
    let events = Mutex::new(Vec::new());
    let on_event = |event| events.lock().unwrap().push(event);
    let waiting = WaitOptions {
        timeout: Duration::from_secs(seconds),
        stop: CancellationToken::new(),
    };
    let outcome = cleanup::execute(&east.user(), plan, selection, &waiting, &on_event).await;
    (outcome, events.into_inner().unwrap())
}

fn definition(group: &str, kind: &str, plural: &str, scope: &str, version: &str) -> Value {
    json!({
        "apiVersion": CRD, "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}"), "labels": {"app": "istio-pilot"}},
        "spec": {
            "group": group, "scope": scope,
            "names": {"kind": kind, "listKind": format!("{kind}List"), "plural": plural,
                      "singular": kind.to_lowercase()},
            "versions": [{"name": version, "served": true, "storage": true, "schema": {
                "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}],
        },
    })
}

fn gateway(namespace: &str, name: &str) -> Value {
    json!({"apiVersion": NETWORKING, "kind": "Gateway",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"istio": "ingressgateway"}, "servers": [
            {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["*"]}]}})
}

fn map(namespace: &str, name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": {"istio.io/config": "true"}},
        "data": {"root-cert.pem": "a certificate"}})
}

fn secret(namespace: &str, name: &str, kind: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "type": kind,
        "metadata": {"name": name, "namespace": namespace},
        "stringData": {"key.pem": "hunter2"}})
}

/// Makes definitions, and waits until the cluster serves them.
async fn define(east: &TestCluster, definitions: &[Value]) {
    for value in definitions {
        east.apply(value.clone()).await;
    }
    for value in definitions {
        let api = format!(
            "{}/{}",
            value["spec"]["group"].as_str().unwrap(),
            value["spec"]["versions"][0]["name"].as_str().unwrap()
        );
        let kind = value["spec"]["names"]["kind"].as_str().unwrap();
        served(east, &api, kind).await;
    }
}

async fn served(east: &TestCluster, api: &str, kind: &str) {
    let listed = Kind::new(api, kind);
    for _ in 0..300 {
        let known = east.cluster.kind(listed).await.is_ok();
        if known && east.cluster.list_objects(listed, None, "").await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{kind} is not served after 30 s");
}

/// Two lines' definitions, objects of them, and what a control plane made.
async fn furnish(east: &TestCluster) {
    for name in [SYSTEM, SAMPLE, SHOP] {
        east.apply(namespace(name, &json!({"team": "mesh"}), &json!({})))
            .await;
        east.apply(map(name, "istio-ca-root-cert")).await;
    }
    define(
        east,
        &[
            definition(
                "networking.istio.io",
                "Gateway",
                "gateways",
                "Namespaced",
                "v1alpha3",
            ),
            definition("config.istio.io", "rule", "rules", "Namespaced", "v1alpha2"),
            definition(
                "authentication.istio.io",
                "MeshPolicy",
                "meshpolicies",
                "Cluster",
                "v1alpha1",
            ),
            definition("example.org", "Thing", "things", "Namespaced", "v1"),
        ],
    )
    .await;
    east.apply(gateway(SHOP, "web")).await;
    east.apply(gateway(SHOP, "api")).await;
    east.apply(gateway(SAMPLE, "bookinfo-gateway")).await;
    east.apply(
        json!({"apiVersion": "authentication.istio.io/v1alpha1", "kind": "MeshPolicy",
        "metadata": {"name": "default"}, "spec": {"peers": [{"mtls": {"mode": "PERMISSIVE"}}]}}),
    )
    .await;
    east.apply(map(SYSTEM, "istio-leader")).await;
    east.apply(
        json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {"name": "istio-gateway-deployment-default", "namespace": SYSTEM}}),
    )
    .await;
    east.apply(secret(SYSTEM, "istio-ca-secret", "istio.io/ca-root"))
        .await;
    east.apply(secret(SHOP, "istio.default", "istio.io/key-and-cert"))
        .await;
    east.apply(json!({"apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "istio-galley"},
        "webhooks": [{"name": "pilot.validation.istio.io", "failurePolicy": "Ignore",
            "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "clientConfig": {"service": {"namespace": SYSTEM, "name": "istio-galley"}},
            "rules": [{"apiGroups": ["networking.istio.io"], "apiVersions": ["*"],
                       "operations": ["CREATE"], "resources": ["gateways"]}]}]}))
        .await;
}

/// Takes away what a scenario leaves on a cluster that others come to.
async fn sweep(east: &TestCluster) {
    for name in [SYSTEM, SAMPLE, SHOP] {
        let home = reference("v1", "Namespace", None, name);
        east.cluster
            .delete(&home, Propagation::Background)
            .await
            .unwrap();
    }
    for name in [SYSTEM, SAMPLE, SHOP] {
        gone(east, &reference("v1", "Namespace", None, name)).await;
    }
    let plan = planned(east).await;
    let selection = Selection {
        namespaces: Vec::new(),
        ..everything()
    };
    cleared(east, &plan, &selection, 60).await.0.unwrap();
}

async fn gone(east: &TestCluster, object: &ObjectRef) {
    let waiting = WaitOptions {
        timeout: Duration::from_mins(1),
        stop: CancellationToken::new(),
    };
    let objects = std::slice::from_ref(object);
    cluster::wait_until_deleted(&east.cluster, objects, &waiting)
        .await
        .unwrap();
}

async fn is_there(east: &TestCluster, object: &ObjectRef) -> bool {
    match east.cluster.get(object).await {
        Err(cluster::Error::NoSuchKind { .. }) => false,
        found => found.unwrap().is_some(),
    }
}

/// Applies a backup as an operator would: the CRDs, and the other objects once the CRDs are served.
async fn restore(east: &TestCluster, text: &str) {
    let documents = text.split("---\n").skip(1);
    let objects =
        documents.map(|document| Object::new(Values::parse(document).unwrap().to_json()).unwrap());
    let (crds, rest): (Vec<Object>, Vec<Object>) =
        objects.partition(|object| object.kind() == "CustomResourceDefinition");
    let crds: Vec<Value> = crds.into_iter().map(Object::into_value).collect();
    define(east, &crds).await;
    for object in rest {
        if let Err(error) = east.cluster.apply(&object, Apply::Persist).await {
            panic!("{}: {error}: {:?}", object.reference(), error.status());
        }
    }
}

async fn everything_is_deleted_and_restored_from_the_backup(east: &TestCluster) {
    furnish(east).await;
    let plan = planned(east).await;
    let names: Vec<&str> = plan
        .crds
        .iter()
        .map(|crd| crd.object.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "gateways.networking.istio.io",
            "meshpolicies.authentication.istio.io",
            "rules.config.istio.io"
        ]
    );
    let counts: Vec<(String, u64)> = plan.crds[0].by_namespace().into_iter().collect();
    assert_eq!(counts, [(SAMPLE.to_owned(), 1), (SHOP.to_owned(), 2)]);
    let made: Vec<String> = plan
        .runtime_objects
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        made,
        [
            "ValidatingWebhookConfiguration istio-galley",
            "ConfigMap bookinfo/istio-ca-root-cert",
            "ConfigMap istio-system/istio-ca-root-cert",
            "ConfigMap shop/istio-ca-root-cert",
            "ConfigMap istio-system/istio-leader",
            "Lease istio-system/istio-gateway-deployment-default",
            "Secret istio-system/istio-ca-secret",
            "Secret shop/istio.default",
        ]
    );
    for home in &plan.namespaces {
        assert_eq!(
            home.foreign_objects,
            Ok(Vec::new()),
            "{} is the mesh's alone",
            home.name
        );
    }

    let text = cleanup::backup(&east.user(), &plan).await.unwrap();
    let secret = ["hunter2", "aHVudGVyMg", "kind: Secret"];
    assert!(secret.iter().all(|word| !text.contains(word)), "{text}");
    let kept = ["uid:", "resourceVersion:", "managedFields:", "status:"];
    assert!(kept.iter().all(|word| !text.contains(word)), "{text}");

    let (outcome, events) = cleared(east, &plan, &everything(), 60).await;
    outcome.unwrap();
    let ends = events.iter().filter_map(|event| match event {
        Event::Finished(phase) => Some(*phase),
        _ => None,
    });
    let order = [
        Part::RuntimeObjects,
        Part::CustomResources,
        Part::Crds,
        Part::Namespaces,
    ]
    .map(Part::phase);
    assert_eq!(ends.collect::<Vec<_>>(), order);
    let again = planned(east).await;
    assert!(again.is_empty(), "{again:?}");
    let (outcome, events) = cleared(east, &again, &everything(), 60).await;
    outcome.unwrap();
    assert_eq!(events, [], "a second cleanup changes nothing");
    let theirs = reference(CRD, "CustomResourceDefinition", None, "things.example.org");
    assert!(
        is_there(east, &theirs).await,
        "the CRD of another API group is kept"
    );
    assert!(is_there(east, &reference("v1", "Namespace", None, SHOP)).await);

    restore(east, &text).await;
    let back = cleanup::backup(&east.user(), &planned(east).await).await;
    assert_eq!(back.unwrap(), text, "what was saved is what is there again");
}

async fn crds_and_namespaces_stay_unless_they_are_selected(east: &TestCluster) {
    furnish(east).await;
    let plan = planned(east).await;
    cleared(east, &plan, &Selection::default(), 60)
        .await
        .0
        .unwrap();
    let after = planned(east).await;
    assert_eq!(after.runtime_objects, []);
    assert_eq!(after.crds.len(), 3);
    assert_eq!(after.crds[0].known().count(), 3);
    assert_eq!(after.namespaces.len(), 2);
    let alone = Selection {
        crds: Disposition::Keep,
        ..everything()
    };
    let (outcome, _) = cleared(east, &after, &alone, 60).await;
    let refused = outcome.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "namespace bookinfo contains objects that are kept: Gateway bookinfo/bookinfo-gateway"
    );
    assert!(is_there(east, &reference("v1", "Namespace", None, SYSTEM)).await);
}

async fn a_namespace_with_user_objects_stays(east: &TestCluster) {
    furnish(east).await;
    east.apply(json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": SAMPLE}}))
        .await;
    let plan = planned(east).await;
    let settings = reference("v1", "ConfigMap", Some(SAMPLE), "settings");
    assert_eq!(
        plan.namespaces[1].foreign_objects,
        Ok(vec![settings.clone()])
    );
    let (outcome, events) = cleared(east, &plan, &everything(), 60).await;
    assert!(
        matches!(outcome, Err(Error::NamespaceNotEmpty { .. })),
        "{outcome:?}"
    );
    assert_eq!(
        events,
        [],
        "the cleanup is refused before the first deletion"
    );
    let selection = Selection {
        namespaces: vec![SYSTEM.into()],
        ..everything()
    };
    cleared(east, &plan, &selection, 60).await.0.unwrap();
    assert!(is_there(east, &settings).await);
    assert!(!is_there(east, &reference("v1", "Namespace", None, SYSTEM)).await);
}

async fn an_object_with_a_finalizer_is_reported_and_deleted_later(east: &TestCluster) {
    furnish(east).await;
    let web = reference(NETWORKING, "Gateway", Some(SHOP), "web");
    let mut locked = gateway(SHOP, "web");
    locked["metadata"]["finalizers"] = json!(["example.org/lock"]);
    locked.as_object_mut().unwrap().remove("spec");
    east.apply_as("locker", locked.clone()).await;
    let plan = planned(east).await;
    let selection = Selection {
        namespaces: Vec::new(),
        ..everything()
    };
    let (outcome, events) = cleared(east, &plan, &selection, 1).await;
    let Err(Error::Stuck { stuck, .. }) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(stuck.len(), 1);
    assert_eq!(stuck[0].object, web);
    assert_eq!(stuck[0].finalizers, ["example.org/lock"]);
    assert_eq!(stuck[0].set_by, ["locker"]);
    let waits = |event: &Event| matches!(event, Event::Waiting { object, .. } if *object == web);
    assert!(events.iter().any(waits), "{events:?}");
    let gateways = reference(
        CRD,
        "CustomResourceDefinition",
        None,
        "gateways.networking.istio.io",
    );
    assert!(
        is_there(east, &gateways).await,
        "its definition waits for it"
    );

    let mut live = east.cluster.get(&web).await.unwrap().unwrap();
    live.value_mut()["metadata"]["finalizers"] = json!([]);
    east.cluster.replace(&live).await.unwrap();
    gone(east, &web).await;
    let plan = planned(east).await;
    cleared(east, &plan, &selection, 60).await.0.unwrap();
    assert!(!is_there(east, &gateways).await);
}

async fn nothing_is_deleted_while_a_control_plane_uses_the_cluster(east: &TestCluster) {
    furnish(east).await;
    let containers = json!([{"name": "discovery", "image": "istio/pilot:1.30.5"}]);
    let istiod = deployment("shop", "istiod", &json!({"app": "istiod"}), &containers);
    let istiod = east.apply(istiod).await.reference();
    let plan = planned(east).await;
    assert_eq!(plan.led_by, ["Deployment shop/istiod"]);
    let (outcome, events) = cleared(east, &plan, &everything(), 60).await;
    assert!(matches!(outcome, Err(Error::InUse { .. })), "{outcome:?}");
    east.cluster
        .delete(&istiod, Propagation::Background)
        .await
        .unwrap();
    gone(east, &istiod).await;

    let leads = json!({"topology.istio.io/controlPlaneClusters": "north"});
    east.apply(namespace(SYSTEM, &json!({"team": "mesh"}), &leads))
        .await;
    let other = planned(east).await;
    assert_eq!(other.led_by, ["north"]);
    let (outcome, later_events) = cleared(east, &plan, &everything(), 60).await;
    assert!(matches!(outcome, Err(Error::InUse { .. })), "{outcome:?}");
    assert_eq!((events, later_events), (Vec::new(), Vec::new()));
    assert_eq!(other.runtime_objects, plan.runtime_objects);
}

async fn objects_that_changed_since_the_backup_are_not_deleted(east: &TestCluster) {
    furnish(east).await;
    let plan = planned(east).await;
    let mut other = gateway(SHOP, "web");
    other["spec"]["selector"]["istio"] = json!("another");
    east.apply(other).await;
    let web = reference(NETWORKING, "Gateway", Some(SHOP), "web");
    let stops = |error: Error| matches!(error, Error::Changed { object, .. } if object == web);
    assert!(stops(
        cleanup::backup(&east.user(), &plan).await.unwrap_err()
    ));
    let (outcome, events) = cleared(east, &plan, &everything(), 60).await;
    assert!(stops(outcome.unwrap_err()));
    assert_eq!(events, []);
    let plan = planned(east).await;
    east.apply(gateway(SAMPLE, "new")).await;
    let (outcome, _) = cleared(east, &plan, &everything(), 60).await;
    assert!(matches!(outcome, Err(Error::Changed { .. })), "{outcome:?}");
    assert!(is_there(east, &web).await);
}

async fn releases_that_use_a_crd_are_reported(east: &TestCluster) {
    furnish(east).await;
    let marks =
        json!({"meta.helm.sh/release-name": "web-shop", "meta.helm.sh/release-namespace": SHOP});
    let mut web = gateway(SHOP, "web");
    web["metadata"]["annotations"] = marks;
    east.apply(web).await;
    let mut gone = gateway(SHOP, "api");
    gone["metadata"]["annotations"] =
        json!({"meta.helm.sh/release-name": "gone", "meta.helm.sh/release-namespace": SHOP});
    east.apply(gone).await;
    east.apply(json!({"apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {"name": "sh.helm.release.v1.web-shop.v1", "namespace": SHOP,
            "labels": {"owner": "helm", "name": "web-shop", "status": "deployed", "version": "1"}}}))
        .await;
    let plan = planned(east).await;
    let users = plan.crds[0].users.iter();
    let rows: Vec<(&str, &str, u64, bool)> = users
        .map(|user| {
            (
                user.release.as_str(),
                user.namespace.as_str(),
                user.objects,
                user.installed,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [("gone", SHOP, 1, false), ("web-shop", SHOP, 1, true)]
    );
    assert_eq!(plan.crds[1].users, []);
}

async fn a_webhook_with_endpoints_stays(east: &TestCluster) {
    east.apply(namespace(SYSTEM, &json!({}), &json!({}))).await;
    let injector = east.apply(injector(&east.ca_bundle)).await.reference();
    let left = planned(east).await.runtime_objects;
    assert_eq!(
        left,
        std::slice::from_ref(&injector),
        "its Service has no endpoints"
    );
    let service = json!({"apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "istiod", "namespace": SYSTEM},
        "spec": {"ports": [{"name": "https", "port": 443, "targetPort": 15017}]}});
    east.apply(service).await;
    east.apply(slice("10.1.2.3")).await;
    assert_eq!(
        planned(east).await.runtime_objects,
        [],
        "it leads somewhere"
    );
    east.delete("v1", "Service", Some(SYSTEM), "istiod").await;
    east.delete(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        Some(SYSTEM),
        "istiod",
    )
    .await;
    let plan = planned(east).await;
    cleared(east, &plan, &Selection::default(), 60)
        .await
        .0
        .unwrap();
    assert!(!is_there(east, &injector).await);
}

async fn the_settings_and_the_lease_of_a_release_that_helm_uninstalled_are_listed(
    east: &TestCluster,
) {
    east.apply(namespace(SYSTEM, &json!({}), &json!({}))).await;
    let with_labels = |mut object: Value, labels: Value| {
        object["metadata"]["labels"] = labels;
        object
    };
    let settings = |release: &str| {
        let name = format!("meshspan.io.release.v1.{release}");
        let labels = json!({"meshspan.io/release": release});
        with_labels(secret(SYSTEM, &name, "meshspan.io/release"), labels)
    };
    let lease = |release: &str| {
        let name = format!("meshspan.release.{release}");
        json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {
            "name": name, "namespace": SYSTEM, "labels": {"meshspan.io/release": release}}})
    };
    let orphans = [
        east.apply(settings("gone")).await.reference(),
        east.apply(lease("gone")).await.reference(),
    ];
    east.apply(settings("istiod")).await;
    east.apply(lease("istiod")).await;
    let record = secret(SYSTEM, "sh.helm.release.v1.istiod.v1", "helm.sh/release.v1");
    let labels = json!({"owner": "helm", "name": "istiod"});
    east.apply(with_labels(record, labels)).await;
    let plan = planned(east).await;
    assert_eq!(plan.runtime_objects, orphans);
    let selection = Selection::default();
    cleared(east, &plan, &selection, 30).await.0.unwrap();
    for orphan in &orphans {
        assert!(!is_there(east, orphan).await);
    }
    assert_eq!(planned(east).await.runtime_objects, []);
}
