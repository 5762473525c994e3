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
mod tests;
