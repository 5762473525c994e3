//! Sidecar injection, and the effect of an injector that is not reachable.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::admissionregistration::v1::MutatingWebhookConfiguration;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Endpoints, Event, Namespace, Pod, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::Client;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use sandbox::{ClusterConfig, Network, Sandbox, ServingCa};
use serde_json::{Value, json};

use crate::support::{api_error, client, deployment, object, ready_pod_name, wait_until};

/// A cluster with a webhook with this failure policy and two namespaces, one of them labelled.
async fn with_webhook(policy: &str) -> (Sandbox, Client) {
    with_webhook_on(&Network::new(), policy).await
}

async fn with_webhook_on(network: &Network, policy: &str) -> (Sandbox, Client) {
    let config = ClusterConfig::default().with_extension(sandbox_istio::extension());
    let sandbox = Sandbox::with_config(config).on_network(network);
    let client = client(&sandbox);
    let namespaces: Api<Namespace> = Api::all(client.clone());
    for (name, labels) in [
        ("plain", json!({})),
        ("meshed", json!({"istio-injection": "enabled"})),
        ("istio-system", json!({})),
    ] {
        let namespace = object(json!({"metadata": {"name": name, "labels": labels}}));
        namespaces
            .create(&PostParams::default(), &namespace)
            .await
            .unwrap();
    }
    let webhooks: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    let webhook = object(json!({
        "metadata": {"name": "istio-sidecar-injector"},
        "webhooks": [{
            "name": "sidecar-injector.istio.io", "failurePolicy": policy,
            "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "clientConfig": {"service": {
                "name": "istio-sidecar-injector", "namespace": "istio-system", "path": "/inject",
            }},
            "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                "resources": ["pods"]}],
            "namespaceSelector": {"matchLabels": {"istio-injection": "enabled"}},
        }],
    }));
    webhooks
        .create(&PostParams::default(), &webhook)
        .await
        .unwrap();
    (sandbox, client)
}

async fn create_service(client: &Client, spec: Value) {
    let services: Api<Service> = Api::namespaced(client.clone(), "istio-system");
    let service = object(json!({"metadata": {"name": "istio-sidecar-injector"}, "spec": spec}));
    services
        .create(&PostParams::default(), &service)
        .await
        .unwrap();
}

/// Runs the injector and waits until its Service leads to it.
async fn run_injector(client: &Client) {
    create_service(
        client,
        json!({"selector": {"app": "injector"}, "ports": [{"port": 443}]}),
    )
    .await;
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), "istio-system");
    let mut wanted = deployment("injector", 1);
    wanted["spec"]["template"]["spec"]["containers"][0]["image"] =
        json!("example.org/istio/sidecar_injector:1.0.5");
    deployments
        .create(&PostParams::default(), &object(wanted))
        .await
        .unwrap();
    let endpoints: Api<Endpoints> = Api::namespaced(client.clone(), "istio-system");
    wait_until("endpoints of the injector", || async {
        let found = endpoints.get_opt("istio-sidecar-injector").await.unwrap();
        let subsets = found.and_then(|found| found.subsets).unwrap_or_default();
        subsets.iter().any(|subset| subset.addresses.is_some())
    })
    .await;
    wait_for_ca_bundle(client).await;
}

/// Waits until the injector has written its CA into its webhook.
async fn wait_for_ca_bundle(client: &Client) {
    let webhooks: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    wait_until("a CA bundle", || async {
        let found = webhooks.get("istio-sidecar-injector").await.unwrap();
        let mut webhooks = found.webhooks.into_iter().flatten();
        webhooks.all(|webhook| webhook.client_config.ca_bundle.is_some())
    })
    .await;
}

fn bare(name: &str, annotations: Value) -> Pod {
    object(json!({
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"containers": [{"name": "web", "image": "web:1"}]},
    }))
}

async fn create(client: &Client, namespace: &str, wanted: &Pod) -> kube::Result<Vec<String>> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let made = pods.create(&PostParams::default(), wanted).await?;
    let containers = made.spec.unwrap().containers.into_iter();
    Ok(containers.filter_map(|container| container.image).collect())
}

#[tokio::test]
async fn only_pods_in_labelled_namespaces_that_do_not_decline_get_a_sidecar() {
    let (_sandbox, client) = with_webhook("Fail").await;
    run_injector(&client).await;
    let with = ["web:1", "example.org/istio/proxyv2:1.0.5"];
    let willing = bare("willing", json!({}));
    assert_eq!(create(&client, "meshed", &willing).await.unwrap(), with);
    assert_eq!(create(&client, "plain", &willing).await.unwrap(), ["web:1"]);
    let declining = bare("declining", json!({"sidecar.istio.io/inject": "false"}));
    assert_eq!(
        create(&client, "meshed", &declining).await.unwrap(),
        ["web:1"]
    );
}

