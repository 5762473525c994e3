//! D25: is the authority of the remote's API server the one that was stored?
//!
//! When a cluster renews its authority, the stored kubeconfig no longer trusts it, and the control plane
//! loses the remote at its next connection.

use super::{Check, Lines, Needs};
use crate::{
    facts::{Access, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::RemoteAuthorityChanged,
    group: Group::Sync,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (join, primary, _) in facts.joined().filter(|(join, ..)| join.done) {
        let Some(secrets) = tally.known(&primary.name, &primary.remote_secrets) else {
            continue;
        };
        let Some((secret, entry)) = join.entry(secrets) else {
            continue;
        };
        match tally.known(&join.remote, &entry.access) {
            Some(Access::OtherAuthority(said)) => {
                let line = format!("{}: {}: {said}", join.remote, secret.said());
                tally.block(line, Remedy::StoreAuthority);
            }
            // Whoever answers, even with no, answered under that authority.
            Some(Access::Accepted { .. } | Access::Rejected(_)) => tally.saw(),
            None => {}
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with(access: Access) -> Finding {
        let mut facts = today();
        secret_of(&mut facts).entries[0].access = Ok(access);
        CHECK.carry_out(&facts)
    }

    #[test]
    fn another_authority_blocks() {
        let finding = with(Access::OtherAuthority(
            "signed by an unknown authority".into(),
        ));
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(finding.remedies, [Remedy::StoreAuthority]);
    }

    #[test]
    fn a_server_that_refuses_the_token_is_still_the_same_server() {
        let finding = with(Access::Rejected("Unauthorized".into()));
        assert_eq!(finding.verdict, Verdict::Passed);
    }

    #[test]
    fn the_stored_authority_passes() {
        assert_eq!(CHECK.carry_out(&today()).verdict, Verdict::Passed);
    }
}
