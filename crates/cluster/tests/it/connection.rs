//! Clusters that do not answer, or no longer.

use crate::world::{World, connect, credentials, deployment, within};
use cluster::{
    AddressPolicy, Apply, AsConsole, Cluster, Error, NoHandshake, Object, Readiness, Watches,
    handshake, handshake_as, until_ready,
};
use sandbox::Sandbox;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wire::ClusterName;

#[tokio::test]
async fn a_cluster_that_never_answers_ends_by_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = listener.local_addr().unwrap();
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let kubeconfig = listening.kubeconfig();
    let kubeconfig = kubeconfig.replace(&listening.address.to_string(), &silent.to_string());
    let cluster = connect(&kubeconfig).within_at_most(Duration::from_secs(1));
    let begun = Instant::now();
    let error = cluster.version().await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(
        error.to_string(),
        "could not read its version on cluster east: no answer in 1 s"
    );
    assert!(error.is_unreachable());
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let cluster = connect(&listening.kubeconfig());
    drop(listening);
    let error = cluster.version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn an_api_server_of_another_authority_is_not_talked_to() {
    let (one, other) = (Sandbox::new(), Sandbox::new());
    let one = one.listen("127.0.0.1:0").await.unwrap();
    let other = other.listen("127.0.0.1:0").await.unwrap();
    let mixed = one
        .kubeconfig()
        .replace(&one.address.to_string(), &other.address.to_string());
    let error = connect(&mixed).version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn loopback_is_not_dialled_where_it_is_not_allowed() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let name = ClusterName::new("east").unwrap();
    let credentials = credentials(&listening.kubeconfig());
    let refused = Cluster::connect(name, &credentials, AddressPolicy::Remote);
    assert!(matches!(refused, Err(Error::Address { .. })));
}

#[tokio::test]
async fn a_sandbox_that_ends_in_the_middle_is_unreachable() {
    let sandbox = Sandbox::new();
    sandbox.fail_image_pull("unreachable.test");
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let cluster = connect(&listening.kubeconfig());
    dies_in_the_middle(cluster, || drop(listening)).await;
}

#[tokio::test]
async fn a_real_api_server_that_dies_in_the_middle_is_unreachable() {
    match lab::start_cluster("istio-remote1").await {
        Ok(real) => {
            let by_certificate = connect(&real.certificate_kubeconfig());
            assert!(by_certificate.version().await.unwrap().starts_with("v1."));
            real.fail_image_pull("unreachable.test");
            dies_in_the_middle(connect(&real.kubeconfig()), || real.stop_api_server()).await;
        }
        Err(error) => {
            let test = "a_real_api_server_that_dies_in_the_middle_is_unreachable";
            lab::skip(test, &error);
        }
    }
}

/// It dies while a Deployment is waited for that is held up by its image.
async fn dies_in_the_middle(cluster: Cluster, die: impl FnOnce()) {
    let stop = CancellationToken::new();
    let watches = Watches::new(AsConsole::new(cluster.clone()), stop);
    let wanted = Object::new(deployment("default", "web", "unreachable.test/web:1")).unwrap();
    cluster.apply(&wanted, Apply::ForGood).await.unwrap();
    let web = wanted.reference();

    let mut die = Some(die);
    let error = until_ready(
        &watches,
        std::slice::from_ref(&web),
        &within(8),
        |all, _| {
            let failed = matches!(all[0].1, Readiness::Failed { .. });
            if let Some(die) = die.take_if(|_| failed) {
                die();
            }
        },
    )
    .await;

    assert!(die.is_none(), "the image was seen to fail");
    let Err(Error::NotReady { missing, .. }) = error else {
        panic!("{error:?}");
    };
    let reason = &missing[0].1;
    assert!(
        !reason.contains("container"),
        "not what was seen long ago: {reason}"
    );
    let begun = Instant::now();
    let error = cluster.get(&web).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "could not read Deployment default/web on cluster east: no answer"
    );
    assert!(begun.elapsed() < Duration::from_secs(10));
}

/// What a server shows is looked at, and judged by the authority that was given for it.
pub(crate) async fn a_servers_certificate_is_looked_at_and_judged(world: World) {
    let Some(kubeconfig) = world.kubeconfig() else {
        return;
    };
    let own = credentials(&kubeconfig);
    let loopback = AddressPolicy::WithLoopback;
    let check = handshake(&own.server, &own.authority, loopback)
        .await
        .unwrap();
    assert_eq!(check.verified, Ok(()));
    let names = &check.chain[0].names;
    assert!(names.contains(&"127.0.0.1".to_owned()), "{names:?}");
    assert!(check.chain[0].not_after > check.chain[0].not_before);

    let other = Sandbox::new().listen("127.0.0.1:0").await.unwrap();
    let other = credentials(&other.kubeconfig());
    let check = handshake(&own.server, &other.authority, loopback)
        .await
        .unwrap();
    assert!(check.verified.is_err(), "another authority knows it not");
    assert_eq!(check.chain[0].names, *names, "and yet it is shown");

    let error = handshake(&own.server, &own.authority, AddressPolicy::Remote).await;
    assert!(matches!(error, Err(NoHandshake::Address(_))), "{error:?}");
}

/// A server that is dialled at an address which its certificate does not name.
#[tokio::test]
async fn a_server_is_known_by_another_name_than_its_address() {
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

    let own = credentials(&by_name);
    let seen = async |name| {
        let check = handshake_as(
            &own.server,
            name,
            &own.authority,
            AddressPolicy::WithLoopback,
        );
        check.await.unwrap().verified
    };
    assert!(seen(None).await.is_err(), "it does not name its address");
    assert_eq!(seen(own.tls_server_name.as_deref()).await, Ok(()));
}

#[tokio::test]
async fn without_a_server_the_handshake_says_how_far_it_came() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let authority = credentials(&listening.kubeconfig()).authority;
    let loopback = AddressPolicy::WithLoopback;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    let talks = tokio::spawn(async move {
        let (mut stream, _) = free.accept().await.unwrap();
        let plain = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut stream, plain)
            .await
            .unwrap();
    });
    let plain = handshake(&format!("https://{address}"), &authority, loopback).await;
    assert!(matches!(plain, Err(NoHandshake::NoTls(..))), "{plain:?}");
    talks.await.unwrap();
    let gone = handshake(&format!("https://{address}"), &authority, loopback).await;
    assert!(matches!(gone, Err(NoHandshake::Connect(..))), "{gone:?}");
    let nowhere = handshake("https:///x", &authority, loopback).await;
    assert!(nowhere.is_err(), "{nowhere:?}");
    let empty = handshake(&format!("https://{address}"), "no PEM", loopback).await;
    assert!(empty.is_err(), "{empty:?}");
}
