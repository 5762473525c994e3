//! The joins of a mesh, planned and existing: the reader in the remote, and the answer of the remote to the
//! stored kubeconfig.

use super::{
    ClusterSnapshot, GatherRequest, PlannedJoin,
    access::{access, rights},
    addresses,
    lists::Lists,
    read,
};
use crate::{
    facts::{Access, Fact, IstioGeneration, JoinFacts, ReaderFacts, Role, Unknown},
    istio::{
        CONTROL_PLANE_CLUSTERS_ANNOTATION, SYSTEM_NAMESPACE, control_plane_clusters,
        reader::service_account, reader_rules::ReaderScope,
    },
};
use cluster::{Credentials, Error, Object, ServerCheck, handshake_with_name};
use futures::future::join_all;
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use release::JOIN_LABEL;
use wire::{ClusterId, ClusterName};

/// The objects of a remote among which the reader's are found.
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

    pub(super) fn unknown(reason: &Unknown) -> Self {
        Self {
            accounts: Err(reason.clone()),
            secrets: Err(reason.clone()),
            roles: Err(reason.clone()),
            bindings: Err(reason.clone()),
        }
    }
}

/// Asks each remote for its answer to the kubeconfig that is stored for it, all at once.
pub(super) async fn check_access(request: &GatherRequest<'_>, snapshots: &mut [ClusterSnapshot]) {
    let unreachable = unreachable_members(request, snapshots);
    let entries = snapshots.iter_mut().flat_map(|snapshot| {
        let secrets = snapshot.facts.remote_secrets.as_deref_mut();
        let secrets = secrets.unwrap_or_default().iter_mut();
        let all = secrets.zip(&snapshot.stored);
        all.flat_map(|(secret, stored)| secret.entries.iter_mut().zip(stored))
    });
    let checks = entries.map(async |(entry, credentials)| {
        let Some(credentials) = credentials else {
            entry.access = Err(Unknown::because("the console may not use this kubeconfig"));
            return;
        };
        let silent = unreachable.iter().find(|(name, server, _)| {
            name.as_str() == entry.key || (!server.is_empty() && *server == credentials.server)
        });
        entry.access = match silent {
            Some((_, _, unknown)) => Err(unknown.clone()),
            None => access(credentials, request.policy, request.timeouts.call).await,
        };
    });
    join_all(checks).await;
}

/// The members whose API server does not answer: name, address, and the reason.
fn unreachable_members(
    request: &GatherRequest<'_>,
    snapshots: &[ClusterSnapshot],
) -> Vec<(ClusterName, String, Unknown)> {
    let members = request.members.iter().zip(snapshots);
    let unreachable = members.filter_map(|(member, snapshot)| {
        let unknown = snapshot.facts.unreachable()?;
        let name = snapshot.facts.name.clone();
        Some((name, member.server.clone(), unknown.clone()))
    });
    unreachable.collect()
}

/// All joins: those that remote Secrets show, and the planned ones.
pub(super) async fn joins(
    request: &GatherRequest<'_>,
    snapshots: &[ClusterSnapshot],
    generation: IstioGeneration,
) -> Vec<JoinFacts> {
    let mut joins: Vec<JoinFacts> = Vec::new();
    for primary in snapshots
        .iter()
        .filter(|snapshot| snapshot.facts.role != Role::Remote)
    {
        joins.extend(existing_joins(request, primary, snapshots));
    }
    for planned in &request.joins {
        let same =
            |join: &JoinFacts| join.primary == planned.primary && join.remote == planned.remote;
        if !joins.iter().any(same) {
            joins.push(planned_join(planned));
        }
    }
    let fills = joins
        .iter_mut()
        .map(|join| fill(request, snapshots, generation, join));
    join_all(fills).await;
    joins
}

fn planned_join(planned: &PlannedJoin) -> JoinFacts {
    JoinFacts {
        server: planned.server.clone(),
        ..JoinFacts::new(&planned.primary, &planned.remote, &planned.id)
    }
}

/// The joins that the remote Secrets of a primary show, each with its remote.
fn existing_joins(
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
            let server = entry
                .kubeconfig
                .as_ref()
                .map(|kubeconfig| kubeconfig.server.clone());
            let server = server.unwrap_or_default();
            let is_remote = |snapshot: &&ClusterSnapshot| {
                let by_server = request.members.iter().any(|member| {
                    *member.identity.cluster().name() == snapshot.facts.name
                        && !member.server.is_empty()
                        && member.server == server
                });
                let by_uid = snapshot.facts.uid.as_deref().ok() == uid && uid.is_some();
                by_uid || by_server || snapshot.facts.name.as_str() == entry.key
            };
            let mut others = all
                .iter()
                .filter(|snapshot| snapshot.facts.name != primary.facts.name);
            // Every key of a Secret is a valid ID.
            let Some((remote, id)) = others.find(is_remote).zip(ClusterId::new(&entry.key).ok())
            else {
                continue;
            };
            joins.push(JoinFacts {
                server,
                joined: true,
                ..JoinFacts::new(&primary.facts.name, &remote.facts.name, &id)
            });
        }
    }
    joins
}

