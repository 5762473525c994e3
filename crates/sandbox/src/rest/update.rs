//! PUT of an object, or of its status.
//!
//! A stale resourceVersion is a conflict. Start at [`update`].

use std::sync::Arc;

use serde_json::Value;

use super::{About, create};
use crate::refusal::Refusal;
use crate::request::Call;
use crate::world::{State, World};
use crate::write;

pub(super) fn update(
    world: &World,
    state: &mut State,
    call: &Call,
    about: &About,
) -> Result<Arc<Value>, Refusal> {
    let mut object = call.object()?;
    create::fit(&mut object, about)?;
    create::read(call, &mut object, about)?;
    let old = about.find(state)?;
    let writer = create::writer(call, &about.target.subresource);
    write::replace(world, state, &about.kind, &old, object, writer)
}
