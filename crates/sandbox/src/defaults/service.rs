//! Defaults and addresses of Services.
//!
//! A Service keeps its address for life; node ports are given out in turn. Start at [`allocate`].

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use super::each_map;
use crate::api_status::{ApiStatus, Cause};
use crate::cluster::{Cluster, State};
use crate::kinds::Kind;
use crate::object::{self, map, set_default};

const NODE_PORTS: std::ops::RangeInclusive<i64> = 30000..=32767;

pub(super) fn service(spec: &mut Map<String, Value>) {
    set_default(spec, "type", "ClusterIP");
    set_default(spec, "sessionAffinity", "None");
    if spec.get("sessionAffinity") == Some(&json!("ClientIP")) {
        set_default(
            spec,
            "sessionAffinityConfig",
            json!({"clientIP": {"timeoutSeconds": 10800}}),
        );
    }
    let sort = spec
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    for port in each_map(spec.get_mut("ports")) {
        set_default(port, "protocol", "TCP");
        if let Some(number) = port.get("port").cloned() {
            set_default(port, "targetPort", number);
        }
    }
    if sort != "ExternalName" {
        set_default(spec, "internalTrafficPolicy", "Cluster");
    }
    if matches!(sort.as_str(), "NodePort" | "LoadBalancer") {
        set_default(spec, "externalTrafficPolicy", "Cluster");
    }
    if sort == "LoadBalancer" {
        set_default(spec, "allocateLoadBalancerNodePorts", true);
    }
}

/// Gives a Service its address and node ports, and a Job its selector: what the server chooses, and
/// what no writer owns.
pub(crate) fn allocate(
    cluster: &Cluster,
    state: &mut State,
    kind: &Kind,
    object: &mut Value,
    old: Option<&Value>,
) -> Result<(), ApiStatus> {
    if kind.id == "jobs.batch" {
        super::workload::select_own_pods(object);
    }
    if kind.id != "services" {
        return Ok(());
    }
    let name = object::name(object).to_owned();
    let sort = object::text(object, "/spec/type").to_owned();
    let wanted = object::text(object, "/spec/clusterIP").to_owned();
    let kept = old
        .map(|old| object::text(old, "/spec/clusterIP").to_owned())
        .unwrap_or_default();
    let spec = map(object, "spec");
    if sort == "ExternalName" {
        return Ok(());
    }
    let address = match (wanted.as_str(), kept.as_str()) {
        ("", "") => free_address(cluster, state),
        ("", kept) => kept.to_owned(),
        ("None", _) => "None".to_owned(),
        (wanted, kept) if wanted == kept => wanted.to_owned(),
        (wanted, _) => checked(cluster, state, wanted)
            .map_err(|cause| ApiStatus::invalid(kind, &name, vec![cause]))?,
    };
    let is_open = address == "None" && !spec.contains_key("selector");
    set_default(
        spec,
        "ipFamilies",
        if is_open {
            json!(["IPv4", "IPv6"])
        } else {
            json!(["IPv4"])
        },
    );
    set_default(
        spec,
        "ipFamilyPolicy",
        if is_open {
            "RequireDualStack"
        } else {
            "SingleStack"
        },
    );
    spec.insert("clusterIP".into(), json!(address));
    spec.insert("clusterIPs".into(), json!([address]));
    if matches!(sort.as_str(), "NodePort" | "LoadBalancer") {
        give_node_ports(state, spec, old);
    }
    Ok(())
}

fn give_node_ports(state: &State, spec: &mut Map<String, Value>, old: Option<&Value>) {
    let mut taken: Vec<i64> = Vec::new();
    for known in state.objects.list("services", None) {
        taken.extend(
            object::items(&known, "/spec/ports").filter_map(|port| port["nodePort"].as_i64()),
        );
    }
    let ports = old
        .map(|old| old["spec"]["ports"].clone())
        .unwrap_or_default();
    for port in each_map(spec.get_mut("ports")) {
        let before = ports.as_array().into_iter().flatten().find(|before| {
            Some(&before["port"]) == port.get("port")
                && Some(&before["protocol"]) == port.get("protocol")
        });
        let before = before.and_then(|before| before["nodePort"].as_i64());
        let free = || NODE_PORTS.clone().find(|port| !taken.contains(port));
        if let Some(number) = before.or_else(free) {
            set_default(port, "nodePort", number);
            taken.push(number);
        }
    }
}

fn free_address(cluster: &Cluster, state: &State) -> String {
    let services = state.objects.list("services", None);
    // The first addresses are left for those who ask for one.
    let hosts = cluster.config.service_cidr.hosts().skip(15);
    let is_free = |host: &Ipv4Addr| {
        let text = host.to_string();
        !services
            .iter()
            .any(|known| object::text(known, "/spec/clusterIP") == text)
    };
    hosts
        .into_iter()
        .find(is_free)
        .map(|host| host.to_string())
        .unwrap_or_default()
}

fn checked(cluster: &Cluster, state: &State, wanted: &str) -> Result<String, Cause> {
    let range = cluster.config.service_cidr;
    let refuse = |detail: String| Cause::invalid("spec.clusterIPs", &json!([wanted]), &detail);
    let address: Ipv4Addr = wanted.parse().map_err(|_| {
        refuse("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)".to_owned())
    })?;
    if !range.contains(&address) {
        return Err(refuse(format!(
            "failed to allocate IP {wanted}: the provided IP ({wanted}) is not in the valid range. \
             The range of valid IPs is {range}"
        )));
    }
    let is_taken = state
        .objects
        .list("services", None)
        .iter()
        .any(|known| object::text(known, "/spec/clusterIP") == wanted);
    if is_taken {
        return Err(refuse(format!(
            "failed to allocate IP {wanted}: provided IP is already allocated"
        )));
    }
    Ok(wanted.to_owned())
}
