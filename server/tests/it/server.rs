//! A running server that belongs to one test.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long a line of the log may come after the output.
const LOG_TIMEOUT: Duration = Duration::from_secs(5);

/// A running `meshspan serve`; it is killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) folder: TempDir,
    /// The printed URL, without a trailing slash.
    url: String,
    /// The token of the printed login link.
    pub(crate) token: String,
    log: Arc<Mutex<String>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with_arguments(&[])
    }

    /// Starts a server with additional arguments.
    pub(crate) fn with_arguments(arguments: &[&str]) -> Self {
        Self::on(tempfile::tempdir().expect("a folder"), arguments)
    }

    /// Starts a server on a data directory.
    pub(crate) fn on(folder: TempDir, arguments: &[&str]) -> Self {
        Self::spawn(folder, arguments, Stdio::piped())
    }

    fn spawn(folder: TempDir, arguments: &[&str], log_output: Stdio) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_meshspan"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--print-login-link",
                "--istio-charts",
                "none",
            ])
            .arg("--data-dir")
            .arg(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(log_output)
            .spawn()
            .expect("the server starts");
        let log = Arc::new(Mutex::new(String::new()));
        if let Some(mut stderr) = child.stderr.take() {
            let shared_log = log.clone();
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = stderr.read(&mut buffer) {
                    let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
                    shared_log.lock().expect("the log").push_str(&text);
                }
            });
        }
        let lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
        let link = lines
            .map_while(Result::ok)
            .find(|line| line.contains("/login?token="));
        let link = link.expect("the server prints a link").trim().to_owned();
        let (url, token) = link.split_once("/login?token=").expect("a link");
        Self {
            child,
            folder,
            url: url.to_owned(),
            token: token.to_owned(),
            log,
        }
    }

    /// Starts a server whose log goes to a full disk.
    pub(crate) fn with_full_log() -> Self {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let folder = tempfile::tempdir().expect("a folder");
        Self::spawn(folder, &[], Stdio::from(full.expect("a full device")))
    }

    /// Asks the server to end, and whether it did in time.
    pub(crate) fn terminate(&mut self, timeout: std::time::Duration) -> bool {
        let signalled = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(signalled.expect("kill runs").success());
        let started = std::time::Instant::now();
        while started.elapsed() < timeout {
            if self.child.try_wait().expect("a child").is_some() {
                return true;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        false
    }

    /// Kills the server and returns its data directory.
    pub(crate) fn stop(mut self) -> TempDir {
        let _ = self.child.kill();
        let _ = self.child.wait();
        std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The host of its pages, with the port.
    pub(crate) fn host(&self) -> &str {
        let rest = self.url.split_once("://").expect("a scheme").1;
        rest.split('/').next().expect("a host")
    }

    /// The origin of its pages.
    pub(crate) fn origin(&self) -> String {
        let mut parts = self.url.splitn(4, '/');
        let mut part = || parts.next().unwrap_or_default();
        format!("{}//{}{}", part(), part(), part())
    }

    /// The address that the server listens on, from its log.
    pub(crate) fn listener(&self) -> String {
        let started = std::time::Instant::now();
        while started.elapsed() < std::time::Duration::from_secs(10) {
            let log = self.log();
            let address = log.split_once("listening address=");
            if let Some((address, _)) = address.and_then(|(_, rest)| rest.split_once('\n')) {
                return address.trim().to_owned();
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("the log names no address: {}", self.log());
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("the log").clone()
    }

    /// Whether the log has a text within a few seconds: it is read beside the output, so it may come later.
    pub(crate) fn logs(&self, text: &str) -> bool {
        let start = Instant::now();
        while start.elapsed() < LOG_TIMEOUT {
            if self.log().contains(text) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// Logs in and returns the session cookie, as a browser sends it.
    pub(crate) async fn log_in(&self) -> String {
        let response = client()
            .get(self.url(&format!("/login?token={}", self.token)))
            .send()
            .await
            .expect("a response");
        let cookie = response.headers()["set-cookie"]
            .to_str()
            .expect("text")
            .to_owned();
        cookie.split(';').next().expect("a pair").to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Resolves the names below `localhost` as browsers do; the system does not everywhere.
struct LoopbackNames;

impl reqwest::dns::Resolve for LoopbackNames {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let is_local = name.as_str().ends_with(".localhost");
        Box::pin(async move {
            let address = is_local.then_some(([127, 0, 0, 1], 0).into());
            let addresses: reqwest::dns::Addrs = Box::new(address.into_iter());
            Ok(addresses)
        })
    }
}

/// A client that does not follow redirects.
pub(crate) fn client() -> reqwest::Client {
    // reqwest is built without a crypto provider, so that a client needs one even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(LoopbackNames)
        .build()
        .expect("a client")
}
