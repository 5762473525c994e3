//! Registers the nodes and keeps them Ready: renews status and leases, as kubelets do.

use super::now;
use crate::{ClusterConfig, VERSION};
use k8s_openapi::api::{coordination::v1::Lease, core::v1::Node};
use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};
use std::time::Duration;

/// How often a lease is renewed; the controller-manager marks a node NotReady after 40 s.
const LEASE_INTERVAL: Duration = Duration::from_secs(8);

const FIELD_MANAGER: &str = "kubelet";

/// Registers the nodes and renews their leases; never ends.
pub(super) async fn run(client: Client, config: &ClusterConfig) {
    let nodes: Api<Node> = Api::all(client.clone());
    let leases: Api<Lease> = Api::namespaced(client, "kube-node-lease");
    loop {
        for number in 1..=config.nodes {
            let name = config.node(number);
            if let Ok(node) = serde_json::from_value(node(config, number)) {
                // An error is ignored: the node exists, or the next iteration registers it.
                let _ = nodes.create(&PostParams::default(), &node).await;
            }
            let status = json!({"status": status(config, number)});
            let parameters = PatchParams::default();
            let _ = nodes
                .patch_status(&name, &parameters, &Patch::Merge(status))
                .await;
            let lease = lease(&name);
            let parameters = PatchParams::apply(FIELD_MANAGER).force();
            let _ = leases.patch(&name, &parameters, &Patch::Apply(lease)).await;
        }
        tokio::time::sleep(LEASE_INTERVAL).await;
    }
}

/// The internal IP of a node.
pub(super) fn address(config: &ClusterConfig, number: u8) -> String {
    format!(
        "192.168.{}.{}",
        100 + u16::from(config.number),
        10 + u16::from(number)
    )
}

fn node(config: &ClusterConfig, number: u8) -> Value {
    let name = config.node(number);
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux",
                "beta.kubernetes.io/arch": "amd64",
            },
        },
        "status": status(config, number),
    })
}

fn status(config: &ClusterConfig, number: u8) -> Value {
    let resources =
        json!({"cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi"});
    let condition = |kind: &str, is_true: bool, reason: &str, message: &str| {
        json!({
            "type": kind, "status": if is_true { "True" } else { "False" }, "reason": reason,
            "message": message, "lastHeartbeatTime": now(), "lastTransitionTime": now(),
        })
    };
    json!({
        "capacity": resources, "allocatable": resources,
        "conditions": [
            condition("MemoryPressure", false, "KubeletHasSufficientMemory", "enough memory"),
            condition("DiskPressure", false, "KubeletHasNoDiskPressure", "enough room"),
            condition("PIDPressure", false, "KubeletHasSufficientPID", "enough process ids"),
            condition("Ready", true, "KubeletReady", "kubelet is posting ready status"),
        ],
        "addresses": [
            {"type": "InternalIP", "address": address(config, number)},
            {"type": "Hostname", "address": config.node(number)},
        ],
        "nodeInfo": {
            "kubeletVersion": VERSION, "kubeProxyVersion": "", "operatingSystem": "linux",
            "architecture": "amd64", "containerRuntimeVersion": "lab://1", "osImage": "lab",
            "kernelVersion": "", "machineID": "", "systemUUID": "", "bootID": "",
        },
    })
}

fn lease(name: &str) -> Value {
    let now = jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        .to_string();
    json!({
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {"name": name, "namespace": "kube-node-lease"},
        "spec": {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": now},
    })
}
