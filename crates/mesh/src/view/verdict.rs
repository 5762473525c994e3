//! What was found of a mesh, as a page shows it.

use crate::{
    facts::{Access, InstanceFacts, Known},
    verify::{
        Diagnosis as D, EndpointPicture, Page, Place, ProductAnswer, RemoteVerdict, ServicePicture,
        TakenUp, Verdict,
    },
};
use wire::mesh::{
    Diagnosis, EndpointView, PageSays, PageView, PlaceView, SeenState, SeenView, ServiceView,
    StepKind, VerdictLine, VerdictView,
};

impl Verdict {
    /// The verdict as a page shows it.
    pub fn view(&self) -> VerdictView {
        let sample = self.sample.as_ref();
        VerdictView {
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
        Page::Details => PageSays::Details,
        Page::NoDetails => PageSays::NoDetails,
        Page::Other => PageSays::Other,
    });
    let unknown = answer.page.as_ref().err();
    PageView {
        status: answer.status.as_ref().ok().copied(),
        problem: unknown.map(ToString::to_string),
        says,
    }
}

fn diagnosis(verdict: &Verdict) -> Diagnosis {
    let mut lines = Vec::new();
    let mut missing = None;
    for remote in &verdict.remotes {
        let (line, step) = of_remote(remote);
        lines.extend(line);
        missing = missing.or(step);
    }
    let (line, step) = match &verdict.sample {
        Some(sample) => of_sample(&sample.diagnosis),
        None => (VerdictLine::NoSample, None),
    };
    lines.push(line);
    missing = missing.or(step);
    Diagnosis {
        whole: verdict.is_one_mesh(),
        missing,
        lines,
    }
}

/// What is wrong with a remote, and the step that mends it.
fn of_remote(remote: &RemoteVerdict) -> (Vec<VerdictLine>, Option<StepKind>) {
    let name = || remote.name.clone();
    let mut lines = Vec::new();
    let mut missing = None;
    match &remote.taken_up {
        Ok(TakenUp::No(said)) => {
            lines.push(VerdictLine::NotTakenUp(name(), said.clone()));
            missing = Some(StepKind::Join);
        }
        Err(unknown) => lines.push(VerdictLine::NotAsked(name(), unknown.reason.clone())),
        Ok(TakenUp::Yes | TakenUp::NothingToShow) => {}
    }
    match &remote.access {
        Ok(Access::Accepted { .. }) => {}
        Ok(Access::Rejected(said) | Access::OtherAuthority(said)) => {
            lines.push(VerdictLine::TokenRefused(name(), said.clone()));
            missing = Some(StepKind::Join);
        }
        Err(unknown) => {
            lines.push(VerdictLine::NotAsked(name(), unknown.reason.clone()));
            missing = missing.or(Some(StepKind::Join));
        }
    }
    (lines, missing)
}

/// What is wrong with the sample, and the step that mends it.
fn of_sample(diagnosis: &D) -> (VerdictLine, Option<StepKind>) {
    match diagnosis {
        D::Joined => (VerdictLine::Joined, None),
        D::PageSilent(why) => (VerdictLine::PageSilent(why.clone()), Some(StepKind::Sample)),
        D::ServiceMissing => (VerdictLine::ServiceMissing, Some(StepKind::Sample)),
        D::WorkloadMissing => (VerdictLine::WorkloadMissing, Some(StepKind::Details)),
        D::NotRegistered => (VerdictLine::NotRegistered, Some(StepKind::Join)),
        D::NotReachable => (VerdictLine::NotReachable, None),
        D::Patience => (VerdictLine::Patience, None),
        D::Undecided(unknown) => (VerdictLine::Undecided(unknown.clone()), None),
    }
}

fn service(picture: &ServicePicture) -> ServiceView {
    ServiceView {
        name: picture.name.clone(),
        places: picture.places.iter().map(place).collect(),
    }
}

fn place(place: &Place) -> PlaceView {
    let mut unknown = Vec::new();
    let pods = told(&place.workloads, &mut unknown).map(|all| {
        let ready = all.iter().map(|one| one.ready).sum();
        (ready, all.iter().map(|one| one.wanted).sum())
    });
    let endpoints = told(&place.endpoints, &mut unknown);
    let endpoints = endpoints.map(|all| all.iter().map(endpoint).collect());
    PlaceView {
        cluster: place.console.clone(),
        service: told(&place.service, &mut unknown).copied(),
        pods,
        endpoints: endpoints.unwrap_or_default(),
        unknown,
    }
}

fn endpoint(one: &EndpointPicture) -> EndpointView {
    EndpointView {
        address: one.address.to_string(),
        ready: one.ready,
        known: one.registered.as_ref().ok().copied(),
    }
}

/// A fact; what is not known is added to the reasons.
fn told<'a, T>(fact: &'a Known<T>, unknown: &mut Vec<String>) -> Option<&'a T> {
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
fn seen(verdict: &Verdict) -> Vec<SeenView> {
    let says = verdict.debug.instances.iter().flat_map(by_instance);
    let says: Vec<SeenView> = says.collect();
    if !says.is_empty() {
        return says;
    }
    let remotes = verdict.remotes.iter().map(|remote| SeenView {
        instance: String::new(),
        cluster: remote.name.clone(),
        state: match &remote.registered {
            Ok(known) => SeenState::Registered(u32::try_from(known.len()).unwrap_or(u32::MAX)),
            Err(unknown) => SeenState::Unknown(unknown.reason.clone()),
        },
    });
    remotes.collect()
}

fn by_instance(instance: &InstanceFacts) -> Vec<SeenView> {
    let clusters = instance.clusters.as_deref().unwrap_or_default();
    let views = clusters.iter().map(|one| SeenView {
        instance: instance.pod.clone(),
        cluster: one.cluster.clone(),
        state: SeenState::Says(one.state.clone()),
    });
    views.collect()
}
