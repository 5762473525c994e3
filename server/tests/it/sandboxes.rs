//! The sandbox clusters of `serve --sandbox`, as kubectl reaches them.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::server::Server;

/// kubectl, where it is installed.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment names the installed tools"
)]
fn kubectl() -> Option<PathBuf> {
    let folders = std::env::var_os("MESHSPAN_TOOLS").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = folders.into_iter().chain(std::env::split_paths(&path));
    let mut programs = paths.map(|folder| folder.join("kubectl"));
    programs.find(|program| program.is_file())
}

#[cfg(unix)]
#[test]
fn kubectl_reaches_both_clusters_with_the_kubeconfig_of_the_data_directory() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut server = Server::with_arguments(&["--sandbox"]);
    let file = server.folder.path().join("sandbox.kubeconfig");
    let mode = std::fs::metadata(&file)
        .expect("the kubeconfig")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        server.logs(&file.display().to_string()),
        "the log names the file"
    );
    let text = std::fs::read_to_string(&file).expect("the kubeconfig");
    assert_eq!(text.matches("server: https://127.0.0.1:").count(), 2);
    if let Some(kubectl) = kubectl() {
        for context in ["istio-control-plane", "istio-remote1"] {
            let output = Command::new(&kubectl)
                .arg("--kubeconfig")
                .arg(&file)
                .args(["--context", context, "get", "nodes"])
                .env("HOME", server.folder.path())
                .output()
                .expect("kubectl runs");
            let nodes = String::from_utf8_lossy(&output.stdout);
            assert_eq!(nodes.matches(" Ready ").count(), 3, "{output:?}");
        }
    } else {
        eprintln!("SKIPPED: kubectl reaches both clusters: kubectl not found");
    }
    assert!(server.terminate(Duration::from_secs(10)));
    assert!(!file.exists(), "the kubeconfig ends with its clusters");
}
