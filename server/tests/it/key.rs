//! `meshspan rotate-key`, with and without a running server.

use crate::server::Server;
use std::process::{Command, Output};

fn rotate(folder: &std::path::Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshspan"));
    command.args(["rotate-key", "--data-dir"]).arg(folder);
    command.output().expect("the command runs")
}

#[test]
fn a_key_is_rotated_only_while_no_server_runs() {
    let server = Server::with_arguments(&["--sandbox"]);
    let folder = server.folder.path().to_owned();
    let key = || std::fs::read(folder.join("key")).expect("a key");
    let old = key();
    let refused = rotate(&folder);
    assert!(!refused.status.success());
    let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(stderr.contains("stop the server first"), "{stderr}");
    assert_eq!(key(), old);

    let data_dir = server.stop();
    let rotated = rotate(&folder);
    let stderr = String::from_utf8_lossy(&rotated.stderr).into_owned();
    assert!(rotated.status.success(), "{stderr}");
    let stdout = String::from_utf8_lossy(&rotated.stdout).into_owned();
    assert!(stdout.starts_with("Generated a new key."), "{stdout}");
    assert!(stdout.contains(": 2\n"), "{stdout}");
    assert_ne!(key(), old);
    drop(data_dir);
}

#[test]
fn a_key_that_cannot_be_used_is_reported_without_the_words_of_a_library() {
    let server = Server::with_arguments(&["--sandbox"]);
    let key = server.folder.path().join("key");
    let folder = server.stop();
    let stored = std::fs::read(&key).expect("a key");
    let error = || {
        let output = rotate(folder.path());
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let says = |reason: &str| {
        let text = error();
        let end = format!(": could not use the key file {}: {reason}", key.display());
        assert!(text.contains(&end) && !text.contains("os error"), "{text}");
    };
    std::fs::write(&key, b"short").expect("written");
    says("it has 5 bytes instead of 32\n");
    std::fs::write(&key, [7; 32]).expect("written");
    says("the database is encrypted with another key");
    std::fs::remove_file(&key).expect("removed");
    says("it is missing");
    std::fs::create_dir(&key).expect("a directory");
    says("it is a directory\n");
    std::fs::remove_dir(&key).expect("removed");
    std::fs::write(&key, stored).expect("written");
}

#[test]
fn without_a_database_no_key_is_created() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(!rotate(folder.path()).status.success());
    assert!(!folder.path().join("key").exists());
}
