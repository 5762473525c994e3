//! Release records: one Secret of type `helm.sh/release.v1` per revision.

use crate::{
    CustomKinds, Error, Release, ReleaseKey,
    model::State,
    record_codec::{decode, decode_listed, encode, unreadable},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Cluster, Kind, Object, ObjectRef, Propagation};
use jiff::Timestamp;
use serde_json::json;
use wire::{HelmVersion, ReleaseName};

/// The label with the version of Helm that a release follows; Helm keeps labels that it does not know, also for
/// later revisions. Without it, a release follows Helm 3.
const HELM_LABEL: &str = "meshspan.io/helm";
/// How the objects of a revision were applied: Helm 4 writes it, and goes on in the same way. Absent means client-side.
const APPLY_METHOD: &str = "apply_method";
/// By server-side apply.
const SERVER_SIDE: &str = "ssa";

/// The name of a revision's Secret.
pub(crate) fn secret_name(release: &str, revision: u32) -> String {
    format!("sh.helm.release.v1.{release}.v{revision}")
}

pub(crate) fn reference(key: &ReleaseKey, revision: u32) -> ObjectRef {
    Kind::SECRET.object(
        Some(key.namespace.as_str()),
        &secret_name(key.release.as_str(), revision),
    )
}

/// Creates the record of a new revision. Of several operations at once, those of Helm included, one creates it.
///
/// # Errors
/// [`Error::Changed`] when the revision exists.
pub(crate) async fn create(
    cluster: &Cluster,
    release: &Release,
    now: Timestamp,
) -> Result<(), Error> {
    let record = secret(release, now, "createdAt")?;
    let error = match cluster.create(&record).await {
        Ok(_) => return Ok(()),
        Err(error) if error.already_exists() => error,
        Err(error) => return Err(error.into()),
    };
    // The response to an earlier try may be lost.
    if is_stored(cluster, &record).await {
        return Ok(());
    }
    match ReleaseName::new(release.name.as_str()) {
        Ok(name) => Err(Error::Changed {
            release: name,
            revision: release.version - 1,
        }),
        Err(_) => Err(error.into()),
    }
}

/// Whether a record is stored with this content.
async fn is_stored(cluster: &Cluster, record: &Object) -> bool {
    let stored = cluster.get(&record.reference()).await;
    stored.is_ok_and(|stored| {
        stored.is_some_and(|stored| stored.value()["data"] == record.value()["data"])
    })
}

/// Creates or updates the record of a revision; a conflict is retried.
pub(crate) async fn update(
    cluster: &Cluster,
    release: &Release,
    now: Timestamp,
) -> Result<(), Error> {
    write(cluster, (release, None), now).await
}

/// Updates the record of a revision whose state does not change by that.
///
/// # Errors
/// [`Error::StateChanged`] when another operation has changed the state, or has deleted the record.
pub(crate) async fn update_in_state(
    cluster: &Cluster,
    release: &Release,
    now: Timestamp,
) -> Result<(), Error> {
    write(cluster, (release, Some(release.info.status)), now).await
}

