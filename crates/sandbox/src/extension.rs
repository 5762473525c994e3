//! Extension of a sandbox: programs, admission plugins and controllers of its user.
//!
//! An extension is registered with [`ClusterConfig::with_extension`](crate::ClusterConfig). Start
//! at [`Extension`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::admission_server::AdmissionContext;
use crate::api_status::ApiStatus;
use crate::cluster::{Cluster, State};
use crate::process::Program;
use crate::programs::{Container, ProgramFactory};
use crate::webhooks;
use crate::write::Writer;

/// Programs, admission plugins and controllers that are added to a sandbox.
#[derive(Clone, Default)]
pub struct Extension {
    pub(crate) programs: Vec<Arc<ProgramFactory>>,
    pub(crate) admission: Vec<Arc<dyn Admission>>,
    pub(crate) controllers: Vec<Arc<dyn Controller>>,
}

/// An admission plugin: admits, changes or rejects new objects.
pub trait Admission: fmt::Debug + Send + Sync {
    /// Admits a new object of a kind such as `pods` or `deployments.apps`, before defaults are
    /// filled in. The object may be changed.
    ///
    /// # Errors
    /// The status with which the API server rejects the object.
    fn admit(
        &self,
        context: &AdmissionContext<'_>,
        kind: &str,
        object: &mut Value,
    ) -> Result<(), ApiStatus>;
}

/// A controller: brings the objects of a cluster closer to their desired state.
pub trait Controller: fmt::Debug + Send + Sync {
    /// The kinds whose changes concern the controller, such as `pods` or `deployments.apps`; every
    /// kind if it is empty.
    fn kinds(&self) -> &[&str] {
        &[]
    }

    /// Reconciles the cluster. It is called after changes and must be idempotent.
    ///
    /// Returns the time after which it is to be called again even if nothing changes.
    fn reconcile(&self, context: &mut ControllerContext<'_>) -> Option<Duration>;
}

impl Extension {
    /// An extension that adds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds programs: the function chooses the program of a container, by its image or otherwise.
    ///
    /// The first extension that returns a program for a container decides.
    #[must_use]
    pub fn with_programs(
        mut self,
        factory: impl Fn(&Container<'_>) -> Option<Arc<dyn Program>> + Send + Sync + 'static,
    ) -> Self {
        self.programs.push(Arc::new(factory));
        self
    }

    /// Adds an admission plugin.
    #[must_use]
    pub fn with_admission(mut self, plugin: impl Admission + 'static) -> Self {
        self.admission.push(Arc::new(plugin));
        self
    }

    /// Adds a controller.
    #[must_use]
    pub fn with_controller(mut self, controller: impl Controller + 'static) -> Self {
        self.controllers.push(Arc::new(controller));
        self
    }
}

impl fmt::Debug for Extension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Extension")
            .field("programs", &self.programs.len())
            .field("admission", &self.admission)
            .field("controllers", &self.controllers)
            .finish()
    }
}

/// The objects of the cluster that a controller may read and write.
#[derive(Debug)]
pub struct ControllerContext<'a> {
    cluster: &'a Cluster,
    state: &'a mut State,
}

impl<'a> ControllerContext<'a> {
    pub(crate) fn new(cluster: &'a Cluster, state: &'a mut State) -> Self {
        Self { cluster, state }
    }

    /// An object, by plural and group such as `deployments.apps`.
    pub fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.state.objects.get(kind, namespace, name)
    }

    /// The objects of a kind, in one namespace or in all.
    pub fn list(&self, kind: &str, namespace: Option<&str>) -> Vec<Arc<Value>> {
        self.state.objects.list(kind, namespace)
    }

    /// Creates an object.
    ///
    /// # Errors
    /// The status with which the API server rejects the object.
    pub fn create(&mut self, kind: &str, object: Value) -> Result<Arc<Value>, ApiStatus> {
        self.state.create(self.cluster, kind, object)
    }

    /// Replaces an object; an object that no longer exists is not created.
    pub fn update(&mut self, kind: &str, object: Value) {
        self.state.update(self.cluster, kind, object, "");
    }

    /// Replaces an object as a field manager, which owns the fields that change.
    pub fn update_as(&mut self, manager: &str, kind: &str, object: Value) {
        let writer = Writer {
            manager: manager.to_owned(),
            ..Writer::controller("")
        };
        self.state.update_by(self.cluster, kind, object, writer);
    }

    /// Replaces the status of an object.
    pub fn update_status(&mut self, kind: &str, object: &Value, status: Value) {
        self.state.set_status(self.cluster, kind, object, status);
    }

    /// The CA of the program that serves an admission webhook, in PEM, by the reference to its
    /// Service in the webhook.
    pub fn serving_ca(&self, service: &Value) -> Option<String> {
        webhooks::serving_ca(self.cluster, self.state, service)
    }

    /// Deletes an object.
    pub fn delete(&mut self, kind: &str, object: &Value) {
        self.state.delete(kind, object);
    }
}
