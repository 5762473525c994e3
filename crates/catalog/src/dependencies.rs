//! The missing dependencies of a chart, fetched as `helm dependency build` does: exact versions from
//! Chart.lock, which must be in sync with the dependencies; without one the highest matching version.
//!
//! A repository that a chart names is untrusted unless an operator has added it: it is dialled at public
//! addresses only and without credentials. A `file://` dependency must be inside the archive.

use crate::{
    Address, Catalog, Credentials, Error, Transport, error::Missing, remote::Remote,
    resolver::AllowedHosts,
};
use chart::{Chart, Dependency};
use std::sync::Arc;
use wire::{ChartName, ChartRef, Repository};

impl Catalog {
    /// The chart with its dependencies.
    pub(crate) async fn with_dependencies(&self, chart: Chart) -> Result<Chart, Error> {
        let missing: Vec<Dependency> = chart.missing_dependencies().into_iter().cloned().collect();
        if missing.is_empty() {
            return Ok(chart);
        }
        let name = chart.name().to_owned();
        let failed = |source| Error::Chart {
            folder: name.clone(),
            source: Box::new(source),
        };
        let lock = chart.lock().map_err(failed)?;
        if lock.as_ref().is_some_and(|lock| !lock.in_sync) {
            return Err(Error::Lock { chart: name });
        }
        let mut charts = Vec::new();
        for dependency in missing {
            let locked = lock.iter().flat_map(|lock| &lock.dependencies);
            let exact = locked
                .into_iter()
                .find(|locked| locked.name == dependency.name);
            let version = exact.map_or(&dependency.version, |locked| &locked.version);
            let fetched = self.dependency(&chart, &dependency, version).await;
            charts.push(fetched.map_err(|failure| failure.into_error(&name, &dependency))?);
        }
        Ok(chart.with_subcharts(charts))
    }

    async fn dependency(
        &self,
        chart: &Chart,
        dependency: &Dependency,
        version: &str,
    ) -> Result<Chart, DependencyFailure> {
        let repository = dependency.repository.trim();
        if repository.is_empty() {
            return Err(Missing::NoRepository.into());
        }
        if let Some(folder) = repository.strip_prefix("file://") {
            return bundled_chart(chart, folder, dependency);
        }
        let remote = self.dependency_repository(repository, &dependency.name)?;
        let name = ChartName::new(dependency.name.as_str())
            .map_err(|_| Missing::BadRepository(dependency.name.clone()))?;
        let now = self.now();
        let state = remote
            .refresh(&self.cache, now - crate::INDEX_MAX_AGE_SECONDS, now)
            .await;
        let Some(cached) = state.cached else {
            return Err(DependencyFailure {
                reason: Missing::FetchFailed,
                source: state.problem,
            });
        };
        let versions = cached
            .index
            .charts
            .get(&name)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let constraint = if version.trim().is_empty() {
            "*"
        } else {
            version
        };
        let matches = |candidate: &str| chart::version_matches(constraint, candidate);
        if matches("0.0.0").is_none() {
            return Err(Missing::BadConstraint(version.to_owned()).into());
        }
        let found = versions
            .iter()
            .find(|entry| matches(&entry.version) == Some(true));
        let no_version = || Missing::NoVersion {
            repository: repository.to_owned(),
            constraint: constraint.to_owned(),
        };
        let entry = found.ok_or_else(no_version)?;
        let reference = ChartRef {
            repository: remote.config.name.clone(),
            chart: name,
            version: entry.version.clone(),
        };
        let fetched = self.fetch(&remote, &reference, entry).await;
        let (chart, _) = fetched.map_err(|error| DependencyFailure {
            reason: Missing::FetchFailed,
            source: Some(Arc::new(error)),
        })?;
        Ok(chart)
    }

