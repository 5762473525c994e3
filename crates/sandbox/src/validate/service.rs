//! Services.
//!
//! Addresses and node ports are checked where they are allocated. Start at [`check`] and
//! [`check_change`].

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Value, json};

use super::names;
use crate::object;
use crate::problems::Problems;

const ADDRESS: &str = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

/// Checks a Service.
pub(super) fn check(object: &Value, problems: &mut Problems) {
    let spec = &object["spec"];
    let text = |member: &str| object::text(spec, &format!("/{member}"));
    let service_type = text("type");
    check_ports(spec, problems);
    if service_type == "ExternalName" {
        let name = text("externalName");
        if name.is_empty() {
            problems.required("spec.externalName", "");
        } else {
            let messages = names::subdomain(name.trim_end_matches('.'));
            problems.text("spec.externalName", name, messages);
        }
    }
    super::metadata::labels(spec, "/selector", "spec.selector", problems);
    for (member, supported) in [
        (
            "type",
            ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"].as_slice(),
        ),
        ("sessionAffinity", &["ClientIP", "None"]),
        ("externalTrafficPolicy", &["Cluster", "Local"]),
        ("internalTrafficPolicy", &["Cluster", "Local"]),
    ] {
        problems.one_of(&format!("spec.{member}"), text(member), supported);
    }
    let address = text("clusterIP");
    if !matches!(address, "" | "None") && address.parse::<IpAddr>().is_err() {
        problems.invalid("spec.clusterIPs[0]", &json!(address), ADDRESS);
    }
    for (at, address) in object::items(spec, "/externalIPs").enumerate() {
        if address
            .as_str()
            .unwrap_or_default()
            .parse::<IpAddr>()
            .is_err()
        {
            problems.invalid(&format!("spec.externalIPs[{at}]"), address, ADDRESS);
        }
    }
    for (at, range) in object::items(spec, "/loadBalancerSourceRanges").enumerate() {
        if range
            .as_str()
            .unwrap_or_default()
            .trim()
            .parse::<IpNet>()
            .is_err()
        {
            let detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
            problems.invalid(
                &format!("spec.LoadBalancerSourceRanges[{at}]"),
                range,
                detail,
            );
        }
    }
}

fn check_ports(spec: &Value, problems: &mut Problems) {
    let service_type = object::text(spec, "/type");
    let ports: Vec<&Value> = object::items(spec, "/ports").collect();
    let is_headless = object::text(spec, "/clusterIP") == "None";
    if ports.is_empty() && service_type != "ExternalName" && !is_headless {
        problems.required("spec.ports", "");
    }
    let mut names_of_ports: BTreeSet<&str> = BTreeSet::new();
    let mut numbers: BTreeSet<(&str, i64)> = BTreeSet::new();
    for (at, port) in ports.iter().enumerate() {
        let field = format!("spec.ports[{at}]");
        let name = object::text(port, "/name");
        if name.is_empty() && ports.len() > 1 {
            problems.required(&format!("{field}.name"), "");
        } else if !name.is_empty() {
            problems.text(&format!("{field}.name"), name, names::label(name));
            if !names_of_ports.insert(name) {
                problems.duplicate(&format!("{field}.name"), &json!(name));
            }
        }
        let number = object::number(port, "/port").unwrap_or(0);
        problems.port(&format!("{field}.port"), number);
        let protocol = object::text(port, "/protocol");
        problems.one_of(
            &format!("{field}.protocol"),
            protocol,
            &["SCTP", "TCP", "UDP"],
        );
        match &port["targetPort"] {
            Value::String(name) => {
                problems.text(&format!("{field}.targetPort"), name, names::port_name(name));
            }
            target => {
                if let Some(target) = target.as_i64() {
                    problems.port(&format!("{field}.targetPort"), target);
                }
            }
        }
        let node_port = object::number(port, "/nodePort").unwrap_or(0);
        if node_port != 0 && service_type == "ClusterIP" {
            let detail = "may not be used when `type` is 'ClusterIP'";
            problems.forbidden(&format!("{field}.nodePort"), detail);
        }
        if !numbers.insert((protocol, number)) {
            let value = json!({
                "Name": "", "Protocol": protocol, "AppProtocol": null, "Port": number,
                "TargetPort": 0, "NodePort": 0,
            });
            problems.duplicate(&field, &value);
        }
    }
}

/// Checks a change of a Service.
pub(super) fn check_change(old: &Value, new: &Value, problems: &mut Problems) {
    let before = object::text(old, "/spec/clusterIP");
    let after = object::text(new, "/spec/clusterIP");
    let had_address = object::text(old, "/spec/type") != "ExternalName";
    let has_address = object::text(new, "/spec/type") != "ExternalName";
    if had_address && has_address && !before.is_empty() && !after.is_empty() && before != after {
        let value = json!([after]);
        problems.invalid("spec.clusterIPs[0]", &value, "may not change once set");
    }
}
