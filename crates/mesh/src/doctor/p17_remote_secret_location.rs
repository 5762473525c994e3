//! P17: the remote Secret has the namespace, the label and the key that the control plane selects.
//!
//! The annotation is for people and tools: a Secret without it works, so it is information only.

use crate::{
    facts::{ClusterFacts, JoinFacts, MeshFacts, RemoteSecretFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (join, primary, _) in facts.joins_with_clusters().filter(|(join, ..)| join.joined) {
        if let Some(secrets) = tally.known(&primary.name, &primary.remote_secrets) {
            tally.applies();
            evaluate(join, primary, secrets, &mut tally);
        }
    }
    tally.finding()
}

fn evaluate(
    join: &JoinFacts,
    primary: &ClusterFacts,
    secrets: &[RemoteSecretFacts],
    tally: &mut Tally,
) {
    let (namespace, key) = (&primary.istio_namespace, join.id.as_str());
    let has_key = |secret: &&RemoteSecretFacts| secret.entries.iter().any(|entry| entry.key == key);
    let candidates: Vec<&RemoteSecretFacts> = secrets.iter().filter(has_key).collect();
    let selected = candidates
        .iter()
        .find(|secret| secret.is_watched() && &secret.namespace == namespace);
    if let Some(secret) = selected {
        check_annotation(secret, key, tally);
        return;
    }
    for candidate in &candidates {
        let secret = candidate.reference();
        let detail = if &candidate.namespace == namespace {
            detail!(SecretWithoutLabel { secret })
        } else {
            detail!(SecretInOtherNamespace { secret, namespace })
        };
        tally.fail(detail, Remedy::FixRemoteSecret);
    }
    if candidates.is_empty() {
        let detail = detail!(SecretMissing { namespace, key });
        tally.fail(detail.on(&primary.name), Remedy::FixRemoteSecret);
    }
}

fn check_annotation(secret: &RemoteSecretFacts, key: &str, tally: &mut Tally) {
    let (reference, annotation) = (secret.reference(), secret.annotation.as_str());
    let detail = match annotation {
        "" => detail!(SecretWithoutAnnotation { secret: reference }),
        annotation if annotation != key => detail!(SecretAnnotationDiffers {
            secret: reference,
            annotation,
            key
        }),
        _ => return,
    };
    tally.inform(detail, Remedy::FixRemoteSecret);
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::DetailCode;

    fn with(change: fn(&mut RemoteSecretFacts)) -> Finding {
        let mut facts = istiod();
        change(secret_of(&mut facts));
        run(CheckCode::RemoteSecretLocation, &facts)
    }

    #[test]
    fn a_secret_that_the_control_plane_does_not_select_fails() {
        let label = with(|secret| secret.label.clear());
        assert_eq!(label.status, CheckStatus::Failed);
        assert_eq!(label.details[0].code, DetailCode::SecretWithoutLabel);
        let namespace = with(|secret| secret.namespace = "default".into());
        let expected = detail!(SecretInOtherNamespace {
            secret: "Secret default/istio-remote-secret-west",
            namespace: "istio-system",
        });
        assert_eq!(namespace.details, [expected]);
        let key = with(|secret| secret.entries[0].key = "wset".into());
        assert_eq!(key.details[0].code, DetailCode::SecretMissing);
    }

    #[test]
    fn a_secret_without_the_annotation_is_information() {
        let finding = with(|secret| secret.annotation.clear());
        assert_eq!(finding.status, CheckStatus::Info);
        assert_eq!(finding.details[0].code, DetailCode::SecretWithoutAnnotation);
    }

    #[test]
    fn a_secret_that_the_control_plane_selects_passes() {
        let finding = run(CheckCode::RemoteSecretLocation, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
