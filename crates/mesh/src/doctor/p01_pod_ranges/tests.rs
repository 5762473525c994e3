//! Tests of the check.

use super::{super::samples::*, *};
use crate::facts::IstioGeneration;

#[test]
fn overlapping_ranges_fail_on_one_network() {
    let mut facts = istiod();
    west(&mut facts).pod_ranges = Ok(vec![range("10.10.4.0/22", RangeSource::CniPool)]);
    let finding = run(CheckCode::PodRanges, &facts);
    assert_eq!(finding.status, CheckStatus::Failed);
    let expected = detail!(PodRangesOverlap {
        cluster: "east",
        range: "10.10.0.0/16",
        source: "cluster-cidr",
        other_cluster: "west",
        other_range: "10.10.4.0/22",
        other_source: "network-plugin",
    });
    assert_eq!(finding.details, [expected]);
}

#[test]
fn overlapping_ranges_are_a_warning_on_several_networks() {
    let mut facts = two_networks();
    let source = RangeSource::Operator("ann".into());
    west(&mut facts).pod_ranges = Ok(vec![range("10.10.0.0/16", source)]);
    let finding = run(CheckCode::PodRanges, &facts);
    assert_eq!(finding.status, CheckStatus::Warning);
    assert_eq!(finding.details[0].arg("other_source"), "operator:ann");
    facts.generation = IstioGeneration::Mixer;
    assert_eq!(
        run(CheckCode::PodRanges, &facts).status,
        CheckStatus::Failed,
        "Istio 1.0 supports one network only"
    );
}

#[test]
fn disjoint_ranges_pass() {
    let finding = run(CheckCode::PodRanges, &istiod());
    assert_eq!(finding.status, CheckStatus::Passed);
}

#[test]
fn a_pod_outside_of_the_typed_ranges_is_a_warning() {
    let mut facts = istiod();
    let typed = |text| Ok(vec![range(text, RangeSource::Operator("ann".into()))]);
    west(&mut facts).pod_ranges = typed("10.20.0.0/16");
    assert_eq!(check(&facts).status, CheckStatus::Passed);
    west(&mut facts).pod_ranges = typed("10.30.0.0/16");
    let finding = check(&facts);
    assert_eq!(finding.status, CheckStatus::Warning);
    let expected = detail!(PodOutsideRanges {
        pod: "Pod bookinfo/details-v1",
        address: "10.20.0.7",
        source: "operator:ann",
    });
    assert_eq!(finding.details, [expected.on("west")]);
    assert_eq!(finding.remedies, [Remedy::EnterRanges]);
}

#[test]
fn a_partial_range_proves_nothing() {
    let mut facts = istiod();
    west(&mut facts).pod_ranges = Ok(vec![range("10.20.1.0/24", RangeSource::NodeCidr)]);
    let finding = run(CheckCode::PodRanges, &facts);
    assert_eq!(finding.status, CheckStatus::Info);
    assert_eq!(finding.remedies, [Remedy::EnterRanges]);
    assert!(finding.args.contains(&("ask".into(), "west".into())));
}
