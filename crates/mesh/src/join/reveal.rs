//! Reads the kubeconfig that a primary stores for a remote, to be shown to the operator.

use super::Plan;
use crate::{error::Error, membership::state::decoded, step::Side};
use cluster::{AsUser, Identity as _};
use wire::Secret;

/// The kubeconfig that the primary stores for the remote of a plan.
///
/// # Errors
/// [`Error::NotJoined`] when none is stored, [`Error::Cluster`].
pub async fn stored(primary: &AsUser, plan: &Plan) -> Result<Secret<String>, Error> {
    let live = primary.cluster().get(&plan.secret).await;
    let live = live.map_err(Error::at(Side::Primary))?;
    let id = plan.spec.member.id.as_str();
    let text = live.as_ref().and_then(|live| decoded(live, id));
    let text = text.filter(|text| !text.trim().is_empty());
    text.map(Secret::new).ok_or_else(|| Error::NotJoined {
        name: id.to_owned(),
    })
}