async fn write(
    cluster: &Cluster,
    (release, expected): (&Release, Option<State>),
    now: Timestamp,
) -> Result<(), Error> {
    const TRIES: u32 = 4;
    let mut updated = secret(release, now, "modifiedAt")?;
    for attempt in 1.. {
        let stored = cluster.get(&updated.reference()).await?;
        if let Some(expected) = expected {
            let state = stored.as_ref().map(|stored| stored.label("status"));
            if state != Some(Some(expected.as_str())) {
                return Err(Error::StateChanged {
                    record: updated.reference(),
                    state: state.flatten().unwrap_or("deleted").to_owned(),
                });
            }
        }
        let Some(mut stored) = stored else {
            if let Some(labels) = updated.value_mut()["metadata"]["labels"].as_object_mut() {
                let now = labels.remove("modifiedAt").unwrap_or_default();
                labels.insert("createdAt".to_owned(), now);
            }
            cluster.create(&updated).await?;
            return Ok(());
        };
        overwrite(&mut stored, &updated);
        match cluster.replace(&stored).await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_conflict() && attempt < TRIES => {}
            // The response may be lost.
            Err(_) if is_stored(cluster, &updated).await => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Replaces a record that was read, unless it was written since.
///
/// # Errors
/// [`Error::Cluster`] with a conflict when it was.
pub(crate) async fn replace(
    cluster: &Cluster,
    (mut stored, release): (Object, &Release),
    now: Timestamp,
) -> Result<(), Error> {
    let updated = secret(release, now, "modifiedAt")?;
    overwrite(&mut stored, &updated);
    cluster.replace(&stored).await?;
    Ok(())
}

/// Gives a stored record the content and the labels of another one; its other labels stay.
fn overwrite(stored: &mut Object, updated: &Object) {
    for part in ["data", "type"] {
        stored.value_mut()[part] = updated.value()[part].clone();
    }
    let labels = &updated.value()["metadata"]["labels"];
    for (key, value) in labels.as_object().into_iter().flatten() {
        stored.value_mut()["metadata"]["labels"][key] = value.clone();
    }
}

/// Deletes the record of a revision.
pub(crate) async fn remove(
    cluster: &Cluster,
    key: &ReleaseKey,
    revision: u32,
) -> Result<(), Error> {
    cluster
        .delete(&reference(key, revision), Propagation::Background)
        .await?;
    Ok(())
}

fn secret(release: &Release, now: Timestamp, stamp: &str) -> Result<Object, Error> {
    let name = secret_name(&release.name, release.version);
    let mut value = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "helm.sh/release.v1",
        "metadata": {
            "name": name,
            "namespace": release.namespace,
            "labels": {
                "name": release.name,
                "owner": "helm",
                "status": release.info.status.as_str(),
                "version": release.version.to_string(),
                stamp: now.as_second().to_string(),
            },
        },
        "data": { "release": STANDARD.encode(encode(release)?) },
    });
    // The field alone would mean Helm 4.
    if release.helm != HelmVersion::default() || release.other.contains_key(APPLY_METHOD) {
        value["metadata"]["labels"][HELM_LABEL] = json!(release.helm);
    }
    Ok(Object::new(value)?)
}

/// The text of the record inside a Secret.
fn text_of(secret: &Object) -> Result<String, Error> {
    let outer = secret.text("/data/release");
    let inner = STANDARD
        .decode(outer)
        .map_err(|e| unreadable(secret.name(), &e))?;
    String::from_utf8(inner).map_err(|e| unreadable(secret.name(), &e))
}

/// The parts of the record inside a Secret that lists show.
pub(crate) fn read_listed(secret: &Object) -> Result<(Release, CustomKinds), Error> {
    decode_listed(secret.name(), &text_of(secret)?)
}

/// Reads the record inside a Secret.
pub(crate) fn read(secret: &Object) -> Result<Release, Error> {
    let mut release = decode(secret.name(), &text_of(secret)?)?;
    release.helm = helm_version(secret.label(HELM_LABEL), &release);
    Ok(release)
}

/// The version of Helm that a release follows: that of its label, or that which wrote the record.
fn helm_version(label: Option<&str>, release: &Release) -> HelmVersion {
    let stated = label.and_then(|text| text.parse().ok());
    stated.unwrap_or_else(|| {
        if release.other.contains_key(APPLY_METHOD) {
            HelmVersion::V4
        } else {
            HelmVersion::V3
        }
    })
}

/// Says in a record that its objects are applied by server-side apply.
pub(crate) fn mark_server_side(release: &mut Release) {
    release
        .other
        .insert(APPLY_METHOD.to_owned(), json!(SERVER_SIDE));
}

/// Release, revision and state, from the labels of a record.
pub(crate) fn of_labels<'a>(
    label: impl Fn(&str) -> Option<&'a str>,
) -> Option<(String, u32, State)> {
    let state = serde_json::from_value(json!(label("status")?)).unwrap_or_default();
    let revision = label("version")?.parse().ok()?;
    Some((label("name")?.to_owned(), revision, state))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record_codec::tests::release;

    #[test]
    fn a_release_follows_the_version_of_its_label_or_of_its_writer() {
        let secret = |helm| {
            let release = Release { helm, ..release() };
            let secret = secret(&release, Timestamp::UNIX_EPOCH, "createdAt").expect("a Secret");
            (
                secret.label(HELM_LABEL).map(str::to_owned),
                read(&secret).expect("a record").helm,
            )
        };
        assert_eq!(secret(HelmVersion::V3), (None, HelmVersion::V3));
        assert_eq!(secret(HelmVersion::V4), (Some("4".into()), HelmVersion::V4));
        let mut of_helm_4 = release();
        of_helm_4.other.insert(APPLY_METHOD.into(), json!("ssa"));
        assert_eq!(helm_version(None, &of_helm_4), HelmVersion::V4);
        assert_eq!(helm_version(Some("3"), &of_helm_4), HelmVersion::V3);
    }
}
