//! P18: the stored kubeconfig contains a bearer token and inline data only.
//!
//! Control planes reject programs, files and authentication plugins in a kubeconfig.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for primary in facts.primaries() {
        let Some(secrets) = tally.known(&primary.name, &primary.remote_secrets) else {
            continue;
        };
        for secret in secrets {
            for entry in &secret.entries {
                let (secret, key) = (secret.reference(), &entry.key);
                let subject = format!("{secret} {key}");
                let Some(kubeconfig) = tally.known(subject, &entry.kubeconfig) else {
                    continue;
                };
                tally.applies();
                for reason in &kubeconfig.rejected {
                    let detail = detail!(KubeconfigRejected {
                        secret,
                        key,
                        reason
                    });
                    tally.fail(detail, Remedy::UseBearerToken);
                }
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn a_kubeconfig_with_a_program_fails() {
        let mut facts = istiod();
        let entry = &mut secret_of(&mut facts).entries[0];
        let kubeconfig = entry.kubeconfig.as_mut().expect("known");
        kubeconfig.rejected = vec!["exec: it would run a program".into()];
        let finding = run(CheckCode::KubeconfigCredentials, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(KubeconfigRejected {
            secret: "Secret istio-system/istio-remote-secret-west",
            key: "west",
            reason: "exec: it would run a program",
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn a_bearer_token_passes() {
        let finding = run(CheckCode::KubeconfigCredentials, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
