//! The remote Secrets of a control plane: Secrets with the kubeconfigs of remote clusters.
//!
//! Start at [`list`].

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sandbox::{PodContext, object};
use serde_json::Value;

use crate::kubeconfig::Kubeconfig;

/// The remote Secrets in the namespace of a control plane; `None` when it may not list them.
pub(crate) async fn list(pod: &PodContext) -> Option<Vec<Value>> {
    let path = format!(
        "/api/v1/namespaces/{}/secrets?labelSelector=istio%2FmultiCluster%3Dtrue",
        pod.namespace()
    );
    let mut list = pod.get(&path).await?;
    serde_json::from_value(list["items"].take()).ok()
}

/// The kubeconfigs of a Secret, by their key; values that are no kubeconfig are skipped.
pub(crate) fn kubeconfigs(secret: &Value) -> Vec<(String, Kubeconfig)> {
    object::pairs(secret, "/data")
        .filter_map(|(id, encoded)| {
            let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
            Some((id.to_owned(), Kubeconfig::parse(&text)?))
        })
        .collect()
}
