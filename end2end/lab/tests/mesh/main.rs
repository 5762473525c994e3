//! A mesh lab: containers run, names resolve, load balancers answer, and nothing is left afterwards.
//!
//! Needs root, Go and containerd: `cargo test -p lab --test mesh`.

#![expect(
    clippy::unwrap_used,
    reason = "the location of a panic shows which step of a test failed"
)]

mod host;
mod workloads;

use host::Host;
use lab::{
    Error,
    mesh::{MeshConfig, MeshLab, Networks},
};
use std::{path::Path, process::Command, time::Duration};
use tokio::sync::Mutex;
use workloads::{Page, client};

/// Two labs on one machine would use the same addresses.
static ONE_LAB: Mutex<()> = Mutex::const_new(());

/// Whether the lab can run here; a skip is reported, and is a failure as root with Go.
#[expect(
    clippy::print_stdout,
    reason = "the line that `cargo xtask test` counts"
)]
fn can_run<T>(test: &str, outcome: Result<T, Error>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(error) if error.is_missing() && !lab::mesh::required() => {
            println!("SKIPPED: {test}: {error}");
            None
        }
        Err(error) => panic!("{test}: {}", error.chain()),
    }
}

fn config(folder: &Path) -> MeshConfig {
    MeshConfig::new(&folder.join("mesh"))
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clusters_run_containers_that_reach_each_other() {
    let _guard = ONE_LAB.lock().await;
    let test = "two_clusters_run_containers_that_reach_each_other";
    let folder = tempfile::tempdir().unwrap();
    let before = Host::read();
    let Some(lab) = can_run(test, MeshLab::start(config(folder.path())).await) else {
        return;
    };
    let [east, west] = lab.clusters() else {
        panic!("two clusters")
    };
    assert_eq!([east.name(), west.name()], ["east", "west"]);
    let (in_east, in_west) = tokio::join!(client(east), client(west));
    let (details, _) = tokio::join!(
        Page::with_details(&in_east, east),
        Page::with_details(&in_west, west)
    );
    let in_balancers = |address: &str| {
        east.balancers()
            .contains(&address.parse::<std::net::Ipv4Addr>().unwrap())
    };
    assert!(in_balancers(&details.balancer), "{}", details.balancer);
    for (name, host) in [("by-balancer", &details.balancer), ("by-pod", &details.pod)] {
        Page::with_host(&in_west, west, name, host).await;
    }
    lab.stop().unwrap();
    before.assert_unchanged();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_of_separate_networks_reach_load_balancers_only() {
    let _guard = ONE_LAB.lock().await;
    let test = "pods_of_separate_networks_reach_load_balancers_only";
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    config.networks = Networks::Separate;
    let Some(lab) = can_run(test, MeshLab::start(config).await) else {
        return;
    };
    let [east, west] = lab.clusters() else {
        panic!("two clusters")
    };
    let (in_east, in_west) = tokio::join!(client(east), client(west));
    let details = Page::with_details(&in_east, east).await;
    Page::with_host(&in_west, west, "by-balancer", &details.balancer).await;
    let page = Page::without_details(&in_west, west, "by-pod", &details.pod).await;
    assert!(page.contains("Error fetching product details"), "{page}");
    lab.stop().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lab_that_is_killed_leaves_no_process_and_down_removes_its_files() {
    let _guard = ONE_LAB.lock().await;
    let test = "a_lab_that_is_killed_leaves_no_process_and_down_removes_its_files";
    let folder = tempfile::tempdir().unwrap();
    let before = Host::read();
    let config = config(folder.path());
    if can_run(test, lab::mesh::check(&config)).is_none() {
        return;
    }
    let lab = |command: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_lab"))
            .args(["mesh", command, "--folder"])
            .arg(&config.folder)
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    };
    let (succeeded, status) = lab("up");
    assert!(succeeded, "{status}");
    for name in ["east", "west"] {
        let line = format!("{name}  https://10.99.");
        assert!(status.contains(&line), "{status}");
    }
    let (_, again) = lab("up");
    assert!(again.contains("already running"), "{again}");
    let other = MeshLab::start(MeshConfig::new(&folder.path().join("other"))).await;
    let refused = other.unwrap_err().to_string();
    assert!(refused.contains("a mesh lab already runs"), "{refused}");
    host::kill(&["mesh", "run", &config.folder.display().to_string()]);
    before.wait_until_unchanged(Duration::from_secs(20)).await;
    let (succeeded, status) = lab("status");
    assert!(!succeeded && status.contains("no lab runs"), "{status}");
    let (succeeded, output) = lab("down");
    assert!(succeeded, "{output}");
    before.assert_unchanged();
    assert!(!config.folder.exists());
    assert_eq!(host::cgroups(), 0);
}
