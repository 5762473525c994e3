//! The network and the ranges of a cluster, detected or typed by an operator.
//!
//! A typed value never replaces a complete detected value; it fills in for a value that is unknown or
//! partial. Start at [`NetworkOverride::fill_in`].

use super::{Fact, RangeFacts, RangeSource};
use ipnet::IpNet;
use wire::range::Range;

/// The network and ranges of a cluster that an operator typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkOverride {
    /// The network's name; "" when none was typed.
    pub network: String,
    /// The pod ranges.
    pub pods: Vec<IpNet>,
    /// The Service ranges.
    pub services: Vec<IpNet>,
    /// The operator.
    pub by: String,
}

/// The source of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkSource {
    /// The label of the namespace of the control plane.
    Namespace,
    /// This operator typed it.
    Operator(String),
}

/// The network and ranges of a cluster, each with its source.
#[derive(Clone, Debug)]
pub struct NetworkFacts {
    /// The network; none without one.
    pub name: Fact<Option<(String, NetworkSource)>>,
    /// The pod ranges.
    pub pods: Fact<Vec<RangeFacts>>,
    /// The Service ranges.
    pub services: Fact<Vec<RangeFacts>>,
}

impl NetworkOverride {
    /// The values that an operator typed.
    pub fn new(network: String, pods: &[Range], services: &[Range], by: String) -> Self {
        let each = |ranges: &[Range]| {
            let texts = ranges.iter().map(ToString::to_string);
            texts.filter_map(|text| text.parse().ok()).collect()
        };
        Self {
            network,
            pods: each(pods),
            services: each(services),
            by,
        }
    }

    /// The network: the detected one, else the typed one.
    pub fn network_or_typed(&self, found: Option<&str>) -> Option<(String, NetworkSource)> {
        if let Some(found) = found.filter(|found| !found.is_empty()) {
            return Some((found.to_owned(), NetworkSource::Namespace));
        }
        let typed = Some(self.network.clone()).filter(|typed| !typed.is_empty())?;
        Some((typed, NetworkSource::Operator(self.by.clone())))
    }

    /// The detected ranges, or the typed ones when the detected ranges are unknown or partial.
    ///
    /// # Errors
    /// The reason of the unknown ranges, when no ranges were typed.
    pub fn fill_in(&self, found: Fact<Vec<RangeFacts>>, typed: &[IpNet]) -> Fact<Vec<RangeFacts>> {
        if typed.is_empty() || is_complete(&found) {
            return found;
        }
        let each = typed.iter().map(|range| RangeFacts {
            range: *range,
            source: RangeSource::Operator(self.by.clone()),
        });
        Ok(each.collect())
    }
}

/// Whether the detected ranges are complete.
fn is_complete(found: &Fact<Vec<RangeFacts>>) -> bool {
    let ranges = found.as_deref().unwrap_or_default();
    !ranges.is_empty() && !ranges.iter().any(|range| range.source.is_partial())
}

#[cfg(test)]
mod tests {
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
}
