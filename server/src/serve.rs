//! `meshspan serve`: opens the console's memory, the sandbox if asked, and listens.

use crate::{address, config, http, login, shutdown};
use anyhow::{Context as _, Result};
use console::{AddressPolicy, Console, Setup};
use std::time::Duration;
use tokio::net::TcpListener;

/// How long jobs and open requests get when the server is asked to end.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until the process is asked to end.
pub(crate) async fn serve(arguments: config::Serve) -> Result<()> {
    let folder = config::data_dir(arguments.data_dir.as_ref());
    let _lock = address::lock(&folder).context("give this server another --data-dir")?;
    let stop = shutdown::token();
    let mut setup = Setup {
        stop: stop.clone(),
        ..Setup::default()
    };
    setup.job_timeout = Duration::from_secs(arguments.patience);
    setup.mount = config::mount();
    if loopback(&arguments) {
        setup.addresses = AddressPolicy::WithLoopback;
    }
    let console = Console::open(&folder, setup)?;
    #[cfg(feature = "sandbox")]
    let _sandboxes = if arguments.sandbox {
        Some(crate::sandboxes::attach(&console).await?)
    } else {
        None
    };
    console.watch_meshes()?;
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let at = listener.local_addr()?;
    address::write(&folder, at)?;
    say(&login::link(&console, at)?);
    let router = http::router(&console, &arguments.site, at, stop.clone());
    let ended = stop.clone();
    let served = axum::serve(listener, router)
        .with_graceful_shutdown(async move { ended.cancelled().await })
        .into_future();
    tokio::select! {
        served = served => served?,
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => {}
    }
    console.close(GRACE).await;
    tracing::info!("ended");
    Ok(())
}

fn loopback(arguments: &config::Serve) -> bool {
    #[cfg(feature = "sandbox")]
    let sandbox = arguments.sandbox;
    #[cfg(not(feature = "sandbox"))]
    let sandbox = false;
    arguments.allow_loopback_clusters || sandbox
}

/// The link goes to standard output, past the log: its token is in no log.
#[expect(
    clippy::print_stdout,
    reason = "the link is for the person who started the server"
)]
fn say(link: &str) {
    println!("\n  Log in once, within ten minutes:\n\n  {link}\n");
}
