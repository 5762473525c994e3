//! Views of a verification.

use crate::{
    facts::{Access, Fact, InstanceFacts, IstioGeneration},
    verify::{
        Diagnosis as D, EndpointTopology, Page, ProductAnswer, RemoteReport, ServiceInCluster,
        ServiceTopology, SyncState, VerifyReport,
    },
};
use wire::mesh::{
    ClusterSyncState, ClusterSyncView, Diagnosis, EndpointRegistry, EndpointView, PageContent,
    PageView, ServiceInClusterView, ServiceView, StepKind, VerificationMessage, VerificationView,
};

impl VerifyReport {
    /// The view of the report.
    pub fn view(&self) -> VerificationView {
        let sample = self.sample.as_ref();
        VerificationView {
            registry: match self.generation {
                IstioGeneration::Mixer => EndpointRegistry::Pilot,
                IstioGeneration::Istiod => EndpointRegistry::Istiod,
            },
            diagnosis: diagnosis(self),
            page: sample.map_or_else(no_page, |sample| page(&sample.answer)),
            services: sample
                .map(|sample| sample.services.iter().map(service).collect())
                .unwrap_or_default(),
            seen: sync_states(self),
        }
    }
}

fn no_page() -> PageView {
    PageView {
        status: None,
        says: None,
        problem: None,
    }
}

fn page(answer: &ProductAnswer) -> PageView {
    let says = answer.page.as_ref().ok().map(|page| match page {
        Page::Details => PageContent::Details,
        Page::NoDetails => PageContent::NoDetails,
        Page::Other => PageContent::Other,
    });
    let unknown = answer.page.as_ref().err();
    PageView {
        status: answer.status.as_ref().ok().copied(),
        problem: unknown.map(ToString::to_string),
        says,
    }
}

fn diagnosis(report: &VerifyReport) -> Diagnosis {
    let mut lines = Vec::new();
    let mut missing = None;
    for remote in &report.remotes {
        let (line, step) = remote_messages(remote);
        lines.extend(line);
        missing = missing.or(step);
    }
    let (line, step) = match &report.sample {
        Some(sample) => sample_message(&sample.diagnosis),
        None => (VerificationMessage::NoSample, None),
    };
    lines.push(line);
    missing = missing.or(step);
    Diagnosis {
        whole: report.is_healthy(),
        missing,
        lines,
    }
}

/// The problems of a remote, and the step that fixes them.
fn remote_messages(remote: &RemoteReport) -> (Vec<VerificationMessage>, Option<StepKind>) {
    let name = || remote.id.to_string();
    let mut lines = Vec::new();
    let mut missing = None;
    match &remote.sync {
        Ok(SyncState::NotSynced(reason)) => {
            lines.push(VerificationMessage::NotSynced(name(), reason.clone()));
            missing = Some(StepKind::Join);
        }
        Err(unknown) => lines.push(VerificationMessage::NotAsked(
            name(),
            unknown.reason.clone(),
        )),
        Ok(SyncState::Synced | SyncState::NothingToProve) => {}
    }
    match &remote.access {
        Ok(Access::Accepted { .. }) => {}
        Ok(Access::Rejected(reason) | Access::UntrustedCertificate(reason)) => {
            lines.push(VerificationMessage::TokenRefused(name(), reason.clone()));
            missing = Some(StepKind::Join);
        }
        Err(unknown) => {
            lines.push(VerificationMessage::NotAsked(
                name(),
                unknown.reason.clone(),
            ));
            missing = missing.or(Some(StepKind::Join));
        }
    }
    (lines, missing)
}

/// The problem of the sample, and the step that fixes it.
fn sample_message(diagnosis: &D) -> (VerificationMessage, Option<StepKind>) {
    match diagnosis {
        D::Joined => (VerificationMessage::Joined, None),
        D::PageUnreachable(reason) => (
            VerificationMessage::PageUnreachable(reason.clone()),
            Some(StepKind::Sample),
        ),
        D::ServiceMissing => (VerificationMessage::ServiceMissing, Some(StepKind::Sample)),
        D::WorkloadMissing => (
            VerificationMessage::WorkloadMissing,
            Some(StepKind::Details),
        ),
        D::NotRegistered => (VerificationMessage::NotRegistered, Some(StepKind::Join)),
        D::NotReachable => (VerificationMessage::NotReachable, None),
        D::Settling => (VerificationMessage::Settling, None),
        D::Unknown(unknown) => (VerificationMessage::Unknown(unknown.clone()), None),
    }
}

fn service(topology: &ServiceTopology) -> ServiceView {
    ServiceView {
        name: topology.name.clone(),
        places: topology.clusters.iter().map(service_in_cluster).collect(),
    }
}

fn service_in_cluster(service: &ServiceInCluster) -> ServiceInClusterView {
    let mut unknown = Vec::new();
    let pods = known(&service.workloads, &mut unknown).map(|all| {
        let ready = all.iter().map(|workload| workload.ready).sum();
        (ready, all.iter().map(|workload| workload.desired).sum())
    });
    let endpoints = known(&service.endpoints, &mut unknown);
    let endpoints = endpoints.map(|all| all.iter().map(endpoint).collect());
    ServiceInClusterView {
        cluster: service.console.clone(),
        service: known(&service.service, &mut unknown).copied(),
        pods,
        endpoints: endpoints.unwrap_or_default(),
        unknown,
    }
}

fn endpoint(endpoint: &EndpointTopology) -> EndpointView {
    EndpointView {
        address: endpoint.address.to_string(),
        ready: endpoint.ready,
        known: endpoint.registered.as_ref().ok().copied(),
    }
}

/// A known fact; the reason of an unknown fact is added to `unknown`.
fn known<'a, T>(fact: &'a Fact<T>, unknown: &mut Vec<String>) -> Option<&'a T> {
    match fact {
        Ok(fact) => Some(fact),
        Err(reason) => {
            if !unknown.contains(&reason.reason) {
                unknown.push(reason.reason.clone());
            }
            None
        }
    }
}

/// istiod reports the state of each cluster; for Istio 1.0 the number of registered endpoints.
fn sync_states(report: &VerifyReport) -> Vec<ClusterSyncView> {
    let states = report.debug.instances.iter().flat_map(instance_states);
    let states: Vec<ClusterSyncView> = states.collect();
    if !states.is_empty() {
        return states;
    }
    let remotes = report.remotes.iter().map(|remote| ClusterSyncView {
        instance: String::new(),
        cluster: remote.id.to_string(),
        state: match &remote.registered {
            Ok(known) => {
                ClusterSyncState::Registered(u32::try_from(known.len()).unwrap_or(u32::MAX))
            }
            Err(unknown) => ClusterSyncState::Unknown(unknown.reason.clone()),
        },
    });
    remotes.collect()
}

fn instance_states(instance: &InstanceFacts) -> Vec<ClusterSyncView> {
    let clusters = instance.clusters.as_deref().unwrap_or_default();
    let views = clusters.iter().map(|cluster| ClusterSyncView {
        instance: instance.pod.clone(),
        cluster: cluster.cluster.clone(),
        state: ClusterSyncState::Says(cluster.state.clone()),
    });
    views.collect()
}
