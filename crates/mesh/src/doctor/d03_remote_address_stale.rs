//! D03: the addresses that remotes connect to still belong to the control plane.
//!
//! An address is stale when no ready pod and no load balancer has it. Proxies read the address when they
//! start, so injected workloads need a restart afterwards.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for join in &facts.joins {
        let Some(endpoints) = tally.known(&join.remote, &join.endpoints) else {
            continue;
        };
        for endpoint in endpoints {
            tally.applies();
            if endpoint.current_addresses.contains(&endpoint.address) {
                continue;
            }
            if let Some(reason) = &endpoint.unresolved {
                let subject = &endpoint.purpose;
                tally.unknown(detail!(Unknown { subject, reason }).on(&join.primary));
                continue;
            }
            let current = endpoint.current_addresses.iter().map(String::as_str);
            let current: Vec<&str> = current.collect();
            let detail = detail!(AddressStale {
                purpose: endpoint.purpose,
                address: endpoint.address,
                primary: join.primary,
                current: current.join(", "),
            });
            tally.fail(detail.on(&join.remote), Remedy::UpgradeRemote);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn a_stale_address_fails_and_names_the_current_ones() {
        let mut facts = mixer();
        let endpoints = join(&mut facts).endpoints.as_mut().expect("known");
        endpoints[0].current_addresses = ["10.10.0.9".to_owned()].into();
        let finding = run(CheckCode::RemoteAddressStale, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(AddressStale {
            purpose: "pilot",
            address: "10.0.1.5",
            primary: "east",
            current: "10.10.0.9",
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn an_address_is_not_stale_while_the_host_name_cannot_be_resolved() {
        let mut facts = istiod();
        let endpoints = join(&mut facts).endpoints.as_mut().expect("known");
        endpoints[0].current_addresses.clear();
        endpoints[0].unresolved = Some("the host name cannot be resolved".to_owned());
        let finding = run(CheckCode::RemoteAddressStale, &facts);
        assert_eq!(finding.status, CheckStatus::Skipped);
    }

    #[test]
    fn any_of_several_current_addresses_passes() {
        let mut facts = mixer();
        let endpoints = join(&mut facts).endpoints.as_mut().expect("known");
        endpoints[0].current_addresses.insert("10.0.0.1".to_owned());
        let finding = run(CheckCode::RemoteAddressStale, &facts);
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
