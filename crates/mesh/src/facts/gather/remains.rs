//! What a removal would take along, and what one has left behind.

use super::{ask::ClusterReader, cluster_facts::Lists};
use crate::{cleanup::runtime_objects, facts::Fact};
use cluster::Object;
use std::collections::BTreeMap;

const SYSTEM: &str = "istio-system";

/// How many objects there are of each Istio kind; a kind in several versions is counted once.
pub(super) async fn configuration(asked: &ClusterReader) -> Fact<Vec<(String, u64)>> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for kind in asked.kinds.all() {
        let name = format!("{}.{}", kind.kind(), kind.group());
        if !kind.group().ends_with("istio.io") || !kind.listable || counts.contains_key(&name) {
            continue;
        }
        let found = asked
            .list(kind.api_version(), kind.kind(), None, "")
            .await?;
        counts.insert(name, found.len() as u64);
    }
    Ok(counts.into_iter().filter(|(_, count)| *count > 0).collect())
}

/// Objects that control planes made while they ran.
pub(super) async fn leftovers(asked: &ClusterReader, lists: &Lists) -> Fact<Vec<String>> {
    let known = |list: &Fact<Vec<Object>>| list.clone();
    let (maps, secrets) = (known(&lists.maps)?, known(&lists.secrets)?);
    let (roles, bindings) = (known(&lists.roles)?, known(&lists.bindings)?);
    let own = asked.list("v1", "ConfigMap", Some(SYSTEM), "").await?;
    let leases = asked
        .list("coordination.k8s.io/v1", "Lease", Some(SYSTEM), "")
        .await?;
    let istios = |one: &&Object| one.name().starts_with("istio") && one.name().ends_with(SYSTEM);
    let found = maps
        .iter()
        .chain(own.iter().filter(|one| runtime_objects::elects(one)))
        .chain(leases.iter().filter(|one| runtime_objects::elects(one)))
        .chain(secrets.iter().filter(|one| runtime_objects::is_issued(one)))
        .chain(roles.iter().filter(istios))
        .chain(bindings.iter().filter(istios));
    Ok(found.map(|one| one.reference().to_string()).collect())
}
