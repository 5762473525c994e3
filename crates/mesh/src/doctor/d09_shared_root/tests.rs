//! Tests of the check.

use super::{super::samples::*, *};
use crate::facts::MutualTlsFacts;

fn with_other_root(mut facts: MeshFacts) -> MeshFacts {
    let roots = west(&mut facts).roots.as_mut().expect("known");
    roots[0].certificate = certificate("another", 3_000);
    facts
}

#[test]
fn different_roots_fail_for_istiod() {
    let finding = run(CheckCode::SharedRoot, &with_other_root(istiod()));
    assert_eq!(finding.status, CheckStatus::Failed);
    let expected = detail!(RootsDiffer {
        cluster: "east",
        roots: "CN=root (root)",
        other_cluster: "west",
        other_roots: "CN=another (another)",
    });
    assert_eq!(finding.details, [expected]);
}

#[test]
fn mixer_without_mutual_tls_is_skipped() {
    let finding = run(CheckCode::SharedRoot, &with_other_root(mixer()));
    assert_eq!(finding.skipped, Some(SkipReason::MutualTlsOff));
}

#[test]
fn different_roots_fail_for_mixer_with_mutual_tls() {
    let mut facts = with_other_root(mixer());
    east(&mut facts).mutual_tls = Ok(vec![MutualTlsFacts {
        object: "MeshPolicy default".into(),
        scope: String::new(),
        mode: "STRICT".into(),
    }]);
    let finding = run(CheckCode::SharedRoot, &facts);
    assert_eq!(finding.status, CheckStatus::Failed);
}

#[test]
fn one_root_and_a_bundle_that_contains_it_pass() {
    let finding = run(CheckCode::SharedRoot, &istiod());
    assert_eq!(finding.status, CheckStatus::Passed);
    let mut facts = with_other_root(istiod());
    let both = istiod().clusters[0].roots.clone().expect("known");
    west(&mut facts).roots.as_mut().expect("known").extend(both);
    let finding = run(CheckCode::SharedRoot, &facts);
    assert_eq!(finding.status, CheckStatus::Passed);
}
