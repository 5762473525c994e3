//! Samples the proxies of the Services that are pinned or whose pages are open.
//!
//! Each such Service has one task, which asks at most ten proxies every 15 seconds as the console does, and ends
//! when the Service is not pinned and no page has shown it for two minutes, when its mesh is removed, or with the
//! console. The window of its traffic ends with it. Start at [`Console::watch_traffic`].

use super::Mesh;
use crate::{Console, Error, connections::RunAs};
use ::mesh::traffic::{SampleRequest, ServicePath, TrafficWindow, WatchedTraffic, sample};
use cluster::Identity;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wire::{MeshName, live::Topic, mesh::TrafficView};

/// The time between two samples.
const SAMPLE_INTERVAL: Duration = Duration::from_secs(TrafficView::INTERVAL_SECONDS as u64);
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

/// The samples of a Service, whether it is pinned, and when a page showed it last.
struct Watch {
    pinned: AtomicBool,
    shown: Mutex<Instant>,
    window: Mutex<TrafficWindow>,
}

impl Watch {
    fn begin(pinned: bool) -> Self {
        Self {
            pinned: AtomicBool::new(pinned),
            shown: Mutex::new(Instant::now()),
            window: Mutex::default(),
        }
    }

    fn is_pinned(&self) -> bool {
        self.pinned.load(Ordering::Relaxed)
    }
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

    /// Ends the watch of a Service that is not pinned and that no page has shown lately; returns whether it has
    /// ended.
    fn end_unshown(&self, service: &WatchedService, watch: &Arc<Watch>) -> bool {
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
    fn show(&self, service: &WatchedService) -> (Arc<Watch>, bool) {
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
    fn pin(
        &self,
        mesh: &MeshName,
        services: Vec<WatchedService>,
    ) -> Vec<(WatchedService, Arc<Watch>)> {
        let mut watches = self.watches.lock();
        for (service, watch) in watches.iter().filter(|(own, _)| own.mesh == *mesh) {
            let is_pinned = services.contains(service);
            watch.pinned.store(is_pinned, Ordering::Relaxed);
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
    fn of_mesh(&self, mesh: &MeshName) -> Vec<(ServicePath, Arc<Watch>)> {
        let watches = self.watches.lock();
        let own = watches.iter().filter(|(own, _)| own.mesh == *mesh);
        own.map(|(own, watch)| (own.service.clone(), watch.clone()))
            .collect()
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
            self.start_sampling(service, watch);
        }
        view
    }

    /// Samples these Services of a mesh until they are no longer pinned.
    pub(super) fn watch_pinned_traffic(&self, mesh: &MeshName, services: Vec<WatchedService>) {
        for (service, watch) in self.traffic.pin(mesh, services) {
            self.start_sampling(service, watch);
        }
    }

    /// The traffic of the Services of a mesh that are sampled.
    pub(super) fn watched_traffic(&self, mesh: &MeshName) -> Vec<WatchedTraffic> {
        let watches = self.traffic.of_mesh(mesh).into_iter();
        let watched = watches.map(|(service, watch)| WatchedTraffic {
            service,
            pinned: watch.is_pinned(),
            traffic: watch.window.lock().view(),
        });
        watched.collect()
    }

    fn start_sampling(&self, service: WatchedService, watch: Arc<Watch>) {
        let sampling = Box::pin(self.clone().sample_while_watched(service, watch));
        let stop = self.traffic.stop.clone();
        let tasks = &self.traffic.tasks;
        tasks.spawn(stop.run_until_cancelled_owned(sampling));
    }

    async fn sample_while_watched(self, service: WatchedService, watch: Arc<Watch>) {
        let mut interval = tokio::time::interval(SAMPLE_INTERVAL);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !self.traffic.end_unshown(&service, &watch) {
            interval.tick().await;
            match self.stored_mesh(&service.mesh).await {
                Ok(mesh) => {
                    let is_pinned = mesh.pin_of(&service.service).is_some();
                    watch.pinned.store(is_pinned, Ordering::Relaxed);
                    self.sample_traffic(&mesh, &service, &watch).await;
                }
                Err(Error::NoMesh(_)) => {
                    self.traffic.watches.lock().remove(&service);
                    return;
                }
                // The next reading may find the database again.
                Err(_) => {}
            }
            self.changes.count(&[Topic::Traffic]);
        }
    }

    /// Asks the proxies of a Service once; nothing before the first checks of its mesh have ended.
    async fn sample_traffic(&self, mesh: &Mesh, service: &WatchedService, watch: &Watch) {
        let mut facts = self.followed_facts(&mesh.name);
        let known = tokio::time::timeout(SAMPLE_INTERVAL, facts.wait_for(Option::is_some)).await;
        let Ok(Ok(Some(facts))) = known.map(|known| known.map(|facts| facts.clone())) else {
            return;
        };
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
