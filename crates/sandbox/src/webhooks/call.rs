//! The call of one webhook: its address, the verification of its certificate, and its response.
//!
//! The cluster is locked, so that only what the network publishes is asked. Start at [`call`].

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, RootCertStore};
use serde_json::{Value, json};

use super::Review;
use crate::admission_server::{AdmissionContext, ServingCertificate};
use crate::cluster::{Cluster, State};
use crate::object;
use crate::process::Program;

/// The response of a webhook.
#[derive(Debug)]
pub(super) struct Response(Value);

impl Response {
    pub(super) fn allowed(&self) -> bool {
        self.0["allowed"] == true
    }

    pub(super) fn status(&self) -> &Value {
        &self.0["status"]
    }

    /// The object after the patch of the response, if it has one; the error is a message.
    pub(super) fn patched(&self, object: &Value) -> Result<Option<Value>, String> {
        let Some(encoded) = self.0["patch"].as_str() else {
            return Ok(None);
        };
        let bytes = STANDARD
            .decode(encoded)
            .map_err(|error| error.to_string())?;
        let patch = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
        crate::patch::json(object, &patch)
            .map(Some)
            .ok_or_else(|| "the patch of the webhook cannot be applied".to_owned())
    }
}

/// Where the Service of a webhook leads to.
struct Endpoint {
    program: Arc<dyn Program>,
    server_name: String,
}

/// Calls a webhook; the error is the message of the API server.
pub(super) fn call(
    cluster: &Cluster,
    state: &State,
    webhook: &Value,
    review: &Review<'_>,
    object: &Value,
) -> Result<Response, String> {
    let seconds = object::number(webhook, "/timeoutSeconds").unwrap_or(10);
    let client = &webhook["clientConfig"];
    let roots = roots(client)?;
    let url = match client["url"].as_str() {
        Some(url) => url.to_owned(),
        None => service_url(&client["service"]),
    };
    let failed = |reason: String| {
        format!("failed to call webhook: Post \"{url}?timeout={seconds}s\": {reason}")
    };
    if client["url"].is_string() {
        return Err(failed(format!(
            "dial tcp {}: connect: connection refused",
            authority(&url)
        )));
    }
    let endpoint = endpoint(cluster, state, &client["service"]).map_err(failed)?;
    let server = endpoint
        .program
        .admission_server()
        .ok_or_else(|| failed("EOF".to_owned()))?;
    verify(&roots, server.certificate(), &endpoint.server_name).map_err(failed)?;
    let context = AdmissionContext::new(cluster, state);
    let path = object::text(client, "/service/path");
    let request = request(review, object);
    Ok(Response(server.review(&context, path, &request)))
}

/// The CA of the program behind the Service of a webhook, in PEM.
pub(crate) fn serving_ca(cluster: &Cluster, state: &State, service: &Value) -> Option<String> {
    let endpoint = endpoint(cluster, state, service).ok()?;
    let server = endpoint.program.admission_server()?;
    Some(server.certificate().ca_pem().to_owned())
}

/// The CA certificates of a webhook.
fn roots(client: &Value) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let encoded = object::text(client, "/caBundle");
    if encoded.is_empty() {
        // The roots of the system, which sign no program of the sandbox.
        return Ok(roots);
    }
    let pem = STANDARD.decode(encoded).unwrap_or_default();
    for certificate in CertificateDer::pem_slice_iter(&pem).flatten() {
        // A certificate that is no trust anchor verifies nothing.
        drop(roots.add(certificate));
    }
    if roots.is_empty() {
        return Err(
            "could not get REST client: unable to load root certificates: unable to parse \
                    bytes as PEM block"
                .to_owned(),
        );
    }
    Ok(roots)
}

fn service_url(service: &Value) -> String {
    let text = |member: &str| object::text(service, &format!("/{member}"));
    let port = object::number(service, "/port").unwrap_or(443);
    format!(
        "https://{}.{}.svc:{port}{}",
        text("name"),
        text("namespace"),
        text("path")
    )
}

/// Host and port of a URL.
fn authority(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(url::Url::host_str);
    let port = parsed.as_ref().and_then(url::Url::port_or_known_default);
    format!("{}:{}", host.unwrap_or_default(), port.unwrap_or(443))
}

