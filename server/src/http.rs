//! The router: pages, server functions, the event stream, and the static files of the browser.

use crate::{
    backups, compression,
    connections::{self, Connection},
    error_page,
    guard::{Guard, HEALTH, guard},
    live, logging, login,
    origin::Origin,
    problem,
};
use app::{App, BasePath, LoginCommand, shell, ssr::BuildId};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::{any, get, post},
};
use console::Console;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_to_stream_with_context};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use tower_http::{
    catch_panic::CatchPanicLayer, services::ServeDir, set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};
use wire::{Code, Problem};

/// The maximum size of a request body, such as a kubeconfig or a values file.
const MAX_BODY_BYTES: usize = 2 << 20;
/// The maximum size of a request body with an archive: Base64 adds a third.
const MAX_UPLOAD_BYTES: usize = wire::repository::MAX_UPLOAD_BYTES as usize / 3 * 4 + (64 << 10);
/// The timeout of a request; event streams have none.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

/// What is served besides the console, and where.
#[derive(Clone)]
pub(crate) struct Site {
    /// The folder of the built browser files.
    pub(crate) folder: PathBuf,
    /// The path below which everything is served.
    pub(crate) base: BasePath,
    /// The origin under which browsers reach the console.
    pub(crate) origin: Origin,
    /// The command that prints a login link.
    pub(crate) login: LoginCommand,
}

/// Builds the router of the server. The base path is removed from a request before it is routed, so
/// that no route and no check of access depends on it.
pub(crate) fn router(console: &Console, site: &Site, stop: CancellationToken) -> Router {
    let base = &site.base;
    let cookie = site.origin.cookie(base);
    let login = login::State {
        console: console.clone(),
        base: base.clone(),
        cookie: cookie.clone(),
    };
    let access = Guard {
        console: console.clone(),
        origin: site.origin.clone(),
        cookie,
        base: base.clone(),
    };
    let build = build_id(&site.folder);
    let routes = Router::new()
        .merge(pages(console, site, &build))
        .merge(endpoints(console, &login))
        .merge(files(&site.folder))
        .layer(from_fn(limit_body))
        .layer(TimeoutLayer::with_status_code(
            http::StatusCode::GATEWAY_TIMEOUT,
            REQUEST_TIMEOUT,
        ))
        .layer(from_fn(compression::keep_credentials_plain))
        .layer(compression::layer())
        .merge(streams(console, &build, stop))
        .layer(from_fn_with_state(login, login_link))
        .layer(from_fn_with_state(access, guard));
    let routes = if base.is_root() {
        routes
    } else {
        let overview = Redirect::permanent(base.as_str());
        Router::new()
            .nest(base.as_str(), routes)
            .route(&base.join("/"), get(async || overview))
    };
    isolated(routes, base).layer(from_fn(connections::track_request))
}

/// The outermost layers: each request has an id, a handler that panics ends only its own request, and an error
/// that a person sees in a browser is a page.
fn isolated(routes: Router, base: &BasePath) -> Router {
    routes
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(base.clone(), error_page::for_browser))
        .layer(from_fn(logging::with_request_id))
}

/// The response to a request whose handler panicked: the connection and the other requests go on.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request handler panicked");
    problem::response(Problem::new(Code::Internal))
}

