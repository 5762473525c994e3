//! A remote repository: its index is read and cached, and archives are fetched from it.

use crate::{
    Address, ChartIndex, Digest, Entry, Error, Provenance, RepositoryConfig,
    cache::{Cache, CachedIndex},
    client::{Client, Network},
    http_repo::{self, IndexResponse},
    oci::{Registry, tag_version},
    oci_archive::OciArchive,
    provenance::{self, ProvenanceMismatch},
    resolver::AllowedHosts,
    version,
};
use futures::{StreamExt as _, stream};
use parking_lot::RwLock;
use std::sync::Arc;
use tokio::sync::Semaphore;
use url::Url;
use wire::{ChartName, ChartRef, error_chain, repository::SkippedEntryReason};

/// The number of charts of a registry that are listed.
const MAX_CHARTS: usize = 300;
/// The number of concurrent requests to one registry.
const CONCURRENCY: usize = 4;

/// A remote repository.
pub(crate) struct Remote {
    pub(crate) config: RepositoryConfig,
    source: Source,
    /// The charts of a registry, where they are known: such a registry need not list them.
    charts: &'static [&'static str],
    state: RwLock<State>,
    /// Limits the reads of the index to one at a time; the others use its result.
    read_permit: Semaphore,
}

/// The client of a remote repository.
enum Source {
    /// An HTTP repository.
    Http { client: Client, base: Url },
    /// A path of an OCI registry.
    Oci { registry: Registry, path: String },
}

/// The cached state of a remote repository.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// The index of the last successful read.
    pub(crate) cached: Option<Arc<CachedIndex>>,
    /// The error of the last read, if it failed.
    pub(crate) problem: Option<Arc<Error>>,
    /// The time of the last read, in seconds since 1970.
    pub(crate) last_attempt: Option<i64>,
}

impl Remote {
    /// Configures the client; nothing is dialled.
    pub(crate) fn new(
        config: RepositoryConfig,
        hosts: AllowedHosts,
        network: Network,
    ) -> Result<Self, Error> {
        Self::of_charts(config, hosts, network, &[])
    }

    /// The same for a repository whose charts are known by name.
    pub(crate) fn of_charts(
        config: RepositoryConfig,
        hosts: AllowedHosts,
        network: Network,
        charts: &'static [&'static str],
    ) -> Result<Self, Error> {
        let origin = config.address.origin();
        let failed = |source| Error::Fetch {
            url: config.address.display_url(),
            source,
        };
        let client = Client::new(
            origin,
            &config.credentials,
            &config.ca_bundle,
            hosts,
            network,
        );
        let client = client.map_err(failed)?;
        let source = match &config.address {
            Address::Http(base) => Source::Http {
                client,
                base: base.clone(),
            },
            Address::Oci { registry, path } => Source::Oci {
                registry: Registry::new(client, registry.clone()),
                path: path.clone(),
            },
        };
        Ok(Self {
            config,
            source,
            charts,
            state: RwLock::default(),
            read_permit: Semaphore::new(1),
        })
    }

    /// Whether each of its charts needs a provenance file.
    pub(crate) fn requires_provenance(&self) -> bool {
        self.config.provenance == Provenance::Required
    }

    /// The current state.
    pub(crate) fn state(&self) -> State {
        self.state.read().clone()
    }

    /// Loads the index from the disk cache.
    pub(crate) fn load_cached(&self, cache: &Cache) {
        let cached = cache.index(&self.config.name, &self.config.address.display_url());
        let mut state = self.state.write();
        state.cached = cached.map(Arc::new);
    }

    /// Reads the index, unless the last attempt was at or after `since`.
    pub(crate) async fn refresh(&self, cache: &Cache, since: i64, now: i64) -> State {
        let Ok(_permit) = self.read_permit.acquire().await else {
            return self.state();
        };
        let before = self.state();
        if before.last_attempt.is_some_and(|attempt| attempt >= since) {
            return before;
        }
        let read = self.read(before.cached.as_deref(), now).await;
        let after = match read {
            Ok(read) => {
                cache.store_index(&self.config.name, &read);
                State {
                    cached: Some(Arc::new(read)),
                    problem: None,
                    last_attempt: Some(now),
                }
            }
            Err(error) => {
                tracing::warn!(repository = %self.config.name, error = %error_chain(&error), "could not read a repository");
                State {
                    cached: before.cached,
                    problem: Some(Arc::new(error)),
                    last_attempt: Some(now),
                }
            }
        };
        let mut state = self.state.write();
        *state = after.clone();
        after
    }

    /// Requests the index from the repository.
    pub(crate) async fn read(
        &self,
        cached: Option<&CachedIndex>,
        now: i64,
    ) -> Result<CachedIndex, Error> {
        let address = self.config.address.display_url();
        let (chart_index, etag, modified) = match &self.source {
            Source::Http { client, base } => match http_repo::read(client, base, cached).await? {
                IndexResponse::Modified {
                    chart_index,
                    etag,
                    modified,
                } => (chart_index, etag, modified),
                IndexResponse::NotModified => {
                    let cached = cached.cloned();
                    let cached = cached.unwrap_or_else(|| CachedIndex::empty(&address));
                    return Ok(CachedIndex {
                        read: now,
                        ..cached
                    });
                }
            },
            Source::Oci { registry, path } => (
                list(registry, path, (&address, self.charts)).await?,
                None,
                None,
            ),
        };
        Ok(CachedIndex {
            address,
            etag,
            modified,
            read: now,
            index: Arc::new(chart_index),
        })
    }

    /// Fetches the archive of a chart and verifies its digest and its provenance.
    pub(crate) async fn archive(&self, chart: &ChartRef, entry: &Entry) -> Result<Vec<u8>, Error> {
        let (archive, announced, prov, name) = match &self.source {
            Source::Http { client, base } if OciArchive::is_named_by(entry) => {
                let found =
                    OciArchive::of(base, entry).map_err(|reason| Error::ArchiveAddress {
                        chart: Box::new(chart.clone()),
                        reason,
                    })?;
                let (archive, prov) = found.fetch(client, self.requires_provenance()).await?;
                (archive, entry.digest.clone(), prov, None)
            }
            Source::Http { client, base } => {
                let no_url = || Error::NoUrl {
                    chart: Box::new(chart.clone()),
                };
                let url = http_repo::archive_url(base, entry).ok_or_else(no_url)??;
                let archive = http_repo::archive(client, url.clone(), entry).await?;
                let prov = match self.config.provenance {
                    Provenance::Required => http_repo::provenance(client, &url).await?,
                    Provenance::Optional => None,
                };
                (
                    archive,
                    entry.digest.clone(),
                    prov,
                    Some(http_repo::file_name(&url)),
                )
            }
            Source::Oci { registry, path } => {
                let path = registry_path(path, &chart.chart);
                let manifest = registry.find(&path, &chart.version).await?;
                let archive = registry.archive(&manifest).await?;
                let prov = match self.config.provenance {
                    Provenance::Required => registry.provenance(&manifest).await?,
                    Provenance::Optional => None,
                };
                (archive, None, prov, None)
            }
        };
        let digest = Digest::of(&archive);
        if let Some(expected) = announced.filter(|expected| *expected != digest) {
            let content = chart.to_string();
            return Err(Error::Digest {
                content,
                expected,
                found: digest,
            });
        }
        if self.config.provenance == Provenance::Required {
            let verified = match prov {
                Some(prov) => provenance::check(&prov, name.as_deref(), &digest),
                None => Err(ProvenanceMismatch::Missing),
            };
            let chart = Box::new(chart.clone());
            verified.map_err(|source| Error::Provenance { chart, source })?;
        }
        Ok(archive)
    }
}

