//! No view, error or file contains a secret; every change is audited first.

use crate::support::Operate as _;
use crate::support::{
    EAST, World, deployed, draft, everything, operator, register, release, set, succeeded,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use std::path::Path;
use store::{AuditFilter, Store};
use wire::{
    ClusterName, Problem, Secret,
    cluster::{AddClustersRequest, ReadKubeconfigRequest},
    install::Scalar,
};

const PASSWORD: &str = "correct-horse-battery-staple";

/// Every recorded view, as JSON.
#[derive(Default)]
struct RecordedViews(Vec<(&'static str, String)>);

impl RecordedViews {
    fn record(&mut self, page: &'static str, view: &impl Serialize) {
        self.0.push((page, serde_json::to_string(view).unwrap()));
    }

    fn never(&self, secrets: &[String]) {
        for (page, json) in &self.0 {
            for secret in secrets {
                assert!(
                    !json.contains(secret.as_str()),
                    "{page} tells {secret}: {json}"
                );
            }
        }
    }
}

fn secrets(world: &World) -> Vec<String> {
    let token = world.sandbox.admin_token();
    vec![
        PASSWORD.to_owned(),
        STANDARD.encode(PASSWORD),
        STANDARD.encode(&token),
        token,
    ]
}

/// Asserts that no file below a folder contains a secret.
pub(crate) fn nowhere_in(folder: &Path, secrets: &[String]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            nowhere_in(&path, secrets);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for secret in secrets {
            let found = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "{} contains {secret}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_view_of_an_installation_contains_a_token_or_a_password() {
    let world = World::with_shop().await;
    let (console, ann) = (&world.console, operator());
    let mut views = RecordedViews::default();
    let kubeconfig = world.listening.kubeconfig();
    let read = ReadKubeconfigRequest {
        kubeconfig: Secret::new(kubeconfig.clone()),
    };
    views.record(
        "contexts",
        &console.read_kubeconfig(&ann, read).await.unwrap(),
    );
    let add = AddClustersRequest {
        kubeconfig: Secret::new(kubeconfig.clone()),
        contexts: vec![
            (EAST.into(), "west".into()),
            (EAST.into(), "Bad Name".into()),
        ],
    };
    views.record(
        "refusal",
        &Problem::from(console.add_clusters(&ann, add).await.unwrap_err()),
    );
    views.record("clusters", &console.clusters(&ann).await.unwrap());
    let east = ClusterName::new(EAST).unwrap();
    views.record("cluster", &console.cluster(&ann, &east).await.unwrap());
    let draft = draft(console, "tests", "shop", EAST).await;
    // The text of a draft is the operator's own, and goes back to the page that edits it.
    let shown = set(
        console,
        &draft,
        "database.password",
        Scalar::Text(PASSWORD.into()),
    )
    .await;
    assert!(shown.text.contains(PASSWORD));
    views.record("draft", &console.draft(&ann, &draft).await.unwrap());
    views.record("checks", &console.checks(&ann, &draft).await.unwrap());
    let review = console.review(&ann, &draft).await.unwrap();
    assert!(
        review
            .objects
            .iter()
            .any(|object| object.object.kind == "Secret")
    );
    views.record("review", &review);
    let job = deployed(console, &draft).await;
    views.record("job", &job);
    views.record(
        "jobs",
        &console
            .jobs(&ann, &wire::job::JobsRequest::default())
            .await
            .unwrap()
            .rows,
    );
    views.record("frame", &console.frame(&ann).await.unwrap());
    views.record("session", &console.session(&ann));
    views.record(
        "catalog",
        &console.catalog(&ann, everything()).await.unwrap(),
    );
    views.record("releases", &console.releases(&ann).await.unwrap());
    let at = release("shop");
    let page = console.release(&ann, &at).await.unwrap();
    assert!(page.manifest.contains("password") && page.values.contains("password"));
    views.record("release", &page);
    views.record(
        "plan of the removal",
        &console.plan_uninstall(&ann, &at).await.unwrap(),
    );
    let second = console.review(&ann, &draft).await.unwrap();
    views.record("review of what is there", &second);
    let removal = console.uninstall(&ann, &at).await.unwrap();
    views.record("removal", &succeeded(console, &removal).await);

    views.never(&secrets(&world));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_of_the_console_contains_no_plaintext_secret() {
    let world = World::with_shop().await;
    let console = &world.console;
    console
        .remove_cluster(&operator(), &ClusterName::new(EAST).unwrap())
        .await
        .unwrap();
    register(console, &world.listening.kubeconfig()).await;
    let draft = draft(console, "tests", "shop", EAST).await;
    set(
        console,
        &draft,
        "database.password",
        Scalar::Text(PASSWORD.into()),
    )
    .await;
    deployed(console, &draft).await;

    nowhere_in(world.folder.path(), &secrets(&world));
    #[cfg(unix)]
    for name in ["key", "meshspan.db"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(world.folder.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name} can be read by others: {mode:o}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_audited_with_operator_target_and_outcome() {
    let world = World::new().await;
    let console = &world.console;
    register_as_west(&world).await;
    let draft = world.remote().await;
    deployed(console, &draft).await;
    let at = release("ack-istio-remote");
    let plan = console.plan_uninstall(&operator(), &at).await.unwrap();
    let removal = console.start_shown(&operator(), &plan.review).await;
    succeeded(console, &removal.unwrap()).await;
    let again = console.start_shown(&operator(), &plan.review).await;
    again.unwrap_err();

    let store = Store::open(world.folder.path()).unwrap();
    let lines: Vec<(String, String, String, Option<String>)> = store
        .audit(&AuditFilter::default())
        .unwrap()
        .into_iter()
        .rev()
        .map(|line| (line.operator, line.action, line.target, line.outcome))
        .collect();
    let line = |action: &str, target: &str, outcome: &str| {
        let own = |text: &str| text.to_owned();
        (own("ann"), own(action), own(target), Some(own(outcome)))
    };
    let place = format!("{EAST}/istio-system/ack-istio-remote");
    assert_eq!(
        lines,
        [
            line("write-cluster", "west", "succeeded"),
            line(
                "write-release",
                &format!("install built-in/ack-istio-remote 1.0.0 as {place}"),
                "succeeded"
            ),
            line("write-release", &format!("uninstall {place}"), "succeeded"),
            line("write-release", &format!("uninstall {place}"), "failed"),
        ]
    );
}

async fn register_as_west(world: &World) {
    let request = AddClustersRequest {
        kubeconfig: Secret::new(world.listening.kubeconfig()),
        contexts: vec![(EAST.to_owned(), "west".to_owned())],
    };
    world
        .console
        .add_clusters(&operator(), request)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_cannot_be_audited_does_not_run() {
    let world = World::new().await;
    let draft = world.remote().await;
    let database = rusqlite::Connection::open(world.folder.path().join("meshspan.db")).unwrap();
    database
        .execute_batch("ALTER TABLE audit RENAME TO gone")
        .unwrap();

    let refused = world.console.deploy(&operator(), &draft).await;

    assert!(
        matches!(refused, Err(console::Error::Store(_))),
        "{refused:?}"
    );
    assert!(
        world
            .console
            .jobs(&operator(), &wire::job::JobsRequest::default())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let releases = world.console.releases(&operator()).await.unwrap();
    assert!(releases.rows.is_empty());
}