/// The pages and the server functions behind them.
fn pages(console: &Console, site: &Site, build: &BuildId) -> Router {
    let options = LeptosOptions::builder()
        .output_name("meshspan")
        .site_root(site.folder.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .build();
    let context = {
        let (console, base, build) = (console.clone(), site.base.clone(), build.clone());
        let login = site.login.clone();
        move || {
            provide_context(console.clone());
            provide_context(build.clone());
            provide_context(login.clone());
            app::ssr::provide_base_path(&base);
        }
    };
    let base = site.base.clone();
    let missing = {
        let options = options.clone();
        render_app_to_stream_with_context(context.clone(), move || shell(options.clone()))
    };
    Router::new()
        .route("/api/{*function}", any(unknown_function))
        .fallback(async move |request: Request| {
            if let Some(page) = app::urls::without_slashes(request.uri().path()) {
                let query = request.uri().query();
                let query = query.map(|query| format!("?{query}")).unwrap_or_default();
                return Redirect::permanent(&base.join(&format!("{page}{query}"))).into_response();
            }
            let mut page = missing(request).await;
            *page.status_mut() = http::StatusCode::NOT_FOUND;
            page.into_response()
        })
        .leptos_routes_with_context(&options, generate_route_list(App), context, {
            let options = options.clone();
            move || shell(options.clone())
        })
        .layer(from_fn(server_function))
        .with_state(options)
}

fn endpoints(console: &Console, login: &login::State) -> Router {
    let logout = Router::new()
        .route("/logout", post(login::log_out))
        .route("/login", post(login::log_in_here))
        .with_state(login.clone());
    Router::new()
        .route(HEALTH, get(|| async { "ok" }))
        .route("/backups/{file}", get(backups::job_backup))
        .route("/backups/{mesh}/{file}", get(backups::cluster_backup))
        .with_state(console.clone())
        .merge(logout)
}

fn streams(console: &Console, build: &BuildId, stop: CancellationToken) -> Router {
    Router::new()
        .route("/live", get(live::live))
        .with_state((console.clone(), build.clone(), stop))
}

/// The id of the browser files: it changes with each build of them, so that a page of another build
/// finds out that it is outdated.
fn build_id(site: &Path) -> BuildId {
    let changed = ["meshspan.wasm", "meshspan.js", "meshspan.css"].map(|file| {
        let metadata = std::fs::metadata(site.join("pkg").join(file));
        metadata.and_then(|metadata| metadata.modified()).ok()
    });
    let newest = changed.into_iter().flatten().max();
    let since_1970 = newest.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    BuildId(since_1970.unwrap_or_default().as_millis().to_string())
}

/// Limits the size of a request body; an upload has a higher limit.
async fn limit_body(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let max = match path.as_str() {
        "/api/upload_chart" => MAX_UPLOAD_BYTES,
        _ => MAX_BODY_BYTES,
    };
    let length = request.headers().get(http::header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let too_large = || {
        let problem = Problem::new(Code::TooLarge).with("url", &path);
        problem::response(problem.with("max", max))
    };
    if length.is_some_and(|length| length > max) {
        return too_large();
    }
    // A chunked body is too large only once it is read; its reader does not tell that from other errors.
    let is_exceeded = Arc::new(AtomicBool::new(false));
    let exceeded = is_exceeded.clone();
    let limited = request.map(|body| {
        Body::new(Limited::new(body, max).map_err(move |error| {
            exceeded.fetch_or(error.is::<LengthLimitError>(), Ordering::Relaxed);
            error
        }))
    });
    let response = next.run(limited).await;
    if is_exceeded.load(Ordering::Relaxed) {
        return too_large();
    }
    response
}

/// Handles a login link, which carries its token in the query; `/login` without a token is a page.
async fn login_link(
    State(login): State<login::State>,
    ConnectInfo(Connection { peer, .. }): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let has_token = request.uri().path() == "/login"
        && request
            .uri()
            .query()
            .is_some_and(|query| query.starts_with("token="));
    if !has_token {
        return next.run(request).await;
    }
    match axum::extract::Query::<login::Ticket>::try_from_uri(request.uri()) {
        Ok(ticket) => login::log_in(&login, &ticket, request.headers(), peer).await,
        Err(rejection) => rejection.into_response(),
    }
}

/// A path below `/api` that is no server function.
async fn unknown_function(request: Request) -> Response {
    let problem = Problem::new(Code::NotFound).with("kind", "server function");
    problem::response(problem.with("name", request.uri().path()))
}

/// Gives the response of a server function the status of its problem.
async fn server_function(mut request: Request, next: Next) -> Response {
    // The library redirects a form to the page that it came from; the console has no such forms.
    if request.uri().path().starts_with("/api/") {
        request.headers_mut().remove(http::header::ACCEPT);
    }
    problem::with_status(next.run(request).await).await
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

#[cfg(test)]
mod tests {
    use super::*;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn a_handler_that_panics_answers_500_and_the_next_request_is_served() {
        async fn panics() -> &'static str {
            panic!("a handler panics, as this test wants")
        }
        let routes = Router::new()
            .route("/panics", get(panics))
            .route("/works", get(async || "ok"));
        let router = isolated(routes, &BasePath::default());
        let send = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let response = router.clone().oneshot(request).await;
            response.expect("a response")
        };
        let failed = send("/panics").await;
        assert_eq!(failed.status(), 500);
        assert!(failed.headers().contains_key("x-request-id"));
        let body = axum::body::to_bytes(failed.into_body(), 1024).await;
        let problem: Problem = serde_json::from_slice(&body.expect("a body")).expect("a problem");
        assert_eq!(problem.code, Code::Internal);
        assert_eq!(send("/works").await.status(), 200);
    }
}
