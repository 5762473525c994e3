//! The commands that give the console access to a cluster, executed with the real kubectl.

use crate::support::{EAST, World, check, deployed, draft, operator};
use cluster::{AccessReview, AddressPolicy, Cluster, read_kubeconfig};
use std::{path::PathBuf, process::Command};
use wire::{
    ClusterName, Secret,
    check::{CheckCode, CheckStatus},
    cluster::{AddClustersRequest, ProbeItem, ProbeRequest, ProbeStage, ReadKubeconfigRequest},
};

/// The folder of kubectl; none, with a printed reason, when the test is skipped.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment sets the folder of the tools"
)]
fn kubectl(test: &str) -> Option<PathBuf> {
    let named = std::env::var_os("MESHSPAN_TOOLS").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = named.into_iter().chain(std::env::split_paths(&path));
    let found = folders.find(|folder| folder.join("kubectl").is_file());
    if found.is_none() {
        eprintln!("SKIPPED: {test}: kubectl is neither in MESHSPAN_TOOLS nor on the PATH");
    }
    found
}

/// Runs the commands as the cluster's administrator and gives what they print.
fn run(tools: &std::path::Path, world: &World, commands: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("kubeconfig");
    std::fs::write(&config, world.listening.kubeconfig()).unwrap();
    let ran = Command::new("sh")
        .args(["-eu", "-c", commands])
        .env("PATH", format!("{}:/usr/bin:/bin", tools.display()))
        .env("HOME", home.path())
        .env("KUBECONFIG", config)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{message}");
    String::from_utf8(ran.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_grant_exactly_the_permissions_of_a_mesh() {
    let Some(tools) = kubectl("the_commands_let_the_console_in") else {
        return;
    };
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let given = console.cluster_admission(&ann).await.unwrap();
    let commands = format!("{}\n{}", given.apply, given.print);

    let kubeconfig = tokio::task::block_in_place(|| run(&tools, &world, &commands));
    // Nothing is lost when they are run again.
    let again = tokio::task::block_in_place(|| run(&tools, &world, &commands));
    assert_eq!(kubeconfig, again);

    let text = || Secret::new(kubeconfig.clone());
    let request = ReadKubeconfigRequest { kubeconfig: text() };
    let contexts = console.read_kubeconfig(&ann, request).await.unwrap();
    let context = &contexts[0];
    assert_eq!((&context.problem, contexts.len()), (&None, 1));
    let probe = async |stage| {
        let request = ProbeRequest {
            kubeconfig: text(),
            context: context.name.clone(),
            stage,
        };
        console.probe(&ann, request).await.unwrap()
    };
    let server = probe(ProbeStage::Server).await;
    let identity = server.iter().find(|line| line.item == ProbeItem::User);
    assert_eq!(
        identity.unwrap().message,
        "system:serviceaccount:meshspan:meshspan",
        "not the administrator who ran the commands"
    );
    let rights = &probe(ProbeStage::Rights).await[0];
    assert_eq!((rights.passed, rights.message.as_str()), (Some(true), ""));

    let policy = AddressPolicy::WithLoopback;
    let mut read = read_kubeconfig(&kubeconfig, policy).unwrap();
    let credentials = read.remove(0).outcome.unwrap();
    let name = ClusterName::new("probe").unwrap();
    let cluster = Cluster::connect(name, &credentials, policy).unwrap();
    let beyond = [
        ("create", "pods"),
        ("delete", "nodes"),
        ("create", "persistentvolumes"),
    ];
    let asks = beyond.map(|(verb, resource)| AccessReview {
        verb,
        group: String::new(),
        resource: resource.to_owned(),
        namespace: None,
    });
    let rights = cluster.check_access_all(asks.to_vec()).await.unwrap();
    assert!(rights.iter().all(|right| !right.allowed), "{rights:?}");

    let request = AddClustersRequest {
        kubeconfig: text(),
        contexts: vec![(context.name.clone(), "lent".to_owned())],
    };
    console.add_clusters(&ann, request).await.unwrap();
    let lent = ClusterName::new("lent").unwrap();
    console
        .remove_cluster(&ann, &ClusterName::new(EAST).unwrap())
        .await
        .unwrap();

    // A whole control plane is installed with these rights, with its own roles and CRDs.
    let draft = draft(console, "built-in", "ack-istio", lent.as_str()).await;
    let checks = world.checks(&draft).await;
    assert_eq!(
        check(&checks, CheckCode::Permissions).status,
        CheckStatus::Passed
    );
    let review = console.review(&ann, &draft).await.unwrap();
    assert_eq!(
        review.rights.status,
        CheckStatus::Passed,
        "{:?}",
        review.rights
    );
    deployed(console, &draft).await;
}
