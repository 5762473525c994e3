//! The pinned Services of a mesh, whose proxies are sampled without an open page.
//!
//! A pin is stored with its mesh; the sampling begins when the Service is pinned, and with the console. Start at
//! [`Console::pin_service`].

use super::{Mesh, traffic::WatchedService};
use crate::{Action, Caller, Console, Error};
use ::mesh::{services, traffic::ServicePath};
use serde::{Deserialize, Serialize};
use wire::{
    Namespace, ServiceName, Time,
    live::Topic,
    mesh::{PinView, ServiceRef},
};

/// A pinned Service as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PinnedService {
    namespace: Namespace,
    service: ServiceName,
    /// The operator who pinned it.
    by: String,
    /// When, in seconds since 1970.
    at: i64,
}

impl PinnedService {
    /// The Service.
    pub(super) fn path(&self) -> ServicePath {
        ServicePath {
            namespace: self.namespace.to_string(),
            name: self.service.to_string(),
        }
    }

    /// Who pinned it.
    pub(super) fn view(&self) -> PinView {
        PinView {
            by: self.by.clone(),
            at: Time(self.at),
        }
    }

    fn is_of(&self, at: &ServiceRef) -> bool {
        self.namespace == at.namespace && self.service == at.service
    }
}

impl Mesh {
    /// The pin of a Service.
    pub(super) fn pin_of(&self, service: &ServicePath) -> Option<&PinnedService> {
        let mut pinned = self.pinned.iter();
        pinned.find(|pin| pin.path() == *service)
    }

    /// Adds a pin, unless there is one or there are too many.
    fn pin(&mut self, pin: PinnedService) {
        let is_pinned = self.pin_of(&pin.path()).is_some();
        if !is_pinned && self.pinned.len() < PinView::MAX_PINNED {
            self.pinned.push(pin);
        }
    }
}

impl Console {
    /// Pins a Service: its proxies are sampled from now on, also without an open page.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoService`], [`Error::TooManyPinned`], [`Error::Store`] or
    /// [`Error::NotPermitted`].
    pub async fn pin_service(&self, caller: &Caller, at: &ServiceRef) -> Result<(), Error> {
        let target = format!(
            "pin Service {}/{} of mesh {}",
            at.namespace, at.service, at.mesh
        );
        self.audited(caller, Action::WriteMesh, &target, async {
            self.stored_mesh(&at.mesh).await?;
            self.refuse_missing_service(at).await?;
            let pin = PinnedService {
                namespace: at.namespace.clone(),
                service: at.service.clone(),
                by: caller.operator.clone(),
                at: self.now().as_second(),
            };
            let mesh = self
                .change_mesh(&at.mesh, move |mesh| mesh.pin(pin))
                .await?;
            if !mesh.pinned.iter().any(|pin| pin.is_of(at)) {
                return Err(Error::TooManyPinned {
                    mesh: mesh.name,
                    max: PinView::MAX_PINNED,
                });
            }
            self.watch_pinned(&mesh);
            self.changes.count(&[Topic::Traffic]);
            Ok(())
        })
        .await
    }

    /// Unpins a Service: its proxies are sampled while its page is open only.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn unpin_service(&self, caller: &Caller, at: &ServiceRef) -> Result<(), Error> {
        let target = format!(
            "unpin Service {}/{} of mesh {}",
            at.namespace, at.service, at.mesh
        );
        self.audited(caller, Action::WriteMesh, &target, async {
            let unpinned = at.clone();
            let unpin = move |mesh: &mut Mesh| mesh.pinned.retain(|pin| !pin.is_of(&unpinned));
            let mesh = self.change_mesh(&at.mesh, unpin).await?;
            self.watch_pinned(&mesh);
            self.changes.count(&[Topic::Traffic]);
            Ok(())
        })
        .await
    }

    /// Samples the pinned Services of a mesh; the others end when no page has shown them lately.
    pub(super) fn watch_pinned(&self, mesh: &Mesh) {
        let services = mesh.pinned.iter().map(|pin| WatchedService {
            mesh: mesh.name.clone(),
            service: pin.path(),
        });
        self.watch_pinned_traffic(&mesh.name, services.collect());
    }

    /// Refuses a Service that no cluster has, when all of them are known.
    async fn refuse_missing_service(&self, at: &ServiceRef) -> Result<(), Error> {
        let path = ServicePath {
            namespace: at.namespace.to_string(),
            name: at.service.to_string(),
        };
        let Some(facts) = self.known_facts(&at.mesh).await else {
            return Ok(());
        };
        if services::state_of(&facts, &path).is_none() && services::unread(&facts).is_empty() {
            return Err(Error::NoService(format!("{}/{}", at.namespace, at.service)));
        }
        Ok(())
    }
}
