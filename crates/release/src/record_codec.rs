//! A release record as text: base64 of gzip of JSON, as Helm writes it.

use crate::{CustomKinds, Error, Release, model};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::Deserialize;
use std::{
    borrow::Cow,
    io::{Read as _, Write as _},
};
use wire::HelmVersion;

/// The maximum size of a Secret.
pub const MAX_SECRET_BYTES: usize = 1_048_576;
/// The maximum size of a decompressed record.
const MAX_UNPACKED_BYTES: u64 = 64 << 20;

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
    parse(secret, &unpack(secret, text)?)
}

/// The JSON of a record.
fn unpack(secret: &str, text: &str) -> Result<Vec<u8>, Error> {
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
    Ok(json)
}

fn parse<'a, T: Deserialize<'a>>(secret: &str, json: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let reason = format!("line {line}, column {column}: it is not the record of a release");
        unreadable(secret, &reason)
    })
}

pub(crate) fn unreadable(secret: &str, reason: &dyn std::fmt::Display) -> Error {
    Error::Record {
        secret: secret.to_owned(),
        reason: reason.to_string(),
    }
}

/// The parts of a record that lists show: times, state and metadata of its chart. The others are empty; of the manifest
/// and the CRDs of the chart, the kinds are kept.
pub(crate) fn decode_listed(secret: &str, text: &str) -> Result<(Release, CustomKinds), Error> {
    let json = unpack(secret, text)?;
    let listed: ListedRecord<'_> = parse(secret, &json)?;
    let mut kinds = CustomKinds::default();
    kinds.scan(&listed.manifest);
    for file in listed.chart.files.unwrap_or_default() {
        if file.name.starts_with("crds/")
            && let Ok(bytes) = STANDARD.decode(file.data.as_bytes())
        {
            kinds.scan(&String::from_utf8_lossy(&bytes));
        }
    }
    let release = Release {
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
    };
    Ok((release, kinds))
}

#[derive(Deserialize)]
struct ListedRecord<'a> {
    name: String,
    info: model::Info,
    #[serde(default, borrow)]
    chart: ListedChart<'a>,
    #[serde(default, borrow)]
    manifest: Cow<'a, str>,
    version: u32,
    namespace: String,
}

#[derive(Default, Deserialize)]
struct ListedChart<'a> {
    #[serde(default)]
    metadata: serde_json::Value,
    #[serde(default, borrow)]
    files: Option<Vec<ListedFile<'a>>>,
}

#[derive(Deserialize)]
struct ListedFile<'a> {
    #[serde(default, borrow)]
    name: Cow<'a, str>,
    #[serde(default, borrow)]
    data: Cow<'a, str>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{Info, State};
    use serde_json::json;

    pub(crate) fn release() -> Release {
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
    fn a_listed_record_has_its_chart_and_nothing_large() {
        let mut whole = release();
        whole.chart.metadata = json!({"name": "shop", "version": "1.2.3"});
        whole.manifest = "---\napiVersion: example.io/v1\nkind: Shop\n".into();
        let crd = "kind: CustomResourceDefinition\nmetadata:\n  name: shops.example.io\n";
        whole.chart.files = json!([{"name": "crds/a.yaml", "data": STANDARD.encode(crd)}]);
        let text = encode(&whole).expect("it fits");
        let (listed, kinds) = decode_listed("x", &text).expect("it reads");
        assert!(kinds.use_crd("shops.example.io", "", ""));
        assert!(kinds.use_crd("", "example.io", "Shop"));
        assert_eq!(
            (listed.chart.label(), listed.version),
            ("shop-1.2.3".to_owned(), 1)
        );
        assert_eq!(
            (listed.info.status, listed.manifest.as_str()),
            (State::Deployed, "")
        );
    }
}
