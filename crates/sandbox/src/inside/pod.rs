//! What a program sees of the pod it runs in and of the cluster around it.
//!
//! It never keeps the cluster alive. What needs rights is asked with those of the pod's
//! ServiceAccount; what every pod gets without asking (names, Services' endpoints, the network) is
//! had as it is. Start at [`Pod`].

use std::sync::{Arc, Weak};

use serde_json::Value;

use crate::object;
use crate::world::World;

/// The pod a program runs in.
#[derive(Clone, Debug)]
pub(crate) struct Pod {
    world: Weak<World>,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Pod {
    pub(super) fn of(world: &Arc<World>, pod: &Value) -> Self {
        Self {
            world: Arc::downgrade(world),
            namespace: object::namespace(pod).to_owned(),
            name: object::name(pod).to_owned(),
        }
    }
}
