//! Facts about a cluster.

use crate::test_cluster::TestCluster;
use cluster::Kind;

pub(crate) async fn a_cluster_has_facts_about_version_nodes_and_cidrs(test: TestCluster) {
    let facts = test.cluster.facts().await.unwrap();
    assert!(facts.version.starts_with("v1."), "{}", facts.version);
    assert_eq!(facts.nodes.len(), 3);
    assert!(
        facts
            .nodes
            .iter()
            .all(|node| node.ready && node.version == "v1.36.3")
    );
    assert!(
        facts.cpu >= 3 * 4_000 && facts.memory >= 3 << 33,
        "{facts:?}"
    );
    assert_eq!(facts.pod_cidrs.len(), 3, "one CIDR per node");
    assert_eq!(facts.service_cidrs.len(), 1);
    assert!(
        facts.service_cidrs[0].ends_with("/20"),
        "{:?}",
        facts.service_cidrs
    );
    assert!(facts.groups >= 10, "{} groups", facts.groups);
    let kinds = test.cluster.kinds().await.unwrap();
    assert!(
        kinds
            .find(Kind::DEPLOYMENT)
            .is_some_and(|kind| kind.namespaced)
    );
    assert!(
        kinds
            .api_versions()
            .contains("rbac.authorization.k8s.io/v1/ClusterRole")
    );
}

pub(crate) async fn facts_that_a_credential_may_not_read_are_empty(test: TestCluster) {
    let facts = test.as_viewer().await.facts().await.unwrap();
    assert!(facts.version.starts_with("v1."), "{}", facts.version);
    assert!(facts.nodes.is_empty(), "the role view does not show nodes");
}

pub(crate) async fn the_service_cidr_comes_from_objects_or_from_an_error(test: TestCluster) {
    let listed = test.cluster.service_ranges().await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    let from_error = test.cluster.service_ranges_from_error().await.unwrap();
    assert_eq!(from_error, listed);
    let services = test
        .cluster
        .list_objects(::cluster::Kind::SERVICE, Some("default"), "")
        .await
        .unwrap();
    let created = services
        .iter()
        .filter(|service| service.name().starts_with("meshspan-asks"));
    assert_eq!(created.count(), 0, "a dry run stores nothing");
    let error = test.as_viewer().await.service_ranges().await.unwrap_err();
    assert!(error.is_forbidden(), "{error:?}");
}

pub(crate) async fn the_server_time_is_in_the_responses(test: TestCluster) {
    let time = test.cluster.server_time().await.unwrap();
    let Some(time) = time else {
        assert!(
            test.kubeconfig().is_none(),
            "a server over HTTP sends its time"
        );
        return;
    };
    let skew = jiff::Timestamp::now().as_second() - time.as_second();
    assert!(skew.abs() <= 2, "{skew} s");
}
