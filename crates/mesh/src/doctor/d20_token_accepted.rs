//! D20: does the remote still know the stored token?
//!
//! A control plane goes on with the watches it has and says synced, while the remote's new proxies are
//! refused: only the remote itself can be asked.

use super::{Check, Lines, Needs};
use crate::{
    facts::{Access, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::TokenAccepted,
    group: Group::Sync,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (join, primary, _) in facts.joins_with_clusters().filter(|(join, ..)| join.joined) {
        let Some(secrets) = tally.known(&primary.name, &primary.remote_secrets) else {
            continue;
        };
        let Some((secret, entry)) = join.entry(secrets) else {
            continue;
        };
        match tally.known(&join.remote, &entry.access) {
            Some(Access::Rejected(said)) => {
                let line = format!("{}: {} is refused: {said}", join.remote, secret.reference());
                tally.block(line, Remedy::RotateToken);
            }
            Some(Access::Accepted { who, .. }) if who.user == "system:anonymous" => {
                let line = format!("{}: {} is nobody there", join.remote, secret.reference());
                tally.block(line, Remedy::RotateToken);
            }
            // D25 is about that.
            Some(Access::UntrustedCertificate(said)) => {
                tally.unknown(format!("{}: not asked, {said}", join.remote));
            }
            Some(Access::Accepted { .. }) => tally.saw(),
            None => {}
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use cluster::UserInfo;
    use wire::check::Verdict;

    fn with(access: Access) -> Finding {
        let mut facts = today();
        secret_of(&mut facts).entries[0].access = Ok(access);
        CHECK.run(&facts)
    }

    #[test]
    fn a_token_that_the_remote_refuses_blocks() {
        let finding = with(Access::Rejected("Unauthorized".into()));
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(finding.remedies, [Remedy::RotateToken]);
    }

    #[test]
    fn a_server_that_lets_anybody_in_proves_nothing() {
        let who = UserInfo {
            user: "system:anonymous".into(),
            groups: Vec::new(),
        };
        assert_eq!(
            with(Access::Accepted { who, uid: None }).verdict,
            Verdict::Blocked
        );
    }

    #[test]
    fn a_token_that_is_known_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
