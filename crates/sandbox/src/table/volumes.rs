//! The columns of volumes, claims and StorageClasses, start at [`claim`].

use serde_json::{Value, json};

use super::Column;
use super::format::{at, name};
use crate::object;

pub(super) fn claim() -> Vec<Column> {
    vec![
        Column::new("Name", name),
        Column::new("Status", |claim| {
            if object::is_terminating(claim) {
                json!("Terminating")
            } else {
                claim["status"]["phase"].clone()
            }
        }),
        Column::new("Volume", |claim| text(claim, "/spec/volumeName")),
        Column::new("Capacity", |claim| text(claim, "/status/capacity/storage")),
        Column::new("Access Modes", |claim| {
            access_modes(claim, "/status/accessModes")
        }),
        Column::new("StorageClass", |claim| {
            text(claim, "/spec/storageClassName")
        }),
        Column::new("VolumeAttributesClass", |claim| {
            unset(claim, "/spec/volumeAttributesClassName")
        }),
        Column::age(),
        Column::new("VolumeMode", |claim| at(claim, "/spec/volumeMode")).wide(),
    ]
}

pub(super) fn volume() -> Vec<Column> {
    vec![
        Column::new("Name", name),
        Column::new("Capacity", |volume| text(volume, "/spec/capacity/storage")),
        Column::new("Access Modes", |volume| {
            access_modes(volume, "/spec/accessModes")
        }),
        Column::new("Reclaim Policy", |volume| {
            text(volume, "/spec/persistentVolumeReclaimPolicy")
        }),
        Column::new("Status", |volume| {
            if object::is_terminating(volume) {
                json!("Terminating")
            } else {
                volume["status"]["phase"].clone()
            }
        }),
        Column::new("Claim", |volume| {
            let claim = &volume["spec"]["claimRef"];
            let part = |name: &str| claim[name].as_str().unwrap_or_default().to_owned();
            if claim.is_null() {
                json!("")
            } else {
                json!(format!("{}/{}", part("namespace"), part("name")))
            }
        }),
        Column::new("StorageClass", |volume| {
            text(volume, "/spec/storageClassName")
        }),
        Column::new("VolumeAttributesClass", |volume| {
            unset(volume, "/spec/volumeAttributesClassName")
        }),
        Column::new("Reason", |volume| text(volume, "/status/reason")),
        Column::age(),
        Column::new("VolumeMode", |volume| at(volume, "/spec/volumeMode")).wide(),
    ]
}

pub(super) fn class() -> Vec<Column> {
    vec![
        Column::new("Name", |class| {
            let annotations = &class["metadata"]["annotations"];
            let is_default = annotations["storageclass.kubernetes.io/is-default-class"] == "true";
            let suffix = if is_default { " (default)" } else { "" };
            json!(format!("{}{suffix}", object::name(class)))
        }),
        Column::new("Provisioner", |class| text(class, "/provisioner")),
        Column::new("ReclaimPolicy", |class| {
            json!(class["reclaimPolicy"].as_str().unwrap_or("Delete"))
        }),
        Column::new("VolumeBindingMode", |class| {
            json!(class["volumeBindingMode"].as_str().unwrap_or("Immediate"))
        }),
        Column::new("AllowVolumeExpansion", |class| {
            json!(class["allowVolumeExpansion"] == true)
        }),
        Column::age(),
    ]
}

fn text(object: &Value, pointer: &str) -> Value {
    json!(object::text(object, pointer))
}

fn unset(object: &Value, pointer: &str) -> Value {
    match object::text(object, pointer) {
        "" => json!("<unset>"),
        name => json!(name),
    }
}

/// The access modes of a volume or a claim, in their short forms.
fn access_modes(object: &Value, pointer: &str) -> Value {
    let modes: Vec<&str> = object::items(object, pointer)
        .filter_map(Value::as_str)
        .map(|mode| match mode {
            "ReadWriteOnce" => "RWO",
            "ReadOnlyMany" => "ROX",
            "ReadWriteMany" => "RWX",
            "ReadWriteOncePod" => "RWOP",
            other => other,
        })
        .collect();
    json!(modes.join(","))
}
