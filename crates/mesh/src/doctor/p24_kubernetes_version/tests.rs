//! Tests of the check.

use super::{super::samples::*, *};

#[test]
fn images_of_istio_1_0_on_a_new_cluster_are_a_warning() {
    let mut facts = mixer();
    west(&mut facts).version = Ok("v1.36.3".into());
    let finding = run(CheckCode::KubernetesVersion, &facts);
    assert_eq!(finding.status, CheckStatus::Warning);
    let expected = detail!(KubernetesTooNew {
        version: "v1.36.3",
        newest: "1.21"
    });
    assert_eq!(finding.details, [expected.on("west")]);
}

#[test]
fn images_of_istio_1_0_do_not_matter_where_istiod_leads() {
    let mut facts = istiod();
    for cluster in &mut facts.clusters {
        cluster.version = Ok("v1.36.3".into());
        cluster.planned.newest_kubernetes = Some("1.21".into());
    }
    let finding = run(CheckCode::KubernetesVersion, &facts);
    assert_eq!(finding.status, CheckStatus::Passed, "{finding:?}");
}

#[test]
fn a_cluster_that_is_too_old_for_istiod_fails() {
    let mut facts = istiod();
    east(&mut facts).version = Ok("v1.29.4".into());
    let finding = run(CheckCode::KubernetesVersion, &facts);
    assert_eq!(finding.status, CheckStatus::Failed);
    assert_eq!(finding.details[0].arg("oldest"), "1.31");
}

#[test]
fn a_cluster_outside_of_the_documented_window_is_a_warning() {
    for (istio, version) in [
        ("1.29.8", "v1.30.2"),
        ("1.29.8", "v1.36.0"),
        ("1.31.1", "v1.37.0"),
    ] {
        let mut facts = istiod();
        let east = east(&mut facts);
        east.planned.istio = Some(istio.into());
        east.version = Ok(version.into());
        let finding = run(CheckCode::KubernetesVersion, &facts);
        assert_eq!(finding.status, CheckStatus::Warning, "{istio} on {version}");
        assert_eq!(finding.details[0].arg("version"), version);
    }
}

#[test]
fn supported_versions_pass() {
    for facts in [istiod(), mixer()] {
        let finding = run(CheckCode::KubernetesVersion, &facts);
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
