//! Istio's own charts on loopback, as a Helm repository and as an OCI registry.
//!
//! The charts are in Istio's Go module; [`archive`] packs them as a release does. Start at
//! [`ChartServer::start`] with the charts of [`istio`].

mod archive;
mod registry;

pub use archive::{ChartArchive, istio};

use crate::Error;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Response, StatusCode, header::CONTENT_TYPE},
};
use std::{collections::BTreeMap, fmt::Write as _, net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, task::JoinHandle};

/// A file of the server.
#[derive(Clone, Debug)]
struct File {
    content_type: &'static str,
    /// The digest of a manifest, as `sha256:` and hexadecimal digits; empty for other files.
    digest: String,
    content: Vec<u8>,
}

impl File {
    fn new(content_type: &'static str, content: impl Into<Vec<u8>>) -> Self {
        Self {
            content_type,
            digest: String::new(),
            content: content.into(),
        }
    }
}

/// The files of the server by path.
type Files = BTreeMap<String, File>;

/// A running server of charts; it stops when this is dropped.
#[derive(Debug)]
pub struct ChartServer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl ChartServer {
    /// Serves charts on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// [`Error::NoPort`] when no port is free.
    pub async fn start(charts: &[ChartArchive]) -> Result<Self, Error> {
        let mut files = Files::new();
        repository(charts, &mut files);
        registry::files(charts, &mut files);
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(|_| Error::NoPort)?;
        let address = listener.local_addr().map_err(|_| Error::NoPort)?;
        let router = Router::new().fallback(respond).with_state(Arc::new(files));
        let task = tokio::spawn(async move {
            // It ends with the task.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, task })
    }

    /// The URL of the Helm repository.
    pub fn repository(&self) -> String {
        format!("http://{}/charts", self.address)
    }

    /// The URL below which the registry has the charts, such as `<URL>/istiod`.
    pub fn registry(&self) -> String {
        format!("oci://{}/charts", self.address)
    }
}

impl Drop for ChartServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn respond(State(files): State<Arc<Files>>, request: Request) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let Some(file) = files.get(request.uri().path()) else {
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let headers = response.headers_mut();
    if let Ok(value) = file.content_type.parse() {
        headers.insert(CONTENT_TYPE, value);
    }
    if let Ok(value) = file.digest.parse()
        && !file.digest.is_empty()
    {
        headers.insert("docker-content-digest", value);
    }
    *response.body_mut() = Body::from(file.content.clone());
    response
}

/// The index and the archives of a Helm repository.
fn repository(charts: &[ChartArchive], files: &mut Files) {
    let mut names: Vec<&str> = charts.iter().map(|chart| chart.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut index = "apiVersion: v1\nentries:\n".to_owned();
    for name in names {
        let _ = writeln!(index, "  {name}:");
        for chart in charts.iter().filter(|chart| chart.name == name) {
            let (version, digest) = (&chart.version, chart.digest());
            let description = &chart.description;
            let file = format!("{name}-{version}.tgz");
            let _ = writeln!(
                index,
                "  - {{apiVersion: v2, name: {name}, version: {version}, appVersion: {version}, description: {description:?}, urls: [{file}], digest: {digest}}}"
            );
            let archive = File::new("application/gzip", chart.content.clone());
            files.insert(format!("/charts/{file}"), archive);
        }
    }
    files.insert(
        "/charts/index.yaml".to_owned(),
        File::new("text/yaml", index),
    );
}
