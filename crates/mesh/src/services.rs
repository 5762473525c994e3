//! The Services of a mesh: who serves each in which cluster, and which endpoints each instance of the control
//! plane has registered.
//!
//! Everything is derived from the facts of the checks; nothing is read again. Start at [`rows`] for all Services,
//! and at [`clusters`] for one.

mod registered;
#[cfg(test)]
mod tests;

use crate::{
    facts::{ClusterFacts, EndpointFacts, MeshFacts, PortFacts, ServiceFacts, ServiceType},
    traffic::ServicePath,
};
use registered::registered;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::IpAddr,
};
use wire::{
    ClusterName,
    check::{CheckStatus, CheckView},
    mesh::{EndpointState, ServiceEndpointView, ServiceRow, ServiceState, ServingClusterView},
};

/// The clusters whose Services or endpoints could not be read, each with the reason.
pub fn unread(facts: &MeshFacts) -> Vec<(ClusterName, String)> {
    let clusters = facts.clusters.iter();
    let unread = clusters.filter_map(|cluster| Some((cluster.name.clone(), reason(cluster)?)));
    unread.collect()
}

fn reason(cluster: &ClusterFacts) -> Option<String> {
    let services = cluster.services.as_ref().err();
    let unknown = services.or(cluster.endpoints.as_ref().err())?;
    Some(unknown.reason.clone())
}

/// All Services of the clusters, by namespace and name.
pub fn rows(facts: &MeshFacts) -> Vec<ServiceRow> {
    let lacking = lacking(facts);
    let has_unread = facts
        .clusters
        .iter()
        .any(|cluster| reason(cluster).is_some());
    let mut rows: BTreeMap<(&str, &str), Vec<(ClusterName, u32)>> = BTreeMap::new();
    for cluster in &facts.clusters {
        let ready = ready_addresses(cluster);
        for service in cluster.services.as_deref().unwrap_or_default() {
            let key = (&*service.namespace, &*service.name);
            let ready = ready.get(&key).map_or(0, BTreeSet::len);
            rows.entry(key)
                .or_default()
                .push((cluster.name.clone(), count(ready)));
        }
    }
    let row = |((namespace, name), clusters): ((&str, &str), Vec<(ClusterName, u32)>)| {
        let ready = clusters.iter().map(|(_, ready)| ready).sum();
        ServiceRow {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            state: state(ready, has_unread, lacking.contains(&(namespace, name))),
            clusters,
            ready,
            pinned: None,
            requests: None,
        }
    };
    rows.into_iter().map(row).collect()
}

fn state(ready: u32, has_unread: bool, is_lacking: bool) -> ServiceState {
    match (is_lacking, ready, has_unread) {
        (true, _, _) => ServiceState::Missing,
        (false, 0, true) => ServiceState::Unknown,
        (false, 0, false) => ServiceState::NoEndpoints,
        (false, _, _) => ServiceState::Ready,
    }
}

/// The Services of which an istiod lacks endpoints, after a reading that confirmed it.
fn lacking(facts: &MeshFacts) -> BTreeSet<(&str, &str)> {
    let reports = facts.endpoint_reports.iter();
    let lacking = reports.flat_map(|report| {
        let services = report.services.as_deref().unwrap_or_default().iter();
        services.filter(|service| report.confirmed_missing(service).next().is_some())
    });
    lacking
        .map(|service| (&*service.namespace, &*service.name))
        .collect()
}

/// The ready addresses of each Service of a cluster.
fn ready_addresses(cluster: &ClusterFacts) -> HashMap<(&str, &str), BTreeSet<IpAddr>> {
    let mut ready: HashMap<(&str, &str), BTreeSet<IpAddr>> = HashMap::new();
    for endpoint in cluster.endpoints.as_deref().unwrap_or_default() {
        if endpoint_state(endpoint) == EndpointState::Ready {
            let key = (&*endpoint.namespace, &*endpoint.service);
            ready.entry(key).or_default().insert(endpoint.address);
        }
    }
    ready
}

fn endpoint_state(endpoint: &EndpointFacts) -> EndpointState {
    match (endpoint.terminating, endpoint.ready) {
        (true, _) => EndpointState::Terminating,
        (false, true) => EndpointState::Ready,
        (false, false) => EndpointState::NotReady,
    }
}

/// The state of a Service; none when no cluster has it.
pub fn state_of(facts: &MeshFacts, path: &ServicePath) -> Option<ServiceState> {
    let mut services = facts
        .clusters
        .iter()
        .filter_map(|cluster| find(cluster, path));
    services.next()?;
    let ready = facts.clusters.iter().map(|cluster| {
        let key = (&*path.namespace, &*path.name);
        ready_addresses(cluster).get(&key).map_or(0, BTreeSet::len)
    });
    let has_unread = facts
        .clusters
        .iter()
        .any(|cluster| reason(cluster).is_some());
    let is_lacking = lacking(facts).contains(&(&*path.namespace, &*path.name));
    Some(state(count(ready.sum()), has_unread, is_lacking))
}

