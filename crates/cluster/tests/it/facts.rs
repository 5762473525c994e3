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
