//! The fixtures of repository tests: archives, an index, the files of a registry, a configured catalog.

use crate::site::{Reply, Site};
use catalog::{
    Address, Catalog, Credentials, Digest, Entry, Error, Provenance, RepositoryConfig, Setup,
    Transport,
};
use flate2::{Compression, write::GzEncoder};
use std::{path::Path, time::Duration};
use wire::{ChartName, ChartRef, Repository, Secret, address::AddressPolicy};

/// The archive of a chart with one ConfigMap.
pub(crate) fn archive(name: &str, version: &str) -> Vec<u8> {
    archive_with(name, version, "", &[])
}

/// The same with more in Chart.yaml and more files.
pub(crate) fn archive_with(
    name: &str,
    version: &str,
    more: &str,
    files: &[(&str, &[u8])],
) -> Vec<u8> {
    let metadata = format!(
        "apiVersion: v2\nname: {name}\nversion: {version}\ndescription: Sells things\nkeywords: [store]\n{more}"
    );
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {from: \"{{ .Chart.Name }}\"}\n";
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let mut put = |path: String, data: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, path, data).unwrap();
    };
    put(format!("{name}/Chart.yaml"), metadata.as_bytes());
    put(format!("{name}/templates/all.yaml"), template.as_bytes());
    for (path, data) in files {
        put(format!("{name}/{path}"), data);
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// One line of an index.
pub(crate) fn row(name: &str, version: &str, url: &str, digest: &str) -> String {
    format!(
        "  {name}:\n  - {{name: {name}, version: {version}, description: Sells things, urls: [\"{url}\"], digest: \"{digest}\"}}\n"
    )
}

pub(crate) fn index(rows: &str) -> String {
    format!("apiVersion: v1\nentries:\n{rows}")
}

/// Puts one chart into a repository: index and archive, with its digest.
pub(crate) fn stock(site: &Site, name: &str, version: &str) -> Vec<u8> {
    let packed = archive(name, version);
    let url = format!("{name}-{version}.tgz");
    let digest = Digest::of(&packed);
    site.put(
        "/index.yaml",
        Reply::of(index(&row(name, version, &url, digest.hex()))),
    );
    site.put(&format!("/{url}"), Reply::of(packed.clone()));
    packed
}

const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/// Puts one chart into a registry, under a tag.
pub(crate) fn push(site: &Site, path: &str, name: &str, version: &str) -> Vec<u8> {
    let packed = archive(name, version);
    push_as(
        site,
        path,
        version,
        &config(name, version),
        (CONFIG, LAYER),
        &packed,
    );
    packed
}

pub(crate) fn config(name: &str, version: &str) -> Vec<u8> {
    let json = format!(
        r#"{{"apiVersion":"v2","name":"{name}","version":"{version}","description":"From a registry","keywords":["store"]}}"#
    );
    json.into_bytes()
}

pub(crate) fn push_as(
    site: &Site,
    path: &str,
    version: &str,
    config: &[u8],
    sorts: (&str, &str),
    packed: &[u8],
) {
    let blob = |sort: &str, bytes: &[u8]| {
        let digest = Digest::of(bytes);
        site.put(&format!("/v2/{path}/blobs/{digest}"), Reply::of(bytes));
        format!(
            r#"{{"mediaType":"{sort}","digest":"{digest}","size":{}}}"#,
            bytes.len()
        )
    };
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#,
        blob(sorts.0, config),
        blob(sorts.1, packed)
    );
    let digest = Digest::of(manifest.as_bytes());
    let tag = version.replace('+', "_");
    let reply = Reply::of(manifest).with("docker-content-digest", digest.to_string());
    site.put(&format!("/v2/{path}/manifests/{tag}"), reply);
}

/// Lists the tags of a path.
pub(crate) fn tags(site: &Site, path: &str, tags: &[&str]) {
    let list: Vec<String> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
    let json = format!(r#"{{"name":"{path}","tags":[{}]}}"#, list.join(","));
    site.put(&format!("/v2/{path}/tags/list"), Reply::of(json));
}

pub(crate) fn catalog_in(folder: Option<&Path>) -> Catalog {
    let setup = Setup {
        addresses: AddressPolicy::WithLoopback,
        timeout: Duration::from_secs(5),
        folder: folder.map(Path::to_owned),
        ..Setup::default()
    };
    Catalog::built_in().unwrap().with_setup(setup)
}

pub(crate) fn catalog() -> Catalog {
    catalog_in(None)
}

pub(crate) fn named(name: &str) -> Repository {
    Repository::new(name).unwrap()
}

pub(crate) fn repository_config(name: &str, address: &str) -> RepositoryConfig {
    RepositoryConfig {
        name: named(name),
        address: Address::parse(address, Transport::Plain).unwrap(),
        credentials: Credentials::Anonymous,
        ca_bundle: String::new(),
        provenance: Provenance::Optional,
    }
}

pub(crate) fn password(user: &str, password: &str) -> Credentials {
    Credentials::Password {
        user: user.to_owned(),
        password: Secret::new(password.to_owned()),
    }
}

pub(crate) fn reference(repository: &str, chart: &str, version: &str) -> ChartRef {
    ChartRef {
        repository: named(repository),
        chart: ChartName::new(chart).unwrap(),
        version: version.to_owned(),
    }
}

/// Opens a chart and gives its name and version.
pub(crate) async fn open(
    catalog: &Catalog,
    repository: &str,
    chart: &str,
    version: &str,
) -> Result<String, Error> {
    let opened = catalog
        .chart(&reference(repository, chart, version))
        .await?;
    let metadata = opened.chart.metadata();
    Ok(format!("{} {}", metadata.name, metadata.version))
}

/// The entries of a chart in the index of a repository.
pub(crate) async fn entries(catalog: &Catalog, repository: &str, chart: &str) -> Vec<Entry> {
    let listing = catalog
        .listing(&named(repository), Duration::from_secs(5))
        .await
        .unwrap();
    let index = listing
        .index
        .unwrap_or_else(|| panic!("no index: {:?}", listing.problem));
    index
        .charts
        .get(&ChartName::new(chart).unwrap())
        .cloned()
        .unwrap_or_default()
}

/// An error with its causes, in one line.
pub(crate) fn error_chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
