//! Which Services and pods of a primary serve what a remote dials. The doctor and the discovery of
//! addresses share it.

use super::Component;
use crate::{
    doctor::is_gateway,
    facts::{IstioGeneration, PodFacts, ServiceFacts, ServiceType},
};

/// By which way an address leads to what is dialled, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// A gateway that lets other clusters in.
    Gateway,
    /// The Service's own balancer.
    Balancer,
    /// A pod.
    Pod,
}

/// Which pods serve it.
pub(crate) fn label(dialled: Component) -> (&'static str, &'static str) {
    match dialled {
        Component::Pilot => ("istio", "pilot"),
        Component::Policy => ("istio-mixer-type", "policy"),
        Component::Telemetry => ("istio-mixer-type", "telemetry"),
        Component::Statsd => ("istio", "statsd-prom-bridge"),
        Component::Zipkin => ("app", "jaeger"),
    }
}

/// Whether a pod is one of those.
pub(crate) fn serves(pod: &PodFacts, dialled: Component) -> bool {
    let (key, value) = label(dialled);
    pod.label(key) == value
}

/// By which way a Service leads there from outside; none when it does not.
pub(crate) fn way(
    service: &ServiceFacts,
    dialled: Component,
    generation: IstioGeneration,
) -> Option<Way> {
    let carries = match generation {
        IstioGeneration::Mixer => service.has_port(15010) || service.has_port(15011),
        IstioGeneration::Istiod => service.has_port(15012),
    };
    if dialled == Component::Pilot && is_gateway(service) && carries {
        return Some(Way::Gateway);
    }
    let outside =
        service.service_type == ServiceType::LoadBalancer || !addresses(service).is_empty();
    let (key, value) = label(dialled);
    let chooses = service
        .selector
        .get(key)
        .is_some_and(|chosen| chosen == value)
        || today_pilot(service, dialled, generation);
    (outside && chooses).then_some(Way::Balancer)
}

/// istiod's Service may choose its pods by `app` alone.
fn today_pilot(service: &ServiceFacts, dialled: Component, generation: IstioGeneration) -> bool {
    let app = service.selector.get("app").map(String::as_str);
    generation == IstioGeneration::Istiod && dialled == Component::Pilot && app == Some("istiod")
}

/// What a Service is reached by from outside: its balancer's addresses or names, and external ones.
pub(crate) fn addresses(service: &ServiceFacts) -> Vec<String> {
    let external = service.external_ips.iter().map(ToString::to_string);
    service
        .load_balancer
        .iter()
        .cloned()
        .chain(external)
        .collect()
}