/// The ports of a Service in all clusters, such as `http 9080/TCP`, each once.
pub fn ports(facts: &MeshFacts, path: &ServicePath) -> Vec<String> {
    let services = facts
        .clusters
        .iter()
        .filter_map(|cluster| find(cluster, path));
    let ports: BTreeSet<&PortFacts> = services.flat_map(|service| &service.ports).collect();
    let word = |port: &PortFacts| format!("{} {}/{}", port.name, port.number, port.protocol);
    ports
        .into_iter()
        .map(|port| word(port).trim().to_owned())
        .collect()
}

fn find<'a>(cluster: &'a ClusterFacts, path: &ServicePath) -> Option<&'a ServiceFacts> {
    let mut services = cluster.services.as_deref().unwrap_or_default().iter();
    services.find(|service| service.namespace == path.namespace && service.name == path.name)
}

/// How each member of the mesh serves a Service, the primary first.
pub fn clusters(facts: &MeshFacts, path: &ServicePath) -> Vec<ServingClusterView> {
    let members = facts.primaries().chain(facts.remotes());
    members
        .map(|cluster| serving(facts, cluster, path))
        .collect()
}

fn serving(facts: &MeshFacts, cluster: &ClusterFacts, path: &ServicePath) -> ServingClusterView {
    let pods = Pods::of(cluster);
    let mut by_address: BTreeMap<IpAddr, (EndpointState, BTreeSet<u16>)> = BTreeMap::new();
    for endpoint in endpoints(cluster, path) {
        let state = endpoint_state(endpoint);
        let known = by_address
            .entry(endpoint.address)
            .or_insert((state, BTreeSet::new()));
        // An address in two slices has the worse of both states.
        known.0 = known.0.min(state);
        known.1.extend(endpoint.ports.iter());
    }
    let number = |wanted| {
        count(
            by_address
                .values()
                .filter(|(state, _)| *state == wanted)
                .count(),
        )
    };
    let (ready, not_ready) = (
        number(EndpointState::Ready),
        number(EndpointState::NotReady),
    );
    let terminating = number(EndpointState::Terminating);
    let mut endpoints: Vec<ServiceEndpointView> = by_address
        .into_iter()
        .map(|(address, (state, ports))| ServiceEndpointView {
            address: with_ports(address, &ports),
            pod: pods.name(address),
            proxy: pods.has_proxy(address),
            state,
        })
        .collect();
    endpoints.sort_by_key(|endpoint| endpoint.state);
    endpoints.truncate(ServingClusterView::MAX_ENDPOINTS);
    ServingClusterView {
        cluster: cluster.name.clone(),
        service: find(cluster, path).map(service_text),
        unread: reason(cluster),
        ready,
        not_ready,
        terminating,
        endpoints,
        registered: registered(facts, cluster, path, &pods),
    }
}

fn endpoints<'a>(
    cluster: &'a ClusterFacts,
    path: &'a ServicePath,
) -> impl Iterator<Item = &'a EndpointFacts> {
    let endpoints = cluster.endpoints.as_deref().unwrap_or_default().iter();
    endpoints
        .filter(|endpoint| endpoint.namespace == path.namespace && endpoint.service == path.name)
}

/// The type of a Service and its address.
fn service_text(service: &ServiceFacts) -> String {
    let word = service.service_type.word();
    match (&service.service_type, service.address) {
        (ServiceType::ExternalName(name), _) => format!("{word} {name}"),
        (_, Some(address)) => format!("{word} {address}"),
        (_, None) => word.to_owned(),
    }
}

fn with_ports(address: IpAddr, ports: &BTreeSet<u16>) -> String {
    let host = match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    if ports.is_empty() {
        return host;
    }
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    format!("{host}:{}", ports.join(","))
}

/// The pods of a cluster by address: name, and whether the pod has a proxy.
struct Pods<'a>(HashMap<IpAddr, (&'a str, bool)>);

impl<'a> Pods<'a> {
    fn of(cluster: &'a ClusterFacts) -> Self {
        let pods = cluster.known_pods().iter().filter(|pod| !pod.host_network);
        Self(
            pods.filter_map(|pod| Some((pod.address?, (&*pod.name, pod.sidecar.is_some()))))
                .collect(),
        )
    }

    fn name(&self, address: IpAddr) -> Option<String> {
        self.0.get(&address).map(|(name, _)| (*name).to_owned())
    }

    fn has_proxy(&self, address: IpAddr) -> bool {
        self.0
            .get(&address)
            .is_some_and(|(_, has_proxy)| *has_proxy)
    }
}

/// The checks that found something about a Service, with the lines about it alone.
pub fn checks(checks: &[CheckView], path: &ServicePath) -> Vec<CheckView> {
    let reference = format!("Service {}/{}", path.namespace, path.name);
    let about = |check: &CheckView| -> Option<CheckView> {
        let is_finding = matches!(check.status, CheckStatus::Warning | CheckStatus::Failed);
        let mut check = Some(check).filter(|_| is_finding)?.clone();
        check
            .details
            .retain(|line| line.args.iter().any(|(_, value)| *value == reference));
        (!check.details.is_empty()).then_some(check)
    };
    let mut found: Vec<CheckView> = checks.iter().filter_map(about).collect();
    found.sort_by_key(|check| std::cmp::Reverse(check.status));
    found
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
