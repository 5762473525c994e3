//! What is missing, out of what was seen. Pure.
//!
//! A code alone is no diagnosis: 500 and 503 each have several causes, and the product page's own status
//! is 200 in every case. Start at [`diagnose`].

use super::{
    query::{Page, ProductAnswer},
    topology::ServiceTopology,
};
use crate::facts::{Fact, ProductPageFacts, Unknown};
use jiff::Timestamp;

/// How long names and endpoints may need to get around: callers remember for a while that a name did not
/// resolve, and proxies learn of an endpoint within seconds.
const SETTLING_SECONDS: i64 = 30;

/// What was seen of the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observations {
    /// Status of `/api/v1/products/0`.
    pub status: Fact<u16>,
    /// What the page says.
    pub page: Fact<Page>,
    /// Whether Service details is in the caller's cluster.
    pub service: Fact<bool>,
    /// Whether a pod of details is ready, in any cluster.
    pub workload: Fact<bool>,
    /// Whether the control plane knows the endpoint of such a pod.
    pub registered: Fact<bool>,
    /// Whether that endpoint answers the caller; unknown while it may just need a moment.
    pub reachable: Fact<bool>,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Diagnosis {
    /// Nothing: the page shows the details.
    Joined,
    /// The product page itself does not answer; why.
    PageUnreachable(String),
    /// Service details is missing in the caller's cluster: its name does not resolve.
    ServiceMissing,
    /// No pod of details is ready in any cluster.
    WorkloadMissing,
    /// The control plane does not know the endpoint: the remote is not taken up, or it may not read it.
    NotRegistered,
    /// The endpoint is known and does not answer the caller: network or policy in between.
    NotReachable,
    /// Every step is done; it needs some seconds.
    Settling,
    /// What is missing could not be found out; what is not known.
    Unknown(Vec<String>),
}

/// What is missing, step by step in the order of the way from the caller to the endpoint.
pub fn diagnose(seen: &Observations) -> Diagnosis {
    match (&seen.status, &seen.page) {
        (Err(why), Err(_)) => return Diagnosis::PageUnreachable(why.reason.clone()),
        (Ok(200), Ok(Page::Details) | Err(_)) | (Err(_), Ok(Page::Details)) => {
            return Diagnosis::Joined;
        }
        _ => {}
    }
    let steps = [
        (&seen.service, Diagnosis::ServiceMissing),
        (&seen.workload, Diagnosis::WorkloadMissing),
        (&seen.registered, Diagnosis::NotRegistered),
        (&seen.reachable, Diagnosis::NotReachable),
    ];
    if let Some((_, missing)) = steps.iter().find(|(step, _)| **step == Ok(false)) {
        return missing.clone();
    }
    let first = [&seen.service, &seen.workload, &seen.registered];
    if first.iter().all(|step| **step == Ok(true)) {
        return Diagnosis::Settling;
    }
    let unknown = steps.iter().filter_map(|(step, _)| step.as_ref().err());
    Diagnosis::Unknown(unknown.map(|one| one.reason.clone()).collect())
}

impl Observations {
    /// As the doctor reads it.
    pub(crate) fn facts(&self) -> Fact<ProductPageFacts> {
        let status = self.status.as_ref().map_err(Clone::clone)?;
        Ok(ProductPageFacts {
            status: *status,
            shows_details: self.page.clone().map(|page| page == Page::Details),
            service_present: self.service.clone(),
            endpoint_registered: self.registered.clone(),
            endpoint_reachable: self.reachable.clone(),
        })
    }
}

/// What was seen, out of the product page's answer and the picture of the Services.
pub(super) fn see(
    answer: &ProductAnswer,
    services: &[ServiceTopology],
    now: Timestamp,
) -> Observations {
    let details = services.iter().find(|one| one.name == "details");
    let places = details.map(|one| one.places.as_slice()).unwrap_or_default();
    let nobody = || Unknown::because("no cluster was looked at");
    let service = places
        .first()
        .map_or_else(|| Err(nobody()), |one| one.service.clone());
    let mut workload = Ok(false);
    for place in places {
        let ready = place
            .workloads
            .as_ref()
            .map(|all| all.iter().any(|one| one.ready > 0));
        workload = match (workload, ready) {
            (Ok(true), _) | (_, Ok(true)) => Ok(true),
            (Err(why), _) => Err(why),
            (_, Ok(false)) => Ok(false),
            (_, Err(why)) => Err(why.clone()),
        };
    }
    let registered = details.map_or_else(|| Err(nobody()), |one| one.registered.clone());
    let reachable = reachable(answer, details, now);
    Observations {
        status: answer.status.clone(),
        page: answer.page.clone(),
        service,
        workload,
        registered,
        reachable,
    }
}

/// Whether the caller reaches the endpoint: it did, or everything stood long enough and it did not.
fn reachable(
    answer: &ProductAnswer,
    details: Option<&ServiceTopology>,
    now: Timestamp,
) -> Fact<bool> {
    match (&answer.status, &answer.page) {
        (Ok(200), _) => return Ok(true),
        (Err(why), _) => return Err(why.clone()),
        _ => {}
    }
    let places = details.map(|one| one.places.as_slice()).unwrap_or_default();
    let service = places.first().and_then(|one| one.since);
    let endpoints = places
        .iter()
        .flat_map(|one| one.endpoints.as_deref().unwrap_or_default());
    let live = endpoints.filter(|one| one.ready && one.registered == Ok(true));
    let endpoint = live.filter_map(|one| one.since).min();
    let (Some(service), Some(endpoint)) = (service, endpoint) else {
        return Err(Unknown::because("nothing was tried from the caller's pods"));
    };
    let stood = now.as_second() - service.max(endpoint).as_second();
    if stood >= SETTLING_SECONDS {
        return Ok(false);
    }
    Err(Unknown::because(format!(
        "Service and endpoint stand for {stood} s only"
    )))
}
