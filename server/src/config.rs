//! The command line, each word of it documented.

use clap::{Args, Parser, Subcommand};
use console::ServiceAccountMount;
use std::{net::SocketAddr, path::PathBuf};

/// A console for one Istio mesh over several Kubernetes clusters.
#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Config {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the console.
    Serve(Serve),
    /// Print a new one-time login link for a running server.
    LoginLink(LoginLink),
    /// Make another key for what the console remembers, and seal it anew.
    RotateKey(RotateKey),
    /// Carry out every check of a mesh over registered clusters.
    Doctor(Doctor),
    /// Print what a chart renders to, as `helm template` does.
    Template(crate::charts::Template),
    /// Say what is wrong with a chart, with file and line.
    Lint(crate::charts::Lint),
    /// Write the built-in charts as folders, for helm.
    Export(crate::charts::Export),
    /// Serve the two sandbox clusters alone, and write a kubeconfig for them.
    #[cfg(feature = "sandbox")]
    Sandbox(Sandbox),
}

/// Serve the console.
#[derive(Args)]
pub(crate) struct Serve {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Where to keep what must outlive the process.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Bring two embedded sandbox clusters along; their state ends with the process.
    #[cfg(feature = "sandbox")]
    #[arg(long)]
    pub(crate) sandbox: bool,
    /// Let clusters live on loopback addresses: for tests and for clusters on this machine.
    #[arg(long)]
    pub(crate) allow_loopback_clusters: bool,
    /// Where the built browser side lies.
    #[arg(
        long,
        env = "MESHSPAN_SITE",
        default_value = "target/site",
        value_name = "DIR"
    )]
    pub(crate) site: PathBuf,
    /// How long a job waits for its objects, in seconds.
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    pub(crate) patience: u64,
}

/// Print a new one-time login link for a running server.
#[derive(Args)]
pub(crate) struct LoginLink {
    /// The running server's data directory.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// Make another key, while no server runs on the data directory.
#[derive(Args)]
pub(crate) struct RotateKey {
    /// The data directory of the console.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// Carry out every check of a mesh. Ends with status 1 when something must be mended.
#[derive(Args)]
pub(crate) struct Doctor {
    /// Which clusters are one mesh; all that are registered when none is given.
    #[arg(long = "cluster", value_name = "NAME")]
    pub(crate) clusters: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The data directory of the console that knows them.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Let clusters live on loopback addresses.
    #[arg(long)]
    pub(crate) allow_loopback_clusters: bool,
}

/// Serve the two sandbox clusters alone.
#[cfg(feature = "sandbox")]
#[derive(Args)]
pub(crate) struct Sandbox {
    /// The kubeconfig to write, one context a cluster.
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: PathBuf,
}

impl Config {
    /// Begins to log, to standard error, at `MESHSPAN_LOG`'s level or `info`.
    pub(crate) fn log() {
        let filter =
            tracing_subscriber::EnvFilter::try_from_env("MESHSPAN_LOG").unwrap_or_else(|_| {
                tracing_subscriber::EnvFilter::new("info,tower_http=warn,kube=off")
            });
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .init();
    }
}

/// The data directory: as given, or `meshspan` where the user's data lie.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads where the user's data lie"
)]
pub(crate) fn data_dir(given: Option<&PathBuf>) -> PathBuf {
    if let Some(given) = given {
        return given.clone();
    }
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let data = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(home);
    data.unwrap_or_else(|| PathBuf::from(".")).join("meshspan")
}

/// Where Kubernetes mounts the credential of a pod.
const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The credential of the pod in which the server runs; none when it runs in none.
#[expect(
    clippy::disallowed_methods,
    reason = "Kubernetes tells a pod its API server by these"
)]
pub(crate) fn mount() -> Option<ServiceAccountMount> {
    let host = std::env::var("KUBERNETES_SERVICE_HOST").ok()?;
    let port = std::env::var("KUBERNETES_SERVICE_PORT").ok()?;
    let folder = PathBuf::from(MOUNT);
    let there = folder.join("token").exists();
    there.then(|| ServiceAccountMount::new(&host, &port, folder))
}
