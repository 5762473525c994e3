//! `meshspan serve`: opens the database, starts the sandbox clusters on request, and listens.

use crate::{
    address, config,
    connections::{self, Connection, LimitedListener, Limits},
    http, istio_releases, kubeconfigs, login,
    origin::{self, Addressing, LocalName, Origin},
    shutdown,
};
use anyhow::{Context as _, Result};
use app::LoginCommand;
use console::{AddressPolicy, Console, Setup};
use std::{
    io::{self, IsTerminal as _, Write as _},
    net::SocketAddr,
    path::Path,
    time::Duration,
};
use tokio::net::TcpListener;

/// How long jobs and open requests may take to finish at shutdown.
const GRACE_PERIOD: Duration = Duration::from_secs(5);

/// Serves until the process receives a termination signal.
pub(crate) async fn serve(options: config::Serve) -> Result<()> {
    let addressing = addressing(&options);
    origin::check(options.listen, addressing)?;
    let folder = config::data_dir(options.data_dir.as_ref());
    let _lock = address::lock(&folder).context("choose another --data-dir")?;
    let stop = shutdown::token();
    let mut setup = Setup {
        stop: stop.clone(),
        job_timeout: Duration::from_secs(options.timeout),
        idle_timeout: Duration::from_mins(options.idle_timeout.get()),
        retention: options.retention.settings(),
        istio_releases: istio_releases::read(options.istio_releases.as_deref())?,
        istio_charts: options.istio_charts.0.clone(),
        ..Setup::default()
    };
    setup.mount = config::mount();
    if allows_loopback(&options) {
        setup.addresses = AddressPolicy::WithLoopback;
    }
    let console = Console::open(&folder, setup)?;
    #[cfg(feature = "sandbox")]
    let _sandboxes = if options.sandbox {
        Some(crate::sandboxes::attach(&console, &folder).await?)
    } else {
        None
    };
    kubeconfigs::register(&console, &options.kubeconfig).await?;
    console.watch_meshes().await?;
    console.watch_clusters();
    console.watch_retention();
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening");
    let origin = origin(addressing, &folder, address)?;
    let url = origin.url(&options.base_path);
    address::write(&folder, &url)?;
    announce(&options, &console, &url).await?;
    let site = http::Site {
        folder: options.site.clone(),
        base: options.base_path.clone(),
        origin,
        login: LoginCommand {
            exact: login::command(&folder),
            is_public: options.public_url.is_some(),
        },
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

fn addressing(options: &config::Serve) -> Addressing<'_> {
    match &options.public_url {
        Some(url) => Addressing::Public(url),
        None if options.plain_address => Addressing::PlainAddress,
        None => Addressing::Name,
    }
}

fn origin(addressing: Addressing<'_>, folder: &Path, listener: SocketAddr) -> Result<Origin> {
    match addressing {
        Addressing::Public(url) => Ok(Origin::public(url, listener)),
        Addressing::Name => {
            let name = LocalName::of(folder, console::random_bytes())?;
            Ok(Origin::named(&name, listener))
        }
        Addressing::PlainAddress => {
            tracing::warn!(
                "--plain-address: browsers send the session cookie to every program on another port of \
                 this machine, because cookies know no port; use it only with a browser that does not \
                 resolve names below localhost"
            );
            Ok(Origin::plain(listener))
        }
    }
}

/// Prints a login link to a terminal, or on request. It goes to standard output and not to the log, so
/// that no log holds its token.
async fn announce(options: &config::Serve, console: &Console, url: &str) -> Result<()> {
    let mut out = io::stdout();
    let text = if options.print_login_link || out.is_terminal() {
        let link = login::link(console, url).await?;
        format!("Log in with this link. It is valid once, for ten minutes:\n\n  {link}")
    } else {
        format!("The console is at {url}. `meshspan login-link` prints a login link.")
    };
    // The command prints a link also when the standard output is closed.
    let _ = writeln!(out, "\n  {text}\n");
    Ok(())
}
