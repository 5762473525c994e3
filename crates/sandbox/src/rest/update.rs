//! PUT of an object, or of its status.
//!
//! A stale resourceVersion is a conflict. Start at [`update`].

use http::StatusCode;

use super::{ResolvedTarget, Written, create};
use crate::api_status::ApiStatus;
use crate::cluster::{Cluster, State};
use crate::request::ApiRequest;
use crate::write;

pub(super) fn update(
    cluster: &Cluster,
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Written, ApiStatus> {
    let mut object = request.object()?;
    create::match_path(&mut object, resolved)?;
    let unknown_fields = create::decode(request, &mut object, resolved)?;
    let old = resolved.find(state)?;
    let writer = create::writer(request, &resolved.target.subresource);
    let stored = write::replace(cluster, state, &resolved.kind, &old, object, writer)?;
    Ok(Written {
        code: StatusCode::OK,
        stored,
        unknown_fields,
    })
}
