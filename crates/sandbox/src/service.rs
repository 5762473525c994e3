//! The sandbox as a tower service over HTTP requests.
//!
//! It authenticates the caller, handles requests about the server itself, and passes requests for
//! objects on. Start at [`ApiService`].

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::RunningCluster;
use crate::access::{self, AccessReview, Identity, impersonation};
use crate::api_status::ApiStatus;
use crate::cluster::Cluster;
use crate::discovery;
use crate::fault::{RequestFault, RequestHook, Requested, WriteHook};
use crate::kinds::Kinds;
use crate::openapi;
use crate::port_forward;
use crate::request::{ApiRequest, Query, Target};
use crate::rest::{self, json_response};

/// The largest body that is read.
const MAX_BODY_BYTES: usize = 3 * 1024 * 1024;

/// The API of a sandbox as a tower service; cheap to clone. It keeps the sandbox running.
#[derive(Clone, Debug)]
pub struct ApiService {
    running: Arc<RunningCluster>,
    authentication: Authentication,
    /// Ends upgraded connections; `None` where connections cannot be upgraded.
    upgrades: Option<CancellationToken>,
}

/// How the identity of a caller is determined.
#[derive(Clone, Debug)]
enum Authentication {
    /// Always this identity.
    Fixed(Box<Identity>),
    /// Always the owner of this token.
    Token(String),
    /// The owner of the token in the `Authorization` header.
    Header,
}

impl ApiService {
    pub(crate) fn for_admin(running: Arc<RunningCluster>) -> Self {
        Self {
            running,
            authentication: Authentication::Fixed(Box::new(Identity::admin())),
            upgrades: None,
        }
    }

    pub(crate) fn for_token(running: Arc<RunningCluster>, token: &str) -> Self {
        Self {
            running,
            authentication: Authentication::Token(token.to_owned()),
            upgrades: None,
        }
    }

    pub(crate) fn from_header(running: Arc<RunningCluster>, upgrades: CancellationToken) -> Self {
        Self {
            running,
            authentication: Authentication::Header,
            upgrades: Some(upgrades),
        }
    }

    fn authenticate(&self, headers: &HeaderMap) -> Result<Identity, ApiStatus> {
        let state = self.running.cluster.lock();
        let owner = |token: &str| {
            if state.faults.tokens_expired {
                return Err(ApiStatus::unauthorized());
            }
            state
                .tokens
                .authenticate(token, &state.objects, state.time())
                .ok_or_else(ApiStatus::unauthorized)
        };
        let identity = match &self.authentication {
            Authentication::Fixed(identity) => identity.as_ref().clone(),
            Authentication::Token(token) => owner(token)?,
            Authentication::Header => match headers.get(header::AUTHORIZATION) {
                None => anonymous(),
                Some(value) => owner(
                    value
                        .to_str()
                        .ok()
                        .and_then(|text| text.strip_prefix("Bearer "))
                        .unwrap_or_default()
                        .trim(),
                )?,
            },
        };
        impersonation::impersonate(&state.objects, identity, headers)
    }

    /// What a test wants to happen to a request.
    fn fault<B>(&self, request: &Request<B>) -> Option<RequestFault> {
        let RequestHook(hook) = self.running.cluster.lock().faults.before_request()?;
        let path = request.uri().path_and_query()?;
        hook(request.method().as_str(), path.as_str())
    }

    /// Handles a port-forward request.
    async fn port_forward(&self, target: &Target, parts: http::request::Parts) -> Response<Body> {
        let identity = match self.authenticate(&parts.headers) {
            Ok(identity) => identity,
            Err(status) => return error_response(&status),
        };
        let cluster = &self.running.cluster;
        port_forward::handle(cluster, &identity, target, parts, self.upgrades.as_ref())
            .await
            .unwrap_or_else(|status| error_response(&status))
    }
}

fn anonymous() -> Identity {
    Identity {
        name: "system:anonymous".to_owned(),
        uid: String::new(),
        groups: vec!["system:unauthenticated".to_owned()],
    }
}

impl<B> tower::Service<Request<B>> for ApiService
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            let delay = Requested::read(&service.running.cluster.lock().objects).delay();
            if let Some(delay) = delay {
                tokio::time::sleep(delay).await;
            }
            let fault = service.fault(&request);
            match fault {
                Some(RequestFault::Status(code)) => {
                    return Ok(error_response(&ApiStatus::injected(code)));
                }
                Some(RequestFault::ResetBefore) => return Ok(reset()),
                Some(RequestFault::Silence) => std::future::pending().await,
                Some(RequestFault::Delay(delay)) => tokio::time::sleep(delay).await,
                Some(RequestFault::ResetAfter) | None => {}
            }
            let (parts, body) = request.into_parts();
            if let Some(target) = port_forward::pod_target(parts.uri.path()) {
                return Ok(service.port_forward(&target, parts).await);
            }
            let Ok(body) = body
                .collect()
                .await
                .map(http_body_util::Collected::to_bytes)
            else {
                return Ok(error_response(&ApiStatus::bad_request(
                    "the body could not be read",
                )));
            };
            if body.len() > MAX_BODY_BYTES {
                return Ok(error_response(&ApiStatus::too_large(MAX_BODY_BYTES)));
            }
            let cluster = &service.running.cluster;
            let response = service.authenticate(&parts.headers).and_then(|identity| {
                let request = ApiRequest {
                    method: parts.method,
                    path: parts.uri.path().to_owned(),
                    query: Query::parse(parts.uri.query().unwrap_or_default()),
                    headers: parts.headers,
                    body,
                    identity,
                    received: cluster.time(),
                };
                let response = handle(cluster, &request)?;
                after_write(cluster, &request, &response);
                Ok(response)
            });
            if fault == Some(RequestFault::ResetAfter) {
                return Ok(reset());
            }
            Ok(response.unwrap_or_else(|status| error_response(&status)))
        })
    }
}

