//! What a cluster has before anyone asks: nodes, namespaces, roles and a few Services.
//!
//! Start at [`begin`].

use std::sync::Arc;

use serde_json::{Value, json};

use super::{endpoints, serviceaccount};
use crate::access::roles;
use crate::object;
use crate::world::{State, World, now};

/// Fills a new world.
pub(crate) fn begin(world: &Arc<World>) {
    let mut state = world.lock();
    for name in ["default", "kube-system", "kube-public", "kube-node-lease"] {
        put(
            world,
            &mut state,
            "namespaces",
            json!({
                "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name},
            }),
        );
    }
    for (id, object) in roles::objects() {
        put(world, &mut state, id, object);
    }
    for number in 1..=world.shape.nodes {
        put(world, &mut state, "nodes", node(world, number));
    }
    put(
        world,
        &mut state,
        "servicecidrs.networking.k8s.io",
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR",
            "metadata": {"name": "kubernetes", "finalizers": ["networking.k8s.io/service-cidr-finalizer"]},
            "spec": {"cidrs": [world.shape.service_cidr.to_string()]},
        }),
    );
    if let Some(cidr) = state
        .store
        .get("servicecidrs.networking.k8s.io", "", "kubernetes")
    {
        let ready = super::condition(&cidr, "Ready", true, "", "Kubernetes Service CIDR is ready");
        state.set_status(
            world,
            "servicecidrs.networking.k8s.io",
            &cidr,
            json!({"conditions": [ready]}),
        );
    }
    put(world, &mut state, "services", kubernetes_service(world));
    if let Some(service) = state.store.get("services", "default", "kubernetes") {
        endpoints::write(world, &mut state, &service, vec![server_endpoint()]);
    }
    put(
        world,
        &mut state,
        "storageclasses.storage.k8s.io",
        json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
            "metadata": {"name": "standard", "annotations":
                {"storageclass.kubernetes.io/is-default-class": "true"}},
            "provisioner": "sandbox.meshspan.dev/none", "reclaimPolicy": "Delete",
            "volumeBindingMode": "Immediate",
        }),
    );
    put(
        world,
        &mut state,
        "configmaps",
        json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "extension-apiserver-authentication", "namespace": "kube-system"},
            "data": {"client-ca-file": world.authority.ca_pem()},
        }),
    );
    serviceaccount::step(world, &mut state);
}

fn put(world: &World, state: &mut State, id: &str, object: Value) {
    let made = state.make(world, id, object);
    debug_assert!(made.is_ok(), "a cluster's own objects are sound: {made:?}");
}

/// The first address of the service range, where the API is found.
fn kubernetes_service(world: &World) -> Value {
    let first = world.shape.service_cidr.hosts().next();
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "kubernetes", "namespace": "default",
            "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {
            "type": "ClusterIP", "clusterIP": first.map(|first| first.to_string()),
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
        },
    })
}

fn server_endpoint() -> Value {
    json!({"addresses": ["192.168.100.10"], "conditions": {"ready": true}})
}

fn node(world: &World, number: u8) -> Value {
    let name = format!("{}-node-{number}", world.shape.name);
    let cidr = world
        .shape
        .pod_cidr
        .subnets(24)
        .ok()
        .and_then(|mut nets| nets.nth(usize::from(number)))
        .unwrap_or(world.shape.pod_cidr)
        .to_string();
    let address = format!(
        "192.168.{}.{}",
        100 + u16::from(world.shape.balancers),
        20 + u16::from(number)
    );
    let amounts = json!({
        "cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi",
        "hugepages-1Gi": "0", "hugepages-2Mi": "0",
    });
    let condition = |sort: &str, status: &str, reason: &str, message: &str| {
        json!({
            "type": sort, "status": status, "reason": reason, "message": message,
            "lastHeartbeatTime": now(), "lastTransitionTime": now(),
        })
    };
    let mut node = json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": {
            "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux",
            "beta.kubernetes.io/arch": "amd64",
        }},
        "spec": {"podCIDR": cidr, "podCIDRs": [cidr],
            "providerID": format!("sandbox://{}/{name}", world.shape.name)},
        "status": {
            "capacity": amounts, "allocatable": amounts,
            "addresses": [
                {"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name},
            ],
            "conditions": [
                condition("MemoryPressure", "False", "KubeletHasSufficientMemory",
                    "kubelet has sufficient memory available"),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure",
                    "kubelet has no disk pressure"),
                condition("PIDPressure", "False", "KubeletHasSufficientPID",
                    "kubelet has sufficient PID available"),
                condition("Ready", "True", "KubeletReady", "the sandbox pretends to run this node"),
            ],
            "nodeInfo": {
                "kubeletVersion": world.shape.version, "kubeProxyVersion": "",
                "containerRuntimeVersion": "sandbox://0.1.0", "osImage": "Meshspan sandbox",
                "operatingSystem": "linux", "architecture": "amd64", "kernelVersion": "6.12.0",
                "machineID": name, "systemUUID": name, "bootID": name,
            },
        },
    });
    object::meta(&mut node);
    node
}
