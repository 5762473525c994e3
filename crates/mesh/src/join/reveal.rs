//! Reads what a primary holds for a remote, to be shown to a person who asked for it.

use super::Plan;
use crate::{error::Error, step::Side};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::Cluster;
use serde_json::Value;
use wire::Secret;

/// The kubeconfig by which the primary reads the remote of a plan, as it is stored.
///
/// # Errors
/// [`Error::NotJoined`] when none is stored, [`Error::Cluster`].
pub async fn stored(primary: &Cluster, plan: &Plan) -> Result<Secret<String>, Error> {
    let live = primary.get(&plan.secret).await;
    let live = live.map_err(|source| Error::Cluster {
        side: Side::Primary,
        source,
    })?;
    let name = plan.wanted.name.as_str();
    let data = live.as_ref().and_then(|live| live.value().get("data"));
    let data = data.and_then(|data| data.get(name)).and_then(Value::as_str);
    let bytes = data.and_then(|data| STANDARD.decode(data).ok());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.filter(|text| !text.trim().is_empty());
    text.map(Secret::new).ok_or_else(|| Error::NotJoined {
        name: name.to_owned(),
    })
}
