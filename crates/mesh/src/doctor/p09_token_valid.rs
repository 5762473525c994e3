//! P09: is the reader's token filled, the reader's own, and without an end?

use super::{Check, Lines, Needs};
use crate::{
    facts::{MeshFacts, ReaderFacts, TokenSecretFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::TokenFilled,
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
        for token in &reader.tokens {
            tally.saw();
            judge(facts, &join.remote, reader, token, &mut tally);
        }
    }
    tally.finding()
}

fn judge(
    facts: &MeshFacts,
    remote: &str,
    reader: &ReaderFacts,
    token: &TokenSecretFacts,
    tally: &mut Tally,
) {
    let name = format!("{remote}: Secret {}/{}", reader.namespace, token.name);
    if !token.filled {
        let line = format!("{name} holds no token yet");
        return tally.block(line, Remedy::MakeToken);
    }
    if token.subject != reader.subject() {
        let line = format!("{name} is the token of {}", token.subject);
        tally.block(line, Remedy::RotateToken);
    }
    if let Some(end) = token.expires {
        let left = end - facts.now.as_second();
        if left <= 0 {
            tally.block(format!("{name} has expired"), Remedy::RotateToken);
        } else {
            let line = format!("{name} expires in {} h", left / 3600);
            tally.warn(line, Remedy::RotateToken);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with(change: fn(&mut TokenSecretFacts)) -> Finding {
        let mut facts = today();
        change(&mut reader_of(&mut facts).tokens[0]);
        CHECK.carry_out(&facts)
    }

    #[test]
    fn an_empty_token_blocks() {
        let finding = with(|token| token.filled = false);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(finding.remedies, [Remedy::MakeToken]);
    }

    #[test]
    fn somebody_elses_token_blocks_and_names_them() {
        let finding = with(|token| token.subject = "system:serviceaccount:shop:web".into());
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert!(finding.found[0].ends_with("system:serviceaccount:shop:web"));
    }

    #[test]
    fn a_token_that_ends_is_a_warning_and_one_that_ended_blocks() {
        let soon = with(|token| token.expires = Some(NOW + 7_200));
        assert_eq!(soon.verdict, Verdict::Warning);
        assert!(soon.found[0].ends_with("expires in 2 h"));
        let over = with(|token| token.expires = Some(NOW - 1));
        assert_eq!(over.verdict, Verdict::Blocked);
    }

    #[test]
    fn the_readers_lasting_token_passes() {
        assert_eq!(CHECK.carry_out(&today()).verdict, Verdict::Passed);
    }
}
