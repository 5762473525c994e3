//! Keeps the latest comparison of each remote with each istiod, and since when their endpoints differ.

use super::compare::{RemoteServices, compare};
use crate::{
    facts::{
        ClusterFacts, ControlPlaneFacts, Difference, EndpointReport, Fact, InstanceFacts,
        IstioGeneration, JoinFacts, MeshFacts, ServiceEndpoints,
    },
    gather::ShardReads,
};
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};

/// The latest comparisons of all meshes, and the latest responses of their control planes. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct EndpointMonitor {
    pub(crate) reads: ShardReads,
    reports: Arc<Mutex<Vec<EndpointReport>>>,
}

impl EndpointMonitor {
    /// How long it takes until the endpoints of a control plane are read again.
    pub const READ_INTERVAL: Duration = crate::gather::READ_INTERVAL;

    /// Has the next check request the endpoints of each istiod, however old the latest ones are: a mesh that was
    /// changed is not compared with what was registered before.
    pub fn read_again(&self) {
        self.reads.clear();
    }

    /// Compares the endpoints in the facts of a mesh, and adds the reports to the facts.
    pub(crate) fn report(&self, facts: &mut MeshFacts) {
        if facts.generation != IstioGeneration::Istiod {
            return;
        }
        let mut reports = Vec::new();
        for (join, primary, remote) in facts.joins_with_clusters() {
            if let Some(plane) = primary.installed_control_plane().filter(|_| join.joined) {
                let instances = plane.debug.instances.iter();
                reports.extend(
                    instances
                        .map(|instance| report(facts, (join, primary, remote), plane, instance)),
                );
            }
        }
        facts.endpoint_reports = self.follow(reports);
    }

    /// Replaces the reports of the same remotes; a difference keeps the time of the first reading that found it.
    pub(crate) fn follow(&self, reports: Vec<EndpointReport>) -> Vec<EndpointReport> {
        let mut latest = self.reports.lock();
        let is_same = |report: &EndpointReport, other: &EndpointReport| {
            report.primary == other.primary
                && report.id == other.id
                && report.remote == other.remote
        };
        let reports: Vec<EndpointReport> = reports
            .into_iter()
            .map(|report| {
                let mut known = latest.iter();
                match known.find(|known| is_same(known, &report) && known.pod == report.pod) {
                    Some(known) => continued(report, known),
                    None => report,
                }
            })
            .collect();
        latest.retain(|known| !reports.iter().any(|report| is_same(known, report)));
        latest.extend(reports.iter().cloned());
        reports
    }
}

fn report(
    facts: &MeshFacts,
    (join, primary, remote): (&JoinFacts, &ClusterFacts, &ClusterFacts),
    plane: &ControlPlaneFacts,
    instance: &InstanceFacts,
) -> EndpointReport {
    let services = || -> Fact<Vec<ServiceEndpoints>> {
        let read = instance.shards.as_ref().map_err(Clone::clone)?;
        let mut entries = remote.workload_entries.clone()?;
        entries.extend(primary.workload_entries.clone()?);
        let config = plane.config.as_ref().map_err(Clone::clone)?;
        let services = RemoteServices {
            id: join.id.as_str(),
            namespaces: remote.namespaces.as_ref().map_err(Clone::clone)?,
            services: remote.services.as_ref().map_err(Clone::clone)?,
            endpoints: remote.endpoints.as_ref().map_err(Clone::clone)?,
            workload_entries: &entries,
            selectors: &config.discovery_selectors,
        };
        Ok(compare(&services, &read.shards, facts.now))
    };
    EndpointReport {
        primary: primary.name.clone(),
        pod: instance.pod.clone(),
        remote: remote.name.clone(),
        id: join.id.clone(),
        at: facts.now,
        read: instance.shards.as_ref().ok().map(|read| read.at),
        services: services(),
    }
}

/// A report after an earlier one. A report of the same response is the earlier one: the response is compared
/// with the endpoints of its time. A report without a comparison keeps nothing.
fn continued(report: EndpointReport, earlier: &EndpointReport) -> EndpointReport {
    if report.read.is_some() && report.read == earlier.read && earlier.services.is_ok() {
        return earlier.clone();
    }
    let (Ok(services), Ok(known)) = (&report.services, &earlier.services) else {
        return report;
    };
    let services = services.iter().map(|service| {
        let mut known = known.iter();
        let known =
            known.find(|known| known.name == service.name && known.namespace == service.namespace);
        let since = |new: &[Difference], known: Option<&[Difference]>| -> Vec<Difference> {
            let known = known.unwrap_or_default();
            let first = |new: &Difference| {
                let mut known = known.iter();
                let known = known.find(|known| known.address == new.address);
                known.copied().unwrap_or(*new)
            };
            new.iter().map(first).collect()
        };
        ServiceEndpoints {
            missing: since(&service.missing, known.map(|known| &*known.missing)),
            stale: since(&service.stale, known.map(|known| &*known.stale)),
            ..service.clone()
        }
    });
    EndpointReport {
        services: Ok(services.collect()),
        ..report
    }
}
