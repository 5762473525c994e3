//! The Services that are sampled, by mesh and name. Start at [`Traffic`].

use ::mesh::traffic::{Sample, SampledPod, ServicePath, TrafficWindow};
use parking_lot::Mutex;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wire::{
    MeshName, Problem,
    mesh::{PrometheusRef, PrometheusView, TrafficSource, TrafficView},
};

/// How long a Service is sampled after a page has shown it.
const LEASE: Duration = Duration::from_mins(2);
/// The Services that are sampled without being pinned: a further one ends the one that was shown longest ago.
const MAX_SHOWN: usize = 20;

/// A Service of a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct WatchedService {
    pub(crate) mesh: MeshName,
    pub(crate) service: ServicePath,
}

/// What the Prometheus server of a mesh answered.
pub(in super::super) struct Answer {
    /// The server.
    pub(in super::super) at: PrometheusRef,
    /// The traffic, or why there is none.
    pub(in super::super) outcome: Result<TrafficView, Problem>,
}

/// The samples of a Service, whether it is pinned, and when a page showed it last.
pub(super) struct Watch {
    pinned: AtomicBool,
    shown: Mutex<Instant>,
    window: Mutex<TrafficWindow>,
    answer: Mutex<Option<Answer>>,
}

impl Watch {
    fn begin(pinned: bool) -> Self {
        Self {
            pinned: AtomicBool::new(pinned),
            shown: Mutex::new(Instant::now()),
            window: Mutex::default(),
            answer: Mutex::default(),
        }
    }

    pub(super) fn set_pinned(&self, is_pinned: bool) {
        self.pinned.store(is_pinned, Ordering::Relaxed);
    }

    /// Replaces the answer of the Prometheus server; none where the mesh has no server.
    pub(super) fn set_answer(&self, answer: Option<Answer>) {
        *self.answer.lock() = answer;
    }

    /// The source of the latest sample, and the pods that have called the Service.
    pub(super) fn sampled(&self) -> (Option<TrafficSource>, BTreeSet<SampledPod>) {
        let window = self.window.lock();
        (window.source(), window.callers().clone())
    }

    pub(super) fn add(&self, sample: Sample) {
        self.window.lock().add(sample);
    }

    /// The traffic of the Prometheus server, else that of the sampled proxies.
    pub(super) fn view(&self) -> TrafficView {
        let answer = self.answer.lock();
        let sampled = || self.window.lock().view();
        let Some(Answer { at, outcome }) = &*answer else {
            return sampled();
        };
        let prometheus = |problem| {
            Some(PrometheusView {
                at: at.clone(),
                problem,
            })
        };
        match outcome {
            Ok(view) => TrafficView {
                prometheus: prometheus(None),
                ..view.clone()
            },
            Err(problem) => TrafficView {
                prometheus: prometheus(Some(problem.clone())),
                ..sampled()
            },
        }
    }

    pub(super) fn is_pinned(&self) -> bool {
        self.pinned.load(Ordering::Relaxed)
    }
}

/// The Services that are sampled.
pub(crate) struct Traffic {
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
    watches: Mutex<HashMap<WatchedService, Arc<Watch>>>,
}

impl Traffic {
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self {
            stop,
            tasks: TaskTracker::new(),
            watches: Mutex::default(),
        }
    }

    /// Ends the watch of a Service that is not pinned and that no page has shown lately; returns whether it has
    /// ended.
    pub(super) fn end_unshown(&self, service: &WatchedService, watch: &Arc<Watch>) -> bool {
        // Locked, so that a page either finds the watch and renews it, or begins a new one.
        let mut watches = self.watches.lock();
        let own = watches.get(service);
        if own.is_none_or(|own| !Arc::ptr_eq(own, watch)) {
            return true;
        }
        let is_over = !watch.is_pinned() && watch.shown.lock().elapsed() > LEASE;
        if is_over {
            watches.remove(service);
        }
        is_over
    }

    /// The watch of a Service, which a page shows now; whether it begins, too.
    pub(super) fn show(&self, service: &WatchedService) -> (Arc<Watch>, bool) {
        let mut watches = self.watches.lock();
        if let Some(watch) = watches.get(service) {
            *watch.shown.lock() = Instant::now();
            return (watch.clone(), false);
        }
        let shown = watches.iter().filter(|(_, watch)| !watch.is_pinned());
        if shown.clone().count() >= MAX_SHOWN {
            let oldest = shown.min_by_key(|(_, watch)| *watch.shown.lock());
            if let Some(oldest) = oldest.map(|(service, _)| service.clone()) {
                watches.remove(&oldest);
            }
        }
        let watch = Arc::new(Watch::begin(false));
        watches.insert(service.clone(), watch.clone());
        (watch, true)
    }

    /// Pins these Services of a mesh and no others; returns the watches that begin.
    pub(super) fn pin(
        &self,
        mesh: &MeshName,
        services: Vec<WatchedService>,
    ) -> Vec<(WatchedService, Arc<Watch>)> {
        let mut watches = self.watches.lock();
        for (service, watch) in watches.iter().filter(|(own, _)| own.mesh == *mesh) {
            let is_pinned = services.contains(service);
            watch.set_pinned(is_pinned);
        }
        let mut begun = Vec::new();
        for service in services {
            if !watches.contains_key(&service) {
                let watch = Arc::new(Watch::begin(true));
                watches.insert(service.clone(), watch.clone());
                begun.push((service, watch));
            }
        }
        begun
    }

    /// The watches of a mesh.
    pub(super) fn of_mesh(&self, mesh: &MeshName) -> Vec<(ServicePath, Arc<Watch>)> {
        let watches = self.watches.lock();
        let own = watches.iter().filter(|(own, _)| own.mesh == *mesh);
        own.map(|(own, watch)| (own.service.clone(), watch.clone()))
            .collect()
    }

    /// Ends the watch of a Service.
    pub(super) fn remove(&self, service: &WatchedService) {
        self.watches.lock().remove(service);
    }

    /// Waits for the tasks to end, for at most `timeout`.
    pub(crate) async fn finish(&self, timeout: Duration) {
        self.tasks.close();
        let _ = tokio::time::timeout(timeout, self.tasks.wait()).await;
    }
}
