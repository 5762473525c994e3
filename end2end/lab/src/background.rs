//! Both clusters of simulated nodes in the background: `up`, `down`, `status`.

use crate::{Error, Lab, RealCluster, daemon, go::cache};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::io::AsyncWriteExt as _;

/// How long the start of both clusters may take, with the programs already built.
const START_TIMEOUT: Duration = Duration::from_secs(150);

/// The default folder of the kubeconfigs and the socket.
pub fn default_folder() -> PathBuf {
    cache().join("lab")
}

/// Starts a lab in the background, waits until it is ready and returns its status.
///
/// # Errors
/// [`Error::Background`] with the output of the lab when it does not become ready.
pub async fn up(folder: &Path) -> Result<String, Error> {
    if let Ok(status) = daemon::send(folder, "status").await {
        return Ok(format!("the lab is already running\n{status}"));
    }
    crate::programs::find()?;
    let arguments = [
        "run".to_owned(),
        "--folder".to_owned(),
        folder.display().to_string(),
    ];
    daemon::start(folder, &arguments, START_TIMEOUT).await
}

/// Stops the lab of a folder and waits until its clusters have stopped.
///
/// # Errors
/// [`Error::Background`] when no lab runs in the folder.
pub async fn down(folder: &Path) -> Result<String, Error> {
    daemon::send(folder, "down").await
}

/// The status of the lab of a folder.
///
/// # Errors
/// [`Error::Background`] when no lab runs in the folder.
pub async fn status(folder: &Path) -> Result<String, Error> {
    daemon::send(folder, "status").await
}

/// Runs a lab until a client sends `down` or the process receives SIGTERM.
///
/// # Errors
/// An error of starting the clusters or of writing the kubeconfigs.
pub async fn run(folder: &Path) -> Result<(), Error> {
    let lab = Lab::start().await?;
    for cluster in [lab.control_plane(), lab.remote()] {
        for user in ["admin", "ops", "viewer"] {
            let path = kubeconfig(folder, cluster, user);
            crate::ca::write_private(&path, &cluster.token_kubeconfig(user))?;
        }
    }
    let status = || {
        let lines = [lab.control_plane(), lab.remote()].map(|cluster| line(cluster, folder));
        lines.concat()
    };
    let client = daemon::serve(folder, status).await?;
    for cluster in [lab.control_plane(), lab.remote()] {
        for user in ["admin", "ops", "viewer"] {
            let _ = fs::remove_file(kubeconfig(folder, cluster, user));
        }
    }
    drop(lab);
    if let Some(mut client) = client {
        let _ = client.write_all(b"both clusters have stopped\n").await;
    }
    Ok(())
}

fn line(cluster: &RealCluster, folder: &Path) -> String {
    let config = kubeconfig(folder, cluster, "admin");
    let RealCluster { name, server, .. } = cluster;
    format!("{name}  {server}  KUBECONFIG={}\n", config.display())
}

fn kubeconfig(folder: &Path, cluster: &RealCluster, user: &str) -> PathBuf {
    let name = match user {
        "admin" => format!("{}.kubeconfig", cluster.name),
        user => format!("{}-{user}.kubeconfig", cluster.name),
    };
    folder.join(name)
}
