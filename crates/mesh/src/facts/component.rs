//! The components that a remote's sidecars dial in the primary, and the Services and pods that serve them.
//!
//! The doctor and the discovery of addresses share it. Start at [`Component`] and [`route`].

use super::{IstioGeneration, PodFacts, ServiceFacts, ServiceType};
use crate::istio::{
    ISTIOD, ISTIOD_DISCOVERY_PORT, MIXER_TLS_DISCOVERY_PORT, NETWORK_LABEL, PLAIN_DISCOVERY_PORT,
};

/// A component of the control plane that a remote's sidecars dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// Pilot or istiod.
    Pilot,
    /// Mixer's policy checks; Istio 1.0.
    Policy,
    /// Mixer's telemetry; Istio 1.0.
    Telemetry,
    /// The statsd bridge; Istio 1.0 up to 1.0.2.
    Statsd,
    /// The trace collector.
    Zipkin,
}

impl Component {
    /// All components of a generation.
    pub fn all(generation: IstioGeneration) -> &'static [Self] {
        match generation {
            IstioGeneration::Mixer => &[
                Self::Pilot,
                Self::Policy,
                Self::Telemetry,
                Self::Statsd,
                Self::Zipkin,
            ],
            IstioGeneration::Istiod => &[Self::Pilot, Self::Zipkin],
        }
    }

    /// The name, as facts and values write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pilot => "pilot",
            Self::Policy => "policy",
            Self::Telemetry => "telemetry",
            Self::Statsd => "statsd",
            Self::Zipkin => "zipkin",
        }
    }

    /// The key of its address in the values of the remote's chart.
    pub fn values_key(self) -> &'static str {
        match self {
            Self::Pilot => "global.remotePilotAddress",
            Self::Policy => "global.remotePolicyAddress",
            Self::Telemetry => "global.remoteTelemetryAddress",
            Self::Statsd => "global.proxy.envoyStatsd.host",
            Self::Zipkin => "global.remoteZipkinAddress",
        }
    }

    /// The value that has to be true for the chart to use the address; none when there is no such value.
    pub fn enable_key(self) -> Option<&'static str> {
        (self == Self::Statsd).then_some("global.proxy.envoyStatsd.enabled")
    }
}

/// How a Service reaches a component, the most stable first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Route {
    /// A gateway for other clusters.
    Gateway,
    /// The load balancer of the component's Service.
    LoadBalancer,
}

/// The label of the pods that run a component.
fn label(component: Component) -> (&'static str, &'static str) {
    match component {
        Component::Pilot => ("istio", "pilot"),
        Component::Policy => ("istio-mixer-type", "policy"),
        Component::Telemetry => ("istio-mixer-type", "telemetry"),
        Component::Statsd => ("istio", "statsd-prom-bridge"),
        Component::Zipkin => ("app", "jaeger"),
    }
}

/// Whether a pod runs a component.
pub(crate) fn runs(pod: &PodFacts, component: Component) -> bool {
    let (key, value) = label(component);
    pod.label(key) == value
}

/// Whether a Service is a gateway for other clusters: an east-west gateway, or the ILB gateway of
/// Istio 1.0.
pub(crate) fn is_gateway(service: &ServiceFacts) -> bool {
    let known = |value: Option<&String>| {
        value.is_some_and(|value| value == "eastwestgateway" || value == "ilbgateway")
    };
    known(service.selector.get("istio"))
        || known(service.labels.get("istio"))
        || service.labels.contains_key(NETWORK_LABEL)
}

/// How a Service reaches a component from outside of the cluster; none when it does not.
pub(crate) fn route(
    service: &ServiceFacts,
    component: Component,
    generation: IstioGeneration,
) -> Option<Route> {
    let has_discovery_port = match generation {
        IstioGeneration::Mixer => {
            service.has_port(PLAIN_DISCOVERY_PORT) || service.has_port(MIXER_TLS_DISCOVERY_PORT)
        }
        IstioGeneration::Istiod => service.has_port(ISTIOD_DISCOVERY_PORT),
    };
    if component == Component::Pilot && is_gateway(service) && has_discovery_port {
        return Some(Route::Gateway);
    }
    let external = service.service_type == ServiceType::LoadBalancer
        || !service.load_balancer.is_empty()
        || !service.external_ips.is_empty();
    let (key, value) = label(component);
    let selects = service
        .selector
        .get(key)
        .is_some_and(|selected| selected == value)
        || selects_istiod(service, component, generation);
    (external && selects).then_some(Route::LoadBalancer)
}

/// The Service of istiod may select its pods by `app` alone.
fn selects_istiod(
    service: &ServiceFacts,
    component: Component,
    generation: IstioGeneration,
) -> bool {
    let app = service.selector.get("app").map(String::as_str);
    generation == IstioGeneration::Istiod && component == Component::Pilot && app == Some(ISTIOD)
}
