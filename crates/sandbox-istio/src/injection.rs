//! Sidecar injection by the webhooks of Istio's injectors.
//!
//! istiod and the injector of Istio 1.0 serve them, and write their CA into webhooks without one. All
//! injectors of a process share one root of trust, as control planes with a common `cacerts` Secret
//! do. Start at [`Injector`]; the CA is written by [`crate::webhooks`].

mod sidecar;

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use sandbox::{
    AdmissionContext, AdmissionServer, Container, Program, ServingCa, ServingCertificate, object,
    response,
};
use serde_json::{Value, json};

/// The port of the injector of Istio 1.0.
const INJECTOR_PORT: u16 = 443;

/// The port of istiod's webhooks.
const ISTIOD_PORT: u16 = 15017;

/// The root of trust; `None` when the random number generator of the system failed.
static CA: LazyLock<Option<ServingCa>> = LazyLock::new(|| ServingCa::generate().ok());

/// The webhook server of an injector.
#[derive(Debug)]
pub(crate) struct Injector {
    port: u16,
    namespace: String,
    /// The image of the injector, whose registry and tag the sidecars have.
    image: String,
    certificate: ServingCertificate,
}

impl Injector {
    /// The injector of Istio 1.0.
    pub(crate) fn of_mixer_generation(container: &Container<'_>) -> Option<Self> {
        Self::new(
            container,
            INJECTOR_PORT,
            &["istio-sidecar-injector".to_owned()],
        )
    }

    /// The webhook server of istiod.
    pub(crate) fn of_istiod(container: &Container<'_>) -> Option<Self> {
        let revision = object::text(container.pod, "/metadata/labels/istio.io~1rev");
        let mut services = vec!["istiod".to_owned(), "istiod-remote".to_owned()];
        services.push("istio-sidecar-injector".to_owned());
        if !revision.is_empty() {
            services.push(format!("istiod-{revision}"));
            services.push(format!("istiod-revision-tag-{revision}"));
        }
        Self::new(container, ISTIOD_PORT, &services)
    }

    fn new(container: &Container<'_>, port: u16, services: &[String]) -> Option<Self> {
        let namespace = container.context().namespace().to_owned();
        let names: Vec<String> = services
            .iter()
            .map(|service| format!("{service}.{namespace}.svc"))
            .collect();
        Some(Self {
            port,
            certificate: CA.as_ref()?.issue(&names).ok()?,
            image: container.image().to_owned(),
            namespace,
        })
    }
}

impl AdmissionServer for Injector {
    fn port(&self) -> u16 {
        self.port
    }

    fn certificate(&self) -> &ServingCertificate {
        &self.certificate
    }

    fn review(&self, context: &AdmissionContext<'_>, path: &str, request: &Value) -> Value {
        if !path.starts_with("/inject") {
            return json!({"allowed": true});
        }
        let mut pod = request["object"].clone();
        sidecar::inject(context, &self.namespace, &self.image, &mut pod);
        let patch = json!([
            {"op": "replace", "path": "/metadata", "value": pod["metadata"]},
            {"op": "replace", "path": "/spec", "value": pod["spec"]},
        ]);
        json!({
            "allowed": true, "patchType": "JSONPatch", "patch": STANDARD.encode(patch.to_string()),
        })
    }
}

/// The injector of Istio 1.0, which does nothing else.
#[derive(Debug)]
pub(crate) struct InjectorProgram(pub(crate) Injector);

impl Program for InjectorProgram {
    fn listens_on(&self, port: u16) -> bool {
        port == self.0.port
    }

    fn respond(&self, _request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async { response::text(StatusCode::BAD_REQUEST, "no body found\n") }.boxed()
    }

    fn admission_server(&self) -> Option<&dyn AdmissionServer> {
        Some(&self.0)
    }
}
