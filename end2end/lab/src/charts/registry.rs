//! The files of an OCI registry with charts.

use super::{ChartArchive, File, Files};
use crate::digest::sha256;
use serde_json::{Value, json};

const JSON: &str = "application/json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const ARCHIVE: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/// Adds tags, manifests and blobs of the charts below `/v2/charts/NAME`.
pub(super) fn files(charts: &[ChartArchive], files: &mut Files) {
    files.insert("/v2/".to_owned(), File::new(JSON, "{}"));
    for chart in charts {
        let path = format!("/v2/charts/{}", chart.name);
        let config = json!({
            "apiVersion": "v2", "name": chart.name, "version": chart.version,
            "appVersion": chart.version, "description": chart.description,
        });
        let config = config.to_string().into_bytes();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": descriptor(CONFIG, &config),
            "layers": [descriptor(ARCHIVE, &chart.content)],
        });
        for (content_type, blob) in [(CONFIG, config), (ARCHIVE, chart.content.clone())] {
            let digest = sha256(&blob);
            let path = format!("{path}/blobs/sha256:{digest}");
            files.insert(path, File::new(content_type, blob));
        }
        let content = manifest.to_string().into_bytes();
        let digest = format!("sha256:{}", sha256(&content));
        for reference in [&chart.version, &digest] {
            let mut file = File::new(MANIFEST, content.clone());
            file.digest.clone_from(&digest);
            files.insert(format!("{path}/manifests/{reference}"), file);
        }
        let of_chart = charts.iter().filter(|other| other.name == chart.name);
        let tags: Vec<&str> = of_chart.map(|chart| chart.version.as_str()).collect();
        let tags = json!({"name": format!("charts/{}", chart.name), "tags": tags});
        files.insert(
            format!("{path}/tags/list"),
            File::new(JSON, tags.to_string()),
        );
    }
}

fn descriptor(media_type: &str, content: &[u8]) -> Value {
    json!({
        "mediaType": media_type,
        "digest": format!("sha256:{}", sha256(content)),
        "size": content.len(),
    })
}
