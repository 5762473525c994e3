//! P21: no CRD of another generation of Istio conflicts with the CRDs of the charts.
//!
//! Helm never changes an existing CRD, so it must serve the versions that the charts require; a CRD that
//! is replaced must still serve every version in which objects are stored.

use crate::{
    facts::{CrdFacts, MeshFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::{Detail, Remedy};

/// Why `live` cannot replace `planned`; none when it can.
pub(crate) fn evaluate(live: &CrdFacts, planned: &CrdFacts) -> Option<Detail> {
    let release = live.release.as_deref().unwrap_or_default();
    let (served, required) = (live.serves(), planned.serves());
    let missing: Vec<&str> = required
        .iter()
        .copied()
        .filter(|version| !served.contains(version))
        .collect();
    if !missing.is_empty() {
        return Some(detail!(CrdVersionsMissing {
            crd: live.name,
            served: served.join(", "),
            missing: missing.join(", "),
            release,
        }));
    }
    let stored = live.stored.iter().map(String::as_str);
    let dropped: Vec<&str> = stored
        .filter(|version| !required.contains(version))
        .collect();
    let detail = detail!(CrdStoredVersionsDropped {
        crd: live.name,
        stored: dropped.join(", "),
        release,
    });
    (!dropped.is_empty()).then_some(detail)
}

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in &facts.clusters {
        if cluster.planned.crds.is_empty() {
            continue;
        }
        let Some(crds) = tally.known(&cluster.name, &cluster.crds) else {
            continue;
        };
        tally.applies();
        for planned in &cluster.planned.crds {
            let live = crds.iter().find(|live| live.name == planned.name);
            if let Some(detail) = live.and_then(|live| evaluate(live, planned)) {
                tally.fail(detail.on(&cluster.name), Remedy::RemoveConflictingCrds);
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    const GATEWAYS: &str = "gateways.networking.istio.io";

    fn with(live: CrdFacts) -> Finding {
        let mut facts = istiod();
        west(&mut facts).crds = Ok(vec![live]);
        run(CheckCode::LeftoverCrds, &facts)
    }

    #[test]
    fn a_crd_of_mixer_fails_and_names_its_release() {
        let mut old = crd(GATEWAYS, &["v1alpha3"], &["v1alpha3"]);
        old.release = Some("istio".into());
        let finding = with(old);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(CrdVersionsMissing {
            crd: GATEWAYS,
            served: "v1alpha3",
            missing: "v1, v1beta1",
            release: "istio",
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn a_stored_version_that_the_chart_lacks_fails() {
        let live = crd(
            GATEWAYS,
            &["v1", "v1beta1", "v1alpha3"],
            &["v1alpha3", "v1"],
        );
        let finding = with(live);
        assert_eq!(finding.status, CheckStatus::Failed);
        assert_eq!(finding.details[0].arg("stored"), "v1alpha3");
    }

    #[test]
    fn a_crd_that_serves_the_required_versions_passes() {
        let finding = run(CheckCode::LeftoverCrds, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
