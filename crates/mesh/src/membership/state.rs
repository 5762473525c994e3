//! Reads what exists of a join: the reader in the remote, and the entry for the remote in the primary,
//! whichever tool created them.

use super::{
    Kubeconfig, MemberSpec,
    names::{SERVICE_ACCOUNT_ANNOTATION, TOKEN_SECRET_TYPE, namespace_ref},
};
use crate::{
    error::Error,
    facts::{Access, Fact, Unknown},
    gather::{
        access::{self, cluster_uid},
        read,
    },
    istio::{
        MULTI_CLUSTER_LABEL, REMOTE_SECRET_PREFIX,
        reader::{ReaderNames, service_account},
    },
    step::Side,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{AddressPolicy, Cluster, Kind, NamespaceState, Object};
use futures::future::join_all;
use std::time::Duration;
use wire::{ClusterId, Secret};

/// How long a remote may take to respond to one stored kubeconfig.
pub(crate) const ACCESS_TIMEOUT: Duration = Duration::from_secs(8);

/// A token Secret of the remote.
#[derive(Clone, Debug)]
pub(crate) struct TokenSecret {
    pub(crate) secret: Object,
    /// None until the cluster has written the token.
    pub(crate) token: Option<Secret<String>>,
}

impl TokenSecret {
    pub(crate) fn account(&self) -> &str {
        self.secret
            .annotation(SERVICE_ACCOUNT_ANNOTATION)
            .unwrap_or_default()
    }
}

/// A key of a remote Secret.
#[derive(Clone, Debug)]
pub(crate) struct SecretEntry {
    pub(crate) secret: Object,
    /// The ID of the cluster in the mesh.
    pub(crate) key: String,
    /// The kubeconfig; none when the value cannot be parsed.
    pub(crate) kubeconfig: Option<Kubeconfig>,
    /// The answer of the remote to the kubeconfig.
    pub(crate) access: Fact<Access>,
    /// The token Secret of the remote with the same token.
    pub(crate) token_secret: Option<String>,
}

impl SecretEntry {
    /// The subject of the stored token, unverified.
    pub(crate) fn subject(&self) -> String {
        let token = self.kubeconfig.as_ref().map(|kubeconfig| &kubeconfig.token);
        token.map_or_else(String::new, |token| read::claims(token.reveal()).0)
    }

    /// The UID of the cluster that the kubeconfig reaches, if it may be read.
    fn uid(&self) -> Option<&str> {
        match &self.access {
            Ok(Access::Accepted { uid, .. }) => uid.as_deref(),
            _ => None,
        }
    }

    /// The other keys of the Secret.
    pub(crate) fn other_keys(&self) -> Vec<String> {
        let keys = keys(&self.secret).into_iter();
        keys.filter(|key| *key != self.key).collect()
    }
}

/// The existing objects of a join.
#[derive(Clone, Debug)]
pub(crate) struct JoinState {
    pub(crate) cluster_uid: String,
    pub(crate) remote_namespace: Option<Object>,
    pub(crate) primary_namespace: Option<Object>,
    pub(crate) reader: ReaderNames,
    pub(crate) account: Option<Object>,
    pub(crate) role: Option<Object>,
    pub(crate) binding: Option<Object>,
    /// The reader's token Secrets.
    pub(crate) tokens: Vec<TokenSecret>,
    /// The names of all Secrets in the remote's namespace.
    pub(crate) secret_names: Vec<String>,
    /// The entry for the remote.
    pub(crate) entry: Option<SecretEntry>,
    /// Further entries for the same remote.
    pub(crate) duplicates: Vec<SecretEntry>,
}

/// A member and its two clusters.
pub(crate) struct JoinQuery<'a> {
    pub(crate) primary: &'a Cluster,
    pub(crate) remote: &'a Cluster,
    pub(crate) spec: &'a MemberSpec,
    /// The planned address of the remote's API server, "" when none is planned.
    pub(crate) server: &'a str,
}

/// The decoded value of a key of a Secret.
pub(crate) fn decoded(secret: &Object, key: &str) -> Option<String> {
    let data = secret.value().get("data")?.get(key)?.as_str()?;
    String::from_utf8(STANDARD.decode(data.trim()).ok()?).ok()
}

/// The keys of a Secret.
pub(crate) fn keys(secret: &Object) -> Vec<String> {
    let data = secret.value().get("data").and_then(|data| data.as_object());
    data.into_iter()
        .flat_map(|data| data.keys().cloned())
        .collect()
}

