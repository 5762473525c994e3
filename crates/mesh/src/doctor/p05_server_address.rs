//! P05: other clusters can reach the address of the remote's API server.
//!
//! The kubeconfig of a workstation often names loopback, a tunnel or a cluster-local name; a control plane
//! in another cluster uses that address literally. Where the console accepts clusters on its own machine,
//! loopback is a warning only.

use crate::facts::host::{Host, host_of};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for join in &facts.joins {
        let server = &join.server;
        if server.is_empty() {
            tally.unknown(detail!(ServerAddressMissing {}).on(&join.remote));
            continue;
        }
        match Host::read(host_of(server)) {
            Host::Loopback => {
                let detail = detail!(ServerAddressLoopback { server }).on(&join.remote);
                if facts.loopback_allowed {
                    tally.warn(detail, Remedy::SetReachableAddress);
                } else {
                    tally.fail(detail, Remedy::SetReachableAddress);
                }
            }
            Host::PrivateName => {
                let detail = detail!(ServerAddressInternal { server }).on(&join.remote);
                tally.fail(detail, Remedy::SetReachableAddress);
            }
            Host::Name | Host::Private(_) | Host::Public(_) => {}
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;

    #[test]
    fn loopback_and_cluster_local_names_fail() {
        for server in [
            "https://127.0.0.1:6443",
            "https://localhost:6443",
            "https://kubernetes.default.svc",
        ] {
            let mut facts = istiod();
            join(&mut facts).server = server.into();
            let finding = run(CheckCode::ServerAddress, &facts);
            assert_eq!(finding.status, CheckStatus::Failed, "{server}");
            assert_eq!(finding.details[0].arg("server"), server);
        }
    }

    #[test]
    fn allowed_loopback_is_a_warning_and_a_cluster_local_name_still_fails() {
        let mut facts = istiod();
        facts.loopback_allowed = true;
        join(&mut facts).server = "https://127.0.0.1:6443".into();
        let finding = run(CheckCode::ServerAddress, &facts);
        assert_eq!(finding.status, CheckStatus::Warning);
        join(&mut facts).server = "https://kubernetes.default.svc".into();
        let finding = run(CheckCode::ServerAddress, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
    }

    #[test]
    fn an_address_of_the_network_passes() {
        let finding = run(CheckCode::ServerAddress, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
