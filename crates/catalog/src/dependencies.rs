//! Charts that a chart needs and does not bring along, fetched as `helm dependency build` does: exact
//! versions by Chart.lock, which must have been written for these dependencies; without one the highest
//! version that fits.
//!
//! A repository that a chart names is dialled as a stranger's, without a login and at public addresses
//! only, unless an operator has added it. A folder is looked for inside of the archive and nowhere else.

use crate::{
    Address, Catalog, Error, Login, Transport, dial::Hosts, error::Missing, remote::Remote,
};
use chart::{Chart, Dependency};
use std::sync::Arc;
use wire::{ChartName, ChartRef, Repository};

impl Catalog {
    /// The chart with everything it needs.
    pub(crate) async fn completed(&self, chart: Chart) -> Result<Chart, Error> {
        let missing: Vec<Dependency> = chart.missing_dependencies().into_iter().cloned().collect();
        if missing.is_empty() {
            return Ok(chart);
        }
        let name = chart.name().to_owned();
        let unreadable = |source| Error::Chart {
            folder: name.clone(),
            source: Box::new(source),
        };
        let lock = chart.lock().map_err(unreadable)?;
        if lock.as_ref().is_some_and(|lock| !lock.in_sync) {
            return Err(Error::Lock { chart: name });
        }
        let mut brought = Vec::new();
        for dependency in missing {
            let locked = lock.iter().flat_map(|lock| &lock.dependencies);
            let exact = locked.into_iter().find(|one| one.name == dependency.name);
            let wanted = exact.map_or(&dependency.version, |one| &one.version);
            let found = self.dependency(&chart, &dependency, wanted).await;
            brought.push(found.map_err(|lack| lack.of(&name, &dependency))?);
        }
        Ok(chart.with_subcharts(brought))
    }

    async fn dependency(
        &self,
        chart: &Chart,
        dependency: &Dependency,
        wanted: &str,
    ) -> Result<Chart, Lack> {
        let repository = dependency.repository.trim();
        if repository.is_empty() {
            return Err(Missing::NoRepository.into());
        }
        if let Some(folder) = repository.strip_prefix("file://") {
            return inside(chart, folder, dependency);
        }
        let remote = self.named(repository, &dependency.name)?;
        let name = ChartName::new(dependency.name.as_str())
            .map_err(|_| Missing::BadRepository(dependency.name.clone()))?;
        let now = self.now();
        let state = remote.refresh(&self.cache, now - crate::FRESH, now).await;
        let Some(kept) = state.kept else {
            return Err(Lack {
                reason: Missing::NotGiven,
                met: state.problem,
            });
        };
        let versions = kept
            .shelf
            .charts
            .get(&name)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let constraint = if wanted.trim().is_empty() {
            "*"
        } else {
            wanted
        };
        let fits = |version: &str| chart::version_matches(constraint, version);
        if fits("0.0.0").is_none() {
            return Err(Missing::BadConstraint(wanted.to_owned()).into());
        }
        let found = versions
            .iter()
            .find(|entry| fits(&entry.version) == Some(true));
        let no_version = || Missing::NoVersion {
            repository: repository.to_owned(),
            wanted: constraint.to_owned(),
        };
        let entry = found.ok_or_else(no_version)?;
        let reference = ChartRef {
            repository: remote.definition.name.clone(),
            chart: name,
            version: entry.version.clone(),
        };
        let fetched = self.fetched(&remote, &reference, entry).await;
        let (chart, _) = fetched.map_err(|met| Lack {
            reason: Missing::NotGiven,
            met: Some(Arc::new(met)),
        })?;
        Ok(chart)
    }

