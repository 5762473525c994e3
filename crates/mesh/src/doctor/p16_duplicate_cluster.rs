//! P16: does a cluster join twice, or a name stand twice?
//!
//! Of two Secrets with one key the second is passed over; one cluster under two names doubles its
//! endpoints.

use super::{Check, Lines, Needs};
use crate::{
    facts::{Access, ClusterFacts, MeshFacts, RemoteEntry, RemoteSecretFacts},
    finding::{Finding, Tally},
};
use std::collections::BTreeMap;
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ClusterTwice,
    group: Group::Identity,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    let mut uids: BTreeMap<&str, &str> = BTreeMap::new();
    for cluster in &facts.clusters {
        if let Some(uid) = tally.known(&cluster.name, &cluster.uid)
            && let Some(other) = uids.insert(uid, &cluster.name)
        {
            let line = format!("{other} and {} are the same cluster", cluster.name);
            tally.block(line, Remedy::RemoveDuplicate);
        }
    }
    for primary in facts.primaries() {
        if let Some(secrets) = tally.known(&primary.name, &primary.remote_secrets) {
            keys(primary, secrets, &mut tally);
        }
    }
    tally.finding()
}

fn keys(primary: &ClusterFacts, secrets: &[RemoteSecretFacts], tally: &mut Tally) {
    let mut keys: BTreeMap<&str, String> = BTreeMap::new();
    let mut clusters: BTreeMap<&str, &str> = BTreeMap::new();
    if let Ok(own) = &primary.uid {
        clusters.insert(own, &primary.name);
    }
    for secret in secrets.iter().filter(|secret| secret.is_seen()) {
        for entry in &secret.entries {
            let said = secret.said();
            if let Some(other) = keys.insert(&entry.key, said.clone()) {
                let line = format!("{other} and {said} both hold the key {}", entry.key);
                tally.block(line, Remedy::RemoveDuplicate);
                continue;
            }
            if let Some(uid) = uid_of(entry)
                && let Some(other) = clusters.insert(uid, &entry.key)
            {
                let line = format!("{said}: {} is the same cluster as {other}", entry.key);
                tally.block(line, Remedy::RemoveDuplicate);
            }
        }
    }
}

fn uid_of(entry: &RemoteEntry) -> Option<&str> {
    match &entry.access {
        Ok(Access::Accepted { uid, .. }) => uid.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with_second_secret(change: fn(&mut RemoteSecretFacts)) -> Finding {
        let mut facts = today();
        let mut second = remote_secret();
        second.name = "second".into();
        change(&mut second);
        let secrets = east(&mut facts).remote_secrets.as_mut().expect("known");
        secrets.push(second);
        CHECK.carry_out(&facts)
    }

    #[test]
    fn a_key_in_two_secrets_blocks() {
        let finding = with_second_secret(|_| {});
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert!(finding.found[0].contains("both hold the key west"));
    }

    #[test]
    fn one_cluster_under_two_names_blocks() {
        let finding = with_second_secret(|secret| secret.entries[0].key = "north".into());
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert!(finding.found[0].contains("north is the same cluster as west"));
    }

    #[test]
    fn one_cluster_registered_twice_blocks() {
        let mut facts = today();
        west(&mut facts).uid = Ok("uid-east".into());
        assert_eq!(CHECK.carry_out(&facts).verdict, Verdict::Blocked);
    }

    #[test]
    fn each_once_passes() {
        assert_eq!(CHECK.carry_out(&today()).verdict, Verdict::Passed);
    }
}
