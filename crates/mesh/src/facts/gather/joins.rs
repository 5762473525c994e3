//! Joins, planned and found: the reader in the remote, what the remote says to the stored kubeconfig.

use super::{ClusterSnapshot, GatherRequest, PlannedJoin, addresses, cluster_facts::Lists};
use crate::facts::{
    Access, ClusterFacts, Fact, IstioGeneration, JoinFacts, ReaderFacts, Role, TokenSecretFacts,
    Unknown, read,
};
use crate::join::names;
use crate::stored::{access, rights};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Credentials, HandshakeError, Object, handshake_with_name};
use serde_json::Value;

const SYSTEM: &str = "istio-system";

/// What the reader consists of, as listed in its cluster.
pub(super) struct ReaderObjects {
    accounts: Fact<Vec<Object>>,
    secrets: Fact<Vec<Object>>,
    roles: Fact<Vec<Object>>,
    bindings: Fact<Vec<Object>>,
}

impl ReaderObjects {
    pub(super) fn of(lists: &Lists) -> Self {
        Self {
            accounts: lists.accounts.clone(),
            secrets: lists.secrets.clone(),
            roles: lists.roles.clone(),
            bindings: lists.bindings.clone(),
        }
    }

    pub(super) fn unknown(why: &Unknown) -> Self {
        Self {
            accounts: Err(why.clone()),
            secrets: Err(why.clone()),
            roles: Err(why.clone()),
            bindings: Err(why.clone()),
        }
    }
}

/// Asks each remote what it says to the kubeconfig that is stored for it.
pub(super) async fn ask_remotes(
    request: &GatherRequest<'_>,
    primary: &mut ClusterFacts,
    stored: &[Vec<Option<Credentials>>],
) {
    let Ok(secrets) = &mut primary.remote_secrets else {
        return;
    };
    for (secret, stored) in secrets.iter_mut().zip(stored) {
        for (entry, credentials) in secret.entries.iter_mut().zip(stored) {
            entry.access = match credentials {
                Some(credentials) => {
                    let (policy, within) = (request.policy, request.timeouts.call);
                    Box::pin(access(credentials, policy, within)).await
                }
                None => Err(Unknown::because("the console may not use this kubeconfig")),
            };
        }
    }
}

/// Every join: those that are planned, and those that remote Secrets show.
pub(super) async fn of(
    request: &GatherRequest<'_>,
    snapshots: &[ClusterSnapshot],
    generation: IstioGeneration,
) -> Vec<JoinFacts> {
    let mut joins: Vec<JoinFacts> = Vec::new();
    for primary in snapshots
        .iter()
        .filter(|one| one.facts.role != Role::Remote)
    {
        joins.extend(found(request, primary, snapshots));
    }
    for planned in &request.joins {
        let same =
            |join: &JoinFacts| join.primary == planned.primary && join.remote == planned.remote;
        if !joins.iter().any(same) {
            joins.push(begun(planned).await);
        }
        if let Some(join) = joins.iter_mut().find(|join| same(join))
            && !join.joined
        {
            let name = planned.tls_server_name.as_deref();
            let policy = request.policy;
            let check =
                handshake_with_name(&planned.server, name, &planned.ca_bundle, policy).await;
            join.handshake = check.map_err(Unknown::because);
        }
    }
    for join in &mut joins {
        Box::pin(fill(request, snapshots, generation, join)).await;
    }
    joins
}

async fn begun(planned: &PlannedJoin) -> JoinFacts {
    JoinFacts {
        server: planned.server.clone(),
        ..JoinFacts::new(&planned.primary, &planned.remote, &planned.name)
    }
}

/// The joins that a primary's remote Secrets show, each with the cluster that it is about.
fn found(
    request: &GatherRequest<'_>,
    primary: &ClusterSnapshot,
    all: &[ClusterSnapshot],
) -> Vec<JoinFacts> {
    let secrets = primary.facts.remote_secrets.as_deref().unwrap_or_default();
    let mut joins = Vec::new();
    for secret in secrets {
        for entry in &secret.entries {
            let uid = match &entry.access {
                Ok(Access::Accepted { uid, .. }) => uid.as_deref(),
                _ => None,
            };
            let server = entry.kubeconfig.as_ref().map(|one| one.server.clone());
            let server = server.unwrap_or_default();
            let is_it = |one: &&ClusterSnapshot| {
                let dialled = request.members.iter().any(|member| {
                    member.cluster.name().as_str() == one.facts.name
                        && !member.server.is_empty()
                        && member.server == server
                });
                let by_uid = one.facts.uid.as_deref().ok() == uid && uid.is_some();
                by_uid || dialled || one.facts.name == entry.key
            };
            let others = all
                .iter()
                .filter(|one| one.facts.name != primary.facts.name);
            let Some(remote) = others.clone().find(is_it) else {
                continue;
            };
            joins.push(JoinFacts {
                server,
                joined: true,
                ..JoinFacts::new(&primary.facts.name, &remote.facts.name, &entry.key)
            });
        }
    }
    joins
}

