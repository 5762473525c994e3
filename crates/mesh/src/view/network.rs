//! A cluster's network and ranges, as a page shows them.

use crate::facts::{Fact, NetworkFacts, NetworkSource, RangeFacts, RangeSource};
use wire::cluster::{FoundAt, FoundView, NetworkView};

impl From<&NetworkFacts> for NetworkView {
    fn from(facts: &NetworkFacts) -> Self {
        Self {
            network: named(&facts.name),
            pods: ranges(&facts.pods),
            services: ranges(&facts.services),
            meshes: Vec::new(),
        }
    }
}

fn named(name: &Fact<Option<(String, NetworkSource)>>) -> FoundView {
    let found = name.as_ref().ok().and_then(Option::as_ref);
    let at = found.map(|(_, source)| match source {
        NetworkSource::Namespace => FoundAt::Namespace,
        NetworkSource::Operator(by) => FoundAt::Typed(by.clone()),
    });
    FoundView {
        values: found.map(|(name, _)| name.clone()).into_iter().collect(),
        unknown: name.as_ref().err().map(ToString::to_string),
        ask: at != Some(FoundAt::Namespace),
        at,
    }
}

fn ranges(found: &Fact<Vec<RangeFacts>>) -> FoundView {
    let ranges = found.as_deref().unwrap_or_default();
    let at = ranges.first().map(|one| match &one.source {
        RangeSource::Operator(by) => FoundAt::Typed(by.clone()),
        RangeSource::CniPool => FoundAt::NetworkPlugin,
        RangeSource::ClusterCidr => FoundAt::ClusterCidr,
        RangeSource::ServiceObjects => FoundAt::ServiceObjects,
        RangeSource::Refusal => FoundAt::Refusal,
        RangeSource::NodeCidr => FoundAt::Nodes,
        RangeSource::LivePods => FoundAt::LivePods,
    });
    let weak = |at: &FoundAt| matches!(at, FoundAt::Typed(_) | FoundAt::Nodes | FoundAt::LivePods);
    FoundView {
        values: ranges.iter().map(|one| one.range.to_string()).collect(),
        unknown: found.as_ref().err().map(ToString::to_string),
        ask: at.as_ref().is_none_or(weak),
        at,
    }
}
