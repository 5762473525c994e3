//! Istio in sandbox clusters, over kube-rs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod injection;
mod istiod;
mod pilot;
mod sidecars;
#[expect(dead_code, reason = "the tests of the sandbox use all of it")]
#[path = "../../../sandbox/tests/it/support.rs"]
mod support;
mod test_cluster;
mod test_mesh;
