//! A console in a pod: its own cluster is offered, and its token is reread after rotation.

use crate::support::{east, operator, setup};
use cluster::{AddressPolicy, AuthInfo, ServiceAccountMount, read_kubeconfig};
use console::{Console, Error, Setup};
use std::path::Path;
use wire::{
    ClusterName, Code, Secret,
    cluster::{AddClustersRequest, AddMountedRequest, ClusterState, ReadKubeconfigRequest},
};

/// Mounts a kubeconfig's credential as Kubernetes does, and gives its token.
fn mount(kubeconfig: &str, folder: &Path) -> (ServiceAccountMount, String) {
    let mut contexts = read_kubeconfig(kubeconfig, AddressPolicy::WithLoopback).unwrap();
    let credentials = contexts.remove(0).outcome.unwrap();
    let AuthInfo::Token(token) = credentials.auth_info else {
        panic!("a sandbox gives a token")
    };
    std::fs::write(folder.join("ca.crt"), credentials.ca_bundle).unwrap();
    std::fs::write(folder.join("token"), token.reveal()).unwrap();
    let mount = ServiceAccountMount {
        server: credentials.server,
        folder: folder.to_owned(),
    };
    (mount, token.reveal().clone())
}

fn named(name: &str) -> AddMountedRequest {
    AddMountedRequest { name: name.into() }
}

async fn state(console: &Console) -> ClusterState {
    let here = ClusterName::new("here").unwrap();
    console.cluster(&operator(), &here).await.unwrap().state
}

#[tokio::test(flavor = "multi_thread")]
async fn the_consoles_own_cluster_is_offered_once_and_follows_its_token() {
    let (_sandbox, listening) = east().await;
    let (folder, pod) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mount, token) = mount(&listening.kubeconfig(), pod.path());
    let setup = || Setup {
        mount: Some(mount.clone()),
        ..setup()
    };
    let console = Console::open(folder.path(), setup()).unwrap();
    let ann = operator();

    let offered = console.mounted_cluster(&ann).await.unwrap().unwrap();
    assert_eq!(offered.server, mount.server);
    console
        .add_mounted_cluster(&ann, named("here"))
        .await
        .unwrap();
    assert_eq!(console.mounted_cluster(&ann).await.unwrap(), None);
    assert!(matches!(state(&console).await, ClusterState::Ready));

    // The token is replaced, by a bad one and by a good one: each call takes what is there.
    std::fs::write(pod.path().join("token"), "unknown").unwrap();
    let ClusterState::Unreachable(problem) = state(&console).await else {
        panic!("an unknown token is accepted")
    };
    assert_eq!(problem.code, Code::Unauthorized);
    std::fs::write(pod.path().join("token"), format!("{token}\n")).unwrap();
    assert!(matches!(state(&console).await, ClusterState::Ready));

    // Without its mount the console starts all the same, and says what is missing.
    drop(console);
    std::fs::remove_file(pod.path().join("token")).unwrap();
    let console = Console::open(folder.path(), setup()).unwrap();
    let ClusterState::Unreachable(problem) = state(&console).await else {
        panic!("there is no token")
    };
    assert_eq!(problem.code, Code::Unreachable);
    let detail = problem.detail.unwrap_or_default();
    assert!(detail.contains("could not read the token in"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mount_no_cluster_is_offered_or_added() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::open(folder.path(), setup()).unwrap();
    assert_eq!(console.mounted_cluster(&operator()).await.unwrap(), None);
    let added = console
        .add_mounted_cluster(&operator(), named("here"))
        .await;
    assert!(matches!(added, Err(Error::NoCluster(_))), "{added:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kubeconfig_must_not_refer_to_the_token_file_of_the_pod() {
    let (_sandbox, listening) = east().await;
    let (folder, pod) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mount, token) = mount(&listening.kubeconfig(), pod.path());
    let text = listening.kubeconfig().replace(
        &format!("token: {token}"),
        &format!("tokenFile: {}", pod.path().join("token").display()),
    );
    assert!(text.contains("tokenFile"), "{text}");
    let setup = Setup {
        mount: Some(mount),
        ..setup()
    };
    let console = Console::open(folder.path(), setup).unwrap();
    let request = ReadKubeconfigRequest {
        kubeconfig: Secret::new(text.clone()),
    };
    let read = console.read_kubeconfig(&operator(), request).await.unwrap();
    let problem = read[0].problem.clone().unwrap();
    assert!(problem.arg("reason").starts_with("tokenFile"));
    let request = AddClustersRequest {
        kubeconfig: Secret::new(text),
        contexts: vec![(read[0].name.clone(), "here".into())],
    };
    let added = console.add_clusters(&operator(), request).await;
    assert!(matches!(added, Err(Error::Kubeconfig(_))), "{added:?}");
}
