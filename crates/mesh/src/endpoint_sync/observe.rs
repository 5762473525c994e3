//! Reads the endpoints of a remote and the shards of every istiod now, without the other facts of a mesh.

use super::compare::{RemoteServices, compare};
use crate::{
    facts::{EndpointReport, Fact, IstioGeneration, Selector, Unknown},
    gather::{self, RemoteLists, ShardQuery, Timeouts, debug, read},
    istio::MESH_CONFIG_MAP,
};
use cluster::{Identity, Kind, ResponseLimits};
use jiff::Timestamp;
use wire::ClusterId;

/// The clusters whose endpoints are read.
#[derive(Clone, Copy)]
pub struct ObserveRequest<'a> {
    /// Who reads the cluster with the control plane.
    pub primary: &'a dyn Identity,
    /// The namespace of the control plane.
    pub namespace: &'a str,
    /// Who reads the remote.
    pub remote: &'a dyn Identity,
    /// The ID of the remote in the mesh.
    pub id: &'a ClusterId,
    /// The timeouts.
    pub timeouts: Timeouts,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// The endpoints of a remote at each istiod that is ready. The shards are read at once, whenever they were
/// read before.
///
/// # Errors
/// [`Unknown`] when no istiod is ready, or its configuration cannot be read. A remote that does not answer
/// makes each report unknown.
pub async fn observe(request: &ObserveRequest<'_>) -> Fact<Vec<EndpointReport>> {
    let (primary, remote) = (request.primary.cluster(), request.remote.cluster());
    let limits = ResponseLimits {
        timeout: request.timeouts.call,
        ..ResponseLimits::default()
    };
    let debug = debug::query(
        primary,
        IstioGeneration::Istiod,
        request.namespace,
        limits,
        ShardQuery::Now,
    );
    let (debug, selectors, own, lists) = tokio::join!(
        debug,
        selectors(request),
        gather::workload_entries(primary, request.timeouts),
        gather::remote_lists(remote, request.timeouts),
    );
    let (selectors, own) = (selectors?, own?);
    if debug.instances.is_empty() {
        return Err(Unknown::because("no pod of the control plane is ready"));
    }
    let now = (request.now)();
    let reports = debug.instances.into_iter().map(|instance| {
        let services = || {
            let read = instance.shards.as_ref().map_err(Clone::clone)?;
            let lists: &RemoteLists = lists.as_ref().map_err(Clone::clone)?;
            let entries = lists.workload_entries.union(&own).copied().collect();
            let remote = RemoteServices {
                id: request.id.as_str(),
                namespaces: &lists.namespaces,
                services: &lists.services,
                endpoints: &lists.endpoints,
                workload_entries: &entries,
                selectors: &selectors,
            };
            Ok(compare(&remote, &read.shards, now))
        };
        EndpointReport {
            primary: primary.name().clone(),
            pod: instance.pod.clone(),
            remote: remote.name().clone(),
            id: request.id.clone(),
            at: now,
            read: instance.shards.as_ref().ok().map(|read| read.at),
            services: services(),
        }
    });
    Ok(reports.collect())
}

/// The discovery selectors of the control plane.
async fn selectors(request: &ObserveRequest<'_>) -> Fact<Vec<Selector>> {
    let map = Kind::CONFIG_MAP.object(Some(request.namespace), MESH_CONFIG_MAP);
    match request.primary.cluster().get(&map).await? {
        Some(map) => Ok(read::mesh_config(&map)?.discovery_selectors),
        None => Ok(Vec::new()),
    }
}
