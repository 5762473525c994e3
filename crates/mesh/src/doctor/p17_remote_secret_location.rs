//! P17: is the remote Secret where and as the control plane looks for it?
//!
//! Control planes read the namespace, the label and the key. The annotation is for people and tools: a
//! Secret without it is healthy, so that is said and nothing more.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, JoinFacts, MeshFacts, RemoteSecretFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::RemoteSecretPlace,
    group: Group::Identity,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (join, primary, _) in facts.joined().filter(|(join, ..)| join.done) {
        if let Some(secrets) = tally.known(&primary.name, &primary.remote_secrets) {
            tally.saw();
            judge(join, primary, secrets, &mut tally);
        }
    }
    tally.finding()
}

fn judge(
    join: &JoinFacts,
    primary: &ClusterFacts,
    secrets: &[RemoteSecretFacts],
    tally: &mut Tally,
) {
    let home = &primary.system;
    let holds = |secret: &&RemoteSecretFacts| secret.entries.iter().any(|one| one.key == join.name);
    let holding: Vec<&RemoteSecretFacts> = secrets.iter().filter(holds).collect();
    let seen = holding
        .iter()
        .find(|one| one.is_seen() && &one.namespace == home);
    if let Some(secret) = seen {
        if secret.annotation != join.name {
            let line = match secret.annotation.as_str() {
                "" => format!("{} has no annotation; it works without", secret.said()),
                other => format!(
                    "{} is annotated {other}, its key is {}",
                    secret.said(),
                    join.name
                ),
            };
            tally.note(line, Remedy::MendRemoteSecret);
        }
        return;
    }
    for secret in &holding {
        let what = if &secret.namespace == home {
            "lacks the label istio/multiCluster=true"
        } else {
            "is in another namespace than the control plane"
        };
        tally.block(
            format!("{} {what}", secret.said()),
            Remedy::MendRemoteSecret,
        );
    }
    if holding.is_empty() {
        let line = format!(
            "{}: no Secret in {home} holds the key {}",
            primary.name, join.name
        );
        tally.block(line, Remedy::MendRemoteSecret);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with(change: fn(&mut RemoteSecretFacts)) -> Finding {
        let mut facts = today();
        change(secret_of(&mut facts));
        CHECK.carry_out(&facts)
    }

    #[test]
    fn a_secret_that_is_not_looked_at_blocks() {
        let label = with(|secret| secret.label.clear());
        assert_eq!(label.verdict, Verdict::Blocked);
        assert!(label.found[0].contains("lacks the label"), "{label:?}");
        let place = with(|secret| secret.namespace = "default".into());
        assert!(place.found[0].contains("another namespace"), "{place:?}");
        let key = with(|secret| secret.entries[0].key = "wset".into());
        assert!(key.found[0].contains("no Secret"), "{key:?}");
    }

    #[test]
    fn a_secret_without_the_annotation_is_healthy() {
        let finding = with(|secret| secret.annotation.clear());
        assert_eq!(finding.verdict, Verdict::Noted);
        assert!(finding.found[0].contains("works without"), "{finding:?}");
    }

    #[test]
    fn a_secret_in_its_place_passes() {
        assert_eq!(CHECK.carry_out(&today()).verdict, Verdict::Passed);
    }
}
