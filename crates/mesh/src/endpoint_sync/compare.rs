//! Compares the endpoints of one remote with the shards of one istiod, by Service and port. Pure.
//!
//! Compared are the Services in the namespaces that the discovery selectors of the control plane match, with
//! or without a selector: istiod reads their EndpointSlices alike. A ready endpoint has to be registered and
//! healthy. A ready endpoint of a pod that is being deleted (`publishNotReadyAddresses`) and the address of a
//! WorkloadEntry, which a Service may select, may be registered. Endpoints of ServiceEntries and Services that
//! are exported to no namespace are not compared.

use crate::facts::{
    Difference, EndpointFacts, EndpointShards, NamespaceFacts, Selector, ServiceEndpoints,
    ServiceFacts, ServiceType,
};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
};

/// The annotation with the namespaces to which a Service is exported; `~` is none.
const EXPORT_ANNOTATION: &str = "networking.istio.io/exportTo";
/// The domain of Services that several clusters export together; istiod lists their endpoints again.
const CLUSTER_SET_DOMAIN: &str = "clusterset.local";

/// What is compared of a remote.
#[derive(Clone, Copy, Debug)]
pub struct RemoteServices<'a> {
    /// The ID of the remote in the mesh.
    pub id: &'a str,
    /// Its namespaces.
    pub namespaces: &'a [NamespaceFacts],
    /// Its Services.
    pub services: &'a [ServiceFacts],
    /// Its endpoints.
    pub endpoints: &'a [EndpointFacts],
    /// The addresses of WorkloadEntries.
    pub workload_entries: &'a BTreeSet<IpAddr>,
    /// The discovery selectors of the control plane.
    pub selectors: &'a [Selector],
}

/// A Service by its namespace and name.
type Key<'a> = (&'a str, &'a str);

/// The endpoints of a Service in the remote.
#[derive(Default)]
struct Expected {
    ready: BTreeSet<SocketAddr>,
    /// Those that may be registered.
    tolerated: BTreeSet<SocketAddr>,
}

/// Compares the endpoints of a remote with the shards of an istiod; the differences are found at `now`.
pub fn compare(
    remote: &RemoteServices<'_>,
    shards: &EndpointShards,
    now: Timestamp,
) -> Vec<ServiceEndpoints> {
    let namespaces = remote.namespaces.iter().filter(|namespace| {
        let mut selectors = remote.selectors.iter();
        remote.selectors.is_empty() || selectors.any(|selector| selector.matches(&namespace.labels))
    });
    let namespaces: BTreeSet<&str> = namespaces.map(|namespace| &*namespace.name).collect();
    let expected = expected(remote, &namespaces);
    let private: BTreeSet<Key<'_>> = (remote.services.iter())
        .filter(|service| is_private(service))
        .map(|service| (&*service.namespace, &*service.name))
        .collect();
    let registered = registered(remote.id, shards);
    let keys: BTreeSet<&Key<'_>> = expected.keys().chain(registered.keys()).collect();
    let nothing = (Expected::default(), BTreeSet::new());
    let compared = keys.into_iter().filter_map(|key| {
        if !namespaces.contains(key.0) || private.contains(key) {
            return None;
        }
        let expected = expected.get(key).unwrap_or(&nothing.0);
        let registered = registered.get(key).unwrap_or(&nothing.1);
        let service = Side {
            key: *key,
            expected,
            registered,
        };
        service.compare(remote, is_listed(*key, shards), now)
    });
    compared.collect()
}

/// One Service on both sides.
struct Side<'a> {
    key: Key<'a>,
    expected: &'a Expected,
    registered: &'a BTreeSet<SocketAddr>,
}

