//! What was found of a mesh, as a page shows it.

use crate::{
    facts::{Access, Fact, InstanceFacts},
    verify::{
        Diagnosis as D, EndpointTopology, Page, ProductAnswer, RemoteReport, ServiceInCluster,
        ServiceTopology, SyncState, VerifyReport,
    },
};
use wire::mesh::{
    ClusterSyncState, ClusterSyncView, Diagnosis, EndpointView, PageContent, PageView,
    ServiceInClusterView, ServiceView, StepKind, VerificationMessage, VerificationView,
};

impl VerifyReport {
    /// The verdict as a page shows it.
    pub fn view(&self) -> VerificationView {
        let sample = self.sample.as_ref();
        VerificationView {
            diagnosis: diagnosis(self),
            page: sample.map_or_else(no_page, |sample| page(&sample.answer)),
            services: sample
                .map(|sample| sample.services.iter().map(service).collect())
                .unwrap_or_default(),
            seen: seen(self),
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

fn diagnosis(verdict: &VerifyReport) -> Diagnosis {
    let mut lines = Vec::new();
    let mut missing = None;
    for remote in &verdict.remotes {
        let (line, step) = of_remote(remote);
        lines.extend(line);
        missing = missing.or(step);
    }
    let (line, step) = match &verdict.sample {
        Some(sample) => of_sample(&sample.diagnosis),
        None => (VerificationMessage::NoSample, None),
    };
    lines.push(line);
    missing = missing.or(step);
    Diagnosis {
        whole: verdict.is_healthy(),
        missing,
        lines,
    }
}

/// What is wrong with a remote, and the step that mends it.
fn of_remote(remote: &RemoteReport) -> (Vec<VerificationMessage>, Option<StepKind>) {
    let name = || remote.name.clone();
    let mut lines = Vec::new();
    let mut missing = None;
    match &remote.sync {
        Ok(SyncState::NotSynced(said)) => {
            lines.push(VerificationMessage::NotSynced(name(), said.clone()));
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
        Ok(Access::Rejected(said) | Access::UntrustedCertificate(said)) => {
            lines.push(VerificationMessage::TokenRefused(name(), said.clone()));
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

/// What is wrong with the sample, and the step that mends it.
fn of_sample(diagnosis: &D) -> (VerificationMessage, Option<StepKind>) {
    match diagnosis {
        D::Joined => (VerificationMessage::Joined, None),
        D::PageUnreachable(why) => (
            VerificationMessage::PageUnreachable(why.clone()),
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
        places: topology.places.iter().map(place).collect(),
    }
}

fn place(place: &ServiceInCluster) -> ServiceInClusterView {
    let mut unknown = Vec::new();
    let pods = told(&place.workloads, &mut unknown).map(|all| {
        let ready = all.iter().map(|one| one.ready).sum();
        (ready, all.iter().map(|one| one.wanted).sum())
    });
    let endpoints = told(&place.endpoints, &mut unknown);
    let endpoints = endpoints.map(|all| all.iter().map(endpoint).collect());
    ServiceInClusterView {
        cluster: place.console.clone(),
        service: told(&place.service, &mut unknown).copied(),
        pods,
        endpoints: endpoints.unwrap_or_default(),
        unknown,
    }
}

fn endpoint(one: &EndpointTopology) -> EndpointView {
    EndpointView {
        address: one.address.to_string(),
        ready: one.ready,
        known: one.registered.as_ref().ok().copied(),
    }
}

/// A fact; what is not known is added to the reasons.
fn told<'a, T>(fact: &'a Fact<T>, unknown: &mut Vec<String>) -> Option<&'a T> {
    match fact {
        Ok(fact) => Some(fact),
        Err(why) => {
            if !unknown.contains(&why.reason) {
                unknown.push(why.reason.clone());
            }
            None
        }
    }
}

/// Today's line has a word for each cluster; the old one shows only what it registered.
fn seen(verdict: &VerifyReport) -> Vec<ClusterSyncView> {
    let says = verdict.debug.instances.iter().flat_map(by_instance);
    let says: Vec<ClusterSyncView> = says.collect();
    if !says.is_empty() {
        return says;
    }
    let remotes = verdict.remotes.iter().map(|remote| ClusterSyncView {
        instance: String::new(),
        cluster: remote.name.clone(),
        state: match &remote.registered {
            Ok(known) => {
                ClusterSyncState::Registered(u32::try_from(known.len()).unwrap_or(u32::MAX))
            }
            Err(unknown) => ClusterSyncState::Unknown(unknown.reason.clone()),
        },
    });
    remotes.collect()
}

fn by_instance(instance: &InstanceFacts) -> Vec<ClusterSyncView> {
    let clusters = instance.clusters.as_deref().unwrap_or_default();
    let views = clusters.iter().map(|one| ClusterSyncView {
        instance: instance.pod.clone(),
        cluster: one.cluster.clone(),
        state: ClusterSyncState::Says(one.state.clone()),
    });
    views.collect()
}
