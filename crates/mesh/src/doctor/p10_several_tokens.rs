//! P10: which of several token Secrets is the one in use?

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::SeveralTokens,
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
        if !reader.tokens.is_empty() {
            tally.saw();
        }
        if reader.tokens.len() > 1 {
            let names = reader.tokens.iter().map(|token| token.name.as_str());
            let names: Vec<&str> = names.collect();
            let line = format!("{}: {}", join.remote, names.join(", "));
            tally.note(line, Remedy::RemoveDuplicate);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn two_tokens_are_named() {
        let mut facts = today();
        reader_of(&mut facts).tokens = vec![token("old"), token("new")];
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Noted);
        assert_eq!(finding.found, ["west: old, new"]);
    }

    #[test]
    fn one_token_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
