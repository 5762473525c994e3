//! Release records: one Secret of type `helm.sh/release.v1` per revision.

use crate::{
    Error, Release, ReleaseKey,
    model::{self, State},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Cluster, Kind, Object, ObjectRef, Propagation};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;
use std::io::{Read as _, Write as _};
use wire::{HelmVersion, ReleaseName};

/// The maximum size of a Secret.
pub const MAX_SECRET_BYTES: usize = 1_048_576;
/// The maximum size of a decompressed record.
const MAX_UNPACKED_BYTES: u64 = 64 << 20;

/// The label with the version of Helm that a release follows; Helm keeps labels that it does not know, also for
/// later revisions. Without it, a release follows Helm 3.
const HELM_LABEL: &str = "meshspan.io/helm";
/// How the objects of a revision were applied: Helm 4 writes it, and goes on in the same way. Absent means client-side.
const APPLY_METHOD: &str = "apply_method";
/// By server-side apply.
const SERVER_SIDE: &str = "ssa";

/// A record as the value of the Secret's `release` key: base64 of gzip (level 9) of JSON.
///
/// # Errors
/// [`Error::RecordTooLarge`] when it does not fit into a Secret.
pub fn encode(release: &Release) -> Result<String, Error> {
    let json = serde_json::to_vec(release).map_err(|e| unreadable(&release.name, &e))?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let packed = gzip.write_all(&json).and_then(|()| gzip.finish());
    let text = STANDARD.encode(packed.map_err(|e| unreadable(&release.name, &e))?);
    if text.len() > MAX_SECRET_BYTES {
        return Err(Error::RecordTooLarge {
            size: text.len(),
            max: MAX_SECRET_BYTES,
        });
    }
    Ok(text)
}

/// Reads what [`encode`] or Helm wrote.
///
/// # Errors
/// [`Error::Record`] naming `secret`.
pub fn decode(secret: &str, text: &str) -> Result<Release, Error> {
    decode_as(secret, text)
}

fn decode_as<T: DeserializeOwned>(secret: &str, text: &str) -> Result<T, Error> {
    let packed = STANDARD
        .decode(text.trim())
        .map_err(|_| unreadable(secret, &"it is not base64"))?;
    let mut json = Vec::new();
    if packed.starts_with(&[0x1f, 0x8b]) {
        let reader = GzDecoder::new(packed.as_slice());
        reader
            .take(MAX_UNPACKED_BYTES)
            .read_to_end(&mut json)
            .map_err(|_| unreadable(secret, &"its gzip data is damaged"))?;
    } else {
        json = packed;
    }
    serde_json::from_slice(&json).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let reason = format!("line {line}, column {column}: it is not the record of a release");
        unreadable(secret, &reason)
    })
}

fn unreadable(secret: &str, reason: &dyn std::fmt::Display) -> Error {
    Error::Record {
        secret: secret.to_owned(),
        reason: reason.to_string(),
    }
}

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
pub(crate) fn read_listed(secret: &Object) -> Result<Release, Error> {
    let listed: ListedRecord = decode_as(secret.name(), &text_of(secret)?)?;
    Ok(Release {
        name: listed.name,
        info: listed.info,
        chart: model::Chart {
            metadata: listed.chart.metadata,
            ..model::Chart::default()
        },
        config: serde_json::Value::Null,
        manifest: String::new(),
        hooks: Vec::new(),
        version: listed.version,
        namespace: listed.namespace,
        helm: HelmVersion::default(),
        other: serde_json::Map::new(),
    })
}

/// The parts of a record that lists show; the others are passed over.
#[derive(Deserialize)]
struct ListedRecord {
    name: String,
    info: model::Info,
    #[serde(default)]
    chart: ListedChart,
    version: u32,
    namespace: String,
}

#[derive(Default, Deserialize)]
struct ListedChart {
    #[serde(default)]
    metadata: serde_json::Value,
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
    use crate::model::Info;

    fn release() -> Release {
        Release {
            name: "web-shop".into(),
            info: Info {
                status: State::Deployed,
                ..Info::default()
            },
            chart: crate::ChartRecord::default(),
            config: json!({"a": 1}),
            manifest: "---\n".into(),
            hooks: Vec::new(),
            version: 1,
            namespace: "shop".into(),
            helm: HelmVersion::V3,
            other: serde_json::Map::new(),
        }
    }

    #[test]
    fn fields_of_helm_4_survive_the_round_trip() {
        let mut json = serde_json::to_value(release()).expect("it writes");
        json["apply_method"] = json!("ssa");
        json["info"]["rollback_revision"] = json!(3);
        json["chart"]["modtime"] = json!("2026-01-01T00:00:00Z");
        json["chart"]["templates"] =
            json!([{"name": "a", "data": "", "modtime": "2026-01-01T00:00:00Z"}]);
        json["hooks"] = json!([{
            "name": "h", "kind": "Job", "path": "p", "manifest": "m", "events": ["test"],
            "last_run": {"started_at": "", "completed_at": "", "phase": ""},
            "output_log_policies": ["hook-failed"],
        }]);
        let read: Release = serde_json::from_value(json.clone()).expect("it reads");
        assert_eq!(serde_json::to_value(&read).expect("it writes"), json);
    }

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

    #[test]
    fn a_record_survives_the_round_trip() {
        let text = encode(&release()).expect("it fits");
        let back = decode("x", &text).expect("it reads");
        assert_eq!(
            (back.name.as_str(), back.info.status),
            ("web-shop", State::Deployed)
        );
        assert_eq!(back.config, json!({"a": 1}));
    }

    #[test]
    fn a_damaged_record_says_what_is_wrong_and_repeats_no_value() {
        let reason = |text: &str| match decode("x", text) {
            Err(Error::Record { reason, .. }) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(reason("%"), "it is not base64");
        assert_eq!(
            reason(&STANDARD.encode([0x1f, 0x8b, 0])),
            "its gzip data is damaged"
        );
        assert_eq!(
            reason(&STANDARD.encode(r#"{"name": ["s3cret"]}"#)),
            "line 1, column 9: it is not the record of a release"
        );
    }

    #[test]
    fn times_that_are_not_there_are_written_as_empty_texts() {
        let json = serde_json::to_value(release()).expect("it writes");
        assert_eq!(json["info"]["deleted"], "");
    }

    #[test]
    fn a_record_that_no_secret_could_hold_is_refused() {
        let mut big = release();
        // Text that gzip cannot shrink below the limit.
        let mut seed = 1_u64;
        let noise = (0..3_000_000).map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'!' + (seed >> 33) as u8 % 90)
        });
        big.manifest = noise.collect();
        assert!(matches!(encode(&big), Err(Error::RecordTooLarge { .. })));
    }
}
