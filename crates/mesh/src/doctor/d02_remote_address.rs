//! D02: will the address that remotes dial last, and is it not public?
//!
//! A pod's address ends with the pod. A host name makes the remote's istiod Service an ExternalName, for
//! which no webhook can be called. Ports 15012 and 15017 must not face the internet.

use super::{Check, Lines, Needs, host::Host};
use crate::{
    facts::{ClusterFacts, IstioGeneration, MeshFacts, RemoteEndpoint},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::RemoteAddress,
    group: Group::Addresses,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (join, primary, _) in facts.joins_with_clusters() {
        let Some(endpoints) = tally.known(&join.remote, &join.endpoints) else {
            continue;
        };
        for endpoint in endpoints {
            tally.saw();
            judge(
                facts.generation,
                &join.remote,
                primary,
                endpoint,
                &mut tally,
            );
        }
    }
    tally.finding()
}

fn judge(
    generation: IstioGeneration,
    remote: &str,
    primary: &ClusterFacts,
    endpoint: &RemoteEndpoint,
    tally: &mut Tally,
) {
    let text = format!("{remote}: {} is {}", endpoint.purpose, endpoint.address);
    let host = Host::read(&endpoint.address);
    match host {
        Host::Loopback => {
            let line = format!("{text}, which leads to the machine that dials it");
            return tally.block(line, Remedy::UseStableAddress);
        }
        Host::Name | Host::PrivateName if generation == IstioGeneration::Istiod => {
            let line = format!("{text}, a host name: no webhook can be called over it");
            return tally.block(line, Remedy::UseStableAddress);
        }
        Host::Public(_) if !endpoint.restricted => {
            let line = format!("{text}, a public address that anybody may dial");
            tally.block(line, Remedy::MakeInternal);
        }
        _ => {}
    }
    if host
        .address()
        .is_some_and(|address| primary.is_pod_address(address))
    {
        let line = format!("{text}, a pod's address in {}", primary.name);
        tally.warn(line, Remedy::UseStableAddress);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with(mut facts: MeshFacts, address: &str, restricted: bool) -> Finding {
        let endpoints = join(&mut facts).endpoints.as_mut().expect("known");
        endpoints[0].address = address.to_owned();
        endpoints[0].restricted = restricted;
        CHECK.run(&facts)
    }

    #[test]
    fn a_pods_address_is_a_warning_in_both_lines() {
        for facts in [today(), legacy()] {
            let finding = with(facts, "10.10.0.2", true);
            assert_eq!(finding.verdict, Verdict::Warning);
            assert_eq!(finding.remedies, [Remedy::UseStableAddress]);
        }
    }

    #[test]
    fn a_host_name_blocks_todays_line_only() {
        let name = "lb.example.com";
        assert_eq!(with(today(), name, true).verdict, Verdict::Blocked);
        assert_eq!(with(legacy(), name, true).verdict, Verdict::Passed);
    }

    #[test]
    fn a_public_address_blocks_unless_it_is_restricted() {
        let open = with(today(), "203.0.113.7", false);
        assert_eq!(open.verdict, Verdict::Blocked);
        assert_eq!(open.remedies, [Remedy::MakeInternal]);
        assert_eq!(with(today(), "203.0.113.7", true).verdict, Verdict::Passed);
    }

    #[test]
    fn loopback_blocks() {
        assert_eq!(with(today(), "127.0.0.1", true).verdict, Verdict::Blocked);
    }

    #[test]
    fn a_balancers_address_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
