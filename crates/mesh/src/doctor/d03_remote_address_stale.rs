//! D03: are the addresses that remotes dial still the control plane's?
//!
//! Of several ready pods any will do: an address is stale when it is none of them. Proxies read it once,
//! when they start, so what was injected before has to be restarted.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::RemoteAddressStale,
    group: Group::Addresses,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for join in &facts.joins {
        let Some(endpoints) = tally.known(&join.remote, &join.endpoints) else {
            continue;
        };
        for endpoint in endpoints {
            tally.saw();
            if endpoint.current_addresses.contains(&endpoint.address) {
                continue;
            }
            let what = format!(
                "{}: {} is {}",
                join.remote, endpoint.purpose, endpoint.address
            );
            let good: Vec<&str> = endpoint
                .current_addresses
                .iter()
                .map(String::as_str)
                .collect();
            let line = match good.as_slice() {
                [] => format!("{what}, and {} has none that is ready", join.primary),
                good => format!("{what}, and {} has {}", join.primary, good.join(", ")),
            };
            tally.block(line, Remedy::UpgradeRemote);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn an_address_that_is_nobodys_any_more_blocks_and_names_the_new_ones() {
        let mut facts = legacy();
        let endpoints = join(&mut facts).endpoints.as_mut().expect("known");
        endpoints[0].current_addresses = ["10.10.0.9".to_owned()].into();
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["west: pilot is 10.0.1.5, and east has 10.10.0.9"]
        );
    }

    #[test]
    fn any_of_several_good_ones_passes() {
        let mut facts = legacy();
        let endpoints = join(&mut facts).endpoints.as_mut().expect("known");
        endpoints[0].current_addresses.insert("10.0.0.1".to_owned());
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
    }
}
