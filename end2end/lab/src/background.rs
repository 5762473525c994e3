//! A lab in the background: `up`, `down`, `status`.
//!
//! The process that owns the clusters listens on a socket in the folder of the lab and stops when a
//! client sends `down`. There is no file with a process ID that could be stale.

use crate::{Error, Lab, RealCluster, programs::cache};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
};

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
    if let Ok(status) = send(folder, "status").await {
        return Ok(format!("the lab is already running\n{status}"));
    }
    crate::programs::find()?;
    let write = |source| Error::Write {
        path: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(write)?;
    let log = folder.join("lab.log");
    let output = fs::File::create(&log).map_err(write)?;
    let errors = output.try_clone().map_err(write)?;
    let start = |source| Error::Start {
        program: "the lab".into(),
        source,
    };
    let mut lab = Command::new(std::env::current_exe().map_err(start)?);
    lab.arg("run").arg("--folder").arg(folder);
    lab.stdin(Stdio::null()).stdout(output).stderr(errors);
    // In a separate process group, Ctrl-C in this terminal does not reach the lab.
    std::os::unix::process::CommandExt::process_group(&mut lab, 0);
    let mut child = lab.spawn().map_err(start)?;
    let started = Instant::now();
    while started.elapsed() < START_TIMEOUT {
        if let Ok(status) = send(folder, "status").await {
            return Ok(status);
        }
        if !matches!(child.try_wait(), Ok(None)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let output = fs::read_to_string(&log).unwrap_or_default();
    let _ = child.kill();
    Err(Error::Background(format!(
        "the lab did not become ready: {}",
        output.trim()
    )))
}

/// Stops the lab of a folder and waits until its clusters have stopped.
///
/// # Errors
/// [`Error::Background`] when no lab runs in the folder.
pub async fn down(folder: &Path) -> Result<String, Error> {
    send(folder, "down").await
}

/// The status of the lab of a folder.
///
/// # Errors
/// [`Error::Background`] when no lab runs in the folder.
pub async fn status(folder: &Path) -> Result<String, Error> {
    send(folder, "status").await
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
    let socket = socket(folder);
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).map_err(|source| Error::Write {
        path: socket.clone(),
        source,
    })?;
    let served = serve(&listener, &lab, folder);
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .map_err(|source| Error::Start {
            program: "the signal handler".into(),
            source,
        })?;
    let client = tokio::select! {
        client = served => Some(client),
        _ = terminated.recv() => None,
    };
    for cluster in [lab.control_plane(), lab.remote()] {
        for user in ["admin", "ops", "viewer"] {
            let _ = fs::remove_file(kubeconfig(folder, cluster, user));
        }
    }
    let _ = fs::remove_file(&socket);
    drop(lab);
    if let Some(mut client) = client {
        let _ = client.write_all(b"both clusters have stopped\n").await;
    }
    Ok(())
}

/// Serves clients until one sends `down`; returns its connection, for the final response.
async fn serve(listener: &UnixListener, lab: &Lab, folder: &Path) -> UnixStream {
    loop {
        let Ok((mut client, _)) = listener.accept().await else {
            continue;
        };
        let mut command = [0; 16];
        let length = client.read(&mut command).await.unwrap_or(0);
        if command.get(..length) == Some(b"down") {
            return client;
        }
        let lines = [lab.control_plane(), lab.remote()].map(|cluster| line(cluster, folder));
        let _ = client.write_all(lines.concat().as_bytes()).await;
    }
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

fn socket(folder: &Path) -> PathBuf {
    folder.join("lab.socket")
}

/// Sends a command to the lab of a folder and returns the response.
async fn send(folder: &Path, command: &str) -> Result<String, Error> {
    let not_running = |_| Error::Background(format!("no lab runs in {}", folder.display()));
    let stream = UnixStream::connect(socket(folder)).await;
    let mut stream = stream.map_err(not_running)?;
    let written = stream.write_all(command.as_bytes()).await;
    written.map_err(not_running)?;
    let mut response = String::new();
    let read = stream.read_to_string(&mut response).await;
    read.map_err(not_running)?;
    Ok(response)
}