/// Reads both clusters.
///
/// # Errors
/// [`Error::SameCluster`], [`Error::Terminating`], [`Error::NameTaken`] or [`Error::Cluster`].
pub(crate) async fn read_state(query: &JoinQuery<'_>) -> Result<JoinState, Error> {
    let (remote_failed, primary_failed) = (Error::at(Side::Remote), Error::at(Side::Primary));
    let (remote_uid, primary_uid) =
        tokio::join!(cluster_uid(query.remote), cluster_uid(query.primary));
    let remote_uid = remote_uid.map_err(&remote_failed)?.unwrap_or_default();
    let primary_uid = primary_uid.map_err(&primary_failed)?.unwrap_or_default();
    if remote_uid == primary_uid {
        return Err(Error::SameCluster);
    }
    let namespace = query.spec.namespace.as_str();
    let remote_namespace = live_namespace(query.remote, Side::Remote, namespace).await?;
    let primary_namespace = live_namespace(query.primary, Side::Primary, namespace).await?;
    let secrets = query.remote.list_objects(Kind::SECRET, Some(namespace), "");
    let secrets = secrets.await.map_err(&remote_failed)?;
    let accounts = query
        .remote
        .list_objects(Kind::SERVICE_ACCOUNT, Some(namespace), "");
    let accounts = accounts.await.map_err(&remote_failed)?;
    let secret_names = secrets.iter().map(|secret| secret.name().to_owned());
    let secret_names = secret_names.collect();
    let tokens = token_secrets(secrets);
    let mut entries = entries(query, &tokens).await?;
    let (entry, duplicates) = select_entry(query, &mut entries, &remote_uid)?;
    let reader = reader_names(query, entry.as_ref(), &tokens, &accounts);
    let role = query.remote.get(&reader.role_ref()).await;
    let binding = query.remote.get(&reader.binding_ref()).await;
    Ok(JoinState {
        role: role.map_err(&remote_failed)?,
        binding: binding.map_err(&remote_failed)?,
        tokens: tokens
            .into_iter()
            .filter(|token| token.account() == reader.account)
            .collect(),
        account: accounts
            .into_iter()
            .find(|account| account.name() == reader.account),
        cluster_uid: remote_uid,
        remote_namespace,
        primary_namespace,
        reader,
        secret_names,
        entry,
        duplicates,
    })
}

/// The token Secrets among Secrets.
pub(crate) fn token_secrets(secrets: Vec<Object>) -> Vec<TokenSecret> {
    let tokens = secrets
        .into_iter()
        .filter(|secret| secret.text("/type") == TOKEN_SECRET_TYPE);
    let tokens = tokens.map(|secret| TokenSecret {
        token: decoded(&secret, "token")
            .filter(|token| !token.is_empty())
            .map(Secret::new),
        secret,
    });
    tokens.collect()
}

/// A namespace, unless it is being deleted.
async fn live_namespace(
    cluster: &Cluster,
    side: Side,
    name: &str,
) -> Result<Option<Object>, Error> {
    let state = cluster.namespace_state(name).await;
    match state.map_err(Error::at(side))? {
        NamespaceState::Absent => Ok(None),
        NamespaceState::Terminating { .. } => Err(Error::Terminating {
            side,
            namespace: name.to_owned(),
        }),
        NamespaceState::Active => {
            let live = cluster.get(&namespace_ref(name)).await;
            live.map_err(Error::at(side))
        }
    }
}

/// The answer of a remote to the kubeconfig that the primary stores under an ID.
pub(crate) async fn stored_access(
    primary: &Cluster,
    namespace: &str,
    id: &ClusterId,
    policy: AddressPolicy,
) -> Fact<Access> {
    let secrets = primary
        .list_objects(Kind::SECRET, Some(namespace), "")
        .await?;
    let mut remote_secrets = secrets
        .iter()
        .filter(|secret| secret.label(MULTI_CLUSTER_LABEL) == Some("true"));
    let text = remote_secrets.find_map(|secret| decoded(secret, id.as_str()));
    let text =
        text.ok_or_else(|| Unknown::because(format!("no remote Secret has the key {id}")))?;
    let kubeconfig = Kubeconfig::parse(&text).ok_or_else(no_kubeconfig)?;
    access(&kubeconfig, policy).await
}

fn no_kubeconfig() -> Unknown {
    Unknown::because("it is no kubeconfig with a token")
}

