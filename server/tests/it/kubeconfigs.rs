//! The clusters of `serve --kubeconfig`.

use crate::server::Server;
use std::{
    path::Path,
    process::{Child, Command},
    time::{Duration, Instant},
};

/// Two clusters in a process of their own; it is killed when this is dropped.
struct Clusters(Child);

impl Clusters {
    fn start(kubeconfig: &Path) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_meshspan"))
            .args(["sandbox", "--kubeconfig"])
            .arg(kubeconfig)
            .spawn()
            .expect("the clusters start");
        let clusters = Self(child);
        let end = Instant::now() + Duration::from_secs(20);
        while !kubeconfig.is_file() {
            assert!(Instant::now() < end, "no kubeconfig was written");
            std::thread::sleep(Duration::from_millis(20));
        }
        clusters
    }
}

impl Drop for Clusters {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn clusters_of_a_kubeconfig_are_registered_once_and_silent_ones_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("clusters.kubeconfig");
    let clusters = Clusters::start(&file);
    let path = file.display().to_string();
    let arguments = ["--allow-loopback-clusters", "--kubeconfig", &path];
    let server = Server::with_arguments(&arguments);
    for cluster in ["istio-control-plane", "istio-remote1"] {
        assert!(server.logs(&format!("cluster=\"{cluster}\"")), "{cluster}");
    }
    assert!(server.logs("the cluster is registered"));
    let again = Server::on(server.stop(), &arguments);
    assert!(again.logs("a cluster of this name was registered before"));
    assert!(!again.log().contains("the cluster is registered"));
    drop(again);
    drop(clusters);
    let silent = Server::with_arguments(&arguments);
    assert!(silent.logs("the cluster could not be registered"));
}

#[test]
fn a_kubeconfig_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("absent");
    let output = Command::new(env!("CARGO_BIN_EXE_meshspan"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path())
        .arg("--kubeconfig")
        .arg(&file)
        .output()
        .expect("the server ends");
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.contains(&format!("the kubeconfig {}", file.display())),
        "{error}"
    );
}
