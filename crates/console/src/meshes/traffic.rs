//! Samples the proxies of the Services whose pages are open.
//!
//! Each Service that a page shows has one task, which asks at most ten proxies every 15 seconds as the console
//! does, and ends when no page has shown the Service for two minutes, when its mesh is removed, or with the
//! console. The window of its traffic ends with it. Start at [`Console::watch_traffic`].

use super::Mesh;
use crate::{Console, connections::RunAs};
use ::mesh::traffic::{SampleRequest, ServicePath, TrafficWindow, sample};
use cluster::Identity;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wire::{MeshName, live::Topic, mesh::TrafficView};

/// The time between two samples.
const SAMPLE_INTERVAL: Duration = Duration::from_secs(TrafficView::INTERVAL_SECONDS as u64);
/// How long a Service is sampled after a page has shown it.
const LEASE: Duration = Duration::from_mins(2);
/// The Services that are sampled at the same time: a further one ends the one that was shown longest ago.
const MAX_WATCHED: usize = 20;

/// A Service of a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct WatchedService {
    pub(crate) mesh: MeshName,
    pub(crate) service: ServicePath,
}

/// The samples of a Service, and when a page showed it last.
struct Watch {
    shown: Mutex<Instant>,
    window: Mutex<TrafficWindow>,
}

/// The Services that are sampled.
pub(crate) struct Traffic {
    stop: CancellationToken,
    tasks: TaskTracker,
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

    /// Ends the watch of a Service that no page has shown lately; returns whether it has ended.
    fn end_unshown(&self, service: &WatchedService, watch: &Arc<Watch>) -> bool {
        // Locked, so that a page either finds the watch and renews it, or begins a new one.
        let mut watches = self.watches.lock();
        let own = watches.get(service);
        if own.is_none_or(|own| !Arc::ptr_eq(own, watch)) {
            return true;
        }
        let is_over = watch.shown.lock().elapsed() > LEASE;
        if is_over {
            watches.remove(service);
        }
        is_over
    }

    /// The watch of a Service, which a page shows now; whether it begins, too.
    fn show(&self, service: &WatchedService) -> (Arc<Watch>, bool) {
        let mut watches = self.watches.lock();
        if let Some(watch) = watches.get(service) {
            *watch.shown.lock() = Instant::now();
            return (watch.clone(), false);
        }
        if watches.len() >= MAX_WATCHED {
            let oldest = watches.iter().min_by_key(|(_, watch)| *watch.shown.lock());
            if let Some(oldest) = oldest.map(|(service, _)| service.clone()) {
                watches.remove(&oldest);
            }
        }
        let watch = Arc::new(Watch {
            shown: Mutex::new(Instant::now()),
            window: Mutex::default(),
        });
        watches.insert(service.clone(), watch.clone());
        (watch, true)
    }

    /// Waits for the tasks to end, for at most `timeout`.
    pub(crate) async fn finish(&self, timeout: Duration) {
        self.tasks.close();
        let _ = tokio::time::timeout(timeout, self.tasks.wait()).await;
    }
}

impl Console {
    /// The traffic of a Service, which is sampled from now on.
    pub(super) fn watch_traffic(&self, service: WatchedService) -> TrafficView {
        let (watch, begins) = self.traffic.show(&service);
        let view = watch.window.lock().view();
        if begins {
            let sampling = Box::pin(self.clone().sample_while_shown(service, watch));
            let stop = self.traffic.stop.clone();
            let tasks = &self.traffic.tasks;
            tasks.spawn(stop.run_until_cancelled_owned(sampling));
        }
        view
    }

    async fn sample_while_shown(self, service: WatchedService, watch: Arc<Watch>) {
        let mut interval = tokio::time::interval(SAMPLE_INTERVAL);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !self.traffic.end_unshown(&service, &watch) {
            interval.tick().await;
            let Ok(mesh) = self.stored_mesh(&service.mesh).await else {
                self.traffic.watches.lock().remove(&service);
                return;
            };
            self.sample_traffic(&mesh, &service, &watch).await;
            self.changes.count(&[Topic::Traffic]);
        }
    }

    /// Asks the proxies of a Service once.
    async fn sample_traffic(&self, mesh: &Mesh, service: &WatchedService, watch: &Watch) {
        let facts = self.followed_facts(&mesh.name).borrow().clone();
        let Some(facts) = facts else { return };
        // A cluster that was removed from the console has no pod that answers.
        let connections = mesh.clusters().into_iter();
        let connections: Vec<_> = connections
            .filter_map(|name| self.connections.get(&name).ok())
            .collect();
        let identities = connections.iter();
        let identities: Vec<&dyn Identity> = identities
            .map(|connection| connection.identity(RunAs::Console))
            .collect();
        let (source, callers) = {
            let window = watch.window.lock();
            (window.source(), window.callers().clone())
        };
        let request = SampleRequest {
            facts: &facts,
            identities: &identities,
            service: &service.service,
            source,
            callers: &callers,
            now: self.setup.clock,
        };
        let sample = sample(&request).await;
        watch.window.lock().add(sample);
    }
}
