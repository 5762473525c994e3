//! P16: no cluster joins twice, and no name is used twice.
//!
//! A control plane ignores the second of two Secrets with the same key; a cluster with two names doubles
//! its endpoints.

use crate::{
    facts::{Access, ClusterFacts, MeshFacts, RemoteEntry, RemoteSecretFacts},
    finding::{Finding, Tally, detail},
};
use std::collections::BTreeMap;
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    let mut uids: BTreeMap<&str, &str> = BTreeMap::new();
    for cluster in &facts.clusters {
        if let Some(uid) = tally.known(&cluster.name, &cluster.uid)
            && let Some(other_cluster) = uids.insert(uid, cluster.name.as_str())
        {
            let detail = detail!(SameCluster {
                cluster: other_cluster,
                other_cluster: cluster.name
            });
            tally.fail(detail, Remedy::RemoveDuplicate);
        }
    }
    for primary in facts.primaries() {
        if let Some(secrets) = tally.known(&primary.name, &primary.remote_secrets) {
            check_keys(primary, secrets, &mut tally);
        }
    }
    tally.finding()
}

fn check_keys(primary: &ClusterFacts, secrets: &[RemoteSecretFacts], tally: &mut Tally) {
    let mut keys: BTreeMap<&str, String> = BTreeMap::new();
    let mut clusters: BTreeMap<&str, &str> = BTreeMap::new();
    if let Ok(uid) = &primary.uid {
        clusters.insert(uid, primary.name.as_str());
    }
    for secret in secrets.iter().filter(|secret| secret.is_watched()) {
        for entry in &secret.entries {
            let (key, reference) = (&entry.key, secret.reference());
            if let Some(first_secret) = keys.insert(key, reference.clone()) {
                let detail = detail!(DuplicateKey {
                    key,
                    secret: first_secret,
                    other_secret: reference
                });
                tally.fail(detail, Remedy::RemoveDuplicate);
                continue;
            }
            if let Some(uid) = uid_of(entry)
                && let Some(other_cluster) = clusters.insert(uid, key)
            {
                let detail = detail!(SameClusterInSecret {
                    secret: reference,
                    key,
                    other_cluster
                });
                tally.fail(detail, Remedy::RemoveDuplicate);
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

    fn with_second_secret(change: fn(&mut RemoteSecretFacts)) -> Finding {
        let mut facts = istiod();
        let mut second = remote_secret();
        second.name = "second".into();
        change(&mut second);
        let secrets = east(&mut facts).remote_secrets.as_mut().expect("known");
        secrets.push(second);
        run(CheckCode::DuplicateCluster, &facts)
    }

    #[test]
    fn a_key_in_two_secrets_fails() {
        let finding = with_second_secret(|_| {});
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(DuplicateKey {
            key: "west",
            secret: "Secret istio-system/istio-remote-secret-west",
            other_secret: "Secret istio-system/second",
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn a_cluster_with_two_names_fails() {
        let finding = with_second_secret(|secret| secret.entries[0].key = "north".into());
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(SameClusterInSecret {
            secret: "Secret istio-system/second",
            key: "north",
            other_cluster: "west",
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn a_cluster_that_is_registered_twice_fails() {
        let mut facts = istiod();
        west(&mut facts).uid = Ok("uid-east".into());
        let finding = run(CheckCode::DuplicateCluster, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
    }

    #[test]
    fn distinct_clusters_pass() {
        let finding = run(CheckCode::DuplicateCluster, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
