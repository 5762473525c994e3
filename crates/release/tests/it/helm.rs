//! The real helm reads and removes releases of this crate, and the reverse.
#![expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]

use crate::mark_failed::mark;
use crate::rollback::roll_back;
use crate::shop::uninstall_within;
use crate::test_runs::{run, with_tests};
use crate::upgrade::{blue, eleven_failed, recorded, upgrade};
use crate::{
    shop::{Shop, files},
    test_cluster::{TestCluster, within},
};
use release::{ReleaseKey, State, latest, plan_mark_failed, plan_test, plan_uninstall, resources};
use std::{path::PathBuf, process::Output, time::Duration};
use tempfile::TempDir;
use wire::{Namespace, ReleaseName};

/// The names of the programs of Helm 3.17 and of Helm 4.
const HELM_3: &str = "helm";
const HELM_4: &str = "helm-4";

/// Helm with a home of its own and a kubeconfig.
struct Helm {
    program: PathBuf,
    home: TempDir,
    namespace: String,
}

impl Helm {
    /// None, and a line that says why, where helm is not there.
    fn find(world: &TestCluster, test: &str) -> Option<Self> {
        Self::find_version(HELM_3, world, test)
    }

    /// The same for a major version of Helm.
    #[expect(
        clippy::print_stdout,
        reason = "the line that `cargo xtask test` counts"
    )]
    fn find_version(version: &str, world: &TestCluster, test: &str) -> Option<Self> {
        let named = std::env::var_os("MESHSPAN_TOOLS").map(PathBuf::from);
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
        let cache = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or(home);
        let folders = [named, cache.map(|cache| cache.join("meshspan/tools"))];
        let mut programs = folders
            .into_iter()
            .flatten()
            .map(|folder| folder.join(version));
        let Some(program) = programs.find(|program| program.is_file()) else {
            println!(
                "SKIPPED: {test}: {version} is not in MESHSPAN_TOOLS, nor in the cache folder"
            );
            return None;
        };
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("kubeconfig"), world.kubeconfig().unwrap()).unwrap();
        Some(Self {
            program,
            home,
            namespace: world.namespace.clone(),
        })
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(arguments)
            .args(["--namespace", &self.namespace])
            .env("HOME", self.home.path())
            .env("KUBECONFIG", self.home.path().join("kubeconfig"))
            .kill_on_drop(true);
        let ran = tokio::time::timeout(Duration::from_secs(90), command.output()).await;
        ran.unwrap().unwrap()
    }

    /// What it says; it must succeed.
    async fn says(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments).await;
        let error = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "helm {arguments:?}: {error}");
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }

    /// The chart of the tests as a folder.
    fn chart(&self, world: &TestCluster) -> String {
        let folder = self.home.path().join("shop");
        for (name, bytes) in files(world).1 {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        folder.display().to_string()
    }
}

