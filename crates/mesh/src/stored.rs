//! What a remote says to the kubeconfig that a control plane holds for it: who it is there, and what it
//! may do. Asked with the stored token itself, within bounds.

use crate::facts::{Access, Fact, IstioGeneration, Unknown, gather::why};
use cluster::{AccessReview, AddressPolicy, Cluster, Credentials, ObjectRef, handshake_with_name};
use std::time::Duration;
use wire::ClusterName;

/// A connection with stored credentials, which answers within the bound.
pub(crate) fn connect(
    credentials: &Credentials,
    policy: AddressPolicy,
    within: Duration,
) -> Fact<Cluster> {
    let name = ClusterName::new("stored").map_err(Unknown::because)?;
    let cluster = Cluster::connect(name, credentials, policy);
    let cluster = cluster.map_err(|error| why(&error))?;
    Ok(cluster.with_timeout(within))
}

/// What the remote says to stored credentials.
pub(crate) async fn access(
    credentials: &Credentials,
    policy: AddressPolicy,
    within: Duration,
) -> Fact<Access> {
    let name = credentials.tls_server_name.as_deref();
    let check =
        handshake_with_name(&credentials.server, name, &credentials.ca_bundle, policy).await;
    let check = check.map_err(Unknown::because)?;
    if let Err(said) = check.verified {
        return Ok(Access::UntrustedCertificate(said));
    }
    let cluster = connect(credentials, policy, within)?;
    let who = match cluster.whoami().await {
        Ok(who) => who,
        Err(error) if error.is_unauthorized() => {
            let said = error.status().map(|said| said.message.clone());
            return Ok(Access::Rejected(said.unwrap_or_default()));
        }
        Err(error) => return Err(why(&error)),
    };
    let home = cluster.get(&home()).await.ok().flatten();
    let uid = home.map(|home| home.text("/metadata/uid").to_owned());
    Ok(Access::Accepted { who, uid })
}

/// The namespace whose UID says which cluster it is.
pub(crate) fn home() -> ObjectRef {
    ObjectRef {
        kind: "Namespace".into(),
        api_version: "v1".into(),
        namespace: None,
        name: "kube-system".into(),
    }
}

/// What the control plane of a line reads: group and plural.
fn needed(generation: IstioGeneration) -> Vec<(&'static str, &'static str)> {
    let mut all = vec![
        ("", "nodes"),
        ("", "pods"),
        ("", "services"),
        ("", "endpoints"),
        ("", "replicationcontrollers"),
        ("apps", "replicasets"),
    ];
    if generation == IstioGeneration::Istiod {
        all.extend([
            ("", "namespaces"),
            ("", "secrets"),
            ("", "configmaps"),
            ("discovery.k8s.io", "endpointslices"),
            ("apiextensions.k8s.io", "customresourcedefinitions"),
        ]);
    }
    all
}

/// What the reader lacks, and what it has beyond need; asked with its own token.
pub(crate) async fn rights(
    stored: &Credentials,
    policy: AddressPolicy,
    within: Duration,
    generation: IstioGeneration,
) -> (Fact<Vec<String>>, Fact<Vec<String>>) {
    let cluster = match connect(stored, policy, within) {
        Ok(cluster) => cluster,
        Err(unknown) => return (Err(unknown.clone()), Err(unknown)),
    };
    let ask = |verb, (group, resource): (&str, &str)| AccessReview {
        verb,
        group: group.to_owned(),
        resource: resource.to_owned(),
        namespace: None,
    };
    let wanted = needed(generation).into_iter();
    let wanted = wanted.flat_map(|one| ["list", "watch"].map(|verb| ask(verb, one)));
    let mut wide = vec![ask("*", ("*", "*"))];
    if generation == IstioGeneration::Mixer {
        wide.push(ask("list", ("", "secrets")));
    }
    let missing = answers(&cluster, wanted.collect(), false).await;
    (missing, answers(&cluster, wide, true).await)
}

/// The questions whose answer is `allowed`.
async fn answers(cluster: &Cluster, asks: Vec<AccessReview>, allowed: bool) -> Fact<Vec<String>> {
    let rights = cluster
        .check_access_all(asks)
        .await
        .map_err(|error| why(&error))?;
    let such = rights.iter().filter(|right| right.allowed == allowed);
    Ok(such.map(|right| right.review.to_string()).collect())
}
