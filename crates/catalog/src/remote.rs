//! A repository elsewhere: how its shelf is read and kept, and how an archive is fetched from it.

use crate::{
    Address, Definition, Digest, Entry, Error, Provenance, Shelf,
    cache::{Cache, KeptShelf},
    client::{Client, Network},
    dial::Hosts,
    http_repo::{self, Read},
    oci::{Registry, version_of},
    provenance::{self, BadProvenance},
    version,
};
use futures::{StreamExt as _, stream};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Semaphore;
use url::Url;
use wire::{ChartName, ChartRef};

/// How many charts of a registry are listed.
const MOST_CHARTS: usize = 300;
/// How many requests go to one registry at the same time.
const AT_ONCE: usize = 4;

/// A repository elsewhere.
pub(crate) struct Remote {
    pub(crate) definition: Definition,
    way: Way,
    state: RwLock<State>,
    /// One reads the shelf at a time; the others wait and take what it brought.
    turn: Semaphore,
}

/// The way to it.
enum Way {
    /// An index and archives.
    Http { client: Client, base: Url },
    /// A registry and a path of it.
    Oci { registry: Registry, path: String },
}

/// What is known of it.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// Its shelf, as it was read last.
    pub(crate) kept: Option<Arc<KeptShelf>>,
    /// What the last attempt met, when it failed.
    pub(crate) problem: Option<Arc<Error>>,
    /// When the last attempt was, in seconds since 1970.
    pub(crate) tried: Option<i64>,
}

impl Remote {
    /// Prepares the way; nothing is dialled.
    pub(crate) fn new(
        definition: Definition,
        hosts: Hosts,
        network: Network,
    ) -> Result<Self, Error> {
        let origin = definition.address.origin();
        let failed = |source| Error::Fetch {
            url: definition.address.shown(),
            source,
        };
        let client = Client::new(
            origin,
            &definition.login,
            &definition.authority,
            hosts,
            network,
        );
        let client = client.map_err(failed)?;
        let way = match &definition.address {
            Address::Http(base) => Way::Http {
                client,
                base: base.clone(),
            },
            Address::Oci { registry, path } => Way::Oci {
                registry: Registry::new(client, registry.clone()),
                path: path.clone(),
            },
        };
        Ok(Self {
            definition,
            way,
            state: RwLock::default(),
            turn: Semaphore::new(1),
        })
    }

    /// Whether each of its charts must be vouched for.
    pub(crate) fn wants_provenance(&self) -> bool {
        self.definition.provenance == Provenance::Required
    }

    /// What is known now.
    pub(crate) fn state(&self) -> State {
        self.state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Takes the shelf that was kept on disk.
    pub(crate) fn recall(&self, cache: &Cache) {
        let kept = cache.shelf(&self.definition.name, &self.definition.address.shown());
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.kept = kept.map(Arc::new);
    }

    /// Reads the shelf, unless it was read or tried since `since`.
    pub(crate) async fn refresh(&self, cache: &Cache, since: i64, now: i64) -> State {
        let Ok(_turn) = self.turn.acquire().await else {
            return self.state();
        };
        let before = self.state();
        if before.tried.is_some_and(|tried| tried >= since) {
            return before;
        }
        let read = self.read(before.kept.as_deref(), now).await;
        let after = match read {
            Ok(kept) => {
                cache.keep_shelf(&self.definition.name, &kept);
                State {
                    kept: Some(Arc::new(kept)),
                    problem: None,
                    tried: Some(now),
                }
            }
            Err(error) => {
                tracing::warn!(repository = %self.definition.name, error = %chain(&error), "a repository was not read");
                State {
                    kept: before.kept,
                    problem: Some(Arc::new(error)),
                    tried: Some(now),
                }
            }
        };
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = after.clone();
        after
    }

    /// Reads the shelf from where it is.
    pub(crate) async fn read(
        &self,
        known: Option<&KeptShelf>,
        now: i64,
    ) -> Result<KeptShelf, Error> {
        let address = self.definition.address.shown();
        let (shelf, etag, modified) = match &self.way {
            Way::Http { client, base } => match http_repo::read(client, base, known).await? {
                Read::New {
                    shelf,
                    etag,
                    modified,
                } => (shelf, etag, modified),
                Read::Same => {
                    let known = known.cloned().unwrap_or_else(|| KeptShelf::empty(&address));
                    return Ok(KeptShelf { read: now, ..known });
                }
            },
            Way::Oci { registry, path } => (list(registry, path, &address).await?, None, None),
        };
        Ok(KeptShelf {
            address,
            etag,
            modified,
            read: now,
            shelf: Arc::new(shelf),
        })
    }

    /// Fetches the archive of a chart and checks what vouches for it.
    pub(crate) async fn archive(&self, chart: &ChartRef, entry: &Entry) -> Result<Vec<u8>, Error> {
        let (archive, announced, prov, name) = match &self.way {
            Way::Http { client, base } => {
                let no_url = || Error::NoUrl {
                    chart: Box::new(chart.clone()),
                };
                let url = http_repo::archive_url(base, entry).ok_or_else(no_url)??;
                let archive = http_repo::archive(client, url.clone(), entry).await?;
                let prov = match self.definition.provenance {
                    Provenance::Required => http_repo::provenance(client, &url).await?,
                    Provenance::NotAsked => None,
                };
                (
                    archive,
                    entry.digest.clone(),
                    prov,
                    Some(http_repo::file_name(&url)),
                )
            }
            Way::Oci { registry, path } => {
                let path = registry_path(path, &chart.chart);
                let found = registry.find(&path, &chart.version).await?;
                let archive = registry.archive(&found).await?;
                let prov = match self.definition.provenance {
                    Provenance::Required => registry.provenance(&found).await?,
                    Provenance::NotAsked => None,
                };
                (archive, None, prov, None)
            }
        };
        let digest = Digest::of(&archive);
        if let Some(expected) = announced.filter(|expected| *expected != digest) {
            let what = chart.to_string();
            return Err(Error::Digest {
                what,
                expected,
                found: digest,
            });
        }
        if self.definition.provenance == Provenance::Required {
            let vouched = match prov {
                Some(prov) => provenance::check(&prov, name.as_deref(), &digest),
                None => Err(BadProvenance::Missing),
            };
            let chart = Box::new(chart.clone());
            vouched.map_err(|source| Error::Provenance { chart, source })?;
        }
        Ok(archive)
    }
}

/// The path of a chart: the address names one chart, or the path above several.
fn registry_path(path: &str, chart: &ChartName) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    if last == chart.as_str() {
        path.to_owned()
    } else {
        format!("{path}/{chart}")
    }
}