#[tokio::test]
async fn a_sidecar_starts_with_the_control_plane_of_the_mesh_or_of_its_annotation() {
    let (_sandbox, client) = with_webhook("Fail").await;
    run_injector(&client).await;
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), "istio-system");
    let mesh = "defaultConfig:\n  discoveryAddress: \"172.16.1.2:15007\"\n";
    let mesh = object(json!({"metadata": {"name": "istio"}, "data": {"mesh": mesh}}));
    maps.create(&PostParams::default(), &mesh).await.unwrap();
    let pods: Api<Pod> = Api::namespaced(client.clone(), "meshed");
    let own = json!({"sidecar.istio.io/discoveryAddress": "10.0.0.9:15005"});
    for (name, annotations, address) in [
        ("one", json!({}), "172.16.1.2:15007"),
        ("two", own, "10.0.0.9:15005"),
    ] {
        let made = pods
            .create(&PostParams::default(), &bare(name, annotations))
            .await;
        let containers = made.unwrap().spec.unwrap().containers;
        let arguments = containers[1].args.as_ref().unwrap();
        assert_eq!(arguments.last().unwrap(), address);
    }
}

#[tokio::test]
async fn an_injected_pod_becomes_ready_with_both_containers() {
    let (_sandbox, client) = with_webhook("Fail").await;
    run_injector(&client).await;
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), "meshed");
    let wanted = object(deployment("web", 1));
    deployments
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    let name = ready_pod_name(&client, "meshed", "app=web").await;
    let pods: Api<Pod> = Api::namespaced(client, "meshed");
    let status = pods.get(&name).await.unwrap().status.unwrap();
    let ready = status.container_statuses.unwrap();
    assert_eq!(ready.iter().filter(|status| status.ready).count(), 2);
}

#[tokio::test]
async fn the_policy_fail_rejects_pods_until_the_injector_is_reachable() {
    let (_sandbox, client) = with_webhook("Fail").await;
    let (code, message) = api_error(create(&client, "meshed", &bare("one", json!({}))).await);
    assert_eq!(code, 500);
    assert_eq!(
        message,
        "Internal error occurred: failed calling webhook \"sidecar-injector.istio.io\": failed to \
         call webhook: Post \
         \"https://istio-sidecar-injector.istio-system.svc:443/inject?timeout=10s\": service \
         \"istio-sidecar-injector\" not found"
    );
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), "meshed");
    let wanted = object(deployment("web", 1));
    deployments
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    let events: Api<Event> = Api::namespaced(client.clone(), "meshed");
    let failed = ListParams::default().fields("reason=FailedCreate,involvedObject.kind=ReplicaSet");
    wait_until("an event", || async {
        let all = events.list(&failed).await.unwrap().items;
        let messages = all.into_iter().filter_map(|event| event.message);
        messages.into_iter().any(|message| {
            message.starts_with("Error creating: Internal error occurred: failed calling")
        })
    })
    .await;
    wait_until("a condition", || async {
        let status = deployments.get("web").await.unwrap().status.unwrap();
        let conditions = status.conditions.unwrap_or_default();
        conditions
            .iter()
            .any(|condition| condition.type_ == "ReplicaFailure")
    })
    .await;
    run_injector(&client).await;
    ready_pod_name(&client, "meshed", "app=web").await;
    wait_until("no condition", || async {
        let status = deployments.get("web").await.unwrap().status.unwrap();
        let conditions = status.conditions.unwrap_or_default();
        conditions
            .iter()
            .all(|condition| condition.type_ != "ReplicaFailure")
    })
    .await;
}

#[tokio::test]
async fn a_spoiled_ca_bundle_breaks_the_injection() {
    let (_sandbox, client) = with_webhook("Fail").await;
    run_injector(&client).await;
    let pod = bare("one", json!({}));
    create(&client, "meshed", &pod).await.unwrap();
    let webhooks: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    let other = STANDARD.encode(ServingCa::generate().unwrap().pem());
    let path = "/webhooks/0/clientConfig/caBundle";
    let spoil = json!([{"op": "replace", "path": path, "value": other}]);
    let spoil = Patch::<()>::Json(serde_json::from_value(spoil).unwrap());
    let name = "istio-sidecar-injector";
    let how = PatchParams::default();
    webhooks.patch(name, &how, &spoil).await.unwrap();
    let pod = bare("two", json!({}));
    let (code, message) = api_error(create(&client, "meshed", &pod).await);
    assert_eq!(code, 500);
    assert!(
        message.ends_with(
            "tls: failed to verify certificate: x509: certificate signed by unknown authority"
        ),
        "{message}"
    );
    let clear = json!([{"op": "remove", "path": path}]);
    let clear = Patch::<()>::Json(serde_json::from_value(clear).unwrap());
    webhooks.patch(name, &how, &clear).await.unwrap();
    wait_for_ca_bundle(&client).await;
    let images = create(&client, "meshed", &pod).await.unwrap();
    assert_eq!(images.len(), 2);
}