impl Side<'_> {
    /// The comparison; none when neither side has an endpoint.
    fn compare(
        &self,
        remote: &RemoteServices<'_>,
        compared: bool,
        now: Timestamp,
    ) -> Option<ServiceEndpoints> {
        let (ready, registered) = (&self.expected.ready, self.registered);
        if ready.is_empty() && registered.is_empty() {
            return None;
        }
        let difference = |address: &SocketAddr| Difference {
            address: *address,
            since: now,
        };
        let missing = ready.difference(registered).map(difference);
        let stale = registered.difference(ready).filter(|address| {
            let is_entry = remote.workload_entries.contains(&address.ip());
            !is_entry && !self.expected.tolerated.contains(address)
        });
        Some(ServiceEndpoints {
            namespace: self.key.0.to_owned(),
            name: self.key.1.to_owned(),
            ready: addresses(ready),
            registered: addresses(registered),
            missing: missing.filter(|_| compared).collect(),
            stale: stale.map(difference).collect(),
            compared,
        })
    }
}

/// The number of addresses, each once for all its ports.
fn addresses(endpoints: &BTreeSet<SocketAddr>) -> usize {
    let addresses: BTreeSet<IpAddr> = endpoints.iter().map(SocketAddr::ip).collect();
    addresses.len()
}

/// The endpoints of each Service of the remote.
fn expected<'a>(
    remote: &RemoteServices<'a>,
    namespaces: &BTreeSet<&str>,
) -> BTreeMap<Key<'a>, Expected> {
    let services = remote.services.iter().filter(|service| {
        let is_alias = matches!(service.service_type, ServiceType::ExternalName(_));
        !is_alias && namespaces.contains(&*service.namespace)
    });
    let mut expected: BTreeMap<Key<'_>, Expected> = services
        .map(|service| {
            let key = (&*service.namespace, &*service.name);
            (key, Expected::default())
        })
        .collect();
    for endpoint in remote.endpoints.iter().filter(|endpoint| endpoint.ready) {
        let key = (&*endpoint.namespace, &*endpoint.service);
        let Some(service) = expected.get_mut(&key) else {
            continue;
        };
        let set = if endpoint.terminating {
            &mut service.tolerated
        } else {
            &mut service.ready
        };
        let ports = endpoint.ports.iter();
        set.extend(ports.map(|port| SocketAddr::new(endpoint.address, *port)));
    }
    expected
}

/// Whether a Service is exported to no namespace: istiod registers no change of its endpoints.
fn is_private(service: &ServiceFacts) -> bool {
    let exported = service.annotations.get(EXPORT_ANNOTATION);
    exported.is_some_and(|namespaces| namespaces.split(',').any(|name| name.trim() == "~"))
}

/// The healthy endpoints that an istiod has registered for a cluster, by Service.
fn registered<'a>(id: &str, shards: &'a EndpointShards) -> BTreeMap<Key<'a>, BTreeSet<SocketAddr>> {
    let mut registered: BTreeMap<Key<'_>, BTreeSet<SocketAddr>> = BTreeMap::new();
    for service in &shards.services {
        let Some(name) = service_of(&service.host, &service.namespace) else {
            continue;
        };
        let endpoints = service.endpoints.iter().filter(|endpoint| {
            endpoint.from_kubernetes && endpoint.healthy && *endpoint.cluster == *id
        });
        let key = (&*service.namespace, name);
        let addresses = endpoints.map(|endpoint| endpoint.address);
        registered.entry(key).or_default().extend(addresses);
    }
    registered
}

/// The Service of a host name such as `details.bookinfo.svc.cluster.local`; none for any other host.
fn service_of<'a>(host: &'a str, namespace: &str) -> Option<&'a str> {
    let (name, rest) = host.split_once('.')?;
    let domain = rest.strip_prefix(namespace)?.strip_prefix(".svc.")?;
    (domain != CLUSTER_SET_DOMAIN).then_some(name)
}

/// Whether a response contains the host of a Service, if istiod has registered it. The hosts are sorted, so
/// that a response which ended early lacks those after its last one.
fn is_listed((namespace, name): Key<'_>, shards: &EndpointShards) -> bool {
    let last = shards.services.last();
    shards.complete || last.is_some_and(|last| format!("{name}.{namespace}.svc.") <= last.host)
}