/// Lists a registry: the chart at the path, or those directly below it.
async fn list(registry: &Registry, path: &str, address: &str) -> Result<Shelf, Error> {
    let mut shelf = Shelf::default();
    if let Some(tags) = registry.tags(path).await? {
        let name = path.rsplit('/').next().unwrap_or_default();
        shelve(registry, path, name, tags, &mut shelf).await?;
        return Ok(shelf.ordered());
    }
    let below = registry.below(path).await?;
    let no_listing = || Error::NoListing {
        address: address.to_owned(),
    };
    let mut names = below
        .filter(|names| !names.is_empty())
        .ok_or_else(no_listing)?;
    shelf.passed_over = u32::try_from(names.len().saturating_sub(MOST_CHARTS)).unwrap_or(u32::MAX);
    names.truncate(MOST_CHARTS);
    let each = names.into_iter().map(async |name| {
        let path = format!("{path}/{name}");
        let mut own = Shelf::default();
        let tags = registry.tags(&path).await?.unwrap_or_default();
        // What is no chart, such as an image, is passed over and not the end of the list.
        match shelve(registry, &path, &name, tags, &mut own).await {
            Err(Error::NotAChart { .. }) => {
                own = Shelf {
                    passed_over: 1,
                    ..Shelf::default()
                };
            }
            other => other?,
        }
        Ok::<Shelf, Error>(own)
    });
    let mut listed = stream::iter(each).buffer_unordered(AT_ONCE);
    while let Some(own) = listed.next().await {
        let own = own?;
        shelf.passed_over = shelf.passed_over.saturating_add(own.passed_over);
        shelf.charts.extend(own.charts);
    }
    Ok(shelf.ordered())
}

/// Puts one chart of a registry on a shelf: its versions by their tags, the newest with its Chart.yaml.
async fn shelve(
    registry: &Registry,
    path: &str,
    name: &str,
    tags: Vec<String>,
    shelf: &mut Shelf,
) -> Result<(), Error> {
    let Ok(name) = ChartName::new(name) else {
        shelf.passed_over += 1;
        return Ok(());
    };
    for tag in tags {
        let version = version_of(&tag);
        // Signatures, `latest` and the like are tags too.
        if version::read(&version).is_some() {
            shelf.put(
                name.clone(),
                Entry {
                    version,
                    ..Entry::default()
                },
            );
        }
    }
    *shelf = std::mem::take(shelf).ordered();
    let Some(newest) = shelf.newest(&name).cloned() else {
        shelf.passed_over += 1;
        return Ok(());
    };
    let found = registry.find(path, &newest.version).await?;
    let told = registry.entry(&found).await?;
    let versions = shelf.charts.get_mut(&name).into_iter().flatten();
    for entry in versions.filter(|entry| entry.version == newest.version) {
        *entry = Entry {
            version: newest.version.clone(),
            ..told.clone()
        };
    }
    Ok(())
}

/// An error with its causes, as one line for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
