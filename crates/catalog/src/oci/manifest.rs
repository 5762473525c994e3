//! The manifest of a chart in a registry: which blob is its Chart.yaml, its archive, its provenance.

use crate::Digest;
use serde::Deserialize;

/// What is asked for.
pub(super) const ACCEPT: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const CHART: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/// As Helm wrote it before 3.7.
const OLD_CHART: &str = "application/tar+gzip";
const PROVENANCE: &str = "application/vnd.cncf.helm.chart.provenance.v1.prov";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    #[serde(default)]
    media_type: Option<String>,
    config: Option<Blob>,
    #[serde(default)]
    layers: Vec<Blob>,
    #[serde(default)]
    annotations: Option<std::collections::BTreeMap<String, String>>,
}

/// One blob.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Blob {
    pub(super) media_type: String,
    pub(super) digest: Digest,
    pub(super) size: u64,
}

/// The blobs of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blobs {
    pub(super) config: Blob,
    pub(super) chart: Blob,
    pub(super) provenance: Option<Blob>,
    pub(super) created: String,
}

/// Reads a manifest; what it is instead, when it is not a chart's.
pub(super) fn read(bytes: &[u8]) -> Result<Blobs, String> {
    let manifest: Manifest =
        serde_json::from_slice(bytes).map_err(|_| "its manifest cannot be read".to_owned())?;
    let Some(config) = manifest.config else {
        let sort = manifest
            .media_type
            .unwrap_or_else(|| "a manifest without config".into());
        return Err(sort);
    };
    if config.media_type != CONFIG {
        return Err(config.media_type);
    }
    let layer = |sorts: &[&str]| {
        let fits = |blob: &&Blob| sorts.contains(&blob.media_type.as_str());
        manifest.layers.iter().find(fits).cloned()
    };
    let created = manifest.annotations.unwrap_or_default();
    Ok(Blobs {
        config,
        chart: layer(&[CHART, OLD_CHART]).ok_or("a manifest without a chart's layer")?,
        provenance: layer(&[PROVENANCE]),
        created: created
            .get("org.opencontainers.image.created")
            .cloned()
            .unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(config: &str, layer: &str) -> String {
        let digest = Digest::of(b"x");
        format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"{config}","digest":"{digest}","size":1}},
               "layers":[{{"mediaType":"text/plain","digest":"{digest}","size":1}},
                         {{"mediaType":"{layer}","digest":"{digest}","size":1}}]}}"#
        )
    }

    #[test]
    fn the_layer_of_a_chart_is_found_by_its_media_type() {
        for layer in [CHART, OLD_CHART] {
            let blobs = read(manifest(CONFIG, layer).as_bytes()).expect("a chart");
            assert_eq!(blobs.chart.media_type, layer);
        }
    }

    #[test]
    fn an_image_is_no_chart() {
        let image = manifest("application/vnd.oci.image.config.v1+json", CHART);
        assert_eq!(
            read(image.as_bytes()),
            Err("application/vnd.oci.image.config.v1+json".into())
        );
        assert!(read(manifest(CONFIG, "text/html").as_bytes()).is_err());
        assert!(read(b"{}").is_err() && read(b"<html>").is_err());
    }

    #[test]
    fn a_digest_of_another_kind_is_no_digest() {
        let text = manifest(CONFIG, CHART).replace("sha256:", "sha512:");
        assert!(read(text.as_bytes()).is_err());
    }
}
