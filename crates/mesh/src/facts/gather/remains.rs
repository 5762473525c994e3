//! What a removal would take along, and what one has left behind.

use super::{ask::Asked, cluster_facts::Lists};
use crate::{clear::made, facts::Known};
use cluster::Object;
use std::collections::BTreeMap;

const SYSTEM: &str = "istio-system";

/// How many objects there are of each Istio kind; a kind in several versions is counted once.
pub(super) async fn configuration(asked: &Asked) -> Known<Vec<(String, u64)>> {
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
pub(super) async fn leftovers(asked: &Asked, lists: &Lists) -> Known<Vec<String>> {
    let known = |list: &Known<Vec<Object>>| list.clone();
    let (maps, secrets) = (known(&lists.maps)?, known(&lists.secrets)?);
    let (roles, bindings) = (known(&lists.roles)?, known(&lists.bindings)?);
    let own = asked.list("v1", "ConfigMap", Some(SYSTEM), "").await?;
    let leases = asked
        .list("coordination.k8s.io/v1", "Lease", Some(SYSTEM), "")
        .await?;
    let istios = |one: &&Object| one.name().starts_with("istio") && one.name().ends_with(SYSTEM);
    let found = maps
        .iter()
        .chain(own.iter().filter(|one| made::elects(one)))
        .chain(leases.iter().filter(|one| made::elects(one)))
        .chain(secrets.iter().filter(|one| made::is_issued(one)))
        .chain(roles.iter().filter(istios))
        .chain(bindings.iter().filter(istios));
    Ok(found.map(|one| one.reference().to_string()).collect())
}
