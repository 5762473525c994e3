//! `meshspan serve`: opens the database, starts the sandbox clusters on request, and listens.

use crate::{
    address, config,
    connections::{self, Connection, LimitedListener, Limits},
    http, login,
    origin::{self, Origin},
    shutdown,
};
use anyhow::{Context as _, Result};
use console::{AddressPolicy, Console, Setup};
use std::time::Duration;
use tokio::net::TcpListener;

/// How long jobs and open requests may take to finish at shutdown.
const GRACE_PERIOD: Duration = Duration::from_secs(5);

/// Serves until the process receives a termination signal.
pub(crate) async fn serve(options: config::Serve) -> Result<()> {
    origin::check(options.listen, options.public_url.as_ref())?;
    let folder = config::data_dir(options.data_dir.as_ref());
    let _lock = address::lock(&folder).context("choose another --data-dir")?;
    let stop = shutdown::token();
    let mut setup = Setup {
        stop: stop.clone(),
        job_timeout: Duration::from_secs(options.timeout),
        idle_timeout: Duration::from_mins(options.idle_timeout.get()),
        retention: options.retention.settings(),
        ..Setup::default()
    };
    setup.mount = config::mount();
    if allows_loopback(&options) {
        setup.addresses = AddressPolicy::WithLoopback;
    }
    let console = Console::open(&folder, setup)?;
    #[cfg(feature = "sandbox")]
    let _sandboxes = if options.sandbox {
        Some(crate::sandboxes::attach(&console).await?)
    } else {
        None
    };
    console.watch_meshes().await?;
    console.watch_retention();
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening");
    let origin = match &options.public_url {
        Some(url) => Origin::public(url, address),
        None => Origin::plain(address),
    };
    let url = origin.url(&options.base_path);
    address::write(&folder, &url)?;
    print_link(&login::link(&console, &url).await?);
    let site = http::Site {
        folder: options.site.clone(),
        base: options.base_path.clone(),
        origin,
    };
    let router = http::router(&console, &site, stop.clone());
    let stopped = stop.clone();
    let limits = Limits::new(
        connections::raise_file_limit(),
        options.max_connections_per_peer,
    );
    let listener = LimitedListener::new(listener, limits);
    let service = router.into_make_service_with_connect_info::<Connection>();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(async move { stopped.cancelled().await })
        .into_future();
    tokio::select! {
        served = served => served?,
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE_PERIOD).await } => {}
    }
    console.close(GRACE_PERIOD).await;
    tracing::info!("stopped");
    Ok(())
}

fn allows_loopback(options: &config::Serve) -> bool {
    #[cfg(feature = "sandbox")]
    let sandbox = options.sandbox;
    #[cfg(not(feature = "sandbox"))]
    let sandbox = false;
    options.allow_loopback_clusters || sandbox
}

/// Prints the link to standard output and not to the log, so that no log holds its token.
fn print_link(link: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let text = "Log in with this link. It is valid once, for ten minutes:";
    // `meshspan login-link` prints another one, when the standard output is closed.
    let _ = writeln!(out, "\n  {text}\n\n  {link}\n");
}
