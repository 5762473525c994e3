//! Tests of this module.

use super::*;
use crate::facts::Unknown;

fn network_override(range: &str) -> NetworkOverride {
    NetworkOverride {
        network: "n1".into(),
        pods: vec![range.parse().expect("a range")],
        by: "ann".into(),
        ..NetworkOverride::default()
    }
}

fn found(range: &str, source: RangeSource) -> Vec<RangeFacts> {
    vec![RangeFacts {
        range: range.parse().expect("a range"),
        source,
    }]
}

fn first_range(ranges: &Fact<Vec<RangeFacts>>) -> String {
    let first = &ranges.as_ref().expect("known")[0];
    format!("{} {}", first.range, first.source.word())
}

#[test]
fn typed_ranges_fill_in_for_unknown_and_partial_ranges() {
    let network_override = network_override("10.10.0.0/16");
    for found in [
        Err(Unknown::because("forbidden")),
        Ok(found("10.10.1.0/24", RangeSource::NodeCidr)),
        Ok(found("10.10.1.0/24", RangeSource::LivePods)),
    ] {
        let all = network_override.fill_in(found, &network_override.pods);
        assert_eq!(first_range(&all), "10.10.0.0/16 typed by ann");
    }
}

#[test]
fn complete_detected_ranges_stay() {
    let network_override = network_override("10.99.0.0/16");
    let all = network_override.fill_in(
        Ok(found("10.10.0.0/16", RangeSource::CniPool)),
        &network_override.pods,
    );
    assert_eq!(first_range(&all), "10.10.0.0/16 pool of the network plugin");
    let part = network_override.fill_in(Ok(found("10.10.1.0/24", RangeSource::NodeCidr)), &[]);
    assert!(first_range(&part).contains("10.10.1.0/24"));
}

#[test]
fn the_label_of_the_namespace_comes_before_the_typed_network() {
    let network_override = network_override("10.10.0.0/16");
    let name = |found| {
        network_override
            .network_or_typed(found)
            .map(|(name, _)| name)
    };
    assert_eq!(name(Some("n2")).as_deref(), Some("n2"));
    assert_eq!(name(Some("")).as_deref(), Some("n1"));
    assert_eq!(NetworkOverride::default().network_or_typed(None), None);
}
