//! The two embedded sandbox clusters, served over HTTPS on loopback.

use crate::{config, shutdown};
use anyhow::Result;
use console::Console;
use sandbox::{Listening, Network, Sandbox, Shape};

/// The running sandbox clusters; they stop when this is dropped.
pub(crate) struct Sandboxes(Vec<(Sandbox, Listening)>);

async fn start() -> Result<Sandboxes> {
    let mut sandboxes = Vec::new();
    let network = Network::new();
    for shape in [Shape::control_plane(), Shape::remote()] {
        let sandbox = Sandbox::of(shape).on(&network);
        // No host below .invalid exists (RFC 6761), so that pulls from there always fail.
        sandbox.fail_image_pull(".invalid/");
        let listening = sandbox.listen("127.0.0.1:0").await?;
        sandboxes.push((sandbox, listening));
    }
    Ok(Sandboxes(sandboxes))
}

/// Starts both clusters and registers them with the console.
pub(crate) async fn attach(console: &Console) -> Result<Sandboxes> {
    let sandboxes = start().await?;
    for (_, listening) in &sandboxes.0 {
        console.add_sandbox(&listening.kubeconfig()).await?;
    }
    tracing::info!("two sandbox clusters are running; their state is lost when this process ends");
    Ok(sandboxes)
}

/// `meshspan sandbox`: serves both clusters without a console, until the process receives a
/// termination signal.
pub(crate) async fn serve(options: &config::Sandbox) -> Result<()> {
    let stop = shutdown::token();
    let sandboxes = start().await?;
    let clusters: Vec<&Listening> = sandboxes.0.iter().map(|(_, listening)| listening).collect();
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
