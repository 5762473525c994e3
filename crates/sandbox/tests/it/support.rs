//! What the tests share.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use sandbox::{Listening, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Child;

/// A client of the cluster's administrator.
pub(crate) fn client(sandbox: &Sandbox) -> Client {
    Client::new(sandbox.service(), "default")
}

/// A client of one context of a kubeconfig, over TCP.
pub(crate) async fn connect(text: &str, context: &str) -> Client {
    let read = Kubeconfig::from_yaml(text).unwrap();
    let options = KubeConfigOptions {
        context: Some(context.to_owned()),
        ..KubeConfigOptions::default()
    };
    Client::try_from(
        Config::from_custom_kubeconfig(read, &options)
            .await
            .unwrap(),
    )
    .unwrap()
}

/// The name of the first ready pod with these labels, once there is one.
pub(crate) async fn pod(client: &Client, namespace: &str, labels: &str) -> String {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let wanted = ListParams::default().labels(labels);
    let ready = || async {
        let all = pods.list(&wanted).await.unwrap();
        let is_ready = |pod: &Pod| {
            let conditions = pod.status.as_ref()?.conditions.as_ref()?;
            conditions
                .iter()
                .any(|one| one.type_ == "Ready" && one.status == "True")
                .then_some(())
        };
        let found = all.items.iter().find(|pod| is_ready(pod).is_some());
        found.and_then(|pod| pod.metadata.name.clone())
    };
    until("a ready pod", || async { ready().await.is_some() }).await;
    ready().await.unwrap()
}

/// Asks a pod over a forwarded port: the code and the body, or why the port cannot be had.
pub(crate) async fn ask(
    client: &Client,
    namespace: &str,
    pod: &str,
    port: u16,
    path: &str,
) -> Result<(u16, String), String> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let mut forwarder = pods.portforward(pod, &[port]).await.unwrap();
    let failure = forwarder.take_error(port).unwrap();
    let stream = TokioIo::new(forwarder.take_stream(port).unwrap());
    let (mut sender, connection) = http1::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get(path).header("host", "localhost");
    let request = request.body(http_body_util::Empty::<Bytes>::new()).unwrap();
    let Ok(response) = sender.send_request(request).await else {
        return Err(failure.await.unwrap_or_default());
    };
    let code = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    drop(sender);
    drop(connection);
    Ok((code, String::from_utf8(body.to_vec()).unwrap()))
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

    /// Starts the program with these variables and leaves it running.
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

    /// Runs the program, which must succeed.
    pub(crate) async fn says(&self, arguments: &[&str]) -> String {
        match self.run(arguments).await {
            Ok(said) => said,
            Err(said) => panic!("{} {arguments:?} failed: {said}", self.program.display()),
        }
    }
}
