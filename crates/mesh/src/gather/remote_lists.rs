//! The lists of a remote that its endpoints need.

use super::{
    Timeouts,
    lists::{each, several},
    read,
    reader::ClusterReader,
};
use crate::facts::{EndpointFacts, Fact, NamespaceFacts, ServiceFacts};
use cluster::{Cluster, Kind};
use std::{collections::BTreeSet, net::IpAddr};

/// The Services of a remote with their endpoints.
#[derive(Debug)]
pub(crate) struct RemoteLists {
    pub(crate) namespaces: Vec<NamespaceFacts>,
    pub(crate) services: Vec<ServiceFacts>,
    pub(crate) endpoints: Vec<EndpointFacts>,
    /// The addresses of its WorkloadEntries.
    pub(crate) workload_entries: BTreeSet<IpAddr>,
}

/// Lists the Services of a remote with their endpoints.
pub(crate) async fn remote_lists(cluster: &Cluster, timeouts: Timeouts) -> Fact<RemoteLists> {
    let reader = ClusterReader::prepare(cluster, timeouts, None).await?;
    let (namespaces, services, slices, entries) = tokio::join!(
        reader.list_objects(Kind::NAMESPACE, None, ""),
        reader.list_objects(Kind::SERVICE, None, ""),
        reader.list_objects(Kind::ENDPOINT_SLICE, None, ""),
        reader.list_istio("networking.istio.io", "WorkloadEntry"),
    );
    Ok(RemoteLists {
        namespaces: each(&namespaces, read::namespace)?,
        services: each(&services, read::service)?,
        endpoints: several(&slices, read::endpoints)?,
        workload_entries: read::workload_entries(&entries?),
    })
}

/// The addresses of the WorkloadEntries of a cluster.
pub(crate) async fn workload_entries(
    cluster: &Cluster,
    timeouts: Timeouts,
) -> Fact<BTreeSet<IpAddr>> {
    let reader = ClusterReader::prepare(cluster, timeouts, None).await?;
    let entries = reader
        .list_istio("networking.istio.io", "WorkloadEntry")
        .await?;
    Ok(read::workload_entries(&entries))
}