/// Every key of every remote Secret, and the answer of its cluster.
pub(crate) async fn entries(
    query: &JoinQuery<'_>,
    tokens: &[TokenSecret],
) -> Result<Vec<SecretEntry>, Error> {
    let namespace = Some(query.spec.namespace.as_str());
    let secrets = query.primary.list_objects(Kind::SECRET, namespace, "");
    let secrets = secrets.await.map_err(Error::at(Side::Primary))?;
    let is_remote_secret = |secret: &Object| {
        secret.label(MULTI_CLUSTER_LABEL).is_some()
            || secret.name().starts_with(REMOTE_SECRET_PREFIX)
    };
    let secrets = secrets.into_iter().filter(is_remote_secret);
    let keys = secrets.flat_map(|secret| {
        let keys = keys(&secret).into_iter();
        keys.map(move |key| (secret.clone(), key))
            .collect::<Vec<_>>()
    });
    let entries = keys.map(|(secret, key)| entry(secret, key, tokens, query.spec.policy));
    Ok(join_all(entries).await)
}

async fn entry(
    secret: Object,
    key: String,
    tokens: &[TokenSecret],
    policy: AddressPolicy,
) -> SecretEntry {
    let text = decoded(&secret, &key).unwrap_or_default();
    let kubeconfig = Kubeconfig::parse(&text);
    let access = match &kubeconfig {
        Some(kubeconfig) => access(kubeconfig, policy).await,
        None => Err(no_kubeconfig()),
    };
    let stored = kubeconfig
        .as_ref()
        .map(|kubeconfig| kubeconfig.token.reveal());
    let has_token = |token: &&TokenSecret| {
        stored.is_some() && token.token.as_ref().map(Secret::reveal) == stored
    };
    let token_secret = tokens.iter().find(has_token);
    SecretEntry {
        token_secret: token_secret.map(|token| token.secret.name().to_owned()),
        secret,
        key,
        kubeconfig,
        access,
    }
}

/// The answer of the cluster at the address of a kubeconfig.
pub(crate) async fn access(kubeconfig: &Kubeconfig, policy: AddressPolicy) -> Fact<Access> {
    let credentials = kubeconfig.credentials(policy).map_err(Unknown::because)?;
    access::access(&credentials, policy, ACCESS_TIMEOUT).await
}

/// The entry for the remote among all entries, and the duplicates of it.
fn select_entry(
    query: &JoinQuery<'_>,
    entries: &mut Vec<SecretEntry>,
    remote_uid: &str,
) -> Result<(Option<SecretEntry>, Vec<SecretEntry>), Error> {
    let id = query.spec.id.as_str();
    let reaches_remote = |entry: &SecretEntry| {
        let kubeconfig = entry.kubeconfig.as_ref();
        let server = kubeconfig.map(|kubeconfig| kubeconfig.server.as_str());
        let has_server = server == Some(query.server) && !query.server.is_empty();
        entry.token_secret.is_some()
            || entry.uid().is_some_and(|uid| uid == remote_uid)
            || (entry.uid().is_none() && has_server)
    };
    let (mut same, rest): (Vec<SecretEntry>, Vec<SecretEntry>) =
        entries.drain(..).partition(reaches_remote);
    same.sort_by_key(|entry| entry.key != id);
    let mut same = same.into_iter();
    if let Some(entry) = same.next() {
        return Ok((Some(entry), same.collect()));
    }
    let Some(named) = rest.into_iter().find(|entry| entry.key == id) else {
        return Ok((None, Vec::new()));
    };
    if named.uid().is_some() {
        return Err(Error::NameTaken {
            name: id.to_owned(),
            secret: named.secret.reference(),
        });
    }
    Ok((Some(named), Vec::new()))
}

fn reader_names(
    query: &JoinQuery<'_>,
    entry: Option<&SecretEntry>,
    tokens: &[TokenSecret],
    accounts: &[Object],
) -> ReaderNames {
    let namespace = query.spec.namespace.as_str();
    let stored = entry.and_then(|entry| entry.token_secret.as_deref());
    let stored = tokens
        .iter()
        .find(|token| Some(token.secret.name()) == stored);
    let subject = match (stored, entry) {
        (Some(token), _) => format!("system:serviceaccount:{namespace}:{}", token.account()),
        (None, Some(entry)) => entry.subject(),
        (None, None) => String::new(),
    };
    let exists = |name: &str| accounts.iter().any(|account| account.name() == name);
    let account = service_account(&subject, namespace, exists, query.spec.generation);
    ReaderNames::of(namespace, &account)
}
