//! API servers that answer without end: every call ends with the limit, after a bounded number of bytes.

use bytes::Bytes;
use cluster::{
    AddressPolicy, AsConsole, AuthInfo, Cluster, Credentials, Error, ExceededLimit, Kind,
    ObjectRef, Watches,
};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::body::{Frame, Incoming};
use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio_util::sync::CancellationToken;

const MIB: u64 = 1 << 20;
/// What the socket buffers of both ends may hold beyond a limit.
const BUFFERS: u64 = 16 * MIB;

type Answer = Response<BoxBody<Bytes, Infallible>>;

/// What a server does without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attack {
    Body,
    ErrorBody,
    WatchLine,
    Pages,
    LargePages,
    RepeatedPage,
    WatcherPages,
    Discovery,
    Probe,
}

const ATTACKS: [Attack; 9] = [
    Attack::Body,
    Attack::ErrorBody,
    Attack::WatchLine,
    Attack::Pages,
    Attack::LargePages,
    Attack::RepeatedPage,
    Attack::WatcherPages,
    Attack::Discovery,
    Attack::Probe,
];

/// The number of bytes and of pages that a server could send.
#[derive(Default)]
struct Sent {
    bytes: AtomicU64,
    pages: AtomicU64,
}

impl Sent {
    fn full(&self, body: impl Into<Bytes>) -> BoxBody<Bytes, Infallible> {
        let body = body.into();
        self.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
        Full::new(body).boxed()
    }

    /// A body that ends only when the client closes it.
    fn endless(self: &Arc<Self>) -> BoxBody<Bytes, Infallible> {
        let sent = self.clone();
        let chunk = Bytes::from(vec![b' '; 64 << 10]);
        let chunks = std::iter::repeat_with(move || {
            sent.bytes.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            Ok(Frame::data(chunk.clone()))
        });
        BodyExt::boxed(StreamBody::new(futures::stream::iter(chunks)))
    }
}

/// The answer of the server under one attack.
fn answer(attack: Attack, path: &str, query: &str, sent: &Arc<Sent>) -> Answer {
    let json = |text: String| Response::new(sent.full(text));
    let core = r#"{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[
        {"metadata":{"name":""},"versions":[{"version":"v1","resources":[{
            "resource":"configmaps","singularResource":"configmap","scope":"Namespaced",
            "responseKind":{"group":"","version":"v1","kind":"ConfigMap"},
            "verbs":["get","list","watch"]}]}]}]}"#;
    let groups = r#"{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[
        {"metadata":{"name":"apps"},"versions":[{"version":"v1","resources":[]}]}]}"#;
    match path {
        _ if attack == Attack::Discovery => Response::new(sent.endless()),
        "/version" => Response::new(sent.endless()),
        "/api" => json(core.to_owned()),
        "/apis" => json(groups.to_owned()),
        _ => objects(attack, query, sent),
    }
}

fn objects(attack: Attack, query: &str, sent: &Arc<Sent>) -> Answer {
    let page = |token: &str, filler: usize| {
        sent.pages.fetch_add(1, Ordering::Relaxed);
        let data = "x".repeat(filler);
        Response::new(sent.full(format!(
            r#"{{"kind":"ConfigMapList","apiVersion":"v1","metadata":{{"resourceVersion":"1","continue":"{token}"}},
            "items":[{{"metadata":{{"name":"web","namespace":"shop"}},"data":{{"a":"{data}"}}}}]}}"#
        )))
    };
    let next = sent.pages.load(Ordering::Relaxed).to_string();
    match attack {
        Attack::ErrorBody => {
            let mut response = Response::new(sent.endless());
            *response.status_mut() = StatusCode::FORBIDDEN;
            response
        }
        Attack::WatchLine if query.contains("watch=true") => Response::new(sent.endless()),
        Attack::WatchLine => page("", 0),
        Attack::Pages | Attack::WatcherPages => page(&next, 0),
        Attack::LargePages => page(&next, 30 << 20),
        Attack::RepeatedPage => page("again", 0),
        Attack::Body | Attack::Discovery | Attack::Probe => Response::new(sent.endless()),
    }
}