/// The program behind a Service; the error is the reason why there is none.
fn endpoint(cluster: &Cluster, state: &State, reference: &Value) -> Result<Endpoint, String> {
    let (namespace, name) = (
        object::text(reference, "/namespace"),
        object::text(reference, "/name"),
    );
    let port = object::number(reference, "/port").unwrap_or(443);
    let service = state
        .objects
        .get("services", namespace, name)
        .ok_or_else(|| format!("service \"{name}\" not found"))?;
    let service_type = object::text(&service, "/spec/type");
    if service_type == "ExternalName" {
        return Err(format!("unsupported service type \"{service_type}\""));
    }
    let service_port = object::items(&service, "/spec/ports")
        .find(|candidate| candidate["port"] == port)
        .ok_or_else(|| format!("no service port {port} found for service \"{name}\""))?;
    let addresses = ready_addresses(state, namespace, name, object::text(service_port, "/name"));
    if addresses.is_empty() {
        return Err(format!("no endpoints available for service \"{name}\""));
    }
    let network = cluster.network();
    let found = addresses
        .iter()
        .find_map(|(address, port)| network.admission_program(address, *port));
    if let Some(program) = found {
        return Ok(Endpoint {
            program,
            server_name: format!("{name}.{namespace}.svc"),
        });
    }
    let reachable = addresses
        .iter()
        .find(|(address, _)| network.is_reachable(address));
    Err(reachable.map_or_else(
        || "context deadline exceeded".to_owned(),
        |(address, port)| format!("dial tcp {address}:{port}: connect: connection refused"),
    ))
}

/// The ready addresses of a port of a Service, from its EndpointSlices.
fn ready_addresses(
    state: &State,
    namespace: &str,
    name: &str,
    port_name: &str,
) -> Vec<(String, u16)> {
    let slices = state
        .objects
        .list("endpointslices.discovery.k8s.io", Some(namespace));
    let of_service = slices
        .iter()
        .filter(|slice| slice["metadata"]["labels"]["kubernetes.io/service-name"] == name);
    let mut found = Vec::new();
    for slice in of_service {
        let port = object::items(slice, "/ports")
            .find(|port| object::text(port, "/name") == port_name)
            .and_then(|port| u16::try_from(object::number(port, "/port")?).ok());
        let Some(port) = port else { continue };
        let endpoints = object::items(slice, "/endpoints")
            .filter(|endpoint| endpoint["conditions"]["ready"] != false);
        let addresses = endpoints.flat_map(|endpoint| object::items(endpoint, "/addresses"));
        found.extend(addresses.filter_map(|address| Some((address.as_str()?.to_owned(), port))));
    }
    found
}

/// Verifies the certificate of a server; the error is the message of Go.
fn verify(
    roots: &RootCertStore,
    certificate: &ServingCertificate,
    server_name: &str,
) -> Result<(), String> {
    let failed = |reason: &str| format!("tls: failed to verify certificate: x509: {reason}");
    let unknown = || failed("certificate signed by unknown authority");
    if roots.is_empty() {
        return Err(unknown());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots.clone()), provider)
        .build()
        .map_err(|_| unknown())?;
    let name = ServerName::try_from(server_name.to_owned()).map_err(|_| unknown())?;
    let verified = verifier.verify_server_cert(certificate.der(), &[], &name, &[], UnixTime::now());
    match verified {
        Ok(_) => Ok(()),
        Err(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => Err(failed(&format!(
            "certificate is valid for {}, not {server_name}",
            certificate.names().join(", ")
        ))),
        Err(_) => Err(unknown()),
    }
}

/// The request of an `AdmissionReview`.
fn request(review: &Review<'_>, object: &Value) -> Value {
    let kind = review.kind;
    let version = object::text(object, "/apiVersion")
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let group_kind = json!({"group": kind.group, "version": version, "kind": kind.kind});
    let resource = json!({"group": kind.group, "version": version, "resource": kind.plural});
    let user = match review.identity {
        Some(identity) => json!({"username": identity.name, "groups": identity.groups}),
        None => json!({
            "username": "system:kube-controller-manager", "groups": ["system:authenticated"],
        }),
    };
    let is_delete = review.operation == "DELETE";
    let mut request = json!({
        "uid": uuid::Uuid::new_v4().to_string(), "kind": group_kind, "resource": resource,
        "requestKind": group_kind, "requestResource": resource,
        "name": object::name(object), "operation": review.operation, "userInfo": user,
        "object": if is_delete { Value::Null } else { object.clone() },
        "oldObject": review.old.cloned().unwrap_or_default(), "dryRun": review.dry_run,
    });
    if kind.namespaced {
        request["namespace"] = json!(object::namespace(object));
    }
    if !review.subresource.is_empty() {
        request["subResource"] = json!(review.subresource);
    }
    request
}
