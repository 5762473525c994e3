//! What a cluster says of itself.

use crate::world::World;

pub(crate) async fn a_cluster_tells_its_version_nodes_and_ranges(world: World) {
    let facts = world.cluster.facts().await.unwrap();
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
    assert_eq!(facts.pod_cidrs.len(), 3, "one range a node");
    assert_eq!(facts.service_cidrs.len(), 1);
    assert!(
        facts.service_cidrs[0].ends_with("/20"),
        "{:?}",
        facts.service_cidrs
    );
    assert!(facts.groups >= 10, "{} groups", facts.groups);
    let kinds = world.cluster.kinds().await.unwrap();
    assert!(
        kinds
            .find("apps/v1", "Deployment")
            .is_some_and(|kind| kind.namespaced)
    );
    assert!(
        kinds
            .api_versions()
            .contains("rbac.authorization.k8s.io/v1/ClusterRole")
    );
}

pub(crate) async fn what_a_credential_may_not_read_stays_empty(world: World) {
    let facts = world.as_viewer().await.facts().await.unwrap();
    assert!(facts.version.starts_with("v1."), "{}", facts.version);
    assert!(facts.nodes.is_empty(), "the role view does not show nodes");
}

pub(crate) async fn the_service_range_is_told_by_objects_and_by_a_refusal(world: World) {
    let listed = world.cluster.service_ranges().await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    let refused = world.cluster.service_ranges_by_refusal().await.unwrap();
    assert_eq!(refused, listed);
    let left = world
        .cluster
        .list("v1", "Service", Some("default"), "")
        .await
        .unwrap();
    let asks = left
        .iter()
        .filter(|one| one.name().starts_with("meshspan-asks"));
    assert_eq!(asks.count(), 0, "a dry run keeps nothing");
    let error = world.as_viewer().await.service_ranges().await.unwrap_err();
    assert!(error.is_forbidden(), "{error:?}");
}

pub(crate) async fn the_clock_of_a_server_is_in_its_answers(world: World) {
    let told = world.cluster.clock().await.unwrap();
    let Some(told) = told else {
        assert!(world.kubeconfig().is_none(), "a server over HTTP has one");
        return;
    };
    let skew = jiff::Timestamp::now().as_second() - told.as_second();
    assert!(skew.abs() <= 2, "{skew} s");
}
