//! The bundles of Istio with istiod: the releases of Istio's documentation, in the order of its guides.
//!
//! Names of charts, releases, values and ports are those of Istio 1.30 and 1.31 (installation with Helm,
//! primary-remote).

use super::{
    Bundle, Part,
    PartChart::{Istio, Own},
    Rule::{self, Compute, Copy, Merge, Text},
    StartCondition, values,
};
use serde_json::{Value, json};

/// The repository of Istio's own charts.
pub const ISTIO_CHARTS: &str = "istio-charts";
/// The charts of Istio that bundles install.
pub(super) const CHARTS: &[&str] = &["base", "istiod", "gateway"];
/// The minor versions of Istio whose charts are known.
pub(super) const MINORS: &[(u64, u64)] = &[(1, 30), (1, 31)];

/// All bundles.
pub(super) const BUNDLES: &[Bundle] = &[
    Bundle {
        card: "ack-istio",
        parts: &[
            BASE,
            CONTROL_PLANE,
            INGRESS_GATEWAY,
            EAST_WEST_GATEWAY,
            EXPOSE_ISTIOD,
        ],
        removed_parameters: &[
            "global.disablePolicyChecks",
            "global.proxy.envoyStatsd.host",
        ],
    },
    Bundle {
        card: "ack-istio-remote",
        parts: &[REMOTE_BASE, REMOTE, ZIPKIN],
        removed_parameters: &[
            "global.remotePolicyAddress",
            "global.remoteTelemetryAddress",
            "global.proxy.envoyStatsd.host",
        ],
    },
];

const REVISION: Rule = copy("revision", "revision");

/// The CRDs, and the ServiceAccount of the reader.
const BASE: Part = Part {
    release: "istio-base",
    chart: Istio("base"),
    condition: None,
    starts_after: None,
    rules: &[
        copy("revision", "defaultRevision"),
        copy("global.externalIstiod", "global.externalIstiod"),
        Merge {
            from: "charts.base",
        },
    ],
};

const CONTROL_PLANE: Part = Part {
    release: "istiod",
    chart: Istio("istiod"),
    condition: None,
    starts_after: None,
    rules: &[
        REVISION,
        copy("global.hub", "global.hub"),
        copy("global.meshID", "global.meshID"),
        copy("global.network", "global.network"),
        copy(
            "global.multiCluster.clusterName",
            "global.multiCluster.clusterName",
        ),
        copy("global.externalIstiod", "global.externalIstiod"),
        copy("meshConfig.trustDomain", "meshConfig.trustDomain"),
        copy("global.proxy.accessLogFile", "meshConfig.accessLogFile"),
        copy("pilot.resources", "resources"),
        Merge {
            from: "charts.istiod",
        },
    ],
};

const INGRESS_GATEWAY: Part = Part {
    release: "istio-ingressgateway",
    chart: Istio("gateway"),
    condition: Some("gateways.istio-ingressgateway.enabled"),
    starts_after: Some(StartCondition::InjectionWebhook),
    rules: &[
        REVISION,
        Text {
            to: "labels.istio",
            text: "ingressgateway",
        },
        copy("gateways.istio-ingressgateway.type", "service.type"),
        copy(
            "gateways.istio-ingressgateway.loadBalancerSourceRanges",
            "service.loadBalancerSourceRanges",
        ),
        copy(
            "gateways.istio-ingressgateway.serviceAnnotations",
            "service.annotations",
        ),
        Merge {
            from: "charts.gateway",
        },
    ],
};

/// The gateway through which remote clusters reach istiod.
const EAST_WEST_GATEWAY: Part = Part {
    release: "istio-eastwestgateway",
    chart: Istio("gateway"),
    condition: Some("gateways.istio-ilbgateway.enabled"),
    starts_after: Some(StartCondition::InjectionWebhook),
    rules: &[
        REVISION,
        Text {
            to: "labels.istio",
            text: "eastwestgateway",
        },
        copy("global.network", "networkGateway"),
        Compute {
            to: "service.ports",
            value: ports_without_network,
        },
        copy("gateways.istio-ilbgateway.type", "service.type"),
        copy(
            "gateways.istio-ilbgateway.loadBalancerSourceRanges",
            "service.loadBalancerSourceRanges",
        ),
        copy(
            "gateways.istio-ilbgateway.serviceAnnotations",
            "service.annotations",
        ),
        Merge {
            from: "charts.gateway",
        },
    ],
};

/// What the east-west gateway does with the connections of remote clusters: without it, the gateway accepts none.
const EXPOSE_ISTIOD: Part = Part {
    release: "expose-istiod",
    chart: Own("expose-istiod"),
    condition: Some("gateways.istio-ilbgateway.enabled"),
    starts_after: None,
    rules: &[REVISION],
};

const REMOTE_BASE: Part = Part {
    release: "istio-base",
    chart: Istio("base"),
    condition: None,
    starts_after: None,
    rules: &[
        Text {
            to: "profile",
            text: "remote",
        },
        copy("revision", "defaultRevision"),
        Merge {
            from: "charts.base",
        },
    ],
};

const REMOTE: Part = Part {
    release: "istiod",
    chart: Istio("istiod"),
    condition: None,
    starts_after: None,
    rules: &[
        Text {
            to: "profile",
            text: "remote",
        },
        REVISION,
        copy("global.hub", "global.hub"),
        copy("global.meshID", "global.meshID"),
        copy("global.network", "global.network"),
        copy(
            "global.multiCluster.clusterName",
            "global.multiCluster.clusterName",
        ),
        copy("global.remotePilotAddress", "global.remotePilotAddress"),
        Compute {
            to: "istiodRemote.injectionPath",
            value: injection_path,
        },
        Merge {
            from: "charts.istiod",
        },
    ],
};

const ZIPKIN: Part = Part {
    release: "istio-remote-zipkin",
    chart: Own("istio-remote-zipkin"),
    condition: Some("global.remoteZipkinAddress"),
    starts_after: None,
    rules: &[copy("global.remoteZipkinAddress", "address")],
};

const fn copy(from: &'static str, to: &'static str) -> Rule {
    Copy { from, to }
}

/// The ports of the east-west gateway of a mesh with one network: without `networkGateway` the chart opens
/// those of an ingress gateway.
fn ports_without_network(parameters: &Value) -> Option<Value> {
    if !values::text(parameters, "global.network").is_empty() {
        return None;
    }
    let port = |name: &str, port: u16| json!({"name": name, "port": port, "targetPort": port, "protocol": "TCP"});
    Some(json!([
        port("status-port", 15021),
        port("tls-istiod", 15012),
        port("tls-webhook", 15017)
    ]))
}

/// The path that tells istiod of which cluster, and of which network, a pod is.
fn injection_path(parameters: &Value) -> Option<Value> {
    let cluster = values::text(parameters, "global.multiCluster.clusterName");
    let network = values::text(parameters, "global.network");
    if cluster.is_empty() {
        return None;
    }
    let network = match network {
        "" => String::new(),
        network => format!("/net/{network}"),
    };
    Some(json!(format!("/inject/cluster/{cluster}{network}")))
}
