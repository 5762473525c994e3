//! PUT of an object, or of its status.
//!
//! A stale resourceVersion is a conflict. Start at [`update`].

use std::sync::Arc;

use serde_json::Value;

use super::{ResolvedTarget, create};
use crate::api_status::ApiStatus;
use crate::cluster::{Cluster, State};
use crate::request::ApiRequest;
use crate::write;

pub(super) fn update(
    cluster: &Cluster,
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Arc<Value>, ApiStatus> {
    let mut object = request.object()?;
    create::match_path(&mut object, resolved)?;
    create::decode(request, &mut object, resolved)?;
    let old = resolved.find(state)?;
    let writer = create::writer(request, &resolved.target.subresource);
    write::replace(cluster, state, &resolved.kind, &old, object, writer)
}
