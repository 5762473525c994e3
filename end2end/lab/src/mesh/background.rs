//! A mesh lab in the background: `up`, `down`, `status`.

use super::{MeshConfig, MeshLab, host, images, leftovers, programs};
use crate::{
    Error,
    charts::{self, ChartServer},
    daemon,
};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

/// How long the start may take, with programs and images already built.
const START_TIMEOUT: Duration = Duration::from_mins(4);

/// Builds programs and images, starts a lab in the background, waits until it is ready and returns its
/// status.
///
/// # Errors
/// The errors of [`MeshLab::start`].
pub async fn up(config: &MeshConfig) -> Result<String, Error> {
    if let Ok(status) = daemon::send(&config.folder, "status").await {
        return Ok(format!("the mesh lab is already running\n{status}"));
    }
    host::check(config)?;
    images::provide(&programs::provide()?)?;
    leftovers::remove(config)?;
    leftovers::claim(config)?;
    let mut arguments = vec!["mesh".to_owned(), "run".to_owned()];
    arguments.extend(config.arguments());
    daemon::start(&config.folder, &arguments, START_TIMEOUT).await
}

/// Stops the lab of a folder, or removes what a lab left there that did not stop on its own.
///
/// # Errors
/// [`Error::Write`] when something cannot be removed.
pub async fn down(config: &MeshConfig) -> Result<String, Error> {
    if let Ok(response) = daemon::send(&config.folder, "down").await {
        leftovers::remove(config)?;
        return Ok(response);
    }
    let removed = leftovers::remove(config)?;
    let folder = config.folder.display();
    Ok(if removed {
        format!("no mesh lab ran in {folder}; what one had left is removed\n")
    } else {
        format!("no mesh lab runs in {folder}\n")
    })
}

/// The status of the lab of a folder.
///
/// # Errors
/// [`Error::Background`] when no lab runs in the folder.
pub async fn status(config: &MeshConfig) -> Result<String, Error> {
    daemon::send(&config.folder, "status").await
}

/// Runs a lab until a client sends `down` or the process receives SIGTERM.
///
/// # Errors
/// The errors of [`MeshLab::start`] and [`MeshLab::stop`].
pub async fn run(config: MeshConfig) -> Result<(), Error> {
    let folder = config.folder.clone();
    let lab = MeshLab::start(config).await?;
    let charts = charts::istio(
        &programs::provide()?.istio_charts(),
        &programs::ISTIO_VERSIONS,
    )?;
    let charts = ChartServer::start(&charts).await?;
    let status = || {
        let (repository, registry) = (charts.repository(), charts.registry());
        format!(
            "{}charts of Istio  {repository}  {registry}\n",
            lab.status()
        )
    };
    let client = daemon::serve(&folder, status).await?;
    let stopped = lab.stop();
    if let Some(mut client) = client {
        let response = match &stopped {
            Ok(()) => "the clusters have stopped\n".to_owned(),
            Err(error) => format!("{}\n", error.chain()),
        };
        let _ = client.write_all(response.as_bytes()).await;
    }
    stopped
}
