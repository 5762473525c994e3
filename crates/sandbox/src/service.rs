//! The sandbox as a tower service over HTTP requests.
//!
//! It finds out who asks, answers what is about the server itself, and hands the rest on. Start at
//! [`Service`].

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::Running;
use crate::access::{self, Ask, Identity};
use crate::discovery;
use crate::forward;
use crate::kinds::Kinds;
use crate::openapi;
use crate::refusal::Refusal;
use crate::request::{Call, Query, Target};
use crate::rest::{self, json_answer};
use crate::world::{State, World};

/// The largest body that is read.
const MOST_BYTES: usize = 3 * 1024 * 1024;

/// The API of a sandbox; cheap to clone, and keeps the sandbox running.
#[derive(Clone, Debug)]
pub struct Service {
    running: Arc<Running>,
    caller: Caller,
    /// Ends what a connection was switched to; without, nothing can be switched.
    listening: Option<CancellationToken>,
}

/// Whom requests are taken to come from.
#[derive(Clone, Debug)]
enum Caller {
    /// Always this one.
    Known(Box<Identity>),
    /// Always the holder of this token.
    Token(String),
    /// Whom the `Authorization` header names.
    Header,
}

impl Service {
    pub(crate) fn admin(running: Arc<Running>) -> Self {
        Self {
            running,
            caller: Caller::Known(Box::new(Identity::admin())),
            listening: None,
        }
    }

    pub(crate) fn of_token(running: Arc<Running>, token: &str) -> Self {
        Self {
            running,
            caller: Caller::Token(token.to_owned()),
            listening: None,
        }
    }

    pub(crate) fn of_header(running: Arc<Running>, listening: CancellationToken) -> Self {
        Self {
            running,
            caller: Caller::Header,
            listening: Some(listening),
        }
    }

    fn who(&self, headers: &HeaderMap) -> Result<Identity, Refusal> {
        let state = self.running.world.lock();
        let holder = |token: &str| state.tokens.who(token).ok_or_else(Refusal::unauthorized);
        let who = match &self.caller {
            Caller::Known(who) => who.as_ref().clone(),
            Caller::Token(token) => holder(token)?,
            Caller::Header => match headers.get(header::AUTHORIZATION) {
                None => anonymous(),
                Some(stated) => holder(
                    stated
                        .to_str()
                        .ok()
                        .and_then(|stated| stated.strip_prefix("Bearer "))
                        .unwrap_or_default()
                        .trim(),
                )?,
            },
        };
        impersonated(&state, who, headers)
    }

    /// Answers a request for the ports of a pod.
    async fn forward(&self, target: &Target, parts: http::request::Parts) -> Response<Body> {
        let who = match self.who(&parts.headers) {
            Ok(who) => who,
            Err(refusal) => return refused(&refusal),
        };
        let world = &self.running.world;
        forward::answer(world, &who, target, parts, self.listening.as_ref())
            .await
            .unwrap_or_else(|refusal| refused(&refusal))
    }
}

fn anonymous() -> Identity {
    Identity {
        name: "system:anonymous".to_owned(),
        uid: String::new(),
        groups: vec!["system:unauthenticated".to_owned()],
    }
}

/// Whom the caller acts as, if it may.
fn impersonated(state: &State, who: Identity, headers: &HeaderMap) -> Result<Identity, Refusal> {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let Some(user) = headers.get("impersonate-user").map(text) else {
        return Ok(who);
    };
    let may = |resource: &str, name: &str| {
        let ask = Ask {
            verb: "impersonate",
            resource,
            name,
            ..Ask::default()
        };
        if access::allows(&state.store, &who, &ask) {
            return Ok(());
        }
        let detail = format!(
            "User \"{}\" cannot impersonate resource \"{resource}\" in API group \"\" at the \
             cluster scope",
            who.name
        );
        Err(Refusal::forbidden_resource("", resource, name, &detail))
    };
    may("users", &user)?;
    let groups: Vec<String> = headers
        .get_all("impersonate-group")
        .iter()
        .map(text)
        .collect();
    for group in &groups {
        may("groups", group)?;
    }
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    if let Some((namespace, name)) = user
        .strip_prefix("system:serviceaccount:")
        .and_then(|account| account.split_once(':'))
        .filter(|_| groups.is_empty())
    {
        return Ok(Identity::service_account(namespace, name, ""));
    }
    Ok(Identity::new(&user, &groups))
}

impl<B> tower::Service<Request<B>> for Service
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
            let (parts, body) = request.into_parts();
            if let Some(target) = forward::asked_for(parts.uri.path()) {
                return Ok(service.forward(&target, parts).await);
            }
            let Ok(body) = body
                .collect()
                .await
                .map(http_body_util::Collected::to_bytes)
            else {
                return Ok(refused(&Refusal::bad_request("the body could not be read")));
            };
            if body.len() > MOST_BYTES {
                return Ok(refused(&Refusal::too_large(MOST_BYTES)));
            }
            let answer = service.who(&parts.headers).and_then(|who| {
                let call = Call {
                    method: parts.method,
                    path: parts.uri.path().to_owned(),
                    query: Query::parse(parts.uri.query().unwrap_or_default()),
                    headers: parts.headers,
                    body,
                    who,
                };
                answer(&service.running.world, &call)
            });
            Ok(answer.unwrap_or_else(|refusal| refused(&refusal)))
        })
    }
}

fn refused(refusal: &Refusal) -> Response<Body> {
    let code = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json_answer(code, &refusal.status())
}

fn answer(world: &Arc<World>, call: &Call) -> Result<Response<Body>, Refusal> {
    if crate::request::Target::parse(&call.path).is_some() {
        return rest::answer(world, call);
    }
    let state = world.lock();
    let path = call.path.trim_end_matches('/');
    let ask = Ask {
        verb: "get",
        path: &call.path,
        ..Ask::default()
    };
    if !access::allows(&state.store, &call.who, &ask) {
        return Err(Refusal::forbidden_path(format!(
            "forbidden: User \"{}\" cannot get path \"{}\"",
            call.who.name, call.path
        )));
    }
    match path {
        "/version" => Ok(json_answer(StatusCode::OK, &version(&world.shape.version))),
        "/healthz" | "/livez" | "/readyz" => Ok(plain("ok")),
        "/openapi/v2" => openapi_v2(&state.kinds, call),
        "" => Ok(json_answer(StatusCode::OK, &paths(&state.kinds))),
        path if path.starts_with("/openapi/v3") => openapi::v3(&state.kinds, path)
            .map(|document| json_answer(StatusCode::OK, &document))
            .ok_or_else(Refusal::no_such_path),
        path => {
            let (document, aggregated) =
                discovery::answer(&state.kinds, path, call.header("accept"))
                    .ok_or_else(Refusal::no_such_path)?;
            let mut response = json_answer(StatusCode::OK, &document);
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

/// The older document in JSON; in protobuf it is not to be had, and clients go on without.
fn openapi_v2(kinds: &Kinds, call: &Call) -> Result<Response<Body>, Refusal> {
    let accept = call.header("accept");
    if accept.is_empty() || accept.contains("json") || accept.contains("*/*") {
        return Ok(json_answer(StatusCode::OK, &openapi::v2(kinds)));
    }
    Err(Refusal::not_acceptable())
}

fn plain(text: &'static str) -> Response<Body> {
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
