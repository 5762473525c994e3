//! Clusters: only safe kubeconfigs are accepted, and an unreachable cluster delays no page.

use crate::support::{EAST, World, everything, operator, setup};
use cluster::{AddressPolicy, read_kubeconfig};
use console::{Console, Error};
use std::time::{Duration, Instant};
use store::Store;
use wire::{
    ClusterName, Code, Problem, Secret,
    cluster::{
        AddClustersRequest, ClusterState, ClusterView, ReadKubeconfigRequest, ReplaceRequest, Role,
    },
    cluster::{ClusterColour, ColourRequest},
};

fn add(kubeconfig: &str) -> AddClustersRequest {
    AddClustersRequest {
        kubeconfig: Secret::new(kubeconfig.to_owned()),
        contexts: vec![(EAST.to_owned(), "west".to_owned())],
    }
}

/// The kubeconfig with this instead of the user's token.
fn with_user(kubeconfig: &str, user: &str) -> String {
    let lines = kubeconfig
        .lines()
        .map(|line| match line.trim_start().strip_prefix("token:") {
            Some(_) => user,
            None => line,
        });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kubeconfig_that_runs_a_program_or_reads_a_file_is_rejected() {
    let world = World::new().await;
    let good = world.listening.kubeconfig();
    for (key, user) in [
        (
            "exec",
            "    exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/true}",
        ),
        ("auth-provider", "    auth-provider: {name: gcp}"),
        ("tokenFile", "    tokenFile: /etc/passwd"),
        ("client-key", "    client-key: /home/operator/.ssh/id_rsa"),
    ] {
        let bad = with_user(&good, user);
        let request = ReadKubeconfigRequest {
            kubeconfig: Secret::new(bad.clone()),
        };
        let read = world
            .console
            .read_kubeconfig(&operator(), request)
            .await
            .unwrap();
        let problem = read[0].problem.clone().unwrap();
        assert_eq!(problem.code, Code::BadKubeconfig);
        assert!(problem.arg("reason").starts_with(key), "{problem:?}");
        let added = world.console.add_clusters(&operator(), add(&bad)).await;
        assert!(matches!(added, Err(Error::Kubeconfig(_))), "{added:?}");
    }
    assert_eq!(world.console.clusters(&operator()).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_added_shown_and_removed() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let kubeconfig = world.listening.kubeconfig();
    let request = ReadKubeconfigRequest {
        kubeconfig: Secret::new(kubeconfig.clone()),
    };
    let contexts = console.read_kubeconfig(&ann, request).await.unwrap();
    assert_eq!(
        (
            contexts[0].suggested.as_str(),
            contexts[0].credentials.as_str()
        ),
        (EAST, "token")
    );

    console.add_clusters(&ann, add(&kubeconfig)).await.unwrap();
    let west = ClusterName::new("west").unwrap();
    let view = console.cluster(&ann, &west).await.unwrap();
    assert_eq!(view.state, ClusterState::Ready);
    let facts = view.facts.unwrap();
    assert_eq!((facts.version.as_str(), facts.nodes.len()), ("v1.36.3", 3));
    let again = console
        .add_clusters(&ann, add(&kubeconfig))
        .await
        .unwrap_err();
    assert_eq!(Problem::from(again).code, Code::ClusterExists);

    console.remove_cluster(&ann, &west).await.unwrap();
    assert!(matches!(
        console.cluster(&ann, &west).await,
        Err(Error::NoCluster(_))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loopback_address_is_rejected_unless_allowed() {
    let (_sandbox, listening) = crate::support::east().await;
    let folder = tempfile::tempdir().unwrap();
    let setup = console::Setup {
        addresses: AddressPolicy::Remote,
        ..setup()
    };
    let console = Console::open(folder.path(), setup).unwrap();

    let added = console
        .add_clusters(&operator(), add(&listening.kubeconfig()))
        .await;

    assert!(matches!(added, Err(Error::Kubeconfig(_))), "{added:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_token_is_reported_at_once() {
    let world = World::new().await;
    let bad = with_user(&world.listening.kubeconfig(), "    token: unknown");

    let added = world
        .console
        .add_clusters(&operator(), add(&bad))
        .await
        .unwrap_err();

    assert_eq!(Problem::from(added).code, Code::Unauthorized);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_cluster_delays_no_page_and_is_named_once_it_is_known() {
    let (_sandbox, listening) = crate::support::east().await;
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (live, dead) = (
        listening.address.to_string(),
        mute.local_addr().unwrap().to_string(),
    );
    let text = listening.kubeconfig().replace(&live, &dead);
    let mut contexts = read_kubeconfig(&text, AddressPolicy::WithLoopback).unwrap();
    let credentials = contexts.remove(0).outcome.unwrap();
    let sealed = Secret::new(serde_json::to_string(&credentials).unwrap());
    let west = ClusterName::new("west").unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert!(
        store
            .add_cluster(&west, &credentials.server, false, &sealed, 0)
            .unwrap()
    );
    drop(store);
    let console = Console::open(folder.path(), setup()).unwrap();
    crate::support::register(&console, &listening.kubeconfig()).await;

    let ann = operator();
    let mut changes = console.follow_changes(&ann).await.unwrap();
    let start = Instant::now();
    let (clusters, releases) = tokio::join!(console.clusters(&ann), console.releases(&ann));
    // The other pages have waited for a cluster for its whole timeout, which is six times as long.
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    let state = |clusters: &[ClusterView], name: &str| {
        let mut clusters = clusters.iter();
        let found = clusters.find(|cluster| cluster.name.as_str() == name);
        found.unwrap().state.clone()
    };
    let clusters = clusters.unwrap();
    assert_eq!(state(&clusters, EAST), ClusterState::Ready);
    assert_eq!(state(&clusters, "west"), ClusterState::Connecting);
    let unread = releases.unwrap().unread;
    let unread: Vec<_> = unread
        .iter()
        .map(|unread| (&unread.cluster, &unread.problem))
        .collect();
    assert_eq!(unread, [(&west, &None)]);

    // The read goes on, and a page that follows the clusters is notified of its end.
    let known = changes.wait_for(|changes| changes.clusters > 0 && changes.releases > 0);
    let known = tokio::time::timeout(Duration::from_secs(30), known).await;
    assert!(known.is_ok());
    let (clusters, releases, catalog) = tokio::join!(
        console.clusters(&ann),
        console.releases(&ann),
        console.catalog(&ann, everything())
    );
    let clusters = clusters.unwrap();
    let ClusterState::Unreachable(problem) = state(&clusters, "west") else {
        panic!("{clusters:?}")
    };
    assert_eq!(
        (problem.code, problem.arg("cluster")),
        (Code::Unreachable, "west")
    );
    let unread = releases.unwrap().unread;
    assert!(unread[0].problem.is_some(), "{unread:?}");
    assert_eq!(catalog.unwrap().unread, [west]);
}

/// On one thread, which a loop without a wait would never give back.
#[tokio::test]
async fn a_console_without_clusters_waits_for_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::open(folder.path(), setup()).unwrap();
    console.watch_clusters();
    let mut changes = console.follow_changes(&operator()).await.unwrap();
    let (_sandbox, listening) = crate::support::east().await;
    crate::support::register(&console, &listening.kubeconfig()).await;
    let added = changes.wait_for(|changes| changes.clusters > 0);
    assert!(
        tokio::time::timeout(Duration::from_secs(30), added)
            .await
            .is_ok()
    );
    console.close(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_stops_answering_keeps_its_last_known_facts_and_releases() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    console.watch_clusters();
    let draft = world.remote().await;
    crate::support::deployed(console, &draft).await;
    let before = console.clusters(&ann).await.unwrap();
    let releases = console.releases(&ann).await.unwrap();
    assert!(releases.unread.is_empty(), "{:?}", releases.unread);

    let mut changes = console.follow_changes(&ann).await.unwrap();
    let limit = Duration::from_secs(30);
    let synced = changes.wait_for(|changes| changes.clusters > 0 && changes.releases > 0);
    let seen = tokio::time::timeout(limit, synced).await.unwrap();
    let seen = seen.unwrap().clusters;
    let World {
        console,
        folder: _folder,
        listening,
        sandbox: _sandbox,
    } = world;
    drop(listening);
    // The watches notice it without a request of a page.
    let noticed = changes.wait_for(|changes| changes.clusters > seen);
    assert!(tokio::time::timeout(limit, noticed).await.is_ok());
    let after = console.clusters(&ann).await.unwrap();
    assert!(
        matches!(after[0].state, ClusterState::Unreachable(_)),
        "{after:?}"
    );
    assert_eq!(after[0].facts, before[0].facts);
    assert!(after[0].read_at.is_some());
    assert_eq!(after[0].role, Some(Role::Remote));
    let kept = console.releases(&ann).await.unwrap();
    assert_eq!(kept.rows, releases.rows);
    assert!(kept.unread[0].problem.is_some() && kept.unread[0].read_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_of_a_cluster_follows_its_charts() {
    let world = World::new().await;
    let draft = world.remote().await;
    crate::support::deployed(&world.console, &draft).await;

    let clusters = world.console.clusters(&operator()).await.unwrap();
    assert_eq!(clusters[0].role, Some(Role::Remote));
    let catalog = world
        .console
        .catalog(&operator(), everything())
        .await
        .unwrap();
    let card = catalog
        .charts
        .iter()
        .find(|c| c.chart.as_str() == "ack-istio-remote")
        .unwrap();
    assert_eq!(card.installations, 1);
    assert!(card.installed.is_some());
}

/// Also when the cluster does not answer any more, and when it was added by an older version.
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_of_another_cluster_is_refused_when_the_old_one_does_not_answer() {
    let (_other, elsewhere) = crate::support::east().await;
    for older_version in [false, true] {
        let (_sandbox, listening) = crate::support::east().await;
        let folder = tempfile::tempdir().unwrap();
        let text = listening.kubeconfig();
        if older_version {
            let mut contexts = read_kubeconfig(&text, AddressPolicy::WithLoopback).unwrap();
            let credentials = contexts.remove(0).outcome.unwrap();
            let sealed = Secret::new(serde_json::to_string(&credentials).unwrap());
            let store = Store::open(folder.path()).unwrap();
            let east = ClusterName::new(EAST).unwrap();
            store
                .add_cluster(&east, &credentials.server, false, &sealed, 0)
                .unwrap();
        }
        let console = Console::open(folder.path(), setup()).unwrap();
        if !older_version {
            crate::support::register(&console, &text).await;
        }
        let replace = |kubeconfig: String| ReplaceRequest {
            cluster: ClusterName::new(EAST).unwrap(),
            kubeconfig: Secret::new(kubeconfig),
            context: EAST.to_owned(),
        };
        console.clusters(&operator()).await.unwrap();
        let own = console.replace_credential(&operator(), replace(text)).await;
        assert!(own.is_ok(), "{own:?}");
        drop(listening);

        let refused = console
            .replace_credential(&operator(), replace(elsewhere.kubeconfig()))
            .await;
        assert!(
            matches!(refused, Err(Error::OtherCluster(_))),
            "{refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_colour_is_shown_everywhere_and_stays_after_a_restart() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let kubeconfig = world.listening.kubeconfig();
    console.add_clusters(&ann, add(&kubeconfig)).await.unwrap();
    let west = ClusterName::new("west").unwrap();
    let request = ColourRequest {
        cluster: west.clone(),
        colour: ClusterColour::try_from(9).unwrap(),
    };

    console.set_cluster_colour(&ann, request).await.unwrap();

    assert_eq!(console.cluster(&ann, &west).await.unwrap().colour, 9);
    let frame = console.frame(&ann).await.unwrap();
    let names: Vec<&str> = frame
        .clusters
        .iter()
        .map(|(name, ..)| name.as_str())
        .collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(
        frame.clusters.contains(&(west.clone(), 9, true)),
        "{frame:?}"
    );
    let again = Console::open(world.folder.path(), setup()).unwrap();
    assert_eq!(again.cluster(&ann, &west).await.unwrap().colour, 9);
}
