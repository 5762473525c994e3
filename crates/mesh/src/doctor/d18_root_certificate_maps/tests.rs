//! Tests of the check.

use super::{super::samples::*, *};
use std::collections::BTreeSet;

fn with_annotation(value: &str) -> Finding {
    let mut facts = istiod();
    let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
    namespaces[0].annotations = map(&[(ANNOTATION, value)]);
    run(CheckCode::RootCertificateMaps, &facts)
}

#[test]
fn a_namespace_without_the_root_fails() {
    let mut facts = istiod();
    west(&mut facts).root_cert_namespaces = Ok(BTreeSet::new());
    let finding = run(CheckCode::RootCertificateMaps, &facts);
    assert_eq!(finding.status, CheckStatus::Failed);
    let expected = detail!(RootCertificateMissing {
        namespace: "bookinfo"
    });
    assert_eq!(finding.details, [expected.on("west")]);
}

#[test]
fn a_remote_that_does_not_name_its_control_plane_fails() {
    let expected = detail!(ControlPlaneNotAnnotated {
        namespace: "istio-system",
        cluster_id: "east",
        primary: "east",
        annotation: ANNOTATION,
    });
    let finding = with_annotation("north, south");
    assert_eq!(finding.details, [expected.on("west")]);
    assert_eq!(with_annotation("*").status, CheckStatus::Passed);
}

#[test]
fn a_control_plane_without_remotes_fails_before_the_join() {
    let mut facts = istiod();
    join(&mut facts).joined = false;
    plane_of(&mut facts).env.remove("EXTERNAL_ISTIOD");
    let finding = run(CheckCode::RootCertificateMaps, &facts);
    assert_eq!(
        finding.details,
        [detail!(ExternalIstiodUnset {}).on("east")]
    );
}
