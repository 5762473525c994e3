//! What each instance of the control plane has registered of a Service in one cluster.
//!
//! Of a remote, the comparison of the endpoint monitor counts, which knows since when an endpoint is missing. The
//! cluster of the istiod itself is compared here by the same rules. Start at [`registered`].

use super::{Pods, count, endpoint_state, endpoints};
use crate::{
    endpoint_sync::{RemoteServices, compare},
    facts::{
        ClusterFacts, ControlPlaneFacts, EndpointReport, Fact, InstanceFacts, IstioGeneration,
        MeshFacts, ServiceEndpoints,
    },
    istio::DEFAULT_CLUSTER_ID,
    traffic::ServicePath,
};
use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
};
use wire::{
    Time,
    mesh::{EndpointState, MissingEndpointView, RegisteredServiceView},
};

/// The registered endpoints of a Service in `cluster`, at each instance of the control planes that read it.
pub(super) fn registered(
    facts: &MeshFacts,
    cluster: &ClusterFacts,
    path: &ServicePath,
    pods: &Pods<'_>,
) -> Vec<RegisteredServiceView> {
    let joins = facts.joins_with_clusters();
    let joined = joins.filter(|(join, _, remote)| join.joined && remote.name == cluster.name);
    let remote = joined.map(|(_, primary, _)| primary);
    let own = std::iter::once(cluster);
    let planes = own.chain(remote.filter(|primary| primary.name != cluster.name));
    let planes = planes.filter_map(|primary| Some((primary, primary.installed_control_plane()?)));
    let at_each = planes.flat_map(|(primary, plane)| {
        let instances = plane.debug.instances.iter();
        instances.map(move |instance| at_instance(facts, (primary, plane), instance, cluster))
    });
    at_each.map(|at| at.view(path, cluster, pods)).collect()
}

/// Where one instance has the endpoints of a cluster.
struct AtInstance<'a> {
    instance: &'a InstanceFacts,
    source: Source<'a>,
}

enum Source<'a> {
    /// The comparison of the endpoint monitor.
    Report(&'a EndpointReport),
    /// A comparison of now, which nothing has confirmed.
    Compared(Fact<Vec<ServiceEndpoints>>),
    /// Istio 1.0, which does not know clusters.
    Hosts,
}

fn at_instance<'a>(
    facts: &'a MeshFacts,
    (primary, plane): (&'a ClusterFacts, &'a ControlPlaneFacts),
    instance: &'a InstanceFacts,
    cluster: &'a ClusterFacts,
) -> AtInstance<'a> {
    let mut reports = facts.endpoint_reports.iter();
    let report = reports.find(|report| {
        report.primary == primary.name
            && report.pod == instance.pod
            && report.remote == cluster.name
    });
    let source = match report {
        _ if plane.generation == IstioGeneration::Mixer => Source::Hosts,
        Some(report) => Source::Report(report),
        None => Source::Compared(compare_own(facts, cluster, plane, instance)),
    };
    AtInstance { instance, source }
}

/// Compares the endpoints of the cluster in which an istiod runs with those that it has registered.
fn compare_own(
    facts: &MeshFacts,
    cluster: &ClusterFacts,
    plane: &ControlPlaneFacts,
    instance: &InstanceFacts,
) -> Fact<Vec<ServiceEndpoints>> {
    let read = instance.shards.as_ref().map_err(Clone::clone)?;
    let config = plane.config.as_ref().map_err(Clone::clone)?;
    let states = instance.clusters.as_deref().unwrap_or_default().iter();
    let own = states.clone().find(|state| state.secret.is_empty());
    let services = RemoteServices {
        id: own.map_or(DEFAULT_CLUSTER_ID, |own| &own.cluster),
        namespaces: cluster.namespaces.as_ref().map_err(Clone::clone)?,
        services: cluster.services.as_ref().map_err(Clone::clone)?,
        endpoints: cluster.endpoints.as_ref().map_err(Clone::clone)?,
        workload_entries: cluster.workload_entries.as_ref().map_err(Clone::clone)?,
        selectors: &config.discovery_selectors,
    };
    Ok(compare(&services, &read.shards, facts.now))
}

impl AtInstance<'_> {
    fn view(
        &self,
        path: &ServicePath,
        cluster: &ClusterFacts,
        pods: &Pods<'_>,
    ) -> RegisteredServiceView {
        let (services, report) = match &self.source {
            Source::Report(report) => (&report.services, Some(*report)),
            Source::Compared(services) => (services, None),
            Source::Hosts => return self.of_hosts(path, cluster),
        };
        let services = match services {
            Ok(services) => services,
            Err(unknown) => return self.unread(&unknown.reason),
        };
        let mut all = services.iter();
        let own =
            all.find(|service| service.namespace == path.namespace && service.name == path.name);
        let Some(service) = own else {
            return self.registered(Some(0), Vec::new());
        };
        let confirmed: BTreeSet<SocketAddr> = report
            .map(|report| report.confirmed_missing(service).collect())
            .unwrap_or_default();
        let missing = service
            .missing
            .iter()
            .map(|difference| MissingEndpointView {
                address: difference.address.to_string(),
                pod: pods.name(difference.address.ip()),
                since: Time(difference.since.as_second()),
                confirmed: confirmed.contains(&difference.address),
            });
        let registered = service.compared.then(|| count(service.registered));
        self.registered(registered, missing.collect())
    }

    /// The ready addresses of the cluster that Pilot has registered for the host of the Service.
    fn of_hosts(&self, path: &ServicePath, cluster: &ClusterFacts) -> RegisteredServiceView {
        let known = match &self.instance.endpoints {
            Ok(known) => known,
            Err(unknown) => return self.unread(&unknown.reason),
        };
        let host = format!("{}.{}.svc.", path.name, path.namespace);
        let own = known
            .iter()
            .filter(|endpoint| endpoint.host.starts_with(&host));
        let registered: BTreeSet<IpAddr> = own.map(|endpoint| endpoint.address).collect();
        let ready = endpoints(cluster, path)
            .filter(|endpoint| endpoint_state(endpoint) == EndpointState::Ready);
        let ready: BTreeSet<IpAddr> = ready.map(|endpoint| endpoint.address).collect();
        self.registered(
            Some(count(ready.intersection(&registered).count())),
            Vec::new(),
        )
    }

    fn registered(
        &self,
        registered: Option<u32>,
        missing: Vec<MissingEndpointView>,
    ) -> RegisteredServiceView {
        RegisteredServiceView {
            instance: self.instance.pod.clone(),
            registered,
            missing,
            unread: None,
        }
    }

    fn unread(&self, reason: &str) -> RegisteredServiceView {
        RegisteredServiceView {
            unread: Some(reason.to_owned()),
            ..self.registered(None, Vec::new())
        }
    }
}