    /// The repository of a dependency: one of the console's, or an untrusted one.
    fn dependency_repository(
        &self,
        text: &str,
        chart: &str,
    ) -> Result<Arc<Remote>, DependencyFailure> {
        if let Some(name) = text
            .strip_prefix('@')
            .or_else(|| text.strip_prefix("alias:"))
        {
            let configured = Repository::new(name)
                .ok()
                .and_then(|name| self.remote(&name));
            return Ok(configured.ok_or_else(|| Missing::UnknownName(name.to_owned()))?);
        }
        let bad = |_| Missing::BadRepository(text.to_owned());
        // For a registry, a dependency names the parent path of the chart.
        let text = match text.strip_prefix("oci://") {
            Some(_) => format!("{}/{chart}", text.trim_end_matches('/')),
            None => text.to_owned(),
        };
        let address = Address::parse(&text, Transport::Tls).map_err(bad)?;
        let same = |remote: &Arc<Remote>| covers(&remote.config.address, &address);
        if let Some(configured) = self.remotes().into_iter().find(same) {
            return Ok(configured);
        }
        let config = crate::RepositoryConfig {
            name: untrusted_name(),
            address,
            credentials: Credentials::Anonymous,
            ca_bundle: String::new(),
            provenance: crate::Provenance::Optional,
        };
        let remote = Remote::new(config, AllowedHosts::Public, self.network());
        let remote = remote.map_err(|error| DependencyFailure {
            reason: Missing::FetchFailed,
            source: Some(Arc::new(error)),
        })?;
        Ok(Arc::new(remote))
    }
}

/// Whether a configured repository contains the requested one: the same index, or the same path of a registry
/// or its parent.
fn covers(configured: &Address, requested: &Address) -> bool {
    match (configured, requested) {
        (Address::Http(configured), Address::Http(requested)) => configured == requested,
        (
            Address::Oci { registry, path },
            Address::Oci {
                registry: host,
                path: requested,
            },
        ) => {
            let parent = requested.rsplit_once('/').map_or("", |(parent, _)| parent);
            let same_host = registry.host() == host.host() && registry.port() == host.port();
            same_host && (path == requested || path == parent)
        }
        _ => false,
    }
}

/// The name of a repository that is not configured here.
fn untrusted_name() -> Repository {
    Repository::new("untrusted").unwrap_or_else(|_| unreachable!("a plain label"))
}

/// A chart in a directory of the archive.
fn bundled_chart(
    chart: &Chart,
    folder: &str,
    dependency: &Dependency,
) -> Result<Chart, DependencyFailure> {
    let not_found = || Missing::NoFolder(folder.to_owned());
    let path = folder.trim_start_matches("./").trim_end_matches('/');
    if path.is_empty() || path.starts_with('/') || path.split('/').any(|part| part == "..") {
        return Err(not_found().into());
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
        return Err(not_found().into());
    }
    let bundled = Chart::from_files(files).map_err(|source| DependencyFailure {
        reason: not_found(),
        source: Some(Arc::new(Error::Chart {
            folder: path.to_owned(),
            source: Box::new(source),
        })),
    })?;
    let version = bundled.metadata().version.clone();
    match chart::version_matches(&dependency.version, &version) {
        Some(true) => Ok(bundled),
        _ => Err(Missing::NoVersion {
            repository: dependency.repository.clone(),
            constraint: dependency.version.clone(),
        }
        .into()),
    }
}

/// The reason why a dependency is missing, and its cause.
struct DependencyFailure {
    reason: Missing,
    source: Option<Arc<Error>>,
}

impl From<Missing> for DependencyFailure {
    fn from(reason: Missing) -> Self {
        Self {
            reason,
            source: None,
        }
    }
}

impl DependencyFailure {
    fn into_error(self, chart: &str, dependency: &Dependency) -> Error {
        Error::Dependency {
            chart: chart.to_owned(),
            dependency: format!("{} {}", dependency.name, dependency.version)
                .trim()
                .to_owned(),
            reason: self.reason,
            source: self.source,
        }
    }
}
