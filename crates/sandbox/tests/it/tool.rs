//! Command line tools such as kubectl and helm, for tests.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use sandbox::{HttpsServer, Sandbox};
use tempfile::TempDir;
use tokio::process::Child;

/// A command line tool with its own home directory and a kubeconfig for one sandbox.
pub(crate) struct Tool {
    program: PathBuf,
    home: TempDir,
    _server: HttpsServer,
}

impl Tool {
    /// The tool; `None` when it is not installed, with a line that says that the test is skipped.
    pub(crate) async fn find(name: &str, test: &str, sandbox: &Sandbox) -> Option<Self> {
        let folders = std::env::var_os("MESHSPAN_TOOLS").into_iter();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = folders
            .map(PathBuf::from)
            .chain(std::env::split_paths(&path))
            .map(|folder| folder.join(name))
            .find(|program| program.is_file());
        let Some(program) = program else {
            eprintln!("SKIPPED: {test}: {name} not found");
            return None;
        };
        let server = sandbox.listen("127.0.0.1:0").await.unwrap();
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("kubeconfig"), server.kubeconfig()).unwrap();
        Some(Self {
            program,
            home,
            _server: server,
        })
    }

    /// Writes a file for the tool and returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }

    /// Runs the tool and returns its standard output, or its standard error when it failed.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.execute(arguments).await;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }

    /// Runs the tool and returns its standard output and standard error.
    pub(crate) async fn output_and_error(&self, arguments: &[&str]) -> (String, String) {
        let output = self.execute(arguments).await;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr))
    }

    async fn execute(&self, arguments: &[&str]) -> std::process::Output {
        let output = tokio::process::Command::new(&self.program)
            .args(arguments)
            .env("HOME", self.home.path())
            .env("KUBECONFIG", self.home.path().join("kubeconfig"))
            .kill_on_drop(true)
            .output();
        tokio::time::timeout(Duration::from_mins(1), output)
            .await
            .unwrap()
            .unwrap()
    }

    /// Starts the tool with these environment variables and leaves it running.
    pub(crate) fn start(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Child {
        tokio::process::Command::new(&self.program)
            .args(arguments)
            .env("HOME", self.home.path())
            .env("KUBECONFIG", self.home.path().join("kubeconfig"))
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// Runs the tool, which must succeed.
    pub(crate) async fn output(&self, arguments: &[&str]) -> String {
        match self.run(arguments).await {
            Ok(output) => output,
            Err(error) => panic!("{} {arguments:?} failed: {error}", self.program.display()),
        }
    }
}
