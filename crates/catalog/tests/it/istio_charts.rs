//! Istio's own charts, from the Go module of Istio, packed as releases of Istio.
//!
//! The module has the charts of its main branch; the program that builds releases writes version, registry and
//! tag into them, and so does [`IstioCharts::archive`].

use flate2::{Compression, write::GzEncoder};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The module: the main branch on 2026-08-27, from which 1.31 was released. Releases are no versions of the module.
const MODULE: &str = "istio.io/istio@v0.0.0-20260827124520-eed52ebb66ad";

/// The charts in the module cache of Go.
pub(crate) struct IstioCharts(PathBuf);

impl IstioCharts {
    /// The charts of 1.31; none, with a line that `cargo xtask test` counts, where Go cannot provide the module.
    pub(crate) fn find(test: &str) -> Option<Self> {
        Self::of_module(test, MODULE)
    }

    /// The charts of a version of the module, or none in the same way.
    #[expect(
        clippy::print_stdout,
        reason = "the line that `cargo xtask test` counts"
    )]
    pub(crate) fn of_module(test: &str, module: &str) -> Option<Self> {
        let download = Command::new("go")
            .args(["mod", "download", "-json", module])
            .output();
        let output = match download {
            Ok(output) if output.status.success() => output.stdout,
            Ok(output) => panic!("{test}: {}", String::from_utf8_lossy(&output.stdout)),
            Err(error) => {
                println!("SKIPPED: {test}: go: {error}");
                return None;
            }
        };
        let module: serde_json::Value = serde_json::from_slice(&output).unwrap();
        let folder = Path::new(module["Dir"].as_str().unwrap()).join("manifests/charts");
        Some(Self(folder))
    }

    /// A chart as the archive of a release.
    pub(crate) fn archive(&self, chart: &str, version: &str) -> Vec<u8> {
        let folder = match chart {
            "istiod" => self.0.join("istio-control/istio-discovery"),
            chart => self.0.join(chart),
        };
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
        append(&mut tar, &folder, Path::new(chart), version);
        tar.into_inner().unwrap().finish().unwrap()
    }
}

fn append(tar: &mut tar::Builder<GzEncoder<Vec<u8>>>, folder: &Path, name: &Path, version: &str) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = name.join(path.file_name().unwrap());
        if path.is_dir() {
            append(tar, &path, &name, version);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let text = match name.file_name().and_then(|name| name.to_str()) {
            Some("Chart.yaml") => text.replace("ersion: 1.0.0", &format!("ersion: {version}")),
            Some("values.yaml") => text
                .replace("hub: registry.istio.io/testing", "hub: docker.io/istio")
                .replace("tag: latest", &format!("tag: {version}")),
            _ => text,
        };
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
}
