//! The router: pages, server functions, the event stream, and the files of the browser side.

use crate::{
    backups,
    guard::{Guard, guard},
    live, login,
};
use app::{App, shell};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use console::{Caller, Console};
use http_body_util::Limited;
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer};

/// The largest body that a request may bring: a kubeconfig or a text of values.
const MOST_BYTES: usize = 2 << 20;
/// The largest body that brings an archive: Base64 in JSON takes a third more than its bytes.
const MAX_UPLOAD_BYTES: usize = wire::repository::MAX_UPLOAD_BYTES as usize / 3 * 4 + (64 << 10);
const DEADLINE: Duration = Duration::from_mins(1);

/// Everything the server answers.
pub(crate) fn router(
    console: &Console,
    site: &Path,
    at: SocketAddr,
    stop: CancellationToken,
) -> Router {
    let options = LeptosOptions::builder()
        .output_name("meshspan")
        .site_root(site.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .site_addr(at)
        .build();
    let guarded = Guard {
        console: console.clone(),
        hosts: hosts(at),
    };
    let state = AppState {
        console: console.clone(),
        options: options.clone(),
    };
    let pages = Router::new()
        .route(
            "/api/{*function}",
            post(server_function).get(server_function),
        )
        .leptos_routes_with_context(
            &state,
            generate_route_list(App),
            {
                let console = console.clone();
                move || provide_context(console.clone())
            },
            {
                let options = options.clone();
                move || shell(options.clone())
            },
        )
        .with_state(state);
    let open = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/logout", post(login::log_out))
        .route("/backups/{file}", get(backups::kept))
        .route("/backups/{mesh}/{file}", get(backups::fresh))
        .with_state(console.clone());
    let streams = Router::new()
        .route("/live", get(live::live))
        .with_state((console.clone(), stop));
    Router::new()
        .merge(pages)
        .merge(open)
        .merge(files(site))
        .layer(from_fn(within_limit))
        .layer(TimeoutLayer::with_status_code(
            http::StatusCode::GATEWAY_TIMEOUT,
            DEADLINE,
        ))
        .merge(streams)
        .layer(from_fn_with_state(console.clone(), ticket))
        .layer(from_fn_with_state(guarded, guard))
}

#[derive(Clone)]
struct AppState {
    console: Console,
    options: LeptosOptions,
}

impl axum::extract::FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.options.clone()
    }
}

/// Bounds a request's body: an archive may bring more than anything else.
async fn within_limit(request: Request, next: Next) -> Response {
    let most = match request.uri().path() {
        "/api/upload_chart" => MAX_UPLOAD_BYTES,
        _ => MOST_BYTES,
    };
    let announced = request.headers().get(http::header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return http::StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let bounded = request.map(|body| Body::new(Limited::new(body, most)));
    next.run(bounded).await
}

/// A login link carries its token in the query; without one `/login` is an ordinary page.
async fn ticket(State(console): State<Console>, request: Request, next: Next) -> Response {
    let token = request.uri().path() == "/login"
        && request
            .uri()
            .query()
            .is_some_and(|query| query.starts_with("token="));
    if !token {
        return next.run(request).await;
    }
    match axum::extract::Query::try_from_uri(request.uri()) {
        Ok(query) => login::log_in(State(console), query).await,
        Err(rejection) => rejection.into_response(),
    }
}

async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let console = state.console.clone();
    let caller = request.extensions().get::<Caller>().cloned();
    let context = move || {
        provide_context(console.clone());
        if let Some(caller) = caller.clone() {
            provide_context(caller);
        }
    };
    leptos_axum::handle_server_fns_with_context(context, request)
        .await
        .into_response()
}

/// The files of the browser side, compressed beforehand; a new build is seen at once.
fn files(site: &Path) -> Router {
    let cached = |value| {
        SetResponseHeaderLayer::overriding(
            http::header::CACHE_CONTROL,
            http::HeaderValue::from_static(value),
        )
    };
    let folder = |name: &str| ServeDir::new(site.join(name)).precompressed_br();
    let file = |name: &str| tower_http::services::ServeFile::new(site.join(name));
    Router::new()
        .nest_service("/pkg", folder("pkg"))
        .route_service("/favicon.svg", file("favicon.svg"))
        .route_service("/robots.txt", file("robots.txt"))
        .layer(cached("no-cache"))
        .merge(
            Router::new()
                .nest_service("/fonts", folder("fonts"))
                .layer(cached("public, max-age=31536000, immutable")),
        )
}

/// The hosts under which we answer: the address itself, and `localhost` when it is loopback.
fn hosts(at: SocketAddr) -> Arc<[String]> {
    let mut hosts = vec![at.to_string()];
    if at.ip().is_loopback() {
        hosts.push(format!("localhost:{}", at.port()));
    }
    hosts.into()
}
