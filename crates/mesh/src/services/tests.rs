//! Who serves a Service, and what each istiod has registered, on the mesh of the checks.

use super::*;
use crate::{
    doctor::samples::{
        NOW, cluster_name, istiod, mixer, observed, plane_of, registered, shards, west,
    },
    facts::{ShardRead, Unknown},
};
use std::sync::Arc;

fn details() -> ServicePath {
    ServicePath {
        namespace: "bookinfo".into(),
        name: "details".into(),
    }
}

fn registered_in(facts: &MeshFacts, cluster: &str) -> Vec<(String, Option<u32>, usize)> {
    let found = clusters(facts, &details()).into_iter();
    let mut own = found.filter(|found| found.cluster.as_str() == cluster);
    let own = own.next().expect("a member").registered.into_iter();
    own.map(|at| (at.instance, at.registered, at.missing.len()))
        .collect()
}

#[test]
fn each_cluster_has_its_endpoints_and_what_the_istiod_registered() {
    let facts = observed(istiod(), 0);
    let found = clusters(&facts, &details());
    let found: Vec<_> = found
        .iter()
        .map(|cluster| (cluster.cluster.as_str(), cluster.ready))
        .collect();
    assert_eq!(found, [("east", 0), ("west", 1)]);
    assert_eq!(
        registered_in(&facts, "west"),
        [("istiod-0".to_owned(), Some(1), 0)]
    );
    assert_eq!(
        registered_in(&facts, "east"),
        [("istiod-0".to_owned(), Some(0), 0)]
    );
    assert_eq!(state_of(&facts, &details()), Some(ServiceState::Ready));
    let nothing = ServicePath {
        name: "none".into(),
        ..details()
    };
    assert_eq!(state_of(&facts, &nothing), None);
}

#[test]
fn a_missing_endpoint_has_its_pod_and_its_time() {
    let mut facts = istiod();
    let instance = plane_of(&mut facts)
        .debug
        .instances
        .first_mut()
        .expect("an istiod");
    instance.shards = Ok(ShardRead {
        shards: Arc::new(shards(&[("bookinfo/productpage", "east", "10.10.0.8")])),
        at: std::time::Instant::now(),
    });
    let facts = observed(facts, 60);
    let found = clusters(&facts, &details());
    let west = found
        .iter()
        .find(|cluster| cluster.cluster.as_str() == "west")
        .expect("a member");
    let missing = &west.registered[0].missing[0];
    assert_eq!(
        (&*missing.address, missing.pod.as_deref()),
        ("10.20.0.7:9080", Some("details-v1"))
    );
    assert_eq!((missing.since.0, missing.confirmed), (NOW, true));
    assert_eq!(state_of(&facts, &details()), Some(ServiceState::Missing));
    let row = rows(&facts)
        .into_iter()
        .find(|row| row.name == "details")
        .expect("a row");
    assert_eq!(row.state, ServiceState::Missing);
}

#[test]
fn endpoints_that_are_not_ready_or_that_terminate_are_counted_apart() {
    let mut facts = istiod();
    let endpoints = west(&mut facts).endpoints.as_mut().expect("known");
    let mut other = endpoints
        .iter()
        .find(|endpoint| endpoint.service == "details")
        .expect("one")
        .clone();
    other.ready = false;
    other.address = "10.20.0.8".parse().expect("an address");
    let mut ending = other.clone();
    (ending.terminating, ending.address) = (true, "10.20.0.9".parse().expect("an address"));
    endpoints.extend([other, ending]);
    let found = clusters(&facts, &details());
    let west = found
        .iter()
        .find(|cluster| cluster.cluster.as_str() == "west")
        .expect("a member");
    assert_eq!((west.ready, west.not_ready, west.terminating), (1, 1, 1));
    assert_eq!(west.endpoints[0].state, EndpointState::NotReady);
    assert_eq!(west.endpoints[2].pod.as_deref(), Some("details-v1"));
}

#[test]
fn a_cluster_that_could_not_be_read_makes_no_service_empty() {
    let mut facts = istiod();
    west(&mut facts).endpoints = Err(Unknown::because("timed out"));
    assert_eq!(
        unread(&facts),
        [(cluster_name("west"), "timed out".to_owned())]
    );
    assert_eq!(state_of(&facts, &details()), Some(ServiceState::Unknown));
}

#[test]
fn pilot_has_registered_the_addresses_of_a_host() {
    let mut facts = mixer();
    let instance = plane_of(&mut facts)
        .debug
        .instances
        .first_mut()
        .expect("a Pilot");
    instance.endpoints = Ok(vec![registered("details", None, "10.20.0.7")]);
    let found = registered_in(&facts, "west");
    assert_eq!(found, [("istiod-0".to_owned(), Some(1), 0)]);
}
