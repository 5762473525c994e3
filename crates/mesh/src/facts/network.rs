//! A cluster's network and ranges: as the cluster says them, else as a person typed them.
//!
//! What somebody typed never replaces what the cluster itself says in full; it stands in where the cluster
//! says nothing, or shows only a part. Start at [`NetworkOverride::fill_in`].

use super::{Fact, RangeFacts, RangeSource};
use ipnet::IpNet;
use wire::range::Range;

/// What a person typed of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkOverride {
    /// The network's name; "" when none was typed.
    pub network: String,
    /// The pod ranges.
    pub pods: Vec<IpNet>,
    /// The Service ranges.
    pub services: Vec<IpNet>,
    /// Who typed it.
    pub by: String,
}

/// Where the network's name was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkSource {
    /// The label of the namespace of the control plane.
    Namespace,
    /// This person typed it.
    Operator(String),
}

/// A cluster's network and ranges, each with where it was found.
#[derive(Clone, Debug)]
pub struct NetworkFacts {
    /// The network's name, where it has one.
    pub name: Fact<Option<(String, NetworkSource)>>,
    /// Where its pods get addresses from.
    pub pods: Fact<Vec<RangeFacts>>,
    /// Where its Services get addresses from.
    pub services: Fact<Vec<RangeFacts>>,
}

impl NetworkOverride {
    /// What this person typed.
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

    /// The name of the network: the one that was found, else the one that was typed.
    pub fn named(&self, found: Option<&str>) -> Option<(String, NetworkSource)> {
        if let Some(found) = found.filter(|found| !found.is_empty()) {
            return Some((found.to_owned(), NetworkSource::Namespace));
        }
        let typed = Some(self.network.clone()).filter(|typed| !typed.is_empty())?;
        Some((typed, NetworkSource::Operator(self.by.clone())))
    }

    /// The ranges that were found, or those that were typed where none or only a part was found.
    ///
    /// # Errors
    /// What was found, where it is unknown and nothing was typed.
    pub fn fill_in(&self, found: Fact<Vec<RangeFacts>>, typed: &[IpNet]) -> Fact<Vec<RangeFacts>> {
        if typed.is_empty() || is_whole(&found) {
            return found;
        }
        let each = typed.iter().map(|range| RangeFacts {
            range: *range,
            source: RangeSource::Operator(self.by.clone()),
        });
        Ok(each.collect())
    }
}

/// Whether the cluster says its ranges in full.
fn is_whole(found: &Fact<Vec<RangeFacts>>) -> bool {
    let ranges = found.as_deref().unwrap_or_default();
    !ranges.is_empty() && !ranges.iter().any(|one| one.source.is_partial())
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

    fn said(ranges: &Fact<Vec<RangeFacts>>) -> String {
        let first = &ranges.as_ref().expect("known")[0];
        format!("{} {}", first.range, first.source.word())
    }

    #[test]
    fn what_was_typed_stands_in_for_nothing_and_for_a_part() {
        let network_override = network_override("10.10.0.0/16");
        for found in [
            Err(Unknown::because("forbidden")),
            Ok(found("10.10.1.0/24", RangeSource::NodeCidr)),
            Ok(found("10.10.1.0/24", RangeSource::LivePods)),
        ] {
            let all = network_override.fill_in(found, &network_override.pods);
            assert_eq!(said(&all), "10.10.0.0/16 typed by ann");
        }
    }

    #[test]
    fn what_the_cluster_says_in_full_stays() {
        let network_override = network_override("10.99.0.0/16");
        let all = network_override.fill_in(
            Ok(found("10.10.0.0/16", RangeSource::CniPool)),
            &network_override.pods,
        );
        assert_eq!(said(&all), "10.10.0.0/16 pool of the network plugin");
        let part = network_override.fill_in(Ok(found("10.10.1.0/24", RangeSource::NodeCidr)), &[]);
        assert!(said(&part).contains("10.10.1.0/24"));
    }

    #[test]
    fn the_label_of_the_namespace_comes_before_what_was_typed() {
        let network_override = network_override("10.10.0.0/16");
        let name = |found| network_override.named(found).map(|(name, _)| name);
        assert_eq!(name(Some("n2")).as_deref(), Some("n2"));
        assert_eq!(name(Some("")).as_deref(), Some("n1"));
        assert_eq!(NetworkOverride::default().named(None), None);
    }
}
