//! Samples the proxies of the Services that are pinned or whose pages are open.
//!
//! Each such Service has one task, which asks at most ten proxies every 15 seconds as the console does, and ends
//! when the Service is not pinned and no page has shown it for two minutes, when its mesh is removed, or with the
//! console. The window of its traffic ends with it. Start at [`Console::watch_traffic`].

mod watch;

pub(super) use watch::Answer;
pub(crate) use watch::{Traffic, WatchedService};

use super::Mesh;
use crate::{Console, Error, connections::RunAs};
use ::mesh::traffic::{SampleRequest, WatchedTraffic, sample};
use cluster::Identity;
use std::{sync::Arc, time::Duration};
use watch::Watch;
use wire::{MeshName, live::Topic, mesh::TrafficView};

/// The time between two samples.
const SAMPLE_INTERVAL: Duration = Duration::from_secs(TrafficView::INTERVAL_SECONDS as u64);

impl Console {
    /// The traffic of a Service, which is sampled from now on.
    pub(super) fn watch_traffic(&self, service: WatchedService) -> TrafficView {
        let (watch, begins) = self.traffic.show(&service);
        let view = watch.view();
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
            traffic: watch.view(),
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
                    watch.set_pinned(is_pinned);
                    self.sample_traffic(&mesh, &service, &watch).await;
                }
                Err(Error::NoMesh(_)) => {
                    self.traffic.remove(&service);
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
        let answer = self.ask_prometheus(mesh, &facts, &service.service).await;
        let is_answered = matches!(&answer, Some(Answer { outcome: Ok(_), .. }));
        watch.set_answer(answer);
        if is_answered {
            return;
        }
        // A cluster that was removed from the console has no pod that answers.
        let connections = mesh.clusters().into_iter();
        let connections: Vec<_> = connections
            .filter_map(|name| self.connections.get(&name).ok())
            .collect();
        let identities = connections.iter();
        let identities: Vec<&dyn Identity> = identities
            .map(|connection| connection.identity(RunAs::Console))
            .collect();
        let (source, callers) = watch.sampled();
        let request = SampleRequest {
            facts: &facts,
            identities: &identities,
            service: &service.service,
            source,
            callers: &callers,
            now: self.setup.clock,
        };
        watch.add(sample(&request).await);
    }
}