/// Completes a join: handshake, reader, addresses. Nothing is requested from a remote that does not answer.
async fn fill(
    request: &GatherRequest<'_>,
    snapshots: &[ClusterSnapshot],
    generation: IstioGeneration,
    join: &mut JoinFacts,
) {
    let snapshot = |name: &ClusterName| {
        let mut all = snapshots.iter();
        all.find(|snapshot| snapshot.facts.name == *name)
    };
    let (Some(primary), Some(remote)) = (snapshot(&join.primary), snapshot(&join.remote)) else {
        return;
    };
    if let Some(unknown) = remote.facts.unreachable() {
        join.handshake = Err(unknown.clone());
        join.reader = Err(unknown.clone());
        join.endpoints = Err(unknown.clone());
        return;
    }
    let stored = stored(primary, join.id.as_str());
    if let Some(handshake) = handshake(request, join, stored).await {
        join.handshake = handshake;
    }
    join.reader = reader(primary, remote, generation, join.id.as_str());
    if let Ok(reader) = &mut join.reader {
        let none = || Unknown::because("there is no token for the request");
        (reader.missing_rights, reader.excess_rights) = match stored {
            Some(stored) => {
                let (policy, timeout) = (request.policy, request.timeouts.call);
                rights(stored, policy, timeout, scope(primary, remote, generation)).await
            }
            None => (Err(none()), Err(none())),
        };
    }
    join.endpoints = addresses::endpoints(&primary.facts, remote, generation);
}

/// What the control plane of the primary does in a remote.
fn scope(
    primary: &ClusterSnapshot,
    remote: &ClusterSnapshot,
    generation: IstioGeneration,
) -> ReaderScope {
    let plane = primary.facts.installed_control_plane();
    let is_external = plane.is_some_and(|plane| {
        let namespace = remote.facts.namespace(SYSTEM_NAMESPACE);
        let annotation = namespace.and_then(|namespace| {
            let annotations = &namespace.annotations;
            annotations.get(CONTROL_PLANE_CLUSTERS_ANNOTATION)
        });
        let ids = control_plane_clusters(annotation.map(String::as_str));
        let own = plane.cluster_id();
        plane.controls_remotes() && ids.iter().any(|id| id == "*" || id == own)
    });
    ReaderScope::new(generation, is_external)
}

/// The server certificate of a remote: by its stored kubeconfig, else by the planned one.
async fn handshake(
    request: &GatherRequest<'_>,
    join: &JoinFacts,
    stored: Option<&Credentials>,
) -> Option<Fact<ServerCheck>> {
    let mut joins = request.joins.iter();
    let planned = joins.find(|planned| {
        !join.joined && planned.primary == join.primary && planned.remote == join.remote
    });
    let (server, name, ca_bundle) = match (stored, planned) {
        (Some(stored), _) => (&join.server, &stored.tls_server_name, &stored.ca_bundle),
        (None, Some(planned)) => (
            &planned.server,
            &planned.tls_server_name,
            &planned.ca_bundle,
        ),
        (None, None) => return None,
    };
    let check = handshake_with_name(server, name.as_deref(), ca_bundle, request.policy).await;
    Some(check.map_err(Unknown::because))
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
    let accounts = remote.reader.accounts.as_ref().map_err(Clone::clone)?;
    let secrets = remote.reader.secrets.as_ref().map_err(Clone::clone)?;
    let roles = remote.reader.roles.as_ref().map_err(Clone::clone)?;
    let bindings = remote.reader.bindings.as_ref().map_err(Clone::clone)?;
    let account = account(primary, accounts, generation, key);
    let tokens = read::all(secrets, |secret| {
        Ok(read::token_secret(secret, &account)?.into_iter().collect())
    })?;
    let mut bound = bindings
        .iter()
        .filter_map(|binding| bound_role(binding, &account).transpose());
    let role = bound.next().transpose()?;
    let live = accounts.iter().find(|object| object.name() == account);
    Ok(ReaderFacts {
        namespace: SYSTEM_NAMESPACE.to_owned(),
        exists: live.is_some(),
        is_own: live.is_some_and(|live| live.label(JOIN_LABEL).is_some()),
        tokens,
        role_exists: role
            .as_ref()
            .is_some_and(|role| roles.iter().any(|object| object.name() == role)),
        role,
        account,
        missing_rights: Err(Unknown::because("there is no token for the request")),
        excess_rights: Err(Unknown::because("there is no token for the request")),
    })
}

/// The reader's ServiceAccount: that of the stored token, else the existing one, else the usual one.
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
    let exists = |name: &str| accounts.iter().any(|account| account.name() == name);
    service_account(
        &subject.unwrap_or_default(),
        SYSTEM_NAMESPACE,
        exists,
        generation,
    )
}

/// The role that a binding gives to the ServiceAccount.
fn bound_role(binding: &Object, account: &str) -> Result<Option<String>, Error> {
    let typed: ClusterRoleBinding = binding.typed()?;
    let binds = typed.subjects.iter().flatten().any(|subject| {
        subject.kind == "ServiceAccount"
            && subject.name == account
            && subject.namespace.as_deref() == Some(SYSTEM_NAMESPACE)
    });
    Ok(binds.then_some(typed.role_ref.name))
}