    /// The repository that a chart names: one of the console's, or a stranger's.
    fn named(&self, text: &str, chart: &str) -> Result<Arc<Remote>, Lack> {
        if let Some(name) = text
            .strip_prefix('@')
            .or_else(|| text.strip_prefix("alias:"))
        {
            let known = Repository::new(name)
                .ok()
                .and_then(|name| self.remote(&name));
            return Ok(known.ok_or_else(|| Missing::UnknownName(name.to_owned()))?);
        }
        let bad = |_| Missing::BadRepository(text.to_owned());
        // A chart names the path above a chart in a registry; the chart's name follows.
        let text = match text.strip_prefix("oci://") {
            Some(_) => format!("{}/{chart}", text.trim_end_matches('/')),
            None => text.to_owned(),
        };
        let address = Address::read(&text, Transport::Tls).map_err(bad)?;
        let same = |remote: &Arc<Remote>| reaches(&remote.definition.address, &address);
        if let Some(known) = self.remotes().into_iter().find(same) {
            return Ok(known);
        }
        let definition = crate::Definition {
            name: stranger(),
            address,
            login: Login::Nobody,
            authority: String::new(),
            provenance: crate::Provenance::NotAsked,
        };
        let hosts = Hosts::Strangers(self.setup.addresses);
        let remote = Remote::new(definition, hosts, self.network());
        let remote = remote.map_err(|met| Lack {
            reason: Missing::NotGiven,
            met: Some(Arc::new(met)),
        })?;
        Ok(Arc::new(remote))
    }
}

/// Whether a repository of the console's is the one that is asked for: the same index, or the same path of
/// the same registry or the one above it.
fn reaches(known: &Address, asked: &Address) -> bool {
    match (known, asked) {
        (Address::Http(known), Address::Http(asked)) => known == asked,
        (
            Address::Oci { registry, path },
            Address::Oci {
                registry: host,
                path: asked,
            },
        ) => {
            let above = asked.rsplit_once('/').map_or("", |(above, _)| above);
            let same_host = registry.host() == host.host() && registry.port() == host.port();
            same_host && (path == asked || path == above)
        }
        _ => false,
    }
}

/// A name for what has none here.
fn stranger() -> Repository {
    Repository::new("stranger").unwrap_or_else(|_| unreachable!("a plain label"))
}

/// A chart in a folder of the archive.
fn inside(chart: &Chart, folder: &str, dependency: &Dependency) -> Result<Chart, Lack> {
    let nothing = || Missing::NoFolder(folder.to_owned());
    let path = folder.trim_start_matches("./").trim_end_matches('/');
    if path.is_empty() || path.starts_with('/') || path.split('/').any(|part| part == "..") {
        return Err(nothing().into());
    }
    let start = format!("{path}/");
    let files: Vec<(String, Vec<u8>)> = chart
        .files()
        .iter()
        .filter_map(|file| {
            Some((
                file.name.strip_prefix(&start)?.to_owned(),
                file.data.clone(),
            ))
        })
        .collect();
    if files.is_empty() {
        return Err(nothing().into());
    }
    let read = Chart::from_files(files).map_err(|source| Lack {
        reason: nothing(),
        met: Some(Arc::new(Error::Chart {
            folder: path.to_owned(),
            source: Box::new(source),
        })),
    })?;
    let version = read.metadata().version.clone();
    match chart::version_matches(&dependency.version, &version) {
        Some(true) => Ok(read),
        _ => Err(Missing::NoVersion {
            repository: dependency.repository.clone(),
            wanted: dependency.version.clone(),
        }
        .into()),
    }
}

/// Why a dependency is lacking, and what was met.
struct Lack {
    reason: Missing,
    met: Option<Arc<Error>>,
}

impl From<Missing> for Lack {
    fn from(reason: Missing) -> Self {
        Self { reason, met: None }
    }
}

impl Lack {
    fn of(self, chart: &str, dependency: &Dependency) -> Error {
        Error::Dependency {
            chart: chart.to_owned(),
            dependency: format!("{} {}", dependency.name, dependency.version)
                .trim()
                .to_owned(),
            reason: self.reason,
            source: self.met,
        }
    }
}
