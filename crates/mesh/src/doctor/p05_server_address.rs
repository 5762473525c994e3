//! P05: is the address of the remote's API server one that others can dial?
//!
//! The kubeconfig of a laptop often names loopback, a tunnel or a name of the cluster itself; a control
//! plane in another cluster reads that literally. Where the console was told that clusters may be on its
//! own machine, loopback is only worth a warning.

use super::{
    Check, Lines, Needs,
    host::{Host, host_of},
};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ServerAddress,
    group: Group::Network,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for join in &facts.joins {
        if join.server.is_empty() {
            tally.unknown(format!("{}: no address is chosen yet", join.remote));
            continue;
        }
        let host = Host::read(host_of(&join.server));
        let what = match host {
            Host::Loopback => "leads to the machine that dials it",
            Host::PrivateName => "means something inside that cluster only",
            Host::Name | Host::Private(_) | Host::Public(_) => continue,
        };
        let line = format!("{}: {} {what}", join.remote, join.server);
        if matches!(host, Host::Loopback) && facts.loopback_allowed {
            tally.warn(line, Remedy::GiveReachableAddress);
        } else {
            tally.block(line, Remedy::GiveReachableAddress);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn loopback_and_names_of_the_cluster_itself_block() {
        for server in [
            "https://127.0.0.1:6443",
            "https://localhost:6443",
            "https://kubernetes.default.svc",
        ] {
            let mut facts = today();
            join(&mut facts).server = server.into();
            let finding = CHECK.run(&facts);
            assert_eq!(finding.verdict, Verdict::Blocked, "{server}");
            assert!(finding.found[0].contains(server), "{finding:?}");
        }
    }

    #[test]
    fn on_one_machine_loopback_is_a_warning_and_a_private_name_still_blocks() {
        let mut facts = today();
        facts.loopback_allowed = true;
        join(&mut facts).server = "https://127.0.0.1:6443".into();
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Warning);
        join(&mut facts).server = "https://kubernetes.default.svc".into();
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Blocked);
    }

    #[test]
    fn an_address_of_the_network_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
