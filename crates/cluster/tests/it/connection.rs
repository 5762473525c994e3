//! Clusters that do not answer, handshakes, and TLS names.

use crate::test_cluster::{TestCluster, connect, credentials, deployment, within};
use cluster::{
    AddressPolicy, Apply, AsConsole, Cluster, Error, HandshakeError, Object, Readiness, Watches,
    handshake, handshake_with_name, wait_until_ready,
};
use sandbox::Sandbox;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wire::ClusterName;

#[tokio::test]
async fn a_call_to_a_silent_cluster_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = listener.local_addr().unwrap();
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let kubeconfig = listening.kubeconfig();
    let kubeconfig = kubeconfig.replace(&listening.address.to_string(), &silent.to_string());
    let cluster = connect(&kubeconfig).with_timeout(Duration::from_secs(1));
    let start = Instant::now();
    let error = cluster.version().await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(
        error.to_string(),
        "could not read the version on cluster east: no answer in 1 s"
    );
    assert!(error.is_unreachable());
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let cluster = connect(&listening.kubeconfig());
    drop(listening);
    let error = cluster.version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn an_api_server_with_another_ca_is_unreachable() {
    let (first, other) = (Sandbox::new(), Sandbox::new());
    let first = first.listen("127.0.0.1:0").await.unwrap();
    let other = other.listen("127.0.0.1:0").await.unwrap();
    let mixed = first
        .kubeconfig()
        .replace(&first.address.to_string(), &other.address.to_string());
    let error = connect(&mixed).version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn loopback_is_not_dialled_unless_the_policy_allows_it() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let name = ClusterName::new("east").unwrap();
    let credentials = credentials(&listening.kubeconfig());
    let refused = Cluster::connect(name, &credentials, AddressPolicy::Remote);
    assert!(matches!(refused, Err(Error::Address { .. })));
}

#[tokio::test]
async fn a_sandbox_that_stops_during_a_wait_is_unreachable() {
    let sandbox = Sandbox::new();
    sandbox.fail_image_pull("unreachable.test");
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let cluster = connect(&listening.kubeconfig());
    stops_during_a_wait(cluster, || drop(listening)).await;
}

#[tokio::test]
async fn a_real_api_server_that_stops_during_a_wait_is_unreachable() {
    match lab::start_cluster("istio-remote1").await {
        Ok(real) => {
            let by_certificate = connect(&real.certificate_kubeconfig());
            assert!(by_certificate.version().await.unwrap().starts_with("v1."));
            real.fail_image_pull("unreachable.test");
            stops_during_a_wait(connect(&real.kubeconfig()), || real.stop_api_server()).await;
        }
        Err(error) => {
            let test = "a_real_api_server_that_stops_during_a_wait_is_unreachable";
            lab::skip(test, &error);
        }
    }
}

/// The cluster stops during a wait for a Deployment whose image cannot be pulled.
async fn stops_during_a_wait(cluster: Cluster, stop_cluster: impl FnOnce()) {
    let stop = CancellationToken::new();
    let watches = Watches::new(AsConsole::new(cluster.clone()), stop);
    let wanted = Object::new(deployment("default", "web", "unreachable.test/web:1")).unwrap();
    cluster.apply(&wanted, Apply::Persist).await.unwrap();
    let web = wanted.reference();

    let mut stop_cluster = Some(stop_cluster);
    let error = wait_until_ready(
        &watches,
        std::slice::from_ref(&web),
        &within(8),
        |states, _| {
            let failed = matches!(states[0].1, Readiness::Failed { .. });
            if let Some(stop_cluster) = stop_cluster.take_if(|_| failed) {
                stop_cluster();
            }
        },
    )
    .await;

    assert!(stop_cluster.is_none(), "the image pull failed");
    let Err(Error::NotReady { missing, .. }) = error else {
        panic!("{error:?}");
    };
    let reason = &missing[0].1;
    assert!(
        !reason.contains("container"),
        "the last observed state is stale: {reason}"
    );
    let start = Instant::now();
    let error = cluster.get(&web).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    let cause = wire::error_chain::causes(&error);
    assert_eq!(
        cause,
        "the connection was refused: nothing listens at the address, or a firewall rejects it"
    );
    assert_eq!(
        error.to_string(),
        "could not read Deployment default/web on cluster east: no answer"
    );
    assert!(start.elapsed() < Duration::from_secs(10));
}