/// The path of a chart: the address is the path of one chart, or the parent path of several.
fn registry_path(path: &str, chart: &ChartName) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    if last == chart.as_str() {
        path.to_owned()
    } else {
        format!("{path}/{chart}")
    }
}

/// Lists a registry: the chart at the path, or the charts directly below it.
async fn list(
    registry: &Registry,
    path: &str,
    (address, known): (&str, &[&str]),
) -> Result<ChartIndex, Error> {
    let mut chart_index = ChartIndex::default();
    if known.is_empty()
        && let Some(tags) = registry.tags(path).await?
    {
        let name = path.rsplit('/').next().unwrap_or_default();
        add_chart(registry, path, name, tags, &mut chart_index).await?;
        return Ok(chart_index.sorted());
    }
    let children = match known {
        [] => registry.child_names(path).await?,
        known => Some(known.iter().map(ToString::to_string).collect()),
    };
    let no_listing = || Error::NoListing {
        address: address.to_owned(),
    };
    let mut names = children
        .filter(|names| !names.is_empty())
        .ok_or_else(no_listing)?;
    for name in names.drain(MAX_CHARTS.min(names.len())..) {
        chart_index
            .skipped
            .add(&name, "", SkippedEntryReason::TooMany);
    }
    let each = names.into_iter().map(async |name| {
        let path = format!("{path}/{name}");
        let mut single = ChartIndex::default();
        let tags = registry.tags(&path).await?.unwrap_or_default();
        // Other artifacts, such as images, are skipped.
        match add_chart(registry, &path, &name, tags, &mut single).await {
            Err(Error::NotAChart { .. }) => {
                single = ChartIndex::default();
                single.skipped.add(&name, "", SkippedEntryReason::NotAChart);
            }
            result => result?,
        }
        Ok::<ChartIndex, Error>(single)
    });
    let mut listed = stream::iter(each).buffer_unordered(CONCURRENCY);
    while let Some(single) = listed.next().await {
        let single = single?;
        chart_index.skipped.extend(single.skipped);
        chart_index.charts.extend(single.charts);
    }
    Ok(chart_index.sorted())
}

/// Adds one chart of a registry to an index: a version per tag, the newest with its Chart.yaml.
async fn add_chart(
    registry: &Registry,
    path: &str,
    name: &str,
    tags: Vec<String>,
    chart_index: &mut ChartIndex,
) -> Result<(), Error> {
    let Ok(name) = ChartName::new(name) else {
        chart_index
            .skipped
            .add(name, "", SkippedEntryReason::ChartName);
        return Ok(());
    };
    for tag in tags {
        let version = tag_version(&tag);
        // Other tags, such as signatures or `latest`, are no versions.
        if version::parse(&version).is_some() {
            chart_index.add(
                name.clone(),
                Entry {
                    version,
                    ..Entry::default()
                },
            );
        }
    }
    *chart_index = std::mem::take(chart_index).sorted();
    let Some(newest) = chart_index.newest(&name).cloned() else {
        chart_index
            .skipped
            .add(name.as_str(), "", SkippedEntryReason::Version);
        return Ok(());
    };
    let manifest = registry.find(path, &newest.version).await?;
    let details = registry.entry(&manifest).await?;
    let versions = chart_index.charts.get_mut(&name).into_iter().flatten();
    for entry in versions.filter(|entry| entry.version == newest.version) {
        *entry = Entry {
            version: newest.version.clone(),
            ..details.clone()
        };
    }
    Ok(())
}
