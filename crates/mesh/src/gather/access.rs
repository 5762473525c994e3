//! Checks stored credentials against the remote that they are for: the identity that the remote sees, and
//! the rights that it grants.
//!
//! The requests use the stored token itself and end within a timeout. Start at [`access`] and [`rights`].

use crate::{
    facts::{Access, Fact, Unknown},
    istio::reader_rules::{ReaderScope, reviewed_rights},
};
use cluster::{
    AccessReview, AddressPolicy, Cluster, Credentials, Kind, ObjectRef, handshake_with_name,
};
use std::time::Duration;
use wire::ClusterName;

/// A connection with stored credentials, whose calls end within the timeout.
fn connect(credentials: &Credentials, policy: AddressPolicy, timeout: Duration) -> Fact<Cluster> {
    let name = ClusterName::new("stored").map_err(Unknown::because)?;
    let cluster = Cluster::connect(name, credentials, policy)?;
    Ok(cluster.with_timeout(timeout))
}

/// The answer of the remote to stored credentials.
pub(crate) async fn access(
    credentials: &Credentials,
    policy: AddressPolicy,
    timeout: Duration,
) -> Fact<Access> {
    let name = credentials.tls_server_name.as_deref();
    let check =
        handshake_with_name(&credentials.server, name, &credentials.ca_bundle, policy).await;
    let check = check.map_err(Unknown::because)?;
    if let Err(reason) = check.verified {
        return Ok(Access::UntrustedCertificate(reason));
    }
    let cluster = connect(credentials, policy, timeout)?;
    let user_info = match cluster.whoami().await {
        Ok(user_info) => user_info,
        Err(error) if error.is_unauthorized() => {
            let message = error.status().map(|status| status.message.clone());
            return Ok(Access::Rejected(message.unwrap_or_default()));
        }
        Err(error) => return Err(error.into()),
    };
    let uid = cluster_uid(&cluster).await.ok().flatten();
    Ok(Access::Accepted { user_info, uid })
}

/// The UID of a cluster's kube-system, which identifies the cluster; none without such a namespace.
pub(crate) async fn cluster_uid(cluster: &Cluster) -> Result<Option<String>, cluster::Error> {
    let namespace = cluster.get(&kube_system()).await?;
    Ok(namespace.map(|namespace| namespace.uid().to_owned()))
}

fn kube_system() -> ObjectRef {
    Kind::NAMESPACE.object(None, "kube-system")
}

/// The rights that the reader lacks, and those that it has without need; asked with its own token.
pub(crate) async fn rights(
    stored: &Credentials,
    policy: AddressPolicy,
    timeout: Duration,
    scope: ReaderScope,
) -> (Fact<Vec<String>>, Fact<Vec<String>>) {
    let cluster = match connect(stored, policy, timeout) {
        Ok(cluster) => cluster,
        Err(unknown) => return (Err(unknown.clone()), Err(unknown)),
    };
    let review = |(verb, group, resource): (&'static str, String, String)| AccessReview {
        verb,
        group,
        resource,
        namespace: None,
    };
    let needed = reviewed_rights(scope).into_iter().map(review);
    let mut excess = vec![review(("*", "*".into(), "*".into()))];
    match scope {
        ReaderScope::Mixer => excess.push(review(("list", String::new(), "secrets".into()))),
        ReaderScope::Istiod => excess.push(review(("update", String::new(), "configmaps".into()))),
        ReaderScope::ExternalIstiod => {}
    }
    let missing = reviewed(&cluster, needed.collect(), false).await;
    (missing, reviewed(&cluster, excess, true).await)
}

/// The reviews whose answer is `allowed`.
async fn reviewed(
    cluster: &Cluster,
    reviews: Vec<AccessReview>,
    allowed: bool,
) -> Fact<Vec<String>> {
    let rights = cluster.check_access_all(reviews).await?;
    let matching = rights.iter().filter(|right| right.allowed == allowed);
    Ok(matching.map(|right| right.review.to_string()).collect())
}
