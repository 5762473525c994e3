//! One key of a ConfigMap.

use crate::{AsUser, Error, Identity as _, Object, ObjectRef};
use serde_json::{Value, json};

/// How often a change is tried again when the object changed meanwhile.
const CONFLICTS: usize = 3;

/// Sets a key of an existing ConfigMap, or removes it; the other keys stay. Returns the object as it is
/// stored, or `None` when it does not exist.
///
/// # Errors
/// As [`Cluster::replace`](crate::Cluster::replace).
pub async fn write_config_map_key(
    user: &AsUser,
    object: &ObjectRef,
    key: &str,
    value: Option<&str>,
) -> Result<Option<Object>, Error> {
    let mut conflicts = 0;
    loop {
        let Some(mut found) = user.get(object).await? else {
            return Ok(None);
        };
        let data = &mut found.value_mut()["data"];
        if let Some(value) = value {
            data[key] = json!(value);
        } else if let Some(data) = data.as_object_mut() {
            data.remove(key);
        }
        if data.as_object().is_none() {
            *data = Value::Object(serde_json::Map::new());
        }
        match user.cluster().replace(&found).await {
            Err(error) if error.is_conflict() && conflicts < CONFLICTS => conflicts += 1,
            replaced => return replaced.map(Some),
        }
    }
}
