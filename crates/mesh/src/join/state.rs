//! What is there of a join: the reader in the remote, and the entry for it in the primary, whoever made
//! them. Only reads.

use super::{
    kubeconfig::Kubeconfig,
    names::{ACCOUNT, MULTI_CLUSTER, Names, TOKEN, account, namespace_ref},
};
use crate::{
    error::Error,
    facts::{Access, Fact, IstioGeneration, Unknown, gather::why, read},
    step::Side,
    stored,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{AddressPolicy, Cluster, NamespaceState, Object};
use futures::future::join_all;
use std::time::Duration;
use wire::Secret;

/// How long a remote may take to say what it thinks of one stored kubeconfig.
const CALL: Duration = Duration::from_secs(8);

/// A token Secret of the remote.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) secret: Object,
    /// None until the cluster has filled it.
    pub(crate) token: Option<Secret<String>>,
}

impl Token {
    pub(crate) fn account(&self) -> &str {
        self.secret.annotation(ACCOUNT).unwrap_or_default()
    }
}

/// One key of a remote Secret that leads to the remote.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) secret: Object,
    /// The remote's name in the mesh.
    pub(crate) key: String,
    /// What it holds; none when it is no kubeconfig with a token.
    pub(crate) kubeconfig: Option<Kubeconfig>,
    /// What the remote says to it.
    pub(crate) access: Fact<Access>,
    /// The remote's token Secret that holds the same token.
    pub(crate) token_secret: Option<String>,
}

impl Entry {
    /// The subject of the stored token, as it says itself.
    pub(crate) fn subject(&self) -> String {
        let token = self.kubeconfig.as_ref().map(|one| &one.token);
        token.map_or_else(String::new, |token| read::claims(token.reveal()).0)
    }

    /// The UID of the cluster that the entry leads to, where it may be read.
    fn uid(&self) -> Option<&str> {
        match &self.access {
            Ok(Access::Accepted { uid, .. }) => uid.as_deref(),
            _ => None,
        }
    }

    /// The keys beside this one.
    pub(crate) fn other_keys(&self) -> Vec<String> {
        let keys = keys(&self.secret).into_iter();
        keys.filter(|key| *key != self.key).collect()
    }
}

/// What is there.
#[derive(Clone, Debug)]
pub(crate) struct JoinState {
    pub(crate) uid: String,
    pub(crate) remote_namespace: Option<Object>,
    pub(crate) primary_namespace: Option<Object>,
    pub(crate) names: Names,
    pub(crate) account: Option<Object>,
    pub(crate) role: Option<Object>,
    pub(crate) binding: Option<Object>,
    /// The reader's token Secrets.
    pub(crate) tokens: Vec<Token>,
    /// Names of all Secrets in the remote's namespace.
    pub(crate) taken: Vec<String>,
    /// The entry for the remote.
    pub(crate) entry: Option<Entry>,
    /// Further keys that lead to the same remote: key and Secret.
    pub(crate) also: Vec<Entry>,
}

/// What is looked for.
pub(crate) struct JoinQuery<'a> {
    pub(crate) primary: &'a Cluster,
    pub(crate) remote: &'a Cluster,
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    /// The address that the kubeconfig is to name, "" when none is planned.
    pub(crate) server: &'a str,
    pub(crate) generation: IstioGeneration,
    pub(crate) policy: AddressPolicy,
}

pub(crate) fn decoded(secret: &Object, key: &str) -> Option<String> {
    let data = secret.value().get("data")?.get(key)?.as_str()?;
    String::from_utf8(STANDARD.decode(data.trim()).ok()?).ok()
}

pub(crate) fn keys(secret: &Object) -> Vec<String> {
    let data = secret.value().get("data").and_then(|data| data.as_object());
    data.into_iter()
        .flat_map(|data| data.keys().cloned())
        .collect()
}

/// Looks at both clusters.
pub(crate) async fn look(at: &JoinQuery<'_>) -> Result<JoinState, Error> {
    let (there, here) = (Error::at(Side::Remote), Error::at(Side::Primary));
    let (uid, own) = tokio::join!(uid(at.remote), uid(at.primary));
    let (uid, own) = (uid.map_err(&there)?, own.map_err(&here)?);
    if uid == own {
        return Err(Error::SameCluster);
    }
    let remote_namespace = namespace(at.remote, Side::Remote, at.namespace).await?;
    let primary_namespace = namespace(at.primary, Side::Primary, at.namespace).await?;
    let secrets = at.remote.list("v1", "Secret", Some(at.namespace), "");
    let secrets = secrets.await.map_err(&there)?;
    let accounts = at
        .remote
        .list("v1", "ServiceAccount", Some(at.namespace), "");
    let accounts = accounts.await.map_err(&there)?;
    let taken = secrets.iter().map(|one| one.name().to_owned()).collect();
    let tokens: Vec<Token> = secrets
        .into_iter()
        .filter(|one| one.text("/type") == TOKEN)
        .map(|secret| Token {
            token: decoded(&secret, "token")
                .filter(|one| !one.is_empty())
                .map(Secret::new),
            secret,
        })
        .collect();
    let mut entries = entries(at, &tokens).await?;
    let (entry, also) = ours(at, &mut entries, &uid)?;
    let names = names(at, entry.as_ref(), &tokens, &accounts);
    let account = accounts.into_iter().find(|one| one.name() == names.account);
    Ok(JoinState {
        role: at.remote.get(&names.role_ref()).await.map_err(&there)?,
        binding: at.remote.get(&names.binding_ref()).await.map_err(&there)?,
        tokens: tokens
            .into_iter()
            .filter(|one| one.account() == names.account)
            .collect(),
        account,
        uid,
        remote_namespace,
        primary_namespace,
        names,
        taken,
        entry,
        also,
    })
}

