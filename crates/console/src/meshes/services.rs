//! The Services of a mesh, from the facts of its last complete checks.
//!
//! Nothing is read from the clusters for a page: the checks of the mesh (`health.rs`) keep their facts. A page
//! that is opened before the first checks have ended waits for them for a second. Start at
//! [`Console::mesh_service`].

use super::{Mesh, MeshPrometheus, PinnedService, traffic::WatchedService};
use crate::{
    Action, Caller, Console, Error,
    window::{SearchText, rank, window},
};
use ::mesh::{
    facts::MeshFacts,
    services::{self, rows},
    traffic::{ServicePath, WatchedTraffic},
};
use std::{sync::Arc, time::Duration};
use wire::{
    MeshName, Time,
    list::Order,
    mesh::{
        PinView, ServiceDetailView, ServiceListView, ServiceRef, ServiceRow, ServiceSort,
        ServiceState, ServicesRequest,
    },
};

/// How long a page waits for the first facts of a mesh.
const FACTS_TIMEOUT: Duration = Duration::from_secs(1);

impl Console {
    /// A window of the Services of a mesh.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn mesh_services(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        request: &ServicesRequest,
    ) -> Result<ServiceListView, Error> {
        self.permitted(caller, Action::Read, async {
            let stored = self.stored_mesh(mesh).await?;
            let facts = self.known_facts(mesh).await;
            let (services, unread) = match &facts {
                Some(facts) => (
                    with_pins(rows(facts), &stored, &self.watched_traffic(mesh)),
                    services::unread(facts),
                ),
                None => (Vec::new(), Vec::new()),
            };
            let compare = |sort, left: &ServiceRow, right: &ServiceRow| {
                pinned_first(request.order, left, right).then_with(|| compare(sort, left, right))
            };
            Ok(ServiceListView {
                read: facts.as_deref().map(read_at),
                unread,
                members: stored.clusters(),
                prometheus: stored.prometheus.as_ref().map(MeshPrometheus::view),
                list: window(services, request, search, |row| row.state, compare),
            })
        })
        .await
    }

    /// A Service of a mesh; its proxies are sampled while its page is read again and again.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoService`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn mesh_service(
        &self,
        caller: &Caller,
        at: &ServiceRef,
    ) -> Result<ServiceDetailView, Error> {
        self.permitted(caller, Action::Read, async {
            let stored = self.stored_mesh(&at.mesh).await?;
            let path = ServicePath {
                namespace: at.namespace.to_string(),
                name: at.service.to_string(),
            };
            let pinned = stored.pin_of(&path).map(PinnedService::view);
            let Some(facts) = self.known_facts(&at.mesh).await else {
                return Ok(unread(at, pinned));
            };
            let state = services::state_of(&facts, &path);
            // In a cluster that could not be read there may be one.
            if state.is_none() && services::unread(&facts).is_empty() {
                return Err(Error::NoService(format!("{}/{}", at.namespace, at.service)));
            }
            let checks = self.health.of(&at.mesh).map(|health| health.doctor.checks);
            Ok(ServiceDetailView {
                at: at.clone(),
                read: Some(read_at(&facts)),
                state,
                ports: services::ports(&facts, &path),
                clusters: services::clusters(&facts, &path),
                checks: services::checks(&checks.unwrap_or_default(), &path),
                pinned,
                traffic: self.watch_traffic(WatchedService {
                    mesh: at.mesh.clone(),
                    service: path,
                }),
            })
        })
        .await
    }

    /// The facts of the last complete checks of a mesh, which is monitored from now on; none when the first checks
    /// do not end soon.
    pub(super) async fn known_facts(&self, mesh: &MeshName) -> Option<Arc<MeshFacts>> {
        let mut facts = self.followed_facts(mesh);
        let known = facts.wait_for(Option::is_some);
        let known = tokio::time::timeout(FACTS_TIMEOUT, known).await;
        known.ok()?.ok()?.clone()
    }
}

/// A Service before the first checks of its mesh have ended.
fn unread(at: &ServiceRef, pinned: Option<PinView>) -> ServiceDetailView {
    ServiceDetailView {
        at: at.clone(),
        read: None,
        state: None,
        ports: Vec::new(),
        clusters: Vec::new(),
        checks: Vec::new(),
        pinned,
        traffic: wire::mesh::TrafficView::begun(),
    }
}

/// The Services with their pins and their rates. A pinned Service that no cluster has any more is a row too, so that
/// it can be unpinned.
fn with_pins(
    mut rows: Vec<ServiceRow>,
    mesh: &Mesh,
    watched: &[WatchedTraffic],
) -> Vec<ServiceRow> {
    for pin in &mesh.pinned {
        let path = pin.path();
        let is_own = |row: &&mut ServiceRow| is_of(row, &path);
        match rows.iter_mut().find(is_own) {
            Some(row) => row.pinned = Some(pin.view()),
            None => rows.push(ServiceRow {
                namespace: path.namespace,
                name: path.name,
                clusters: Vec::new(),
                ready: 0,
                state: ServiceState::NoEndpoints,
                pinned: Some(pin.view()),
                requests: None,
            }),
        }
    }
    for own in watched {
        let row = rows.iter_mut().find(|row| is_of(row, &own.service));
        if let Some(row) = row.filter(|_| own.traffic.is_compared()) {
            row.requests = Some(own.traffic.requests());
        }
    }
    rows
}

fn is_of(row: &ServiceRow, path: &ServicePath) -> bool {
    row.namespace == path.namespace && row.name == path.name
}

/// The pinned Services before all others, in both orders.
fn pinned_first(order: Order, left: &ServiceRow, right: &ServiceRow) -> std::cmp::Ordering {
    let ordering = right.pinned.is_some().cmp(&left.pinned.is_some());
    match order {
        Order::Ascending => ordering,
        Order::Descending => ordering.reverse(),
    }
}

fn read_at(facts: &MeshFacts) -> Time {
    Time(facts.now.as_second())
}

fn search(row: &ServiceRow) -> SearchText {
    let clusters = row.clusters.iter().map(|(cluster, _)| cluster.as_str());
    let clusters = clusters.collect::<Vec<_>>().join(" ");
    SearchText::new(&format!("{}/{} {clusters}", row.namespace, row.name))
        .with("namespace", &row.namespace)
}

fn compare(sort: ServiceSort, left: &ServiceRow, right: &ServiceRow) -> std::cmp::Ordering {
    match sort {
        ServiceSort::Name => left.name.cmp(&right.name),
        ServiceSort::Namespace => left.namespace.cmp(&right.namespace),
        ServiceSort::Endpoints => left.ready.cmp(&right.ready),
        ServiceSort::State => rank(left.state).cmp(&rank(right.state)),
    }
}
