//! The Services of a mesh, from the facts of its last complete checks.
//!
//! Nothing is read from the clusters for a page: the checks of the mesh (`health.rs`) keep their facts. A page
//! that is opened before the first checks have ended waits for them for a second. Start at
//! [`Console::mesh_service`].

use super::traffic::WatchedService;
use crate::{
    Action, Caller, Console, Error,
    window::{SearchText, rank, window},
};
use ::mesh::{
    facts::MeshFacts,
    services::{self, rows},
    traffic::ServicePath,
};
use std::{sync::Arc, time::Duration};
use wire::{
    MeshName, Time,
    mesh::{
        ServiceDetailView, ServiceListView, ServiceRef, ServiceRow, ServiceSort, ServicesRequest,
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
            self.stored_mesh(mesh).await?;
            let facts = self.known_facts(mesh).await;
            let (services, unread) = match &facts {
                Some(facts) => (rows(facts), services::unread(facts)),
                None => (Vec::new(), Vec::new()),
            };
            Ok(ServiceListView {
                read: facts.as_deref().map(read_at),
                unread,
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
            self.stored_mesh(&at.mesh).await?;
            let path = ServicePath {
                namespace: at.namespace.to_string(),
                name: at.service.to_string(),
            };
            let Some(facts) = self.known_facts(&at.mesh).await else {
                return Ok(unread(at));
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
    async fn known_facts(&self, mesh: &MeshName) -> Option<Arc<MeshFacts>> {
        let mut facts = self.followed_facts(mesh);
        let known = facts.wait_for(Option::is_some);
        let known = tokio::time::timeout(FACTS_TIMEOUT, known).await;
        known.ok()?.ok()?.clone()
    }
}

/// A Service before the first checks of its mesh have ended.
fn unread(at: &ServiceRef) -> ServiceDetailView {
    ServiceDetailView {
        at: at.clone(),
        read: None,
        state: None,
        ports: Vec::new(),
        clusters: Vec::new(),
        checks: Vec::new(),
        traffic: wire::mesh::TrafficView::begun(),
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
