//! P36: every remote Secret leads to a member, and its join belongs to the console.
//!
//! A join of another tool works, and can be adopted; a Secret that leads to no member of the mesh makes the control
//! plane read a cluster that the checks do not see.

use crate::{
    facts::{ClusterFacts, MeshFacts, RemoteSecretFacts},
    finding::{Finding, Tally, detail},
};
use wire::{
    check::{CheckStatus, Remedy},
    mesh::JoiningTool,
};

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for primary in facts.primaries() {
        if let Some(secrets) = tally.known(&primary.name, &primary.remote_secrets) {
            check_secrets(facts, primary, secrets, &mut tally);
        }
    }
    tally.finding()
}

fn check_secrets(
    facts: &MeshFacts,
    primary: &ClusterFacts,
    secrets: &[RemoteSecretFacts],
    tally: &mut Tally,
) {
    let watched = secrets.iter().filter(|secret| secret.is_watched());
    let entries =
        watched.flat_map(|secret| secret.entries.iter().map(move |entry| (secret, entry)));
    for (secret, entry) in entries {
        tally.applies();
        let (reference, key) = (secret.reference(), &entry.key);
        let mut joins = facts.joins.iter().filter(|join| join.joined);
        let join = joins.find(|join| join.primary == primary.name && join.id.as_str() == key);
        let Some(join) = join else {
            let server = entry.kubeconfig.as_ref().ok();
            let server = server.map_or("", |kubeconfig| kubeconfig.server.as_str());
            let detail = detail!(RemoteNotRegistered {
                secret: reference,
                key,
                server
            });
            let detail = detail.on(&primary.name);
            tally.report(CheckStatus::Info, detail, Remedy::RegisterRemote);
            continue;
        };
        if join
            .joined_by(secrets)
            .is_some_and(|tool| tool != JoiningTool::Console)
        {
            let account = join.reader.as_ref().ok();
            let account = account.map_or("", |reader| reader.account.as_str());
            let detail = detail!(JoinNotAdopted {
                secret: reference,
                account
            });
            let detail = detail.on(&join.remote);
            tally.report(CheckStatus::Info, detail, Remedy::AdoptJoin);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn a_join_of_another_tool_is_information() {
        let mut facts = istiod();
        secret_of(&mut facts).is_own = false;
        let finding = run(CheckCode::JoinOwnership, &facts);
        assert_eq!(finding.status, CheckStatus::Info);
        assert_eq!(finding.remedies, [Remedy::AdoptJoin]);
        let expected = detail!(JoinNotAdopted {
            secret: "Secret istio-system/istio-remote-secret-west",
            account: "istio-reader-service-account",
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn a_secret_that_leads_to_no_member_is_named() {
        let mut facts = istiod();
        let mut other = remote_secret();
        other.name = "istio-remote-secret-north".into();
        other.entries[0].key = "north".into();
        let secrets = east(&mut facts).remote_secrets.as_mut().expect("known");
        secrets.push(other);
        let finding = run(CheckCode::JoinOwnership, &facts);
        assert_eq!(finding.status, CheckStatus::Info);
        assert_eq!(finding.remedies, [Remedy::RegisterRemote]);
        let expected = detail!(RemoteNotRegistered {
            secret: "Secret istio-system/istio-remote-secret-north",
            key: "north",
            server: "https://10.0.2.6:6443",
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn a_join_of_the_console_passes() {
        let finding = run(CheckCode::JoinOwnership, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