/// A cluster behind a hostile server, over HTTP and the complete client.
async fn hostile(attack: Attack) -> (Cluster, Arc<Sent>) {
    let sent = Arc::new(Sent::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let counted = sent.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let sent = counted.clone();
            let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                let query = request.uri().query().unwrap_or_default().to_owned();
                let answer = answer(attack, request.uri().path(), &query, &sent);
                async move { Ok::<_, Infallible>(answer) }
            });
            let io = hyper_util::rt::TokioIo::new(stream);
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(io, service));
        }
    });
    let credentials = Credentials {
        server: format!("http://{address}"),
        ca_bundle: String::new(),
        tls_server_name: None,
        auth_info: AuthInfo::Token(wire::Secret::new("token".to_owned())),
    };
    let name = wire::ClusterName::new("east").unwrap();
    let cluster = Cluster::connect(name, &credentials, AddressPolicy::WithLoopback).unwrap();
    (cluster, sent)
}

/// The text of the error that the caller of an attacked server gets.
async fn error_of(attack: Attack, cluster: &Cluster) -> String {
    let config_map = Kind::new("v1", "ConfigMap");
    let object = ObjectRef {
        kind: "ConfigMap".into(),
        api_version: "v1".into(),
        namespace: Some("shop".into()),
        name: "web".into(),
    };
    let error: Error = match attack {
        Attack::Body | Attack::ErrorBody => cluster.get(&object).await.unwrap_err(),
        Attack::Discovery => cluster.kinds().await.unwrap_err(),
        Attack::Probe => cluster.version().await.unwrap_err(),
        Attack::Pages | Attack::LargePages | Attack::RepeatedPage => {
            let listed = cluster.list_objects(config_map, None, "").await;
            listed.unwrap_err()
        }
        Attack::WatchLine | Attack::WatcherPages => {
            let stop = CancellationToken::new();
            let watches = Watches::new(AsConsole::new(cluster.clone()), stop.clone());
            let mut snapshots = watches.watch(config_map, None).await.unwrap();
            let failed = snapshots.wait_for(|snapshot| snapshot.problem.is_some());
            let problem = failed.await.unwrap().problem.clone();
            stop.cancel();
            return problem.unwrap();
        }
    };
    assert!(matches!(error, Error::TooLarge { .. }), "{error:?}");
    error.to_string()
}

/// The limit of an attack, and the number of bytes that it may cost.
fn expected(attack: Attack) -> (ExceededLimit, u64) {
    match attack {
        Attack::Body | Attack::Discovery | Attack::Probe => {
            (ExceededLimit::Body(32 * MIB), 32 * MIB)
        }
        Attack::ErrorBody => (ExceededLimit::ErrorBody(MIB), MIB),
        Attack::WatchLine => (ExceededLimit::Line(4 * MIB), 4 * MIB),
        Attack::Pages | Attack::WatcherPages => (ExceededLimit::Pages(500), MIB),
        Attack::LargePages => (ExceededLimit::List(256 * MIB), 286 * MIB),
        Attack::RepeatedPage => (ExceededLimit::RepeatedPage, MIB),
    }
}

/// An API server that answers without end costs a bounded number of bytes, and its error names the limit.
#[expect(clippy::print_stdout, reason = "the suite reports what it tried")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_answer_of_an_api_server_is_cut_at_its_limit() {
    let mut harmed = Vec::new();
    for attack in ATTACKS {
        let (cluster, sent) = hostile(attack).await;
        let message = error_of(attack, &cluster).await;
        let (limit, bytes) = expected(attack);
        let sent = sent.bytes.load(Ordering::Relaxed);
        if !message.contains(&limit.to_string()) || sent > bytes + BUFFERS {
            harmed.push(format!("{attack:?}: {sent} bytes, {message}"));
        }
    }
    println!(
        "hostile API servers: {} tried, {} harmed",
        ATTACKS.len(),
        harmed.len()
    );
    assert!(harmed.is_empty(), "{harmed:#?}");
}
