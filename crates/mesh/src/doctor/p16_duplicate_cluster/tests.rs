//! Tests of the check.

use super::{super::samples::*, *};

fn with_second_secret(change: fn(&mut RemoteSecretFacts)) -> Finding {
    let mut facts = istiod();
    let mut second = remote_secret();
    second.name = "second".into();
    change(&mut second);
    let secrets = east(&mut facts).remote_secrets.as_mut().expect("known");
    secrets.push(second);
    run(CheckCode::DuplicateCluster, &facts)
}

#[test]
fn a_key_in_two_secrets_fails() {
    let finding = with_second_secret(|_| {});
    assert_eq!(finding.status, CheckStatus::Failed);
    let expected = detail!(DuplicateKey {
        key: "west",
        secret: "Secret istio-system/istio-remote-secret-west",
        other_secret: "Secret istio-system/second",
    });
    assert_eq!(finding.details, [expected]);
}

#[test]
fn a_cluster_with_two_names_fails() {
    let finding = with_second_secret(|secret| secret.entries[0].key = "north".into());
    assert_eq!(finding.status, CheckStatus::Failed);
    let expected = detail!(SameClusterInSecret {
        secret: "Secret istio-system/second",
        key: "north",
        other_cluster: "west",
    });
    assert_eq!(finding.details, [expected]);
}

#[test]
fn a_cluster_that_is_registered_twice_fails() {
    let mut facts = istiod();
    west(&mut facts).uid = Ok("uid-east".into());
    let finding = run(CheckCode::DuplicateCluster, &facts);
    assert_eq!(finding.status, CheckStatus::Failed);
}

#[test]
fn distinct_clusters_pass() {
    let finding = run(CheckCode::DuplicateCluster, &istiod());
    assert_eq!(finding.status, CheckStatus::Passed);
}
