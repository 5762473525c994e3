//! The task that runs the controllers: it feeds changes to their queues and processes these.
//!
//! The cluster is locked for one object at a time. A controller that falls behind the log of
//! changes reconciles all its objects. Start at [`run`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::MutexGuard;

use super::keys::{self, BuiltInController};
use super::queue::WorkQueue;
use super::{
    crd, cronjob, daemonset, deployment, disruption_budget, endpoints, faults, garbage_collector,
    job, load_balancer, namespace, node_lifecycle, pod, programs, replicaset, resource_quota,
    scheduler, serviceaccount, statefulset, volumes,
};
use crate::cluster::Cluster;
use crate::extension::{Controller, ControllerContext};
use crate::object;
use crate::object_map::{EventType, ObjectKey};

/// How often all objects are reconciled even if nothing changes.
const RESYNC_INTERVAL: Duration = Duration::from_mins(5);

/// The number of changes after which they are distributed even if a controller has not finished.
const CHANGES: u64 = 200;

/// The number of changes that are distributed while the cluster is locked.
const PART: usize = 50;

/// The number of objects that a controller processes before the others have their turn.
const BATCH: usize = 200;

const CONTROLLERS: [&BuiltInController; 22] = [
    &faults::CONTROLLER,
    &crd::CONTROLLER,
    &serviceaccount::CONTROLLER,
    &deployment::CONTROLLER,
    &replicaset::CONTROLLER,
    &statefulset::CONTROLLER,
    &daemonset::CONTROLLER,
    &job::CONTROLLER,
    &cronjob::CONTROLLER,
    &disruption_budget::CONTROLLER,
    &resource_quota::CONTROLLER,
    &volumes::EPHEMERAL,
    &volumes::CONTROLLER,
    &node_lifecycle::CONTROLLER,
    &scheduler::CONTROLLER,
    &pod::CONTROLLER,
    &programs::PODS,
    &load_balancer::CONTROLLER,
    &endpoints::CONTROLLER,
    &garbage_collector::CONTROLLER,
    &namespace::CONTROLLER,
    &programs::SERVICES,
];

/// Runs the controllers until the cluster ends.
pub(crate) async fn run(cluster: Arc<Cluster>) {
    let mut latest = cluster.lock().objects.subscribe();
    let ended = cluster.ended.clone();
    let mut dispatcher = Dispatcher::new(&cluster);
    while !ended.is_cancelled() {
        latest.mark_unchanged();
        dispatcher.round(&cluster).await;
        let wait = dispatcher.time_to_next();
        tokio::select! {
            () = ended.cancelled() => return,
            _ = latest.changed() => {}
            () = tokio::time::sleep(wait) => {}
        }
        tokio::select! {
            () = ended.cancelled() => return,
            () = tokio::time::sleep(cluster.config.timing.sync_delay) => {}
        }
    }
}

/// The queues of all controllers.
struct Dispatcher {
    /// The queues, in the order of [`CONTROLLERS`].
    queues: Vec<WorkQueue>,
    /// The controllers of extensions, with the time when each is due.
    extensions: Vec<(Arc<dyn Controller>, Option<Instant>)>,
    /// The newest change that is in the queues.
    revision: u64,
    next_resync: Instant,
}

impl Dispatcher {
    fn new(cluster: &Cluster) -> Self {
        let now = Instant::now();
        let extensions = cluster.config.extensions.iter();
        let controllers = extensions.flat_map(|extension| &extension.controllers);
        Self {
            queues: CONTROLLERS.iter().map(|_| WorkQueue::default()).collect(),
            extensions: controllers
                .map(|controller| (controller.clone(), Some(now)))
                .collect(),
            revision: cluster.lock().objects.revision(),
            next_resync: now,
        }
    }

    /// Gives every controller one turn.
    async fn round(&mut self, cluster: &Arc<Cluster>) {
        if Instant::now() >= self.next_resync {
            self.resync(cluster).await;
        }
        for (position, controller) in CONTROLLERS.iter().enumerate() {
            self.distribute(cluster).await;
            self.release_due(position);
            for _ in 0..BATCH {
                let queue = self.queues.get_mut(position);
                let next = queue.and_then(|queue| Some((queue.next()?, queue)));
                let Some((key, queue)) = next.filter(|_| !cluster.ended.is_cancelled()) else {
                    break;
                };
                let revision = reconcile(cluster, queue, controller, key);
                tokio::task::yield_now().await;
                if revision > self.revision + CHANGES {
                    self.distribute(cluster).await;
                }
            }
        }
        self.distribute(cluster).await;
        self.reconcile_extensions(cluster);
    }