#[tokio::test]
async fn the_policy_ignore_admits_pods_without_a_sidecar() {
    let (_sandbox, client) = with_webhook("Ignore").await;
    let made = create(&client, "meshed", &bare("one", json!({})))
        .await
        .unwrap();
    assert_eq!(made, ["web:1"]);
}

#[tokio::test]
async fn an_unreachable_service_is_reported_as_by_the_api_server() {
    for (spec, reason) in [
        (
            json!({"selector": {"app": "injector"}, "ports": [{"port": 443}]}),
            "no endpoints available for service \"istio-sidecar-injector\"",
        ),
        (
            json!({"type": "ExternalName", "externalName": "istiod.example.org"}),
            "unsupported service type \"ExternalName\"",
        ),
    ] {
        let (_sandbox, client) = with_webhook("Fail").await;
        create_service(&client, spec).await;
        let (_, message) = api_error(create(&client, "meshed", &bare("one", json!({}))).await);
        assert!(message.ends_with(reason), "{message}");
    }
}

/// Sets the endpoint of the Service of the injector.
async fn set_endpoint(client: &Client, address: &str) {
    let slices: Api<EndpointSlice> = Api::namespaced(client.clone(), "istio-system");
    let slice = json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"name": "injector", "labels":
            {"kubernetes.io/service-name": "istio-sidecar-injector"}},
        "addressType": "IPv4", "endpoints": [{"addresses": [address]}],
        "ports": [{"port": 15017}],
    });
    let how = PatchParams::apply("test").force();
    let applied = slices.patch("injector", &how, &Patch::Apply(slice)).await;
    applied.unwrap();
}

#[tokio::test]
async fn a_manual_endpoint_must_be_a_reachable_pod_or_load_balancer_of_any_cluster() {
    let network = Network::new();
    let (_sandbox, client) = with_webhook_on(&network, "Fail").await;
    create_service(&client, json!({"ports": [{"port": 443}]})).await;
    let other = Sandbox::with_config(sandbox_istio::control_plane()).on_network(&network);
    let there = crate::support::client(&other);
    let namespaces: Api<Namespace> = Api::all(there.clone());
    let namespace = object(json!({"metadata": {"name": "istio-system"}}));
    namespaces
        .create(&PostParams::default(), &namespace)
        .await
        .unwrap();
    let mut istiod = deployment("istiod", 1);
    istiod["spec"]["template"]["spec"]["containers"][0]["image"] =
        json!("docker.io/istio/pilot:1.30.5");
    let deployments: Api<Deployment> = Api::namespaced(there.clone(), "istio-system");
    deployments
        .create(&PostParams::default(), &object(istiod))
        .await
        .unwrap();
    let name = ready_pod_name(&there, "istio-system", "app=istiod").await;
    let services: Api<Service> = Api::namespaced(there.clone(), "istio-system");
    let balanced = object(json!({"metadata": {"name": "istiod"}, "spec": {
        "type": "LoadBalancer", "selector": {"app": "istiod"}, "ports": [{"port": 15017}],
    }}));
    services
        .create(&PostParams::default(), &balanced)
        .await
        .unwrap();
    let balancer = || async {
        let status = services.get("istiod").await.unwrap().status?;
        status.load_balancer?.ingress?.into_iter().next()?.ip
    };
    wait_until("a balancer", || async { balancer().await.is_some() }).await;
    let pods: Api<Pod> = Api::namespaced(there.clone(), "istio-system");
    let status = pods.get(&name).await.unwrap().status.unwrap();
    for (number, address) in [status.pod_ip.unwrap(), balancer().await.unwrap()]
        .into_iter()
        .enumerate()
    {
        set_endpoint(&client, "10.9.9.9").await;
        let wanted = bare(&format!("one-{number}"), json!({}));
        let (_, message) = api_error(create(&client, "meshed", &wanted).await);
        assert!(message.ends_with("context deadline exceeded"), "{message}");
        set_endpoint(&client, &address).await;
        wait_until("a pod", || async {
            create(&client, "meshed", &wanted).await.is_ok()
        })
        .await;
    }
}
