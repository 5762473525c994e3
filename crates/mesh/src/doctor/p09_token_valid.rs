//! P09: the reader's token is filled, belongs to the reader and does not expire.

use super::joins::check_readers;
use crate::{
    facts::{MeshFacts, ReaderFacts, TokenSecretFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    check_readers(facts, |join, reader, tally| {
        for token in &reader.tokens {
            tally.applies();
            evaluate(facts, join.remote.as_str(), reader, token, tally);
        }
    })
}

fn evaluate(
    facts: &MeshFacts,
    remote: &str,
    reader: &ReaderFacts,
    token: &TokenSecretFacts,
    tally: &mut Tally,
) {
    let secret = format!("Secret {}/{}", reader.namespace, token.name);
    if !token.populated {
        let detail = detail!(TokenEmpty { secret });
        return tally.fail(detail.on(remote), Remedy::CreateToken);
    }
    if token.subject != reader.subject() {
        let detail = detail!(TokenOfOtherAccount {
            secret,
            subject: token.subject
        });
        tally.fail(detail.on(remote), Remedy::RotateToken);
    }
    if let Some(expiry) = token.expires {
        let seconds_left = expiry - facts.now.as_second();
        if seconds_left <= 0 {
            tally.fail(
                detail!(TokenExpired { secret }).on(remote),
                Remedy::RotateToken,
            );
        } else {
            let detail = detail!(TokenExpires {
                secret,
                hours: seconds_left / 3600
            });
            tally.warn(detail.on(remote), Remedy::RotateToken);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::DetailCode;

    fn with(change: fn(&mut TokenSecretFacts)) -> Finding {
        let mut facts = istiod();
        change(&mut reader_of(&mut facts).tokens[0]);
        run(CheckCode::TokenValid, &facts)
    }

    #[test]
    fn an_empty_token_fails() {
        let finding = with(|token| token.populated = false);
        assert_eq!(finding.status, CheckStatus::Failed);
        assert_eq!(finding.remedies, [Remedy::CreateToken]);
    }

    #[test]
    fn a_token_of_another_account_fails_and_names_the_account() {
        let finding = with(|token| token.subject = "system:serviceaccount:shop:web".into());
        assert_eq!(finding.status, CheckStatus::Failed);
        assert_eq!(finding.details[0].code, DetailCode::TokenOfOtherAccount);
        assert_eq!(
            finding.details[0].arg("subject"),
            "system:serviceaccount:shop:web"
        );
    }

    #[test]
    fn an_expiring_token_is_a_warning_and_an_expired_one_fails() {
        let expiring = with(|token| token.expires = Some(NOW + 7_200));
        assert_eq!(expiring.status, CheckStatus::Warning);
        assert_eq!(expiring.details[0].arg("hours"), "2");
        let expired = with(|token| token.expires = Some(NOW - 1));
        assert_eq!(expired.status, CheckStatus::Failed);
        assert_eq!(expired.details[0].code, DetailCode::TokenExpired);
    }

    #[test]
    fn a_token_of_the_reader_without_expiry_passes() {
        let finding = run(CheckCode::TokenValid, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
