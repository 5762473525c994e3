//! A process in the background that is controlled over a socket in its folder.
//!
//! There is no file with a process ID that could be stale: a lab runs when its socket answers. Start at
//! [`start`] for the process that starts it, and at [`serve`] for the process itself.

use crate::Error;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
    signal::unix::{SignalKind, signal},
};

const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Starts this program in the background with `arguments`, waits until it answers in `folder` and returns
/// its status. Its output goes to `<folder>/lab.log`.
///
/// # Errors
/// [`Error::Background`] with its output when it does not become ready in time.
pub(crate) async fn start(
    folder: &Path,
    arguments: &[String],
    timeout: Duration,
) -> Result<String, Error> {
    let write = |source| Error::Write {
        path: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(write)?;
    let log = folder.join("lab.log");
    let output = fs::File::create(&log).map_err(write)?;
    let errors = output.try_clone().map_err(write)?;
    let failed = |source| Error::Start {
        program: "the lab".into(),
        source,
    };
    let mut lab = Command::new(std::env::current_exe().map_err(failed)?);
    lab.args(arguments);
    lab.stdin(Stdio::null()).stdout(output).stderr(errors);
    // In a separate process group, Ctrl-C in this terminal does not reach the lab.
    std::os::unix::process::CommandExt::process_group(&mut lab, 0);
    let mut child = lab.spawn().map_err(failed)?;
    let started = Instant::now();
    while started.elapsed() < timeout {
        if let Ok(status) = send(folder, "status").await {
            return Ok(status);
        }
        if !matches!(child.try_wait(), Ok(None)) {
            break;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    let output = fs::read_to_string(&log).unwrap_or_default();
    let _ = child.kill();
    Err(Error::Background(format!(
        "the lab did not become ready: {}",
        output.trim()
    )))
}

/// Answers clients with `status` until one sends `down`, whose connection is returned for the final
/// response, or until the process receives SIGTERM.
///
/// # Errors
/// [`Error::Write`] when the socket cannot be created.
pub(crate) async fn serve(
    folder: &Path,
    status: impl Fn() -> String,
) -> Result<Option<UnixStream>, Error> {
    let socket = socket(folder);
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).map_err(|source| Error::Write {
        path: socket.clone(),
        source,
    })?;
    let mut terminated = signal(SignalKind::terminate()).map_err(|source| Error::Start {
        program: "the signal handler".into(),
        source,
    })?;
    let client = tokio::select! {
        client = until_down(&listener, status) => Some(client),
        _ = terminated.recv() => None,
    };
    let _ = fs::remove_file(&socket);
    Ok(client)
}

async fn until_down(listener: &UnixListener, status: impl Fn() -> String) -> UnixStream {
    loop {
        let Ok((mut client, _)) = listener.accept().await else {
            continue;
        };
        let mut command = [0; 16];
        let length = client.read(&mut command).await.unwrap_or(0);
        if command.get(..length) == Some(b"down") {
            return client;
        }
        let _ = client.write_all(status().as_bytes()).await;
    }
}

/// Sends a command to the lab of a folder and returns the response.
///
/// # Errors
/// [`Error::Background`] when no lab runs in the folder.
pub(crate) async fn send(folder: &Path, command: &str) -> Result<String, Error> {
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

fn socket(folder: &Path) -> PathBuf {
    folder.join("lab.socket")
}
