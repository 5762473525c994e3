//! P35: the CRDs of the Gateway API fit istiod.
//!
//! istiod does not read kinds whose CRDs are older than its minimum: their objects have no effect, without an
//! error (analysis IST0176). A bundle that is newer than the one istiod is built with may have fields that it does
//! not know, and may no longer serve the versions that it reads.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
    versions::{Minor, minor},
};
use wire::check::Remedy;

/// The oldest bundle of the Gateway API from an Istio minor version on: CRD, Istio, bundle
/// (`pkg/config/schema/gatewayapi` of Istio 1.31 and the upgrade notes of 1.30; the first row is as old as Istio
/// 1.23).
const MINIMUM_BUNDLES: [(&str, Minor, Minor); 4] = [
    ("grpcroutes.gateway.networking.k8s.io", (1, 23), (1, 1)),
    (
        "backendtlspolicies.gateway.networking.k8s.io",
        (1, 31),
        (1, 4),
    ),
    ("tlsroutes.gateway.networking.k8s.io", (1, 30), (1, 5)),
    ("referencegrants.gateway.networking.k8s.io", (1, 30), (1, 5)),
];

/// The bundle that a minor version of Istio is built with, the newest it knows (`sigs.k8s.io/gateway-api` in its
/// go.mod, and its upgrade notes).
const NEWEST_BUNDLES: [(Minor, Minor); 4] = [
    ((1, 28), (1, 4)),
    ((1, 29), (1, 4)),
    ((1, 30), (1, 5)),
    ((1, 31), (1, 6)),
];

/// The CRDs whose objects istiod reads.
const READ_CRDS: [&str; 8] = [
    "gatewayclasses.gateway.networking.k8s.io",
    "gateways.gateway.networking.k8s.io",
    "httproutes.gateway.networking.k8s.io",
    "grpcroutes.gateway.networking.k8s.io",
    "tcproutes.gateway.networking.k8s.io",
    "tlsroutes.gateway.networking.k8s.io",
    "referencegrants.gateway.networking.k8s.io",
    "backendtlspolicies.gateway.networking.k8s.io",
];

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in facts.primaries() {
        let Some(Some(plane)) = tally.known(&cluster.name, &cluster.control_plane) else {
            continue;
        };
        let (Some(istio), Some(crds)) = (
            minor(&plane.version),
            tally.known(&cluster.name, &cluster.crds),
        ) else {
            continue;
        };
        tally.applies();
        for (name, since, oldest) in MINIMUM_BUNDLES {
            let mut crds = crds.iter().filter(|crd| crd.name == name);
            let Some(bundle) = crds.next().and_then(|crd| crd.bundle.as_deref()) else {
                continue;
            };
            if istio >= since && minor(bundle).is_some_and(|bundle| bundle < oldest) {
                let (major, minor) = oldest;
                let detail = detail!(GatewayApiTooOld {
                    crd: name,
                    bundle,
                    istio: &plane.version,
                    oldest: format!("v{major}.{minor}.0"),
                });
                tally.warn(detail.on(&cluster.name), Remedy::UpdateGatewayApi);
            }
        }
        let newest = NEWEST_BUNDLES.iter().find(|(known, _)| *known == istio);
        let Some((_, newest)) = newest else { continue };
        for crd in crds
            .iter()
            .filter(|crd| READ_CRDS.contains(&crd.name.as_str()))
        {
            let Some(bundle) = crd.bundle.as_deref() else {
                continue;
            };
            if minor(bundle).is_some_and(|bundle| bundle > *newest) {
                let (major, minor) = newest;
                let detail = detail!(GatewayApiTooNew {
                    crd: crd.name,
                    bundle,
                    istio: &plane.version,
                    newest: format!("v{major}.{minor}"),
                });
                tally.warn(detail.on(&cluster.name), Remedy::AlignVersions);
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::CheckStatus;

    fn with_routes(istio: &str, bundle: &str) -> Finding {
        let mut facts = istiod();
        let east = east(&mut facts);
        let plane = east.control_plane.as_mut().expect("known");
        istio.clone_into(&mut plane.as_mut().expect("a control plane").version);
        let mut routes = crd("tlsroutes.gateway.networking.k8s.io", &["v1"], &["v1"]);
        routes.bundle = Some(bundle.to_owned());
        east.crds = Ok(vec![routes]);
        run(CheckCode::GatewayApi, &facts)
    }

    #[test]
    fn kinds_that_istiod_does_not_read_are_a_warning() {
        let finding = with_routes("1.31.1", "v1.4.1");
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(GatewayApiTooOld {
            crd: "tlsroutes.gateway.networking.k8s.io",
            bundle: "v1.4.1",
            istio: "1.31.1",
            oldest: "v1.5.0",
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn a_bundle_that_is_new_enough_passes_and_an_older_istio_has_another_minimum() {
        assert_eq!(
            with_routes("1.31.1", "v1.5.0-rc.1").status,
            CheckStatus::Passed
        );
        assert_eq!(with_routes("1.29.8", "v1.4.1").status, CheckStatus::Passed);
    }

    #[test]
    fn a_bundle_that_istio_is_not_built_with_is_a_warning() {
        let finding = with_routes("1.30.5", "v1.6.0");
        assert_eq!(finding.status, CheckStatus::Warning);
        assert_eq!(finding.remedies, [Remedy::AlignVersions]);
        let expected = detail!(GatewayApiTooNew {
            crd: "tlsroutes.gateway.networking.k8s.io",
            bundle: "v1.6.0",
            istio: "1.30.5",
            newest: "v1.5",
        });
        assert_eq!(finding.details, [expected.on("east")]);
        assert_eq!(with_routes("1.31.1", "v1.6.2").status, CheckStatus::Passed);
        // Nothing is known about a later version of Istio.
        assert_eq!(with_routes("1.40.0", "v1.9.0").status, CheckStatus::Passed);
    }
}
