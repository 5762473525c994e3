//! P35: the CRDs of the Gateway API are new enough for istiod.
//!
//! istiod does not read kinds whose CRDs are older than its minimum: their objects have no effect, without an
//! error (analysis IST0176).

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
    versions::{Minor, minor},
};
use wire::check::Remedy;

/// The oldest bundle of the Gateway API from an Istio minor version on: CRD, Istio, bundle
/// (`pkg/config/gatewayapi` of Istio 1.31; the first row is as old as Istio 1.23).
const MINIMUM_BUNDLES: [(&str, Minor, Minor); 3] = [
    ("grpcroutes.gateway.networking.k8s.io", (1, 23), (1, 1)),
    (
        "backendtlspolicies.gateway.networking.k8s.io",
        (1, 31),
        (1, 4),
    ),
    ("tlsroutes.gateway.networking.k8s.io", (1, 31), (1, 5)),
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
        assert_eq!(with_routes("1.30.5", "v1.4.1").status, CheckStatus::Passed);
    }
}