/// A response that breaks off: the connection ends.
fn reset() -> Response<Body> {
    let broken = io::Error::from(io::ErrorKind::ConnectionReset);
    let body = futures::stream::once(std::future::ready(Err::<Bytes, _>(broken)));
    Response::new(Body::from_stream(body))
}

/// Calls the hook of a test after a write.
fn after_write(cluster: &Cluster, request: &ApiRequest, response: &Response<Body>) {
    let is_write = request.method != Method::GET
        && response.status().is_success()
        && !request.is_dry()
        && !request.path.ends_with("reviews");
    let hook = is_write.then(|| cluster.lock().faults.after_write());
    if let Some(WriteHook(hook)) = hook.flatten() {
        hook(request.method.as_str(), &request.path);
    }
}

fn error_response(status: &ApiStatus) -> Response<Body> {
    let code = StatusCode::from_u16(status.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json_response(code, &status.to_object())
}

fn handle(cluster: &Arc<Cluster>, request: &ApiRequest) -> Result<Response<Body>, ApiStatus> {
    if Target::parse(&request.path).is_some() {
        return rest::handle(cluster, request);
    }
    let state = cluster.lock();
    let path = request.path.trim_end_matches('/');
    let access_review = AccessReview {
        verb: "get",
        path: &request.path,
        ..AccessReview::default()
    };
    if !access::allows(&state.objects, &request.identity, &access_review) {
        return Err(ApiStatus::forbidden_path(format!(
            "forbidden: User \"{}\" cannot get path \"{}\"",
            request.identity.name, request.path
        )));
    }
    match path {
        "/version" => Ok(json_response(
            StatusCode::OK,
            &version(&cluster.config.version),
        )),
        "/healthz" | "/livez" | "/readyz" => Ok(plain_text("ok")),
        "/openapi/v2" => openapi_v2(&state.kinds, request),
        "" => Ok(json_response(StatusCode::OK, &paths(&state.kinds))),
        path if path.starts_with("/openapi/v3") => openapi::v3(&state.kinds, path)
            .map(|document| json_response(StatusCode::OK, &document))
            .ok_or_else(ApiStatus::no_such_path),
        path => {
            let (document, aggregated) =
                discovery::handle(&state.kinds, path, request.header("accept"))
                    .ok_or_else(ApiStatus::no_such_path)?;
            let mut response = json_response(StatusCode::OK, &document);
            if aggregated {
                response.headers_mut().insert(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static(discovery::AGGREGATED),
                );
            }
            Ok(response)
        }
    }
}

/// The OpenAPI v2 document in JSON, or without its definitions in protobuf: kubectl reads it for
/// kinds that the documents of version 3 do not have, such as `List`, and accepts what it does not
/// find.
fn openapi_v2(kinds: &Kinds, request: &ApiRequest) -> Result<Response<Body>, ApiStatus> {
    const ACCEPTED: &str = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    /// The same type, in the syntax of a response.
    const PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    /// The field `swagger` with the text `2.0`.
    const EMPTY_DOCUMENT: &[u8] = b"\x0a\x032.0";
    let accept = request.header("accept");
    if accept.is_empty() || accept.contains("json") || accept.contains("*/*") {
        return Ok(json_response(StatusCode::OK, &openapi::v2(kinds)));
    }
    if !accept.contains(ACCEPTED) {
        return Err(ApiStatus::not_acceptable());
    }
    let mut response = Response::new(Body::from(EMPTY_DOCUMENT));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(PROTOBUF));
    Ok(response)
}

fn plain_text(text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

fn paths(kinds: &Kinds) -> Value {
    let mut paths: Vec<String> = [
        "/api",
        "/api/v1",
        "/apis",
        "/healthz",
        "/livez",
        "/openapi/v2",
        "/openapi/v3",
    ]
    .map(str::to_owned)
    .to_vec();
    for kind in kinds.all().filter(|kind| !kind.group.is_empty()) {
        paths.push(format!("/apis/{}", kind.group));
        paths.extend(
            kind.versions
                .iter()
                .map(|version| format!("/apis/{}/{version}", kind.group)),
        );
    }
    paths.extend(["/readyz".to_owned(), "/version".to_owned()]);
    paths.sort();
    paths.dedup();
    json!({"paths": paths})
}

fn version(version: &str) -> Value {
    let mut numbers = version.trim_start_matches('v').split('.');
    json!({
        "major": numbers.next().unwrap_or("1"), "minor": numbers.next().unwrap_or("36"),
        "gitVersion": version, "gitCommit": "0000000000000000000000000000000000000000",
        "gitTreeState": "clean", "buildDate": "2026-01-01T00:00:00Z", "goVersion": "go1.26.0",
        "compiler": "gc", "platform": "linux/amd64",
    })
}
