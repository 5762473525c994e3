//! P08: has the reader a token Secret?
//!
//! Since Kubernetes 1.24 nobody makes one unasked, so a script that reads the ServiceAccount's own list
//! writes a kubeconfig without a token.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ReaderToken,
    group: Group::Identity,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for join in &facts.joins {
        let Some(reader) = tally.known(&join.remote, &join.reader) else {
            continue;
        };
        let who = format!("{}/{}", reader.namespace, reader.account);
        match (reader.exists, join.joined) {
            (false, true) => {
                let line = format!("{}: ServiceAccount {who} is gone", join.remote);
                tally.block(line, Remedy::RotateToken);
            }
            (false, false) => {}
            (true, _) if reader.tokens.is_empty() => {
                let line = format!("{}: ServiceAccount {who} has no token Secret", join.remote);
                tally.warn(line, Remedy::MakeToken);
            }
            (true, _) => tally.saw(),
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::{SkipReason, Verdict};

    #[test]
    fn a_reader_without_a_token_is_given_one() {
        let mut facts = today();
        reader_of(&mut facts).tokens.clear();
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(finding.remedies, [Remedy::MakeToken]);
    }

    #[test]
    fn a_reader_that_is_gone_after_the_join_blocks() {
        let mut facts = today();
        reader_of(&mut facts).exists = false;
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Blocked);
    }

    #[test]
    fn a_reader_with_a_token_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }

    #[test]
    fn before_the_join_there_is_nothing_to_look_at() {
        let mut facts = today();
        reader_of(&mut facts).exists = false;
        join(&mut facts).joined = false;
        assert_eq!(CHECK.run(&facts).skipped, Some(SkipReason::NothingThere));
    }
}
