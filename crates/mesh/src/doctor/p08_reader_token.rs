//! P08: the reader has a token Secret.
//!
//! Since Kubernetes 1.24 a ServiceAccount gets no token Secret by default, so a script that reads the
//! ServiceAccount's own list writes a kubeconfig without a token.

use super::joins::check_readers;
use crate::{
    facts::MeshFacts,
    finding::{Finding, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    check_readers(facts, |join, reader, tally| {
        let account = format!("{}/{}", reader.namespace, reader.account);
        match (reader.exists, join.joined) {
            (false, true) => {
                let detail = detail!(ReaderMissing { account });
                tally.fail(detail.on(&join.remote), Remedy::RotateToken);
            }
            (false, false) => {}
            (true, _) if reader.tokens.is_empty() => {
                let detail = detail!(ReaderWithoutToken { account });
                tally.warn(detail.on(&join.remote), Remedy::CreateToken);
            }
            (true, _) => tally.applies(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::SkipReason;

    #[test]
    fn a_reader_without_a_token_is_a_warning() {
        let mut facts = istiod();
        reader_of(&mut facts).tokens.clear();
        let finding = run(CheckCode::ReaderToken, &facts);
        assert_eq!(finding.status, CheckStatus::Warning);
        assert_eq!(finding.remedies, [Remedy::CreateToken]);
    }

    #[test]
    fn a_missing_reader_fails_after_the_join() {
        let mut facts = istiod();
        reader_of(&mut facts).exists = false;
        let finding = run(CheckCode::ReaderToken, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
    }

    #[test]
    fn a_reader_with_a_token_passes() {
        let finding = run(CheckCode::ReaderToken, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }

    #[test]
    fn the_check_is_skipped_before_the_join() {
        let mut facts = istiod();
        reader_of(&mut facts).exists = false;
        join(&mut facts).joined = false;
        let finding = run(CheckCode::ReaderToken, &facts);
        assert_eq!(finding.skipped, Some(SkipReason::NotApplicable));
    }
}
