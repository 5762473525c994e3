//! Volumes of pods.
//!
//! Start at [`check_all`].

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::names;
use crate::object;
use crate::problems::Problems;

/// The types of volumes, in the order in which the API server checks them.
const TYPES: [&str; 24] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "azureFile",
    "configMap",
    "azureDisk",
    "projected",
    "csi",
    "ephemeral",
    "image",
];

/// The fields that a volume of a type must have.
const REQUIRED: [(&str, &str); 4] = [
    ("secret", "secretName"),
    ("configMap", "name"),
    ("persistentVolumeClaim", "claimName"),
    ("hostPath", "path"),
];

/// Checks the volumes of a pod and returns their names.
pub(super) fn check_all<'a>(
    spec: &'a Value,
    field: &str,
    problems: &mut Problems,
) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for (at, volume) in object::items(spec, "/volumes").enumerate() {
        let field = format!("{field}.volumes[{at}]");
        let name = object::text(volume, "/name");
        if name.is_empty() {
            problems.required(&format!("{field}.name"), "");
        } else {
            let messages = names::label(name);
            if messages.is_empty() && !found.insert(name) {
                problems.duplicate(&format!("{field}.name"), &json!(name));
            }
            problems.text(&format!("{field}.name"), name, messages);
        }
        let mut types = TYPES.into_iter().filter(|kind| !volume[kind].is_null());
        let first = types.next();
        for other in types {
            let detail = "may not specify more than 1 volume type";
            problems.forbidden(&format!("{field}.{other}"), detail);
        }
        for (kind, member) in REQUIRED {
            if first == Some(kind) && object::text(&volume[kind], &format!("/{member}")).is_empty()
            {
                problems.required(&format!("{field}.{kind}.{member}"), "");
            }
        }
    }
    found
}
