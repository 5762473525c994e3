//! The two embedded sandbox clusters, served over HTTPS on loopback.

use crate::{config, shutdown};
use anyhow::Result;
use console::Console;
use sandbox::{HttpsServer, Network, Sandbox};

/// The running sandbox clusters; they stop when this is dropped.
pub(crate) struct Sandboxes(Vec<(Sandbox, HttpsServer)>);

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
    Ok(Sandboxes(sandboxes))
}

/// Starts both clusters and registers them with the console.
pub(crate) async fn attach(console: &Console) -> Result<Sandboxes> {
    let sandboxes = start().await?;
    for (_, server) in &sandboxes.0 {
        console.add_sandbox(&server.kubeconfig()).await?;
    }
    tracing::info!("two sandbox clusters are running; their state is lost when this process ends");
    Ok(sandboxes)
}

/// `meshspan sandbox`: serves both clusters without a console, until the process receives a
/// termination signal.
pub(crate) async fn serve(options: &config::Sandbox) -> Result<()> {
    let stop = shutdown::token();
    let sandboxes = start().await?;
    let clusters: Vec<&HttpsServer> = sandboxes.0.iter().map(|(_, server)| server).collect();
    write_private(&options.kubeconfig, &sandbox::kubeconfig(&clusters))?;
    tracing::info!(kubeconfig = %options.kubeconfig.display(), "two sandbox clusters are running");
    stop.cancelled().await;
    Ok(())
}

#[cfg(unix)]
fn write_private(file: &std::path::Path, text: &str) -> Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut options = std::fs::OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file)?
        .write_all(text.as_bytes())?;
    Ok(())
}

#[cfg(not(unix))]
fn write_private(file: &std::path::Path, text: &str) -> Result<()> {
    Ok(std::fs::write(file, text)?)
}