    fn release_due(&mut self, position: usize) {
        if let Some(queue) = self.queues.get_mut(position) {
            queue.release_due(Instant::now());
        }
    }

    /// Puts the objects that new changes concern into the queues.
    async fn distribute(&mut self, cluster: &Cluster) {
        while self.distribute_some(cluster) {
            tokio::task::yield_now().await;
        }
    }

    /// Distributes a part of the changes, while the cluster is locked; whether there are more.
    fn distribute_some(&mut self, cluster: &Cluster) -> bool {
        let mut state = cluster.lock();
        let Ok(changes) = state.objects.all_changes_after(self.revision) else {
            // The log does not reach back far enough.
            self.next_resync = Instant::now();
            self.revision = state.objects.revision();
            return false;
        };
        let now = Instant::now();
        let mut deleted = Vec::new();
        for change in changes.take(PART) {
            for (controller, queue) in CONTROLLERS.iter().zip(&mut self.queues) {
                for key in (controller.keys)(&state, change) {
                    queue.add(key, now);
                }
            }
            for (controller, due) in &mut self.extensions {
                let kinds = controller.kinds();
                if kinds.is_empty() || kinds.contains(&&*change.kind) {
                    *due = Some(now);
                }
            }
            if change.event == EventType::Deleted {
                deleted.push(object::uid(&change.object).to_owned());
            }
            self.revision = change.revision;
        }
        for uid in deleted {
            state.forget_timers(&uid);
        }
        let has_more = self.revision < state.objects.revision();
        MutexGuard::unlock_fair(state);
        has_more
    }

    /// Puts all objects into the queues; the cluster is locked for one controller at a time.
    async fn resync(&mut self, cluster: &Cluster) {
        let now = Instant::now();
        for (controller, queue) in CONTROLLERS.iter().zip(&mut self.queues) {
            let found = keys::of_controller(&cluster.lock(), controller);
            for key in found {
                queue.add(key, now);
            }
            tokio::task::yield_now().await;
        }
        for (_, due) in &mut self.extensions {
            *due = Some(now);
        }
        self.next_resync = now + RESYNC_INTERVAL;
    }

    /// Calls the controllers of extensions that are due.
    fn reconcile_extensions(&mut self, cluster: &Cluster) {
        for (controller, due) in &mut self.extensions {
            let now = Instant::now();
            if due.is_some_and(|due| due <= now) {
                let mut state = cluster.lock();
                let again = controller.reconcile(&mut ControllerContext::new(cluster, &mut state));
                *due = again.map(|again| now + again);
            }
        }
    }

    /// The time until the next object is due.
    fn time_to_next(&self) -> Duration {
        let now = Instant::now();
        let queued = self.queues.iter().filter_map(|queue| queue.next_due(now));
        let extended = self.extensions.iter().filter_map(|(_, due)| *due);
        let next = queued.chain(extended).min().unwrap_or(self.next_resync);
        next.min(self.next_resync).saturating_duration_since(now)
    }
}

/// Reconciles one object, while the cluster is locked; returns the newest revision.
fn reconcile(
    cluster: &Arc<Cluster>,
    queue: &mut WorkQueue,
    controller: &BuiltInController,
    key: ObjectKey,
) -> u64 {
    let mut state = cluster.lock();
    let started = Instant::now();
    let again = (controller.reconcile)(cluster, &mut state, &key);
    let took = started.elapsed();
    *state.reconciliations.entry(controller.name).or_default() += 1;
    let requeued = std::mem::take(&mut state.requeued);
    let revision = state.objects.revision();
    // A client that waits comes first.
    MutexGuard::unlock_fair(state);
    queue.finish(key, took, again);
    let now = Instant::now();
    for key in requeued {
        queue.add(key, now);
    }
    revision
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever sees an endpoint reaches it, as with a kubelet, which reports a container as ready
    /// after it listens.
    #[test]
    fn the_address_of_a_pod_is_published_before_its_endpoint() {
        let position = |wanted: &BuiltInController| {
            let mut names = CONTROLLERS.iter().map(|controller| controller.name);
            let position = names.position(|name| name == wanted.name);
            position.expect("a controller of the list")
        };
        assert!(position(&pod::CONTROLLER) < position(&programs::PODS));
        assert!(position(&programs::PODS) < position(&endpoints::CONTROLLER));
        assert!(position(&endpoints::CONTROLLER) < position(&programs::SERVICES));
    }
}
