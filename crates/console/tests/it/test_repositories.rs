//! A repository and a registry on loopback, each with one small chart.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Response, StatusCode, header::AUTHORIZATION},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use catalog::Digest;
use flate2::{Compression, write::GzEncoder};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::{net::TcpListener, task::JoinHandle};
use wire::{
    Secret,
    repository::{CredentialsRequest, RepositoryRequest},
};

/// The password of every repository here.
pub(crate) const PASSWORD: &str = "nine-lives-of-a-cat";

#[derive(Default)]
struct Shared {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    login: Option<String>,
}

/// A running server of files.
pub(crate) struct TestRepositories {
    pub(crate) host: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Drop for TestRepositories {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TestRepositories {
    /// One that lets only `ann` in.
    pub(crate) async fn locked() -> Self {
        let login = format!("Basic {}", STANDARD.encode(format!("ann:{PASSWORD}")));
        Self::start(Some(login)).await
    }

    /// One that lets everybody in.
    pub(crate) async fn open() -> Self {
        Self::start(None).await
    }

    async fn start(login: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            login,
            ..Shared::default()
        });
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { host, shared, task }
    }

    pub(crate) fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.shared
            .files
            .lock()
            .unwrap()
            .insert(path.to_owned(), bytes.into());
    }

    /// Puts a chart on the index, alone.
    pub(crate) fn stock(&self, name: &str, version: &str) {
        let packed = archive(name, version);
        let digest = Digest::of(&packed);
        let file = format!("{name}-{version}.tgz");
        self.put(
            "/index.yaml",
            format!(
                "apiVersion: v1\nentries:\n  {name}:\n  - {{name: {name}, version: {version}, \
                 description: Pays bills, keywords: [money], urls: [{file}], digest: \"{digest}\"}}\n"
            ),
        );
        self.put(&format!("/{file}"), packed);
    }

    /// Pushes a chart as a registry has it.
    pub(crate) fn push(&self, path: &str, name: &str, version: &str) {
        let blob = |sort: &str, bytes: Vec<u8>| {
            let digest = Digest::of(&bytes);
            let size = bytes.len();
            self.put(&format!("/v2/{path}/blobs/{digest}"), bytes);
            format!(
                r#"{{"mediaType":"application/vnd.cncf.helm.{sort}","digest":"{digest}","size":{size}}}"#
            )
        };
        let config = format!(
            r#"{{"apiVersion":"v2","name":"{name}","version":"{version}","description":"Pays bills"}}"#
        );
        let manifest = format!(
            r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#,
            blob("config.v1+json", config.into_bytes()),
            blob("chart.content.v1.tar+gzip", archive(name, version))
        );
        self.put(&format!("/v2/{path}/manifests/{version}"), manifest);
        self.put(
            &format!("/v2/{path}/tags/list"),
            format!(r#"{{"tags":["{version}"]}}"#),
        );
    }

    /// The request that adds it.
    pub(crate) fn request(&self, name: &str, scheme: &str, path: &str) -> RepositoryRequest {
        RepositoryRequest {
            name: name.to_owned(),
            url: format!("{scheme}://{}{path}", self.host),
            credentials: CredentialsRequest::Anonymous,
            ca_bundle: String::new(),
            plain: true,
            provenance: false,
        }
    }
}

/// The password of `ann`.
pub(crate) fn password(password: &str) -> CredentialsRequest {
    CredentialsRequest::Password {
        user: "ann".into(),
        password: Secret::new(password.to_owned()),
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let sent = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    if shared.login.is_some() && sent != shared.login.as_deref() {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        response
            .headers_mut()
            .insert("www-authenticate", "Basic realm=\"x\"".parse().unwrap());
        return response;
    }
    match shared.files.lock().unwrap().get(request.uri().path()) {
        Some(bytes) => *response.body_mut() = Body::from(bytes.clone()),
        None => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    response
}

/// A chart of one ConfigMap, packed.
pub(crate) fn archive(name: &str, version: &str) -> Vec<u8> {
    archive_of(name, version, "greeting: hello\n")
}

/// The same with these values.
pub(crate) fn archive_of(name: &str, version: &str, values: &str) -> Vec<u8> {
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bills}\ndata: {greeting: \"{{ .Values.greeting }}\"}\n";
    archive_with(name, version, values, template)
}

/// The same with this template.
pub(crate) fn archive_with(name: &str, version: &str, values: &str, template: &str) -> Vec<u8> {
    let metadata =
        format!("apiVersion: v2\nname: {name}\nversion: {version}\ndescription: Pays bills\n");
    let files = [
        ("Chart.yaml", metadata.as_str()),
        ("values.yaml", values),
        ("README.md", "# Bills\n\nPays them.\n"),
        ("templates/all.yaml", template),
    ];
    packed(name, &files)
}

/// An archive of files below the folder of a chart.
pub(crate) fn packed(name: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, format!("{name}/{path}"), text.as_bytes())
            .unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}
