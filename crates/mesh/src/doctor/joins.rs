//! The loops over the joins of a mesh that several checks share.

use crate::{
    facts::{JoinFacts, MeshFacts, ReaderFacts, RemoteEntry, RemoteSecretFacts},
    finding::{Finding, Tally},
};

/// Inspects the reader of each remote; a reader that is unknown is a detail of the finding.
pub(super) fn check_readers(
    facts: &MeshFacts,
    inspect: impl Fn(&JoinFacts, &ReaderFacts, &mut Tally),
) -> Finding {
    let mut tally = Tally::if_applicable();
    for join in &facts.joins {
        if let Some(reader) = tally.known(&join.remote, &join.reader) {
            inspect(join, reader, &mut tally);
        }
    }
    tally.finding()
}

/// Inspects the entry of each joined remote in the remote Secrets of its primary.
pub(super) fn check_remote_entries(
    facts: &MeshFacts,
    inspect: impl Fn(&JoinFacts, &RemoteSecretFacts, &RemoteEntry, &mut Tally),
) -> Finding {
    let mut tally = Tally::if_applicable();
    for (join, primary, _) in facts.joins_with_clusters() {
        if !join.joined {
            continue;
        }
        let secrets = tally.known(&primary.name, &primary.remote_secrets);
        if let Some((secret, entry)) = secrets.and_then(|secrets| join.entry(secrets)) {
            inspect(join, secret, entry, &mut tally);
        }
    }
    tally.finding()
}
