//! The diagnosis of the sample from its observations. Pure.
//!
//! A status alone is no diagnosis: 500 and 503 each have several causes, and the status of the product
//! page itself is always 200. Start at [`diagnose`].

use super::{
    product_page::{Page, ProductAnswer},
    topology::ServiceTopology,
};
use crate::facts::{Fact, ProductPageFacts, Unknown};
use jiff::Timestamp;

/// How long a new Service or endpoint may take until callers reach it: callers cache a failed name
/// resolution, and proxies receive an endpoint within seconds.
const SETTLING_SECONDS: i64 = 30;

/// The observations of the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observations {
    /// The status of `/api/v1/products/0`.
    pub status: Fact<u16>,
    /// The content of the page.
    pub page: Fact<Page>,
    /// Whether Service details exists in the caller's cluster.
    pub service: Fact<bool>,
    /// Whether a pod of details is ready, in any cluster.
    pub workload: Fact<bool>,
    /// Whether the control plane has registered the endpoint of such a pod.
    pub registered: Fact<bool>,
    /// Whether the caller reaches that endpoint; unknown while it may still settle.
    pub reachable: Fact<bool>,
}

/// The diagnosis of the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Diagnosis {
    /// The page shows the details: the clusters are joined.
    Joined,
    /// The product page does not respond; the reason.
    PageUnreachable(String),
    /// Service details is missing in the caller's cluster, so its name does not resolve.
    ServiceMissing,
    /// No pod of details is ready in any cluster.
    WorkloadMissing,
    /// The control plane has not registered the endpoint: it does not sync the remote, or cannot read it.
    NotRegistered,
    /// The endpoint is registered but the caller does not reach it: a network or policy problem.
    NotReachable,
    /// Everything is in place and settles within seconds.
    Settling,
    /// The diagnosis failed; the unknown facts.
    Unknown(Vec<String>),
}

/// Diagnoses the sample step by step, from the caller to the endpoint.
pub fn diagnose(observations: &Observations) -> Diagnosis {
    match (&observations.status, &observations.page) {
        (Err(why), Err(_)) => return Diagnosis::PageUnreachable(why.reason.clone()),
        (Ok(200), Ok(Page::Details) | Err(_)) | (Err(_), Ok(Page::Details)) => {
            return Diagnosis::Joined;
        }
        _ => {}
    }
    let steps = [
        (&observations.service, Diagnosis::ServiceMissing),
        (&observations.workload, Diagnosis::WorkloadMissing),
        (&observations.registered, Diagnosis::NotRegistered),
        (&observations.reachable, Diagnosis::NotReachable),
    ];
    if let Some((_, missing)) = steps.iter().find(|(step, _)| **step == Ok(false)) {
        return missing.clone();
    }
    let first = [
        &observations.service,
        &observations.workload,
        &observations.registered,
    ];
    if first.iter().all(|step| **step == Ok(true)) {
        return Diagnosis::Settling;
    }
    let unknown = steps.iter().filter_map(|(step, _)| step.as_ref().err());
    Diagnosis::Unknown(unknown.map(|unknown| unknown.reason.clone()).collect())
}

impl Observations {
    /// The observations as a fact for the doctor.
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

/// The observations from the product page and the topology of the Services.
pub(super) fn observe(
    answer: &ProductAnswer,
    services: &[ServiceTopology],
    now: Timestamp,
) -> Observations {
    let details = services.iter().find(|service| service.name == "details");
    let clusters = details
        .map(|service| service.clusters.as_slice())
        .unwrap_or_default();
    let not_queried = || Unknown::because("no cluster was queried");
    let service = clusters
        .first()
        .map_or_else(|| Err(not_queried()), |cluster| cluster.service.clone());
    let mut workload = Ok(false);
    for cluster in clusters {
        let ready = cluster
            .workloads
            .as_ref()
            .map(|all| all.iter().any(|workload| workload.ready > 0));
        workload = match (workload, ready) {
            (Ok(true), _) | (_, Ok(true)) => Ok(true),
            (Err(why), _) => Err(why),
            (_, Ok(false)) => Ok(false),
            (_, Err(why)) => Err(why.clone()),
        };
    }
    let registered =
        details.map_or_else(|| Err(not_queried()), |service| service.registered.clone());
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

/// Whether the caller reaches the endpoint: it did, or it did not although everything had time to settle.
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
    let clusters = details
        .map(|service| service.clusters.as_slice())
        .unwrap_or_default();
    let service = clusters.first().and_then(|cluster| cluster.since);
    let endpoints = clusters
        .iter()
        .flat_map(|cluster| cluster.endpoints.as_deref().unwrap_or_default());
    let live = endpoints.filter(|endpoint| endpoint.ready && endpoint.registered == Ok(true));
    let endpoint = live.filter_map(|endpoint| endpoint.since).min();
    let (Some(service), Some(endpoint)) = (service, endpoint) else {
        return Err(Unknown::because(
            "no request was sent from the caller's pods",
        ));
    };
    let age = now.as_second() - service.max(endpoint).as_second();
    if age >= SETTLING_SECONDS {
        return Ok(false);
    }
    Err(Unknown::because(format!(
        "Service and endpoint exist for {age} s only"
    )))
}