async fn uid(cluster: &Cluster) -> Result<String, cluster::Error> {
    let home = cluster.get(&stored::home()).await?;
    let uid = home.map(|home| home.text("/metadata/uid").to_owned());
    Ok(uid.unwrap_or_default())
}

async fn namespace(cluster: &Cluster, side: Side, name: &str) -> Result<Option<Object>, Error> {
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

/// What the remote says to the kubeconfig that is stored for it under its name.
pub(crate) async fn stored(at: &JoinQuery<'_>) -> Fact<Access> {
    let secrets = at.primary.list("v1", "Secret", Some(at.namespace), "");
    let secrets = secrets.await.map_err(|error| why(&error))?;
    let mut holders = secrets
        .iter()
        .filter(|one| one.label(MULTI_CLUSTER) == Some("true"));
    let text = holders.find_map(|one| decoded(one, at.name));
    let text =
        text.ok_or_else(|| Unknown::because(format!("no remote Secret has the key {}", at.name)))?;
    let kubeconfig = Kubeconfig::read(&text);
    let kubeconfig =
        kubeconfig.ok_or_else(|| Unknown::because("it is no kubeconfig with a token"))?;
    access(&kubeconfig, at.policy).await
}

/// Every key of every remote Secret, and what its cluster says to it.
pub(crate) async fn entries(at: &JoinQuery<'_>, tokens: &[Token]) -> Result<Vec<Entry>, Error> {
    let secrets = at.primary.list("v1", "Secret", Some(at.namespace), "");
    let secrets = secrets.await.map_err(Error::at(Side::Primary))?;
    let looks_so = |one: &Object| {
        one.label(MULTI_CLUSTER).is_some() || one.name().starts_with("istio-remote-secret-")
    };
    let all = secrets.into_iter().filter(looks_so).flat_map(|secret| {
        let keys = keys(&secret).into_iter();
        keys.map(move |key| (secret.clone(), key))
            .collect::<Vec<_>>()
    });
    let asked = all.map(|(secret, key)| async move {
        let text = decoded(&secret, &key).unwrap_or_default();
        let kubeconfig = Kubeconfig::read(&text);
        let access = match &kubeconfig {
            Some(kubeconfig) => access(kubeconfig, at.policy).await,
            None => Err(Unknown::because("it is no kubeconfig with a token")),
        };
        let holds = |one: &&Token| {
            let stored = kubeconfig.as_ref().map(|one| one.token.reveal());
            one.token.as_ref().map(Secret::reveal) == stored && stored.is_some()
        };
        let token_secret = tokens.iter().find(holds);
        Entry {
            token_secret: token_secret.map(|one| one.secret.name().to_owned()),
            secret,
            key,
            kubeconfig,
            access,
        }
    });
    Ok(join_all(asked).await)
}

/// What the cluster at its address says to a kubeconfig.
pub(crate) async fn access(kubeconfig: &Kubeconfig, policy: AddressPolicy) -> Fact<Access> {
    let credentials = kubeconfig.credentials(policy).map_err(Unknown::because)?;
    Box::pin(stored::access(&credentials, policy, CALL)).await
}

/// The entry for the remote among all, and further ones for the same remote.
fn ours(
    at: &JoinQuery<'_>,
    entries: &mut Vec<Entry>,
    uid: &str,
) -> Result<(Option<Entry>, Vec<Entry>), Error> {
    let leads_there = |one: &Entry| {
        let server = one.kubeconfig.as_ref().map(|one| one.server.as_str());
        one.token_secret.is_some()
            || one.uid().is_some_and(|found| found == uid)
            || (one.uid().is_none() && server == Some(at.server) && !at.server.is_empty())
    };
    let (mut same, rest): (Vec<Entry>, Vec<Entry>) = entries.drain(..).partition(leads_there);
    same.sort_by_key(|one| one.key != at.name);
    let mut same = same.into_iter();
    if let Some(entry) = same.next() {
        let also = same.collect();
        return Ok((Some(entry), also));
    }
    let Some(named) = rest.into_iter().find(|one| one.key == at.name) else {
        return Ok((None, Vec::new()));
    };
    if named.uid().is_some() {
        return Err(Error::NameTaken {
            name: at.name.to_owned(),
            secret: named.secret.reference(),
        });
    }
    Ok((Some(named), Vec::new()))
}

fn names(
    at: &JoinQuery<'_>,
    entry: Option<&Entry>,
    tokens: &[Token],
    accounts: &[Object],
) -> Names {
    let held = entry.and_then(|entry| entry.token_secret.as_deref());
    let held = tokens.iter().find(|one| Some(one.secret.name()) == held);
    let subject = match (held, entry) {
        (Some(token), _) => format!("system:serviceaccount:{}:{}", at.namespace, token.account()),
        (None, Some(entry)) => entry.subject(),
        (None, None) => String::new(),
    };
    let there = |name: &str| accounts.iter().any(|one| one.name() == name);
    let account = account(&subject, at.namespace, there, at.generation);
    Names::of(at.namespace, &account)
}
