//! Views of the network and ranges of a cluster.

use crate::facts::{Fact, NetworkFacts, NetworkSource, RangeFacts, RangeSource};
use wire::cluster::{DetectedView, DetectionSource, NetworkView};

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

fn named(name: &Fact<Option<(String, NetworkSource)>>) -> DetectedView {
    let found = name.as_ref().ok().and_then(Option::as_ref);
    let at = found.map(|(_, source)| match source {
        NetworkSource::Namespace => DetectionSource::Namespace,
        NetworkSource::Operator(by) => DetectionSource::Operator(by.clone()),
    });
    DetectedView {
        values: found.map(|(name, _)| name.clone()).into_iter().collect(),
        unknown: name.as_ref().err().map(ToString::to_string),
        ask: at != Some(DetectionSource::Namespace),
        at,
    }
}

fn ranges(found: &Fact<Vec<RangeFacts>>) -> DetectedView {
    let ranges = found.as_deref().unwrap_or_default();
    let at = ranges.first().map(|range| match &range.source {
        RangeSource::Operator(by) => DetectionSource::Operator(by.clone()),
        RangeSource::CniPool => DetectionSource::NetworkPlugin,
        RangeSource::ClusterCidr => DetectionSource::ClusterCidr,
        RangeSource::ServiceObjects => DetectionSource::ServiceObjects,
        RangeSource::Refusal => DetectionSource::DryRun,
        RangeSource::NodeCidr => DetectionSource::Nodes,
        RangeSource::LivePods => DetectionSource::LivePods,
    });
    let weak = |at: &DetectionSource| {
        matches!(
            at,
            DetectionSource::Operator(_) | DetectionSource::Nodes | DetectionSource::LivePods
        )
    };
    DetectedView {
        values: ranges.iter().map(|range| range.range.to_string()).collect(),
        unknown: found.as_ref().err().map(ToString::to_string),
        ask: at.as_ref().is_none_or(weak),
        at,
    }
}
