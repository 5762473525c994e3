//! Registers the nodes and keeps them Ready: status and leases, as kubelets renew them.

use super::now;
use crate::{Shape, VERSION};
use k8s_openapi::api::{coordination::v1::Lease, core::v1::Node};
use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::{Value, json};
use std::time::Duration;

/// How often a lease is renewed; the controller-manager waits for 40 s before it minds.
const BEAT: Duration = Duration::from_secs(8);

/// Who writes.
pub(super) const MANAGER: &str = "kubelet";

/// Registers the nodes, then renews their leases for ever.
pub(super) async fn keep(client: Client, shape: &Shape) {
    let nodes: Api<Node> = Api::all(client.clone());
    let leases: Api<Lease> = Api::namespaced(client, "kube-node-lease");
    loop {
        for number in 1..=shape.nodes {
            let name = shape.node(number);
            if let Ok(node) = serde_json::from_value(node(shape, number)) {
                // Told that it is there already, or registered at the next beat.
                let _ = nodes.create(&PostParams::default(), &node).await;
            }
            let status = json!({"status": status(shape, number)});
            let parameters = PatchParams::default();
            let _ = nodes
                .patch_status(&name, &parameters, &Patch::Merge(status))
                .await;
            let lease = lease(&name);
            let parameters = PatchParams::apply(MANAGER).force();
            let _ = leases.patch(&name, &parameters, &Patch::Apply(lease)).await;
        }
        tokio::time::sleep(BEAT).await;
    }
}

/// The address of a node of a cluster.
pub(super) fn address(shape: &Shape, number: u8) -> String {
    format!(
        "192.168.{}.{}",
        100 + u16::from(shape.number),
        10 + u16::from(number)
    )
}

fn node(shape: &Shape, number: u8) -> Value {
    let name = shape.node(number);
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
        "status": status(shape, number),
    })
}

fn status(shape: &Shape, number: u8) -> Value {
    let room = json!({"cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi"});
    let condition = |kind: &str, on: bool, reason: &str, message: &str| {
        json!({
            "type": kind, "status": if on { "True" } else { "False" }, "reason": reason,
            "message": message, "lastHeartbeatTime": now(), "lastTransitionTime": now(),
        })
    };
    json!({
        "capacity": room, "allocatable": room,
        "conditions": [
            condition("MemoryPressure", false, "KubeletHasSufficientMemory", "enough memory"),
            condition("DiskPressure", false, "KubeletHasNoDiskPressure", "enough room"),
            condition("PIDPressure", false, "KubeletHasSufficientPID", "enough process ids"),
            condition("Ready", true, "KubeletReady", "kubelet is posting ready status"),
        ],
        "addresses": [
            {"type": "InternalIP", "address": address(shape, number)},
            {"type": "Hostname", "address": shape.node(number)},
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
