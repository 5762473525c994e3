//! The router: pages, server functions, the event stream, and the static files of the browser.

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

/// The maximum size of a request body, such as a kubeconfig or a values file.
const MAX_BODY_BYTES: usize = 2 << 20;
/// The maximum size of a request body with an archive: Base64 adds a third.
const MAX_UPLOAD_BYTES: usize = wire::repository::MAX_UPLOAD_BYTES as usize / 3 * 4 + (64 << 10);
/// The timeout of a request; event streams have none.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

/// Builds the router of the server.
pub(crate) fn router(
    console: &Console,
    site: &Path,
    address: SocketAddr,
    stop: CancellationToken,
) -> Router {
    let options = LeptosOptions::builder()
        .output_name("meshspan")
        .site_root(site.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .site_addr(address)
        .build();
    let access = Guard {
        console: console.clone(),
        hosts: hosts(address),
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
    let endpoints = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/logout", post(login::log_out))
        .route("/backups/{file}", get(backups::job_backup))
        .route("/backups/{mesh}/{file}", get(backups::cluster_backup))
        .with_state(console.clone());
    let streams = Router::new()
        .route("/live", get(live::live))
        .with_state((console.clone(), stop));
    Router::new()
        .merge(pages)
        .merge(endpoints)
        .merge(files(site))
        .layer(from_fn(limit_body))
        .layer(TimeoutLayer::with_status_code(
            http::StatusCode::GATEWAY_TIMEOUT,
            REQUEST_TIMEOUT,
        ))
        .merge(streams)
        .layer(from_fn_with_state(console.clone(), login_link))
        .layer(from_fn_with_state(access, guard))
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

/// Limits the size of a request body; an upload has a higher limit.
async fn limit_body(request: Request, next: Next) -> Response {
    let max = match request.uri().path() {
        "/api/upload_chart" => MAX_UPLOAD_BYTES,
        _ => MAX_BODY_BYTES,
    };
    let length = request.headers().get(http::header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > max) {
        return http::StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let limited = request.map(|body| Body::new(Limited::new(body, max)));
    next.run(limited).await
}

/// Handles a login link, which carries its token in the query; `/login` without a token is a page.
async fn login_link(State(console): State<Console>, request: Request, next: Next) -> Response {
    let has_token = request.uri().path() == "/login"
        && request
            .uri()
            .query()
            .is_some_and(|query| query.starts_with("token="));
    if !has_token {
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

/// The static files of the browser, precompressed. A browser revalidates all of them except fonts.
fn files(site: &Path) -> Router {
    let cache_control = |value| {
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
        .layer(cache_control("no-cache"))
        .merge(
            Router::new()
                .nest_service("/fonts", folder("fonts"))
                .layer(cache_control("public, max-age=31536000, immutable")),
        )
}

/// The accepted values of the Host header: the address, and `localhost` when it is loopback.
fn hosts(address: SocketAddr) -> Arc<[String]> {
    let mut hosts = vec![address.to_string()];
    if address.ip().is_loopback() {
        hosts.push(format!("localhost:{}", address.port()));
    }
    hosts.into()
}