/// The rest of a join: reader, handshake, addresses.
async fn fill(
    request: &GatherRequest<'_>,
    snapshots: &[ClusterSnapshot],
    generation: IstioGeneration,
    join: &mut JoinFacts,
) {
    let one = |name: &str| snapshots.iter().find(|one| one.facts.name == name);
    let (Some(primary), Some(remote)) = (one(&join.primary), one(&join.remote)) else {
        return;
    };
    let stored = stored(primary, &join.name);
    if let Some(credentials) = stored {
        let name = credentials.tls_server_name.as_deref();
        let policy = request.policy;
        let check = handshake_with_name(&join.server, name, &credentials.ca_bundle, policy).await;
        join.handshake = check.map_err(|error: HandshakeError| Unknown::because(error));
    }
    join.reader = reader(primary, remote, generation, &join.name);
    if let Ok(reader) = &mut join.reader {
        let none = || Unknown::because("there is no token to ask with");
        (reader.missing_rights, reader.excess_rights) = match stored {
            Some(stored) => {
                let (policy, within) = (request.policy, request.timeouts.call);
                Box::pin(rights(stored, policy, within, generation)).await
            }
            None => (Err(none()), Err(none())),
        };
    }
    join.endpoints = addresses::of(&primary.facts, remote, generation);
}

fn stored<'a>(primary: &'a ClusterSnapshot, key: &str) -> Option<&'a Credentials> {
    let secrets = primary.facts.remote_secrets.as_deref().unwrap_or_default();
    let all = secrets.iter().zip(&primary.stored);
    all.flat_map(|(secret, stored)| secret.entries.iter().zip(stored))
        .find(|(entry, _)| entry.key == key)
        .and_then(|(_, credentials)| credentials.as_ref())
}

fn reader(
    primary: &ClusterSnapshot,
    remote: &ClusterSnapshot,
    generation: IstioGeneration,
    key: &str,
) -> Fact<ReaderFacts> {
    let accounts = remote.raw.accounts.as_ref().map_err(Clone::clone)?;
    let secrets = remote.raw.secrets.as_ref().map_err(Clone::clone)?;
    let roles = remote.raw.roles.as_ref().map_err(Clone::clone)?;
    let bindings = remote.raw.bindings.as_ref().map_err(Clone::clone)?;
    let account = account(primary, accounts, generation, key);
    let of_account = |one: &&Object| {
        one.text("/type") == "kubernetes.io/service-account-token"
            && one.annotation("kubernetes.io/service-account.name") == Some(&account)
    };
    let role = bindings.iter().find(|one| binds(one, &account));
    let role = role.map(|one| one.text("/roleRef/name").to_owned());
    Ok(ReaderFacts {
        namespace: SYSTEM.to_owned(),
        exists: accounts.iter().any(|one| one.name() == account),
        tokens: secrets.iter().filter(of_account).map(token).collect(),
        role_exists: role
            .as_ref()
            .is_some_and(|role| roles.iter().any(|one| one.name() == role)),
        role,
        account,
        missing_rights: Err(Unknown::because("there is no token to ask with")),
        excess_rights: Err(Unknown::because("there is no token to ask with")),
    })
}

/// The ServiceAccount: whose token is stored, else the one that is there, else the line's own.
fn account(
    primary: &ClusterSnapshot,
    accounts: &[Object],
    generation: IstioGeneration,
    key: &str,
) -> String {
    let secrets = primary.facts.remote_secrets.as_deref().unwrap_or_default();
    let mut entries = secrets.iter().flat_map(|secret| &secret.entries);
    let entry = entries.find(|entry| entry.key == key);
    let subject = entry.and_then(|entry| Some(entry.kubeconfig.as_ref().ok()?.subject.clone()));
    let there = |name: &str| accounts.iter().any(|one| one.name() == name);
    names::account(&subject.unwrap_or_default(), SYSTEM, there, generation)
}

fn binds(binding: &Object, account: &str) -> bool {
    binding.list("/subjects").iter().any(|subject| {
        let is = |key: &str, value: &str| subject.get(key).and_then(Value::as_str) == Some(value);
        is("kind", "ServiceAccount") && is("name", account) && is("namespace", SYSTEM)
    })
}

fn token(secret: &Object) -> TokenSecretFacts {
    let data = STANDARD
        .decode(secret.text("/data/token"))
        .unwrap_or_default();
    let text = String::from_utf8(data).unwrap_or_default();
    let (subject, expires) = read::claims(&text);
    TokenSecretFacts {
        name: secret.name().to_owned(),
        populated: !text.is_empty() && !secret.text("/data/ca.crt").is_empty(),
        subject,
        expires,
    }
}
