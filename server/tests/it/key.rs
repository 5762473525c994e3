//! `meshspan rotate-key`, beside a server and without one.

use crate::server::Running;
use std::process::{Command, Output};

fn rotate(folder: &std::path::Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshspan"));
    command.args(["rotate-key", "--data-dir"]).arg(folder);
    command.output().expect("it ends")
}

#[test]
fn a_key_is_rotated_only_while_no_server_runs() {
    let running = Running::with(&["--sandbox"]);
    let folder = running.folder.path().to_owned();
    let key = || std::fs::read(folder.join("key")).expect("a key");
    let old = key();
    let refused = rotate(&folder);
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("stop the server first"), "{said}");
    assert_eq!(key(), old);

    let kept = running.stop();
    let rotated = rotate(&folder);
    let said = String::from_utf8_lossy(&rotated.stderr).into_owned();
    assert!(rotated.status.success(), "{said}");
    let said = String::from_utf8_lossy(&rotated.stdout).into_owned();
    assert!(said.starts_with("A new key seals 2 values in "), "{said}");
    assert_ne!(key(), old);
    drop(kept);
}

#[test]
fn where_there_is_no_console_no_key_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(!rotate(folder.path()).status.success());
    assert!(!folder.path().join("key").exists());
}
