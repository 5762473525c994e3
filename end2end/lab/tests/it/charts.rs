//! Charts on loopback: a client of a Helm repository and one of a registry find the same archive.

use lab::charts::{ChartArchive, ChartServer};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Requests a URL such as `http://127.0.0.1:1/charts/index.yaml`: the head and the body of the response.
async fn get(url: &str) -> (String, Vec<u8>) {
    let (host, path) = url.split_once("://").unwrap().1.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    let end = response.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let (head, body) = response.split_at(end.unwrap() + 4);
    (String::from_utf8(head.to_vec()).unwrap(), body.to_vec())
}

#[tokio::test]
async fn a_chart_is_in_the_repository_and_in_the_registry() {
    let chart = |version: &str| ChartArchive {
        name: "istiod".into(),
        version: version.into(),
        description: "The control plane".into(),
        content: format!("archive {version}").into_bytes(),
    };
    let charts = [chart("1.31.1"), chart("1.31.2")];
    let server = ChartServer::start(&charts).await.unwrap();
    let (_, index) = get(&format!("{}/index.yaml", server.repository())).await;
    let index = String::from_utf8(index).unwrap();
    assert!(index.contains(&charts[1].digest()), "{index}");
    let (_, archive) = get(&format!("{}/istiod-1.31.2.tgz", server.repository())).await;
    assert_eq!(archive, charts[1].content);

    let registry = server.registry().replace("oci://", "http://");
    let registry = registry.replace("/charts", "/v2/charts/istiod");
    let json = async |path: &str| -> (String, Value) {
        let (head, body) = get(&format!("{registry}/{path}")).await;
        (head, serde_json::from_slice(&body).unwrap())
    };
    let (_, tags) = json("tags/list").await;
    assert_eq!(tags["tags"], serde_json::json!(["1.31.1", "1.31.2"]));
    let (head, manifest) = json("manifests/1.31.2").await;
    assert!(head.contains("docker-content-digest: sha256:"), "{head}");
    let digest = manifest["layers"][0]["digest"].as_str().unwrap();
    let (_, archive) = get(&format!("{registry}/blobs/{digest}")).await;
    assert_eq!(archive, charts[1].content);
    let (head, _) = get(&format!("{registry}/manifests/1.31.3")).await;
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
}
