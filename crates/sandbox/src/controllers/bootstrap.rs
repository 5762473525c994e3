//! The objects of a new cluster: nodes, namespaces, roles and a few Services.
//!
//! Start at [`bootstrap`].

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Conditions, endpoints, serviceaccount, volumes};
use crate::access::roles;
use crate::cluster::{Cluster, State};
use crate::fault;
use crate::object;

/// The namespaces of a new cluster.
const NAMESPACES: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];

/// Creates the objects of a new cluster.
pub(crate) fn bootstrap(cluster: &Arc<Cluster>) {
    let mut state = cluster.lock();
    for name in NAMESPACES {
        put(
            cluster,
            &mut state,
            "namespaces",
            json!({
                "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name},
            }),
        );
    }
    for (id, object) in roles::objects() {
        put(cluster, &mut state, id, object);
    }
    put(cluster, &mut state, "configmaps", fault::new_config_map());
    let now = state.now();
    for number in 1..=cluster.config.nodes {
        put(cluster, &mut state, "nodes", node(cluster, &now, number));
    }
    put(
        cluster,
        &mut state,
        "servicecidrs.networking.k8s.io",
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR",
            "metadata": {"name": "kubernetes", "finalizers": ["networking.k8s.io/service-cidr-finalizer"]},
            "spec": {"cidrs": [cluster.config.service_cidr.to_string()]},
        }),
    );
    if let Some(cidr) = state
        .objects
        .get("servicecidrs.networking.k8s.io", "", "kubernetes")
    {
        let ready = Conditions::new(&cidr, &state).condition(
            "Ready",
            true,
            "",
            "Kubernetes Service CIDR is ready",
        );
        state.set_status(
            cluster,
            "servicecidrs.networking.k8s.io",
            &cidr,
            json!({"conditions": [ready]}),
        );
    }
    put(cluster, &mut state, "services", kubernetes_service(cluster));
    if let Some(service) = state.objects.get("services", "default", "kubernetes") {
        endpoints::write(cluster, &mut state, &service, vec![server_endpoint()]);
    }
    put(
        cluster,
        &mut state,
        "storageclasses.storage.k8s.io",
        json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
            "metadata": {"name": "standard", "annotations":
                {"storageclass.kubernetes.io/is-default-class": "true"}},
            "provisioner": volumes::PROVISIONER, "reclaimPolicy": "Delete",
            "volumeBindingMode": "Immediate",
        }),
    );
    put(
        cluster,
        &mut state,
        "configmaps",
        json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "extension-apiserver-authentication", "namespace": "kube-system"},
            "data": {"client-ca-file": cluster.ca.ca_pem()},
        }),
    );
    for name in NAMESPACES {
        serviceaccount::create_defaults(cluster, &mut state, name);
    }
}

fn put(cluster: &Cluster, state: &mut State, id: &str, object: Value) {
    let created = state.create(cluster, id, object);
    debug_assert!(
        created.is_ok(),
        "the initial objects are valid: {created:?}"
    );
}

/// The Service of the API server, at the first address of the Service range.
fn kubernetes_service(cluster: &Cluster) -> Value {
    let first = cluster.config.service_cidr.hosts().next();
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

fn node(cluster: &Cluster, now: &str, number: u8) -> Value {
    let name = format!("{}-node-{number}", cluster.config.name);
    let cidr = cluster
        .config
        .pod_cidr
        .subnets(24)
        .ok()
        .and_then(|mut nets| nets.nth(usize::from(number)))
        .unwrap_or(cluster.config.pod_cidr)
        .to_string();
    let address = format!(
        "192.168.{}.{}",
        100 + u16::from(cluster.config.load_balancer_subnet) + 50 * (u16::from(number) / 230),
        20 + u16::from(number % 230)
    );
    let amounts = json!({
        "cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi",
        "hugepages-1Gi": "0", "hugepages-2Mi": "0",
    });
    let condition = |condition_type: &str, status: &str, reason: &str, message: &str| {
        json!({
            "type": condition_type, "status": status, "reason": reason, "message": message,
            "lastHeartbeatTime": now, "lastTransitionTime": now,
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
            "providerID": format!("sandbox://{}/{name}", cluster.config.name)},
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
                condition("Ready", "True", "KubeletReady", "the sandbox simulates this node"),
            ],
            "nodeInfo": {
                "kubeletVersion": cluster.config.version, "kubeProxyVersion": "",
                "containerRuntimeVersion": "sandbox://0.1.0", "osImage": "Meshspan sandbox",
                "operatingSystem": "linux", "architecture": "amd64", "kernelVersion": "6.12.0",
                "machineID": name, "systemUUID": name, "bootID": name,
            },
        },
    });
    object::meta(&mut node);
    node
}
