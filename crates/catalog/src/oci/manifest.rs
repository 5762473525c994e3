//! The manifest of a chart in a registry: the blobs of its Chart.yaml, archive and provenance file.

use crate::Digest;
use serde::Deserialize;

/// The media type of the manifests that are requested.
pub(super) const ACCEPT: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const CHART: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/// The media type before Helm 3.7.
const LEGACY_CHART: &str = "application/tar+gzip";
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

/// The descriptor of a blob.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Blob {
    pub(super) media_type: String,
    pub(super) digest: Digest,
    pub(super) size: u64,
}

/// The blobs of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChartBlobs {
    pub(super) config: Blob,
    pub(super) chart: Blob,
    pub(super) provenance: Option<Blob>,
    pub(super) created: String,
}

/// Parses a manifest; the error describes an artifact that is not a chart.
pub(super) fn parse(bytes: &[u8]) -> Result<ChartBlobs, String> {
    let manifest: Manifest =
        serde_json::from_slice(bytes).map_err(|_| "an invalid manifest".to_owned())?;
    let Some(config) = manifest.config else {
        let media_type = manifest
            .media_type
            .unwrap_or_else(|| "a manifest without config".into());
        return Err(media_type);
    };
    if config.media_type != CONFIG {
        return Err(config.media_type);
    }
    let layer = |media_types: &[&str]| {
        let matches = |blob: &&Blob| media_types.contains(&blob.media_type.as_str());
        manifest.layers.iter().find(matches).cloned()
    };
    let annotations = manifest.annotations.unwrap_or_default();
    Ok(ChartBlobs {
        config,
        chart: layer(&[CHART, LEGACY_CHART]).ok_or("a manifest without a chart layer")?,
        provenance: layer(&[PROVENANCE]),
        created: annotations
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
        for layer in [CHART, LEGACY_CHART] {
            let blobs = parse(manifest(CONFIG, layer).as_bytes()).expect("a chart");
            assert_eq!(blobs.chart.media_type, layer);
        }
    }

    #[test]
    fn an_image_is_not_a_chart() {
        let image = manifest("application/vnd.oci.image.config.v1+json", CHART);
        assert_eq!(
            parse(image.as_bytes()),
            Err("application/vnd.oci.image.config.v1+json".into())
        );
        assert!(parse(manifest(CONFIG, "text/html").as_bytes()).is_err());
        assert!(parse(b"{}").is_err() && parse(b"<html>").is_err());
    }

    #[test]
    fn a_digest_with_another_algorithm_is_rejected() {
        let text = manifest(CONFIG, CHART).replace("sha256:", "sha512:");
        assert!(parse(text.as_bytes()).is_err());
    }
}
