//! D02: the address that remotes connect to is stable and not public.
//!
//! The address of a pod ends with the pod. A host name makes the remote's istiod Service an ExternalName,
//! which no webhook can call. Ports 15012 and 15017 must not be public.

use crate::facts::host::Host;
use crate::{
    facts::{ClusterFacts, IstioGeneration, MeshFacts, RemoteEndpoint},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (join, primary, _) in facts.joins_with_clusters() {
        let Some(endpoints) = tally.known(&join.remote, &join.endpoints) else {
            continue;
        };
        for endpoint in endpoints {
            tally.applies();
            evaluate(
                facts.generation,
                join.remote.as_str(),
                primary,
                endpoint,
                &mut tally,
            );
        }
    }
    tally.finding()
}

fn evaluate(
    generation: IstioGeneration,
    remote: &str,
    primary: &ClusterFacts,
    endpoint: &RemoteEndpoint,
    tally: &mut Tally,
) {
    let (purpose, address) = (&endpoint.purpose, &endpoint.address);
    let host = Host::read(address);
    match host {
        Host::Loopback => {
            let detail = detail!(AddressLoopback { purpose, address });
            return tally.fail(detail.on(remote), Remedy::UseStableAddress);
        }
        Host::Name | Host::PrivateName if generation == IstioGeneration::Istiod => {
            let detail = detail!(AddressHostname { purpose, address });
            return tally.fail(detail.on(remote), Remedy::UseStableAddress);
        }
        Host::Public(_) if !endpoint.restricted => {
            let detail = detail!(AddressPublic { purpose, address });
            tally.fail(detail.on(remote), Remedy::RestrictAddress);
        }
        _ => {}
    }
    for address in &endpoint.exposed {
        let detail = detail!(AddressPublic { purpose, address });
        tally.fail(detail.on(remote), Remedy::RestrictAddress);
    }
    if host
        .address()
        .is_some_and(|address| primary.is_pod_address(address))
    {
        let detail = detail!(AddressOfPod {
            purpose,
            address,
            primary: primary.name
        });
        tally.warn(detail.on(remote), Remedy::UseStableAddress);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with(mut facts: MeshFacts, address: &str, restricted: bool) -> Finding {
        let endpoints = join(&mut facts).endpoints.as_mut().expect("known");
        endpoints[0].address = address.to_owned();
        endpoints[0].restricted = restricted;
        run(CheckCode::RemoteAddress, &facts)
    }

    #[test]
    fn the_address_of_a_pod_is_a_warning_for_both_generations() {
        for facts in [istiod(), mixer()] {
            let finding = with(facts, "10.10.0.2", true);
            assert_eq!(finding.status, CheckStatus::Warning);
            assert_eq!(finding.remedies, [Remedy::UseStableAddress]);
        }
    }

    #[test]
    fn a_host_name_fails_for_istiod_only() {
        let name = "lb.example.com";
        assert_eq!(with(istiod(), name, true).status, CheckStatus::Failed);
        assert_eq!(with(mixer(), name, true).status, CheckStatus::Passed);
    }

    #[test]
    fn a_public_address_fails_unless_it_is_restricted() {
        let public = with(istiod(), "203.0.113.7", false);
        assert_eq!(public.status, CheckStatus::Failed);
        assert_eq!(public.remedies, [Remedy::RestrictAddress]);
        let restricted = with(istiod(), "203.0.113.7", true);
        assert_eq!(restricted.status, CheckStatus::Passed);
    }

    #[test]
    fn a_public_address_beside_the_one_in_use_fails() {
        let mut facts = istiod();
        let endpoints = join(&mut facts).endpoints.as_mut().expect("known");
        endpoints[0].exposed = vec!["203.0.113.7".to_owned()];
        let finding = run(CheckCode::RemoteAddress, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        assert_eq!(finding.remedies, [Remedy::RestrictAddress]);
    }

    #[test]
    fn loopback_fails() {
        let finding = with(istiod(), "127.0.0.1", true);
        assert_eq!(finding.status, CheckStatus::Failed);
    }

    #[test]
    fn the_address_of_a_load_balancer_passes() {
        let finding = run(CheckCode::RemoteAddress, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
