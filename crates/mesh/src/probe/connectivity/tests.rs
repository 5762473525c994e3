//! Tests of this module.

use super::*;
use crate::facts::RemoteEndpoint;
use wire::ClusterId;

#[test]
fn a_server_has_a_host_and_a_port() {
    let cases = [
        ("https://10.0.2.6:6443", Some(("10.0.2.6", 6443))),
        ("https://api.example.test/", Some(("api.example.test", 443))),
        ("https://[fd00::1]:6443", Some(("fd00::1", 6443))),
        ("https://[fd00::1]", Some(("fd00::1", 443))),
        ("", None),
    ];
    for (server, expected) in cases {
        let expected = expected.map(|(host, port)| (host.to_owned(), port));
        assert_eq!(host_and_port(server), expected, "{server}");
    }
}

#[test]
fn the_primary_probes_the_server_and_the_remote_the_control_plane() {
    let (east, west) = (
        ClusterName::new("east").expect("a name"),
        ClusterName::new("west").expect("a name"),
    );
    let mut join = JoinFacts::new(&east, &west, &ClusterId::new("west").expect("a name"));
    join.server = "https://10.0.2.6:6443".into();
    join.endpoints = Ok(vec![RemoteEndpoint {
        purpose: "pilot".into(),
        address: "10.99.0.3".into(),
        current_addresses: ["10.99.0.3".to_owned()].into(),
        restricted: true,
        exposed: Vec::new(),
        unresolved: None,
    }]);
    let probes: Vec<_> = probes(&join, 15010, "default")
        .into_iter()
        .map(|(from, probe_spec)| (from, probe_spec.host, probe_spec.port))
        .collect();
    let expected = [
        (east, "10.0.2.6".to_owned(), 6443),
        (west, "10.99.0.3".to_owned(), 15010),
    ];
    assert_eq!(probes, expected);
}
