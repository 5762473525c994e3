//! Waits until every istiod has registered all endpoints that a remote has ready.
//!
//! One complete reading proves little: a change of the remote Secret reaches an istiod after a moment, and
//! some releases lose the endpoints when the old connection closes. So two readings, some seconds apart, have
//! to be complete. Equality with the readings before a change is not asked for: pods come and go. Start at
//! [`await_endpoints`].

use super::{ObserveRequest, observe};
use crate::{
    error::Error,
    facts::{EndpointReport, Fact},
    membership::progress::Progress,
};
use cluster::{ObjectRef, Readiness};
use release::{Event, Outcome};
use std::time::Duration;
use tokio::time::Instant;
use wire::job::PhaseName;

/// The time between two readings while endpoints are missing.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// The Services that an error names.
const MAX_SERVICES: usize = 5;

/// The times of a proof.
#[derive(Clone, Copy, Debug)]
pub struct ProofTiming {
    /// The time between the two complete readings.
    pub interval: Duration,
    /// How long the proof may take.
    pub timeout: Duration,
}

impl Default for ProofTiming {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(10),
            timeout: Duration::from_mins(3),
        }
    }
}

/// The endpoints of a remote at one istiod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceEndpoints {
    /// The pod of the istiod.
    pub pod: String,
    /// The ready addresses of the remote.
    pub ready: usize,
    /// The addresses that the istiod has registered.
    pub registered: usize,
}

/// The endpoints at each istiod.
///
/// # Errors
/// [`Unknown`](crate::facts::Unknown) when an istiod could not be compared.
pub fn count(reports: &[EndpointReport]) -> Fact<Vec<InstanceEndpoints>> {
    let counted = reports.iter().map(|report| {
        let totals = report.totals()?;
        Ok(InstanceEndpoints {
            pod: report.pod.clone(),
            ready: totals.ready,
            registered: totals.registered,
        })
    });
    counted.collect()
}

/// The change whose effect is proven.
#[derive(Clone, Copy)]
pub(crate) struct Change<'a> {
    /// The endpoints before the change.
    pub(crate) before: &'a Fact<Vec<InstanceEndpoints>>,
    /// The Deployment of istiod.
    pub(crate) istiod: &'a ObjectRef,
    /// Whether istiod is restarted: then its pods from before have to be gone.
    pub(crate) restarts: bool,
}

impl Change<'_> {
    /// Whether a pod is replaced by the change.
    fn replaces(&self, pod: &str) -> bool {
        let before = self.before.as_deref().unwrap_or_default();
        self.restarts && before.iter().any(|instance| instance.pod == pod)
    }
}

/// Waits until each istiod has registered all ready endpoints of the remote, in two readings. The progress is
/// that of the Deployment of istiod.
///
/// # Errors
/// [`Error::EndpointsMissing`] after the timeout, [`Error::Cancelled`].
pub(crate) async fn await_endpoints(
    request: &ObserveRequest<'_>,
    timing: ProofTiming,
    change: Change<'_>,
    progress: &Progress<'_>,
) -> Result<Vec<InstanceEndpoints>, Error> {
    let (phase, object) = (PhaseName::Endpoints, change.istiod);
    (progress.on_event)(Event::Started(phase));
    let started = Instant::now();
    let mut complete_since: Option<Instant> = None;
    loop {
        let state = state(&observe(request).await, change);
        let now = Instant::now();
        let note = note(&state, change.before);
        match &state {
            State::Complete(endpoints) => {
                let since = *complete_since.get_or_insert(now);
                if now - since >= timing.interval {
                    report(progress, object, Readiness::Ready { note });
                    (progress.on_event)(Event::ObjectDone {
                        phase,
                        object: object.clone(),
                        outcome: Outcome::Unchanged,
                    });
                    (progress.on_event)(Event::Finished(phase));
                    return Ok(endpoints.clone());
                }
            }
            State::Missing(_, _) | State::Unknown(_) => complete_since = None,
        }
        let reason = state.reason();
        if started.elapsed() >= timing.timeout {
            return Err(Error::EndpointsMissing {
                name: request.id.to_string(),
                cluster: request.primary.cluster().name().clone(),
                waited: timing.timeout,
                reason: if reason.is_empty() { note } else { reason },
            });
        }
        report(progress, object, Readiness::Waiting { note, reason });
        let pause = match complete_since {
            Some(since) => timing.interval.saturating_sub(now - since),
            None => POLL_INTERVAL,
        };
        progress.pause(pause).await?;
    }
}

fn report(progress: &Progress<'_>, object: &ObjectRef, readiness: Readiness) {
    let status = Event::Status(vec![(object.clone(), readiness)], Vec::new());
    (progress.on_event)(status);
}

/// What one reading found.
enum State {
    Complete(Vec<InstanceEndpoints>),
    /// The endpoints at each istiod, and the Services and pods that the proof waits for.
    Missing(Vec<InstanceEndpoints>, Vec<String>),
    Unknown(String),
}

fn state(read: &Fact<Vec<EndpointReport>>, change: Change<'_>) -> State {
    let counted = match read {
        Ok(reports) => count(reports).map(|counted| (reports, counted)),
        Err(unknown) => Err(unknown.clone()),
    };
    let (reports, counted) = match counted {
        Ok(counted) => counted,
        Err(unknown) => return State::Unknown(unknown.reason),
    };
    let old = reports.iter().filter(|report| change.replaces(&report.pod));
    let old = old.map(|report| format!("{} is not replaced yet", report.pod));
    let missing: Vec<String> = old.chain(reports.iter().flat_map(missing)).collect();
    if missing.is_empty() {
        State::Complete(counted)
    } else {
        State::Missing(counted, missing)
    }
}

/// The Services whose endpoints an istiod lacks.
fn missing(report: &EndpointReport) -> impl Iterator<Item = String> + '_ {
    let services = report.services.as_deref().unwrap_or_default().iter();
    let missing = services.filter(|service| !service.missing.is_empty());
    missing.map(|service| {
        let (pod, namespace, name) = (&report.pod, &service.namespace, &service.name);
        format!("{pod}: Service {namespace}/{name}")
    })
}

impl State {
    /// The Services that lack endpoints, or why that is not known.
    fn reason(&self) -> String {
        match self {
            Self::Complete(_) => String::new(),
            Self::Unknown(reason) => reason.clone(),
            Self::Missing(_, services) => {
                let named = services.iter().take(MAX_SERVICES).map(String::as_str);
                let more = if services.len() > MAX_SERVICES {
                    ", …"
                } else {
                    ""
                };
                named.collect::<Vec<_>>().join(", ") + more
            }
        }
    }
}

/// The endpoints at each istiod, and before: `istiod-0 3/3, before: istiod-0 3/3`.
fn note(state: &State, before: &Fact<Vec<InstanceEndpoints>>) -> String {
    let counts = |all: &[InstanceEndpoints]| {
        let each = all
            .iter()
            .map(|at| format!("{} {}/{}", at.pod, at.registered, at.ready));
        each.collect::<Vec<_>>().join(", ")
    };
    let before = before.as_deref().map(counts).unwrap_or_default();
    let now = match state {
        State::Complete(endpoints) | State::Missing(endpoints, _) => counts(endpoints),
        State::Unknown(_) => String::new(),
    };
    match (now.is_empty(), before.is_empty()) {
        (_, true) => now,
        (true, false) => format!("before: {before}"),
        (false, false) => format!("{now}; before: {before}"),
    }
}
