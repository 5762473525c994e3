//! What the tests share.

use std::path::PathBuf;
use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use kube::Client;
use kube::api::{Api, PostParams};
use sandbox::{Listening, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A client of the cluster's administrator.
pub(crate) fn client(sandbox: &Sandbox) -> Client {
    Client::new(sandbox.service(), "default")
}

/// A Deployment of one container.
pub(crate) fn deployment(name: &str, replicas: i32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [
                    {"name": "web", "image": format!("docker.io/istio/{name}:1.0.0"),
                     "ports": [{"containerPort": 8080}]},
                ]},
            },
        },
    })
}

/// An object from JSON.
pub(crate) fn object<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Creates a Deployment in the default namespace.
pub(crate) async fn deploy(client: &Client, name: &str, replicas: i32) -> Deployment {
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let wanted = object(deployment(name, replicas));
    deployments
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap()
}

/// Asks again until it holds, ten seconds at most.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not within ten seconds: {what}");
}

/// The status code and message of a refused request.
pub(crate) fn refusal<T: std::fmt::Debug>(answer: kube::Result<T>) -> (u16, String) {
    match answer.unwrap_err() {
        kube::Error::Api(status) => (status.code, status.message.clone()),
        other => panic!("not a status: {other}"),
    }
}

/// A program outside, with a home of its own and a kubeconfig for one sandbox.
pub(crate) struct Tool {
    program: PathBuf,
    home: TempDir,
    _listening: Listening,
}

impl Tool {
    /// The program, or nothing and a line that says why the test is skipped.
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
        let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("kubeconfig"), listening.kubeconfig()).unwrap();
        Some(Self {
            program,
            home,
            _listening: listening,
        })
    }

    /// Writes a file for the program to read and gives its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }

    /// Runs the program and gives its standard output, or its standard error when it failed.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let ran = self.ran(arguments).await;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if ran.status.success() {
            Ok(text(&ran.stdout))
        } else {
            Err(text(&ran.stderr))
        }
    }

    /// Runs the program and gives its standard output and standard error.
    pub(crate) async fn both(&self, arguments: &[&str]) -> (String, String) {
        let ran = self.ran(arguments).await;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&ran.stdout), text(&ran.stderr))
    }

    async fn ran(&self, arguments: &[&str]) -> std::process::Output {
        let ran = tokio::process::Command::new(&self.program)
            .args(arguments)
            .env("HOME", self.home.path())
            .env("KUBECONFIG", self.home.path().join("kubeconfig"))
            .kill_on_drop(true)
            .output();
        tokio::time::timeout(Duration::from_mins(1), ran)
            .await
            .unwrap()
            .unwrap()
    }

    /// Runs the program, which must succeed.
    pub(crate) async fn says(&self, arguments: &[&str]) -> String {
        match self.run(arguments).await {
            Ok(said) => said,
            Err(said) => panic!("{} {arguments:?} failed: {said}", self.program.display()),
        }
    }
}
