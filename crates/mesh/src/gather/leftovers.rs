//! The custom resources that a removal would delete, and the objects that an earlier mesh left.

use super::{lists::Lists, reader::ClusterReader};
use crate::{
    facts::Fact,
    istio::{
        SYSTEM_NAMESPACE,
        runtime_objects::{is_issued_secret, is_leader_election},
    },
};
use cluster::{Kind, Object};
use std::collections::BTreeMap;

/// The number of objects of each Istio kind; a kind that is served in several versions counts once.
pub(super) async fn configuration(reader: &ClusterReader) -> Fact<Vec<(String, u64)>> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for kind in reader.kinds.all() {
        let name = format!("{}.{}", kind.kind(), kind.group());
        if !kind.group().ends_with("istio.io") || !kind.listable || counts.contains_key(&name) {
            continue;
        }
        let objects = reader
            .list_objects(Kind::new(kind.api_version(), kind.kind()), None, "")
            .await?;
        counts.insert(name, objects.len() as u64);
    }
    Ok(counts.into_iter().filter(|(_, count)| *count > 0).collect())
}

/// The objects that control planes created while they ran.
pub(super) async fn leftovers(reader: &ClusterReader, lists: &Lists) -> Fact<Vec<String>> {
    let (maps, secrets) = (lists.root_maps.clone()?, lists.secrets.clone()?);
    let (roles, bindings) = (lists.roles.clone()?, lists.bindings.clone()?);
    let own = reader
        .list_objects(Kind::CONFIG_MAP, Some(SYSTEM_NAMESPACE), "")
        .await?;
    let leases = reader
        .list_objects(Kind::LEASE, Some(SYSTEM_NAMESPACE), "")
        .await?;
    let is_istio = |object: &&Object| {
        object.name().starts_with("istio") && object.name().ends_with(SYSTEM_NAMESPACE)
    };
    let found = maps
        .iter()
        .chain(own.iter().filter(|object| is_leader_election(object)))
        .chain(leases.iter().filter(|object| is_leader_election(object)))
        .chain(secrets.iter().filter(|object| is_issued_secret(object)))
        .chain(roles.iter().filter(is_istio))
        .chain(bindings.iter().filter(is_istio));
    Ok(found.map(|object| object.reference().to_string()).collect())
}
