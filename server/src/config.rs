//! The command line: every command and option with its help text, and the few environment variables.

mod audit;
mod charts;
mod istio_charts;
mod retention;

use crate::{connections, logging::LogFormat, origin::PublicUrl};
pub(crate) use audit::Audit;
pub(crate) use charts::{Export, Lint, Template, ValueOptions};
use istio_charts::IstioCharts;

use app::BasePath;
use clap::{Args, Parser, Subcommand};
use console::ServiceAccountMount;
use std::{net::SocketAddr, num::NonZeroU64, path::PathBuf};

/// A web console for one Istio mesh across several Kubernetes clusters.
#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Config {
    /// Format of the log on standard error.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(crate) log_format: LogFormat,
    /// The command to run.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the console.
    Serve(Serve),
    /// Print a new one-time login link for a running server.
    LoginLink(LoginLink),
    /// Generate a new encryption key and encrypt the stored secrets with it.
    RotateKey(RotateKey),
    /// Run all mesh checks on registered clusters.
    Doctor(Doctor),
    /// Print the audit log, the oldest line first.
    Audit(Audit),
    /// Render a chart and print the manifests, as `helm template` does.
    Template(Template),
    /// Check a chart and report problems with file and line.
    Lint(Lint),
    /// Write the built-in charts as directories that helm can install.
    Export(Export),
    /// Serve only the two sandbox clusters and write a kubeconfig for them.
    #[cfg(feature = "sandbox")]
    Sandbox(Sandbox),
}

/// Serve the console.
#[derive(Args)]
pub(crate) struct Serve {
    /// Address and port to listen on. Other addresses than loopback require --public-url.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// URL under which browsers reach the console through a reverse proxy that terminates TLS, such as
    /// https://mesh.example.com.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<PublicUrl>,
    /// Serve on the loopback address instead of a random name below localhost, for browsers that do not
    /// resolve such names, such as older versions of Safari. Programs on other ports of this machine then
    /// receive the session cookie.
    #[arg(long, conflicts_with = "public_url")]
    pub(crate) plain_address: bool,
    /// Print a login link also when the standard output is not a terminal.
    #[arg(long, overrides_with = "print_login_link")]
    pub(crate) print_login_link: bool,
    /// Directory of the database, its key and uploaded archives.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Register two embedded sandbox clusters, and write a kubeconfig for them into the data
    /// directory; their state is lost when the process ends.
    #[cfg(feature = "sandbox")]
    #[arg(long)]
    pub(crate) sandbox: bool,
    /// Allow clusters on loopback addresses, for tests and for clusters on this machine.
    #[arg(long)]
    pub(crate) allow_loopback_clusters: bool,
    /// Kubeconfig whose clusters are registered at the start, unless the console knows a cluster of that name; may be
    /// given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Vec<PathBuf>,
    /// Directory of the built browser files.
    #[arg(
        long,
        env = "MESHSPAN_SITE",
        default_value = "target/site",
        value_name = "DIR"
    )]
    pub(crate) site: PathBuf,
    /// Connections that one client may have open, or one reverse proxy; connections of this machine count
    /// only in total.
    #[arg(
        long,
        default_value_t = connections::MAX_PER_PEER,
        value_name = "NUMBER"
    )]
    pub(crate) max_connections_per_peer: usize,
    /// Path below which the console is served, such as /console behind a reverse proxy.
    #[arg(long, default_value = "/", value_name = "PATH", value_parser = BasePath::new)]
    pub(crate) base_path: BasePath,
    /// How long a session may be unused, in minutes. A session ends after twelve hours in any case.
    #[arg(long, default_value = "60", value_name = "MINUTES")]
    pub(crate) idle_timeout: NonZeroU64,
    /// How long a job waits for its objects to become ready, in seconds.
    #[arg(
        long,
        alias = "patience",
        default_value_t = 600,
        value_name = "SECONDS"
    )]
    pub(crate) timeout: u64,
    /// JSON file with facts about the releases of Istio, in place of those of this program: see docs/checks/P34.md.
    #[arg(long, value_name = "FILE")]
    pub(crate) istio_releases: Option<PathBuf>,
    /// Repository of Istio's own charts, which the catalog installs: an HTTP URL, or a registry such as
    /// oci://ghcr.io/istio/release/charts. With none, the charts are uploaded.
    #[arg(
        long,
        default_value = "https://blob.istio.io/istio-release/charts",
        value_name = "URL"
    )]
    pub(crate) istio_charts: IstioCharts,
    /// How long the console keeps what it stores.
    #[command(flatten)]
    pub(crate) retention: retention::Options,
}

/// Print a new one-time login link for a running server.
#[derive(Args)]
pub(crate) struct LoginLink {
    /// Data directory of the running server.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// Generate a new encryption key and encrypt the stored secrets with it. The server must be stopped.
#[derive(Args)]
pub(crate) struct RotateKey {
    /// Data directory of the console.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// Run all mesh checks on registered clusters. The exit status is 1 when a check failed.
#[derive(Args)]
pub(crate) struct Doctor {
    /// Cluster of the mesh; may be repeated. All registered clusters by default.
    #[arg(long = "cluster", value_name = "NAME")]
    pub(crate) clusters: Vec<String>,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Data directory of the console.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Allow clusters on loopback addresses.
    #[arg(long)]
    pub(crate) allow_loopback_clusters: bool,
    /// JSON file with facts about the releases of Istio, in place of those of this program: see docs/checks/P34.md.
    #[arg(long, value_name = "FILE")]
    pub(crate) istio_releases: Option<PathBuf>,
}

/// Serve only the two sandbox clusters and write a kubeconfig for them.
#[cfg(feature = "sandbox")]
#[derive(Args)]
pub(crate) struct Sandbox {
    /// Kubeconfig file to write, with one context per cluster.
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: PathBuf,
}

/// The data directory: `option`, or `meshspan` in the user's data directory.
#[expect(
    clippy::disallowed_methods,
    reason = "the only function that reads the user's data directory from the environment"
)]
pub(crate) fn data_dir(option: Option<&PathBuf>) -> PathBuf {
    if let Some(folder) = option {
        return folder.clone();
    }
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let data = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(home);
    data.unwrap_or_else(|| PathBuf::from(".")).join("meshspan")
}

/// The directory in which Kubernetes mounts the credentials of a pod's ServiceAccount.
const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The ServiceAccount credentials of the pod that the server runs in; `None` outside a cluster.
#[expect(
    clippy::disallowed_methods,
    reason = "Kubernetes passes the address of the API server to pods in these variables"
)]
pub(crate) fn mount() -> Option<ServiceAccountMount> {
    let host = std::env::var("KUBERNETES_SERVICE_HOST").ok()?;
    let port = std::env::var("KUBERNETES_SERVICE_PORT").ok()?;
    let folder = PathBuf::from(MOUNT);
    let is_mounted = folder.join("token").exists();
    is_mounted.then(|| ServiceAccountMount::new(&host, &port, folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_options_of_every_command_are_consistent() {
        Config::command().debug_assert();
    }
}
