//! The two embedded sandbox clusters, served over HTTPS on loopback.

use std::path::{Path, PathBuf};

use crate::{config, shutdown};
use anyhow::{Context as _, Result};
use console::Console;
use sandbox::{HttpsServer, Network, Sandbox};

/// The file in the data directory with the credentials of both clusters.
const KUBECONFIG: &str = "sandbox.kubeconfig";

/// The running sandbox clusters; they stop when this is dropped.
pub(crate) struct Sandboxes {
    clusters: Vec<(Sandbox, HttpsServer)>,
    /// The kubeconfig for both, which ends with them.
    kubeconfig: Option<PathBuf>,
}

impl Sandboxes {
    /// Writes a kubeconfig for both clusters.
    fn write_kubeconfig(&mut self, file: &Path) -> Result<()> {
        let servers: Vec<&HttpsServer> = self.clusters.iter().map(|(_, server)| server).collect();
        write_private(file, &sandbox::kubeconfig(&servers))
            .with_context(|| format!("cannot write the kubeconfig {}", file.display()))?;
        self.kubeconfig = Some(file.to_owned());
        Ok(())
    }
}

impl Drop for Sandboxes {
    fn drop(&mut self) {
        if let Some(file) = &self.kubeconfig {
            // A file that remains names clusters that no longer exist; the next start replaces it.
            drop(std::fs::remove_file(file));
        }
    }
}

async fn start() -> Result<Sandboxes> {
    let mut sandboxes = Vec::new();
    let network = Network::new();
    for config in [sandbox_istio::control_plane(), sandbox_istio::remote()] {
        let sandbox = Sandbox::with_config(config).on_network(&network);
        // No host below .invalid exists (RFC 6761), so that pulls from there always fail.
        sandbox.fail_image_pull(".invalid/");
        let server = sandbox.listen("127.0.0.1:0").await?;
        sandboxes.push((sandbox, server));
    }
    Ok(Sandboxes {
        clusters: sandboxes,
        kubeconfig: None,
    })
}

/// Starts both clusters, registers them with the console, and writes a kubeconfig for kubectl and
/// helm into the data directory.
pub(crate) async fn attach(console: &Console, data_dir: &Path) -> Result<Sandboxes> {
    let mut sandboxes = start().await?;
    for (_, server) in &sandboxes.clusters {
        console.add_sandbox(&server.kubeconfig()).await?;
    }
    let kubeconfig = data_dir.join(KUBECONFIG);
    sandboxes.write_kubeconfig(&kubeconfig)?;
    tracing::info!(
        kubeconfig = %kubeconfig.display(),
        "two sandbox clusters are running; their state is lost when this process ends"
    );
    Ok(sandboxes)
}

/// `meshspan sandbox`: serves both clusters without a console, until the process receives a
/// termination signal.
pub(crate) async fn serve(options: &config::Sandbox) -> Result<()> {
    let stop = shutdown::token();
    let mut sandboxes = start().await?;
    sandboxes.write_kubeconfig(&options.kubeconfig)?;
    tracing::info!(kubeconfig = %options.kubeconfig.display(), "two sandbox clusters are running");
    stop.cancelled().await;
    Ok(())
}

/// Replaces a file by one that only its owner may read.
#[cfg(unix)]
fn write_private(file: &Path, text: &str) -> Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}", uuid::Uuid::new_v4().simple()));
    let new = PathBuf::from(name);
    let mut options = std::fs::OpenOptions::new();
    options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)?
        .write_all(text.as_bytes())?;
    Ok(std::fs::rename(&new, file)?)
}

#[cfg(not(unix))]
fn write_private(file: &Path, text: &str) -> Result<()> {
    Ok(std::fs::write(file, text)?)
}
