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
mod tests;
