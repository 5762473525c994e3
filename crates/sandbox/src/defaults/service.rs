//! Defaults and addresses of Services.
//!
//! A Service keeps its address; the next free node port is allocated. Start at [`allocate`].

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
    let service_type = spec
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
    if service_type != "ExternalName" {
        set_default(spec, "internalTrafficPolicy", "Cluster");
    }
    if matches!(service_type.as_str(), "NodePort" | "LoadBalancer") {
        set_default(spec, "externalTrafficPolicy", "Cluster");
    }
    if service_type == "LoadBalancer" {
        set_default(spec, "allocateLoadBalancerNodePorts", true);
    }
}

/// Allocates the address and the node ports of a Service and the selector of a Job: values that the
/// server chooses and no writer owns.
pub(crate) fn allocate(
    cluster: &Cluster,
    state: &mut State,
    kind: &Kind,
    object: &mut Value,
    old: Option<&Value>,
    dry_run: bool,
) -> Result<(), ApiStatus> {
    if kind.id == "jobs.batch" {
        super::workload::select_own_pods(object);
    }
    if old.is_none() {
        super::volume::protect(state, kind, object);
    }
    if kind.id != "services" {
        return Ok(());
    }
    let name = object::name(object).to_owned();
    let service_type = object::text(object, "/spec/type").to_owned();
    let requested = object::text(object, "/spec/clusterIP").to_owned();
    let current = old
        .map(|old| object::text(old, "/spec/clusterIP").to_owned())
        .unwrap_or_default();
    let spec = map(object, "spec");
    if service_type == "ExternalName" {
        return Ok(());
    }
    let address = match (requested.as_str(), current.as_str()) {
        ("", "") => free_address(cluster, state),
        ("", current) => current.to_owned(),
        ("None", _) => "None".to_owned(),
        (requested, current) if requested == current => requested.to_owned(),
        (requested, _) => validate_address(cluster, state, requested, dry_run)
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
    if matches!(service_type.as_str(), "NodePort" | "LoadBalancer") {
        allocate_node_ports(state, spec, old)
            .map_err(|causes| ApiStatus::invalid(kind, &name, causes))?;
    }
    Ok(())
}

/// Removes the node ports that a Service keeps from a type that had them.
pub(crate) fn release_node_ports(old: &Value, new: &mut Value) {
    let has_node_ports = |service: &Value| {
        matches!(
            object::text(service, "/spec/type"),
            "NodePort" | "LoadBalancer"
        )
    };
    if !has_node_ports(old) || has_node_ports(new) {
        return;
    }
    let ports = new.pointer_mut("/spec/ports").and_then(Value::as_array_mut);
    for port in ports.into_iter().flatten().filter_map(Value::as_object_mut) {
        let is_kept = object::items(old, "/spec/ports")
            .any(|before| Some(&before["nodePort"]) == port.get("nodePort"));
        if is_kept {
            port.remove("nodePort");
        }
    }
}

/// The node ports of all Services, without those of one of them.
fn node_ports(state: &State, except: Option<&Value>) -> Vec<i64> {
    let except = except.map(object::uid);
    let services = state.objects.list("services", None);
    let others = services
        .iter()
        .filter(|service| Some(object::uid(service)) != except);
    others
        .flat_map(|service| object::items(service, "/spec/ports"))
        .filter_map(|port| port["nodePort"].as_i64())
        .collect()
}

/// Checks the requested node ports, and allocates the others.
fn allocate_node_ports(
    state: &State,
    spec: &mut Map<String, Value>,
    old: Option<&Value>,
) -> Result<(), Vec<Cause>> {
    let mut taken = node_ports(state, old);
    let mut causes = Vec::new();
    for (at, port) in each_map(spec.get_mut("ports")).enumerate() {
        let requested = port.get("nodePort").and_then(Value::as_i64);
        let Some(number) = requested.filter(|number| *number != 0) else {
            port.remove("nodePort");
            continue;
        };
        let detail = if !NODE_PORTS.contains(&number) {
            let (first, last) = (NODE_PORTS.start(), NODE_PORTS.end());
            format!(
                "provided port is not in the valid range. The range of valid ports is \
                 {first}-{last}"
            )
        } else if taken.contains(&number) {
            "provided port is already allocated".to_owned()
        } else {
            taken.push(number);
            continue;
        };
        let field = format!("spec.ports[{at}].nodePort");
        causes.push(Cause::invalid(&field, &json!(number), &detail));
    }
    if !causes.is_empty() {
        return Err(causes);
    }
    let ports = old
        .map(|old| old["spec"]["ports"].clone())
        .unwrap_or_default();
    let kept = ports.as_array().into_iter().flatten();
    taken.extend(kept.filter_map(|port| port["nodePort"].as_i64()));
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
    Ok(())
}

fn free_address(cluster: &Cluster, state: &State) -> String {
    let services = state.objects.list("services", None);
    // The first addresses are reserved for Services that request one.
    let hosts = cluster.config.service_cidr.hosts().skip(15);
    let is_free = |host: &Ipv4Addr| {
        let text = host.to_string();
        !services
            .iter()
            .any(|service| object::text(service, "/spec/clusterIP") == text)
    };
    hosts
        .into_iter()
        .find(is_free)
        .map(|host| host.to_string())
        .unwrap_or_default()
}

/// The requested address, if it is free. The allocator of a dry run names its range, and the one that chooses
/// among the ranges of the cluster does not (kubernetes pkg/registry/core/service/ipallocator, 1.36).
fn validate_address(
    cluster: &Cluster,
    state: &State,
    requested: &str,
    dry_run: bool,
) -> Result<String, Cause> {
    let range = cluster.config.service_cidr;
    let invalid = |detail: String| Cause::invalid("spec.clusterIPs", &json!([requested]), &detail);
    let address: Ipv4Addr = requested.parse().map_err(|_| {
        invalid("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)".to_owned())
    })?;
    if !range.contains(&address) {
        let reason = if dry_run {
            format!(
                "the provided IP ({requested}) is not in the valid range. The range of valid IPs is {range}"
            )
        } else {
            "the provided network does not match the current range".to_owned()
        };
        return Err(invalid(format!(
            "failed to allocate IP {requested}: {reason}"
        )));
    }
    let is_taken = state
        .objects
        .list("services", None)
        .iter()
        .any(|service| object::text(service, "/spec/clusterIP") == requested);
    if is_taken {
        return Err(invalid(format!(
            "failed to allocate IP {requested}: provided IP is already allocated"
        )));
    }
    Ok(requested.to_owned())
}