/// The certificates of a server are read, and verified against a CA bundle.
pub(crate) async fn the_certificate_of_a_server_is_read_and_verified(test: TestCluster) {
    let Some(kubeconfig) = test.kubeconfig() else {
        return;
    };
    let own = credentials(&kubeconfig);
    let loopback = AddressPolicy::WithLoopback;
    let check = handshake(&own.server, &own.ca_bundle, loopback)
        .await
        .unwrap();
    assert_eq!(check.verified, Ok(()));
    let names = &check.chain[0].names;
    assert!(names.contains(&"127.0.0.1".to_owned()), "{names:?}");
    assert!(check.chain[0].not_after > check.chain[0].not_before);

    let other = Sandbox::new().listen("127.0.0.1:0").await.unwrap();
    let other = credentials(&other.kubeconfig());
    let check = handshake(&own.server, &other.ca_bundle, loopback)
        .await
        .unwrap();
    // By the name of the other CA: the CAs of two sandboxes have the same name.
    let reasons = [
        "the certificate is signed by an unknown authority",
        "the signature of the certificate does not match the CA",
    ];
    let reason = check.verified.unwrap_err();
    assert!(reasons.contains(&reason.as_str()), "{reason}");
    assert_eq!(
        check.chain[0].names, *names,
        "the certificate is still read"
    );

    let error = handshake(&own.server, &own.ca_bundle, AddressPolicy::Remote).await;
    assert!(
        matches!(error, Err(HandshakeError::Address(_))),
        "{error:?}"
    );
}

/// A server at an address that its certificate does not contain.
#[tokio::test]
async fn a_server_is_verified_by_its_tls_server_name() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("0.0.0.0:0").await.unwrap();
    let port = listening.address.port();
    let elsewhere = format!("https://127.0.0.2:{port}");
    let text = listening
        .kubeconfig()
        .replace(&format!("https://0.0.0.0:{port}"), &elsewhere);
    let error = connect(&text).version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");

    let server = format!("server: {elsewhere}\n");
    let named = |name: &str| format!("{server}    tls-server-name: {name}\n");
    let by_name = text.replace(&server, &named("kubernetes.default.svc"));
    assert_eq!(connect(&by_name).version().await.unwrap(), "v1.36.3");
    let wrong = text.replace(&server, &named("kubernetes.example"));
    let error = connect(&wrong).version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    let causes = wire::error_chain::causes(&error);
    let expected = "the certificate is not valid for kubernetes.example, only for ";
    assert!(causes.starts_with(expected), "{causes}");

    let own = credentials(&by_name);
    let verified = async |name| {
        let check = handshake_with_name(
            &own.server,
            name,
            &own.ca_bundle,
            AddressPolicy::WithLoopback,
        );
        check.await.unwrap().verified
    };
    let reason = verified(None).await.unwrap_err();
    assert!(
        reason.starts_with("the certificate is not valid for 127.0.0."),
        "{reason}"
    );
    assert_eq!(verified(own.tls_server_name.as_deref()).await, Ok(()));
}

#[tokio::test]
async fn a_failed_handshake_reports_the_step_that_failed() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let own = credentials(&listening.kubeconfig());
    let (server_url, ca_bundle) = (own.server, own.ca_bundle);
    let loopback = AddressPolicy::WithLoopback;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = free.accept().await.unwrap();
        let plain = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut stream, plain)
            .await
            .unwrap();
    });
    let plain = handshake(&format!("https://{address}"), &ca_bundle, loopback).await;
    let plain = plain.unwrap_err();
    assert!(matches!(plain, HandshakeError::Tls(..)), "{plain:?}");
    let expected = format!("{address} does not speak TLS: the answer of the server is not TLS");
    assert_eq!(plain.to_string(), expected);
    server.await.unwrap();
    let gone = handshake(&format!("https://{address}"), &ca_bundle, loopback).await;
    assert!(matches!(gone, Err(HandshakeError::Connect(..))), "{gone:?}");
    let nowhere = handshake("https:///x", &ca_bundle, loopback).await;
    assert!(nowhere.is_err(), "{nowhere:?}");
    let empty = handshake(&server_url, "no PEM", loopback).await;
    assert_eq!(
        empty.unwrap_err().to_string(),
        "invalid CA bundle: it contains no certificate"
    );
}
