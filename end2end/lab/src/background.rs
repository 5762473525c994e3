//! A lab that runs in the background until it is told to end: `up`, `down`, `status`.
//!
//! The process that holds the clusters listens on a socket in the lab's folder; whoever connects and
//! says `down` ends it. There is no process id to be stale.

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

/// How long both clusters may take, with the programs already built.
const PATIENCE: Duration = Duration::from_secs(150);

/// Where the kubeconfigs lie when no folder is named.
pub fn usual_folder() -> PathBuf {
    cache().join("lab")
}

/// Starts a lab in the background and waits until it is ready; gives its status.
///
/// # Errors
/// [`Error::Background`] when one runs in that folder already or the new one ends, with what it said.
pub async fn up(folder: &Path) -> Result<String, Error> {
    if let Ok(running) = ask(folder, "status").await {
        return Ok(format!("it runs already\n{running}"));
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
    let mut hold = Command::new(std::env::current_exe().map_err(start)?);
    hold.arg("hold").arg("--folder").arg(folder);
    hold.stdin(Stdio::null()).stdout(output).stderr(errors);
    // Ctrl-C in this terminal is not meant for it.
    std::os::unix::process::CommandExt::process_group(&mut hold, 0);
    let mut child = hold.spawn().map_err(start)?;
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Ok(status) = ask(folder, "status").await {
            return Ok(status);
        }
        if !matches!(child.try_wait(), Ok(None)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let said = fs::read_to_string(&log).unwrap_or_default();
    let _ = child.kill();
    Err(Error::Background(format!(
        "the lab did not come up: {}",
        said.trim()
    )))
}

/// Ends the lab of a folder and waits until its clusters are gone.
///
/// # Errors
/// [`Error::Background`] when none runs there.
pub async fn down(folder: &Path) -> Result<String, Error> {
    ask(folder, "down").await
}

/// How the lab of a folder stands.
///
/// # Errors
/// [`Error::Background`] when none runs there.
pub async fn status(folder: &Path) -> Result<String, Error> {
    ask(folder, "status").await
}

/// Holds a lab until somebody says `down` or the process is told to end.
///
/// # Errors
/// What starting the clusters or writing the kubeconfigs met.
pub async fn hold(folder: &Path) -> Result<(), Error> {
    let lab = Lab::start().await?;
    for cluster in [lab.control_plane(), lab.remote()] {
        for user in ["admin", "ops", "viewer"] {
            let path = kubeconfig(folder, cluster, user);
            crate::ca::secret(&path, &cluster.token_kubeconfig(user))?;
        }
    }
    let socket = socket(folder);
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).map_err(|source| Error::Write {
        path: socket.clone(),
        source,
    })?;
    let ended = serve(&listener, &lab, folder);
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .map_err(|source| Error::Start {
            program: "the signal handler".into(),
            source,
        })?;
    let asker = tokio::select! {
        asker = ended => Some(asker),
        _ = terminated.recv() => None,
    };
    for cluster in [lab.control_plane(), lab.remote()] {
        for user in ["admin", "ops", "viewer"] {
            let _ = fs::remove_file(kubeconfig(folder, cluster, user));
        }
    }
    let _ = fs::remove_file(&socket);
    drop(lab);
    if let Some(mut asker) = asker {
        let _ = asker.write_all(b"both clusters are gone\n").await;
    }
    Ok(())
}

/// Answers until somebody says `down`; that connection is given back, for the last word.
async fn serve(listener: &UnixListener, lab: &Lab, folder: &Path) -> UnixStream {
    loop {
        let Ok((mut asker, _)) = listener.accept().await else {
            continue;
        };
        let mut asked = [0; 16];
        let length = asker.read(&mut asked).await.unwrap_or(0);
        if asked.get(..length) == Some(b"down") {
            return asker;
        }
        let lines = [lab.control_plane(), lab.remote()].map(|cluster| line(cluster, folder));
        let _ = asker.write_all(lines.concat().as_bytes()).await;
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

async fn ask(folder: &Path, word: &str) -> Result<String, Error> {
    let nobody = |_| Error::Background(format!("no lab runs in {}", folder.display()));
    let mut stream = UnixStream::connect(socket(folder)).await.map_err(nobody)?;
    stream.write_all(word.as_bytes()).await.map_err(nobody)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.map_err(nobody)?;
    Ok(answer)
}
