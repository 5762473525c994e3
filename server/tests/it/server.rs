//! A running server of a test's own.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};
use tempfile::TempDir;

/// A running `meshspan serve`; ended when it is dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) folder: TempDir,
    /// `127.0.0.1:PORT`.
    pub(crate) host: String,
    /// The token of the printed link.
    pub(crate) ticket: String,
    log: Arc<Mutex<String>>,
}

impl Running {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// The same with more arguments.
    pub(crate) fn with(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_meshspan"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (kept, mut errors) = (log.clone(), child.stderr.take().expect("its errors"));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = errors.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
                kept.lock().expect("the log").push_str(&text);
            }
        });
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let link = lines
            .map_while(Result::ok)
            .find(|line| line.contains("/login?token="));
        let link = link.expect("it prints a link").trim().to_owned();
        let (start, ticket) = link.split_once("/login?token=").expect("a link");
        let host = start.trim_start_matches("http://").to_owned();
        Self {
            child,
            folder,
            host,
            ticket: ticket.to_owned(),
            log,
        }
    }

    /// Ends the server and keeps its data directory.
    pub(crate) fn stop(mut self) -> TempDir {
        let _ = self.child.kill();
        let _ = self.child.wait();
        std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("the log").clone()
    }

    /// Logs in and gives the cookie, as a browser would send it.
    pub(crate) async fn log_in(&self) -> String {
        let answer = client()
            .get(self.url(&format!("/login?token={}", self.ticket)))
            .send()
            .await
            .expect("an answer");
        let cookie = answer.headers()["set-cookie"]
            .to_str()
            .expect("text")
            .to_owned();
        cookie.split(';').next().expect("a pair").to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that follows no redirect.
pub(crate) fn client() -> reqwest::Client {
    // The catalog's client brings its own cryptography; this one wants some too, though it speaks plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}
