//! P10: the reader has a single token Secret.

use super::joins::check_readers;
use crate::{
    facts::MeshFacts,
    finding::{Finding, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    check_readers(facts, |join, reader, tally| {
        if !reader.tokens.is_empty() {
            tally.applies();
        }
        if reader.tokens.len() > 1 {
            let names = reader.tokens.iter().map(|token| token.name.as_str());
            let names: Vec<&str> = names.collect();
            let detail = detail!(TokenSecrets {
                secrets: names.join(", ")
            });
            tally.inform(detail.on(&join.remote), Remedy::RemoveDuplicate);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn two_tokens_are_listed() {
        let mut facts = istiod();
        reader_of(&mut facts).tokens = vec![token("old"), token("new")];
        let finding = run(CheckCode::SeveralTokens, &facts);
        assert_eq!(finding.status, CheckStatus::Info);
        let expected = detail!(TokenSecrets {
            secrets: "old, new"
        });
        assert_eq!(finding.details, [expected.on("west")]);
    }

    #[test]
    fn one_token_passes() {
        let finding = run(CheckCode::SeveralTokens, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
