//! Opens charts: local ones, from the cache, or from their repository, with verified digests.

use crate::{Catalog, Digest, Entry, Error, OpenedChart, remote::Remote, version};
use chart::{ArchiveLimits, Chart};
use std::sync::Arc;
use wire::ChartRef;

/// Reads an archive on a blocking thread; `name` names it in the error.
///
/// # Errors
/// [`Error::Chart`].
pub async fn read_archive(name: &str, bytes: Vec<u8>) -> Result<Chart, Error> {
    let read = move || Chart::from_archive(&bytes, &ArchiveLimits::default());
    let failed = |source| Error::Chart {
        folder: name.to_owned(),
        source: Box::new(source),
    };
    match tokio::task::spawn_blocking(read).await {
        Ok(chart) => chart.map_err(failed),
        Err(_) => Err(failed(chart::Error::MissingMetadata)),
    }
}

impl Catalog {
    /// One chart with its dependencies.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unread`], [`Error::Fetch`], [`Error::Digest`], [`Error::Provenance`],
    /// [`Error::Chart`], [`Error::Dependency`], [`Error::UnknownIstio`].
    pub async fn chart(&self, reference: &ChartRef) -> Result<OpenedChart, Error> {
        let not_found = || Error::NotFound {
            chart: Box::new(reference.clone()),
        };
        let embedded = self.local.get(reference);
        if let Some(chart) = embedded.or_else(|| self.own_parts.get(reference)) {
            return Ok(OpenedChart {
                chart: chart.clone(),
                digest: None,
            });
        }
        if let Some(chart) = self.bundle_chart(reference)? {
            return Ok(OpenedChart {
                chart: Arc::new(chart),
                digest: None,
            });
        }
        if let Some(upload) = self.upload(reference) {
            return self.open_upload(reference, &upload).await;
        }
        let Some(remote) = self.remote(&reference.repository) else {
            return Err(not_found());
        };
        let listing = self
            .listing(&reference.repository, self.setup.timeout)
            .await?;
        if let (None, Some(source)) = (&listing.index, listing.problem) {
            return Err(Error::Unread {
                repository: reference.repository.clone(),
                source,
            });
        }
        let chart_index = listing.index.unwrap_or_default();
        let entry = chart_index
            .entry(&reference.chart, &reference.version)
            .ok_or_else(not_found)?;
        let (key, since) = match &entry.digest {
            Some(digest) if !remote.requires_provenance() => (format!("{reference} {digest}"), 0),
            // Without a digest, the same reference may become another chart.
            _ => (
                format!("{reference} {}", listing.address),
                self.now() - crate::INDEX_MAX_AGE_SECONDS,
            ),
        };
        if let Some(opened) = self.cache.opened(&key, since) {
            return Ok(opened);
        }
        let (chart, digest) = self.fetch(&remote, reference, entry).await?;
        let opened = OpenedChart {
            chart: Arc::new(self.with_dependencies(chart).await?),
            digest: Some(digest),
        };
        self.cache.store_opened(&key, &opened, self.now());
        Ok(opened)
    }

    /// The chart whose archive has this digest: the reviewed chart is installed even when the repository has
    /// changed or is unreachable.
    ///
    /// # Errors
    /// [`Error::Changed`] when the repository has another archive now; and as [`Catalog::chart`].
    pub async fn pinned_chart(
        &self,
        reference: &ChartRef,
        digest: &Digest,
    ) -> Result<OpenedChart, Error> {
        let key = digest.to_string();
        if let Some(opened) = self.cache.opened(&key, 0) {
            return Ok(opened);
        }
        let opened = match self.cache.archive(digest) {
            Some(archive) => {
                let chart = read_archive(&reference.to_string(), archive).await?;
                OpenedChart {
                    chart: Arc::new(self.with_dependencies(chart).await?),
                    digest: Some(digest.clone()),
                }
            }
            None => self.chart(reference).await?,
        };
        if opened.digest.as_ref() != Some(digest) {
            return Err(Error::Changed {
                chart: Box::new(reference.clone()),
            });
        }
        self.cache.store_opened(&key, &opened, self.now());
        Ok(opened)
    }

    /// The chart of an index entry and its digest; from the cache when the index has the digest.
    pub(crate) async fn fetch(
        &self,
        remote: &Remote,
        reference: &ChartRef,
        entry: &Entry,
    ) -> Result<(Chart, Digest), Error> {
        // A chart that needs provenance is fetched each time, with its provenance file.
        let known = entry
            .digest
            .as_ref()
            .filter(|_| !remote.requires_provenance());
        let cached = known.and_then(|digest| self.cache.archive(digest));
        let archive = match cached {
            Some(archive) => archive,
            None => {
                let archive = remote.archive(reference, entry).await?;
                self.cache.store_archive(&Digest::of(&archive), &archive);
                archive
            }
        };
        let digest = Digest::of(&archive);
        let chart = read_archive(&reference.to_string(), archive).await?;
        let found = &chart.metadata().version;
        if chart.name() != reference.chart.as_str()
            || version::order(found, &reference.version).is_ne()
        {
            return Err(Error::ChartMismatch {
                chart: Box::new(reference.clone()),
                found: format!("{} {found}", chart.name()),
            });
        }
        Ok((chart, digest))
    }

    async fn open_upload(
        &self,
        reference: &ChartRef,
        upload: &crate::Upload,
    ) -> Result<OpenedChart, Error> {
        let key = upload.digest.to_string();
        if let Some(opened) = self.cache.opened(&key, 0) {
            return Ok(opened);
        }
        let name = reference.to_string();
        let not_found = |_| Error::NotFound {
            chart: Box::new(reference.clone()),
        };
        let bytes = tokio::fs::read(&upload.file).await.map_err(not_found)?;
        let found = Digest::of(&bytes);
        if found != upload.digest {
            return Err(Error::Digest {
                content: name,
                expected: upload.digest.clone(),
                found,
            });
        }
        let chart = read_archive(&name, bytes).await?;
        let chart = Arc::new(self.with_dependencies(chart).await?);
        let opened = OpenedChart {
            chart,
            digest: Some(found),
        };
        self.cache.store_opened(&key, &opened, self.now());
        Ok(opened)
    }
}