pub(crate) async fn helm_reads_our_release_and_removes_it(world: TestCluster, test: &str) {
    let Some(helm) = Helm::find(&world, test) else {
        return;
    };
    let shop = Shop::new(&world, "colour: green").await;
    let release = shop.install(&world).await.unwrap();

    let listed = helm.says(&["list"]).await;
    for as_str in ["web-shop", "deployed", "shop-1.2.3", "4.5"] {
        assert!(listed.contains(as_str), "{as_str} in {listed}");
    }
    let status = helm.says(&["status", "web-shop"]).await;
    for as_str in ["STATUS: deployed", "REVISION: 1", "web-shop is green."] {
        assert!(status.contains(as_str), "{as_str} in {status}");
    }
    let values = helm
        .says(&["get", "values", "web-shop", "-o", "json"])
        .await;
    assert_eq!(values.trim(), r#"{"colour":"green"}"#);
    let all = helm.says(&["get", "values", "web-shop", "--all"]).await;
    assert!(all.contains("image: docker.io/library/web:1"), "{all}");
    let manifest = helm.says(&["get", "manifest", "web-shop"]).await;
    assert_eq!(manifest.trim(), release.manifest.trim());
    let hooks = helm.says(&["get", "hooks", "web-shop"]).await;
    assert!(hooks.contains("web-shop-post-install"), "{hooks}");
    let history = helm.says(&["history", "web-shop"]).await;
    assert!(history.contains("Install complete"), "{history}");

    let gone = helm.says(&["uninstall", "web-shop", "--wait"]).await;
    assert!(gone.contains("uninstalled"), "{gone}");
    assert!(latest(&world.user(), &shop.key).await.is_err());
    assert_eq!(
        shop.get(&world, &shop.object("apps/v1", "Deployment"))
            .await,
        None
    );
}

pub(crate) async fn a_release_of_helm_is_read_and_removed(world: TestCluster, test: &str) {
    let Some(helm) = Helm::find(&world, test) else {
        return;
    };
    let chart = helm.chart(&world);
    let set = ["--set", "colour=green", "--wait", "--timeout=60s"];
    helm.says(&[&["install", "web-shop", &chart], &set[..]].concat())
        .await;

    let key = ReleaseKey {
        namespace: Namespace::new(world.namespace.clone()).unwrap(),
        release: ReleaseName::new("web-shop").unwrap(),
    };
    let theirs = latest(&world.user(), &key).await.unwrap();
    assert_eq!((theirs.version, theirs.info.status), (1, State::Deployed));
    assert_eq!(theirs.config, serde_json::json!({"colour": "green"}));
    assert_eq!(theirs.info.notes.trim(), "web-shop is green.");
    let shop = Shop::new(&world, "colour: green").await;
    assert_eq!(
        shop.manifests.text().trim(),
        theirs.manifest.trim(),
        "we render the same"
    );
    let all = resources(&world.user(), &theirs).await.unwrap();
    assert!(all.iter().all(|resource| {
        resource
            .readiness
            .as_ref()
            .is_some_and(cluster::Readiness::is_ready)
    }));

    let removal = plan_uninstall(&world.user(), &theirs).await.unwrap();
    assert_eq!(
        (removal.removed.len(), removal.kept.len()),
        (7, 3),
        "{removal:?}"
    );
    uninstall_within(&world, &key, 40).await.unwrap();
    let listed = helm.says(&["list", "--all", "--short"]).await;
    assert_eq!(listed.trim(), "");
}

pub(crate) async fn helm_upgrades_our_release(world: TestCluster, test: &str) {
    let Some(helm) = Helm::find(&world, test) else {
        return;
    };
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let chart = helm.chart(&world);
    let set = ["--set", "colour=red", "--wait", "--timeout=60s"];
    helm.says(&[&["upgrade", "web-shop", &chart], &set[..]].concat())
        .await;
    let newest = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!((newest.version, newest.info.status), (2, State::Deployed));
    let all = release::history(&world.user(), &shop.key).await.unwrap();
    assert_eq!(all[0].info.status, State::Superseded);
    let settings = shop
        .get(&world, &shop.object("v1", "ConfigMap"))
        .await
        .unwrap();
    assert_eq!(settings.text("/data/colour"), "red");
    uninstall_within(&world, &shop.key, 40).await.unwrap();
    assert_eq!(helm.says(&["list", "--all", "--short"]).await.trim(), "");
}

/// Of twelve revisions, the upgrade by the real helm leaves the same as ours does.
pub(crate) async fn helm_keeps_the_same_revisions(world: TestCluster, test: &str) {
    let Some(helm) = Helm::find(&world, test) else {
        return;
    };
    let shop = Shop::new(&world, "").await;
    let kept = async || {
        let all = release::history(&world.user(), &shop.key).await.unwrap();
        let each = all
            .iter()
            .map(|revision| (revision.version, revision.info.status));
        each.collect::<Vec<(u32, State)>>()
    };
    let chart = helm.chart(&world);
    let wait = ["--set", "colour=red", "--wait", "--timeout=60s"];
    shop.install(&world).await.unwrap();
    eleven_failed(&world, &shop).await;
    helm.says(&[&["upgrade", "web-shop", &chart], &wait[..]].concat())
        .await;
    let theirs = kept().await;
    helm.says(&["uninstall", "web-shop", "--wait"]).await;

    let red = Shop::new(&world, "colour: red").await;
    red.install(&world).await.unwrap();
    eleven_failed(&world, &red).await;
    red.install_as(&world, release::Mode::Upgrade, within(40))
        .await
        .0
        .unwrap();
    assert_eq!(kept().await, theirs);
    assert_eq!(theirs.len(), 10);
    uninstall_within(&world, &shop.key, 40).await.unwrap();
}

/// Helm rolls our upgrade back, and we roll back what Helm did; `helm history` tells both as its own.
pub(crate) async fn either_rolls_back_what_the_other_upgraded(world: TestCluster, test: &str) {
    let Some(helm) = Helm::find(&world, test) else {
        return;
    };
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let blue = blue(&world, "colour: green").await;
    upgrade(&world, &blue, 40).await.unwrap();
    helm.says(&["rollback", "web-shop", "1", "--wait", "--timeout=60s"])
        .await;
    let colour = async || {
        let settings = shop.get(&world, &shop.object("v1", "ConfigMap")).await;
        settings.unwrap().text("/data/colour").to_owned()
    };
    let first = colour().await;
    assert_ne!(first, "green");
    roll_back(&world, &shop, 2).await.unwrap();
    assert_eq!(colour().await, "green");
    let history = helm.says(&["history", "web-shop", "--output=json"]).await;
    let history: serde_json::Value = serde_json::from_str(&history).unwrap();
    let column = |field: &str| {
        let rows = history.as_array().unwrap().iter();
        rows.map(|row| row[field].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        column("status"),
        ["superseded", "superseded", "superseded", "deployed"]
    );
    assert_eq!(
        column("description"),
        [
            "Install complete",
            "Upgrade complete",
            "Rollback to 1",
            "Rollback to 2"
        ]
    );
    helm.says(&["rollback", "web-shop", "--wait", "--timeout=60s"])
        .await;
    assert_eq!(colour().await, first);
    uninstall_within(&world, &shop.key, 40).await.unwrap();
    assert_eq!(helm.says(&["list", "--all", "--short"]).await.trim(), "");
}

/// The result of each test, as `helm status` has it.
async fn results_of(helm: &Helm, release: &str) -> Vec<(String, String)> {
    let status = helm.says(&["status", release, "--output=json"]).await;
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let hooks = status["hooks"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut results: Vec<_> = hooks
        .map(|hook| (text(&hook["name"]), text(&hook["last_run"]["phase"])))
        .collect();
    results.sort();
    results
}

pub(crate) async fn helm_reads_the_results_of_our_tests_and_we_those_of_helm(
    world: TestCluster,
    test: &str,
) {
    let Some(helm) = Helm::find(&world, test) else {
        return;
    };
    let shop = with_tests(&world, "docker.io/library/hook:1").await;
    shop.install(&world).await.unwrap();
    let plan = plan_test(&world.user(), &shop.key).await.unwrap();
    run(&world, &shop, (&plan, 40)).await.0.unwrap();
    let succeeded = |name: &str| (name.to_owned(), "Succeeded".to_owned());
    assert_eq!(
        results_of(&helm, "web").await,
        [succeeded("first"), succeeded("last")]
    );
    let ours = latest(&world.user(), &shop.key).await.unwrap().tests();

    helm.says(&["test", "web", "--timeout=60s"]).await;

    let theirs = latest(&world.user(), &shop.key).await.unwrap().tests();
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!((&ours.name, ours.result), (&theirs.name, theirs.result));
        assert!(theirs.ended >= ours.ended);
    }
    let history = helm.says(&["history", "web"]).await;
    assert!(history.contains("Install complete"), "{history}");
    uninstall_within(&world, &shop.key, 40).await.unwrap();
}

pub(crate) async fn helm_upgrades_what_was_marked_as_failed(world: TestCluster, test: &str) {
    let Some(helm) = Helm::find(&world, test) else {
        return;
    };
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    recorded(&world, &shop, 2, State::PendingUpgrade).await;
    let chart = helm.chart(&world);
    let upgrade = ["upgrade", "web-shop", &chart, "--set", "colour=red"];
    let refused = helm.run(&upgrade).await;
    let reason = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(reason.contains("another operation"), "{reason}");

    let plan = plan_mark_failed(&world.user(), &shop.key).await.unwrap();
    mark(&world, &shop, &plan).await.unwrap();

    helm.says(&upgrade).await;
    let newest = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!((newest.version, newest.info.status), (3, State::Deployed));
    uninstall_within(&world, &shop.key, 40).await.unwrap();
}

/// Helm 4 goes on with server-side apply after us, as the record says, and forces nothing.
pub(crate) async fn helm_4_goes_on_without_force_and_we_after_it(world: TestCluster, test: &str) {
    let Some(helm) = Helm::find_version(HELM_4, &world, test) else {
        return;
    };
    let shop = Shop::new(&world, "").await;
    let first = shop.install(&world).await.unwrap();
    assert_eq!(first.other["apply_method"], "ssa");
    let chart = helm.chart(&world);
    let set = ["--set", "colour=red", "--wait", "--timeout=60s"];
    helm.says(&[&["upgrade", "web-shop", &chart], &set[..]].concat())
        .await;
    let second = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!((second.version, second.info.status), (2, State::Deployed));
    assert_eq!(
        second.other["apply_method"], "ssa",
        "Helm goes on as we began"
    );

    let blue = blue(&world, "colour: green").await;
    upgrade(&world, &blue, 40).await.unwrap();
    roll_back(&world, &shop, 2).await.unwrap();
    let colour = async || {
        let settings = shop.get(&world, &shop.object("v1", "ConfigMap")).await;
        settings.unwrap().text("/data/colour").to_owned()
    };
    assert_eq!(colour().await, "red");
    helm.says(&["rollback", "web-shop", "3", "--wait", "--timeout=60s"])
        .await;
    assert_eq!(colour().await, "green");
    let history = helm.says(&["history", "web-shop", "--output=json"]).await;
    let history: serde_json::Value = serde_json::from_str(&history).unwrap();
    let rows = history.as_array().unwrap().iter();
    let rows: Vec<_> = rows
        .map(|row| {
            (
                row["status"].as_str().unwrap(),
                row["description"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("superseded", "Install complete"),
            ("superseded", "Upgrade complete"),
            ("superseded", "Upgrade complete"),
            ("superseded", "Rollback to 2"),
            ("deployed", "Rollback to 3"),
        ]
    );
    uninstall_within(&world, &shop.key, 40).await.unwrap();
    assert_eq!(helm.says(&["list", "--short"]).await.trim(), "");
}

/// A release of Helm 4, which it applied client-side, is taken over; Helm 4 goes on after that.
pub(crate) async fn a_release_that_helm_4_applied_client_side_is_upgraded(
    world: TestCluster,
    test: &str,
) {
    let Some(helm) = Helm::find_version(HELM_4, &world, test) else {
        return;
    };
    let chart = helm.chart(&world);
    let client_side = ["--server-side=false", "--wait", "--timeout=60s"];
    helm.says(&[&["install", "web-shop", &chart], &client_side[..]].concat())
        .await;
    let shop = Shop::new(&world, "").await;
    let theirs = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!(theirs.other["apply_method"], "csa");

    let blue = blue(&world, "colour: green").await;
    let ours = upgrade(&world, &blue, 40).await.unwrap();
    assert_eq!(
        (ours.version, ours.other["apply_method"].as_str()),
        (2, Some("ssa"))
    );
    let all = release::history(&world.user(), &shop.key).await.unwrap();
    assert_eq!(
        all[0].other["apply_method"], "csa",
        "what Helm wrote survives"
    );
    helm.says(&["rollback", "web-shop", "1", "--wait", "--timeout=60s"])
        .await;
    let newest = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!((newest.version, newest.info.status), (3, State::Deployed));
    uninstall_within(&world, &shop.key, 40).await.unwrap();
}
