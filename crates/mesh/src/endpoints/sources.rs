//! Which Services and pods of a primary serve what a remote dials. The doctor and the discovery of
//! addresses share it.

use super::Dialled;
use crate::{
    doctor::lets_in,
    facts::{Line, PodFacts, ServiceFacts, ServiceType},
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
pub(crate) fn label(dialled: Dialled) -> (&'static str, &'static str) {
    match dialled {
        Dialled::Pilot => ("istio", "pilot"),
        Dialled::Policy => ("istio-mixer-type", "policy"),
        Dialled::Telemetry => ("istio-mixer-type", "telemetry"),
        Dialled::Statsd => ("istio", "statsd-prom-bridge"),
        Dialled::Zipkin => ("app", "jaeger"),
    }
}

/// Whether a pod is one of those.
pub(crate) fn serves(pod: &PodFacts, dialled: Dialled) -> bool {
    let (key, value) = label(dialled);
    pod.label(key) == value
}

/// By which way a Service leads there from outside; none when it does not.
pub(crate) fn way(service: &ServiceFacts, dialled: Dialled, line: Line) -> Option<Way> {
    let carries = match line {
        Line::Legacy => service.has_port(15010) || service.has_port(15011),
        Line::Today => service.has_port(15012),
    };
    if dialled == Dialled::Pilot && lets_in(service) && carries {
        return Some(Way::Gateway);
    }
    let outside = service.sort == ServiceType::LoadBalancer || !addresses(service).is_empty();
    let (key, value) = label(dialled);
    let chooses = service
        .selector
        .get(key)
        .is_some_and(|chosen| chosen == value)
        || today_pilot(service, dialled, line);
    (outside && chooses).then_some(Way::Balancer)
}

/// istiod's Service may choose its pods by `app` alone.
fn today_pilot(service: &ServiceFacts, dialled: Dialled, line: Line) -> bool {
    let app = service.selector.get("app").map(String::as_str);
    line == Line::Today && dialled == Dialled::Pilot && app == Some("istiod")
}

/// What a Service is reached by from outside: its balancer's addresses or names, and external ones.
pub(crate) fn addresses(service: &ServiceFacts) -> Vec<String> {
    let external = service.external.iter().map(ToString::to_string);
    service.balancer.iter().cloned().chain(external).collect()
}
