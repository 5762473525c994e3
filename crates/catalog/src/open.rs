//! Opening a chart: from what is here, from the cache, or from its repository, its digest checked.

use crate::{Catalog, Digest, Entry, Error, Opened, remote::Remote, version};
use chart::{ArchiveLimits, Chart};
use std::sync::Arc;
use wire::ChartRef;

/// Reads an archive; a large one takes a moment, and other requests go on meanwhile.
///
/// # Errors
/// [`Error::Chart`] naming what it is.
pub async fn read_archive(what: &str, bytes: Vec<u8>) -> Result<Chart, Error> {
    let work = move || Chart::from_archive(&bytes, &ArchiveLimits::default());
    let failed = |source| Error::Chart {
        folder: what.to_owned(),
        source: Box::new(source),
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(read) => read.map_err(failed),
        Err(_) => Err(failed(chart::Error::MissingMetadata)),
    }
}

impl Catalog {
    /// One chart with everything it needs.
    ///
    /// # Errors
    /// [`Error::NotFound`] naming it, [`Error::Fetch`], [`Error::Digest`], [`Error::Provenance`],
    /// [`Error::Chart`], [`Error::Dependency`].
    pub async fn chart(&self, reference: &ChartRef) -> Result<Opened, Error> {
        let not_found = || Error::NotFound {
            chart: Box::new(reference.clone()),
        };
        if let Some(chart) = self.held.get(reference) {
            return Ok(Opened {
                chart: chart.clone(),
                digest: None,
            });
        }
        if let Some(upload) = self.upload(reference) {
            return self.uploaded_chart(reference, &upload).await;
        }
        let Some(remote) = self.remote(&reference.repository) else {
            return Err(not_found());
        };
        let listing = self
            .shelf(&reference.repository, self.setup.deadline)
            .await?;
        let shelf = listing.shelf.unwrap_or_default();
        let entry = shelf
            .entry(&reference.chart, &reference.version)
            .ok_or_else(not_found)?;
        let (key, since) = match &entry.digest {
            Some(digest) if !remote.wants_provenance() => (format!("{reference} {digest}"), 0),
            // What no digest holds to its bytes may come to be another chart.
            _ => (
                format!("{reference} {}", listing.address),
                self.now() - crate::FRESH,
            ),
        };
        if let Some(opened) = self.cache.opened(&key, since) {
            return Ok(opened);
        }
        let (chart, digest) = self.fetched(&remote, reference, entry).await?;
        let opened = Opened {
            chart: Arc::new(self.completed(chart).await?),
            digest: Some(digest),
        };
        self.cache.keep_opened(&key, &opened, self.now());
        Ok(opened)
    }

    /// The chart whose archive has this digest: what was looked at is what is installed, even when the
    /// repository has changed or does not answer any more.
    ///
    /// # Errors
    /// [`Error::Changed`] when only other bytes are to be had; and as [`Catalog::chart`].
    pub async fn same_chart(&self, reference: &ChartRef, digest: &Digest) -> Result<Opened, Error> {
        let key = digest.to_string();
        if let Some(opened) = self.cache.opened(&key, 0) {
            return Ok(opened);
        }
        let opened = match self.cache.archive(digest) {
            Some(archive) => {
                let chart = read_archive(&reference.to_string(), archive).await?;
                Opened {
                    chart: Arc::new(self.completed(chart).await?),
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
        self.cache.keep_opened(&key, &opened, self.now());
        Ok(opened)
    }

    /// The archive of a listed chart, opened; from the cache when its digest is known.
    pub(crate) async fn fetched(
        &self,
        remote: &Remote,
        reference: &ChartRef,
        entry: &Entry,
    ) -> Result<(Chart, Digest), Error> {
        // What must be vouched for is asked for each time it is opened.
        let known = entry.digest.as_ref().filter(|_| !remote.wants_provenance());
        let kept = known.and_then(|digest| self.cache.archive(digest));
        let archive = match kept {
            Some(archive) => archive,
            None => {
                let archive = remote.archive(reference, entry).await?;
                self.cache.keep_archive(&Digest::of(&archive), &archive);
                archive
            }
        };
        let digest = Digest::of(&archive);
        let chart = read_archive(&reference.to_string(), archive).await?;
        let found = &chart.metadata().version;
        if chart.name() != reference.chart.as_str()
            || version::order(found, &reference.version).is_ne()
        {
            return Err(Error::Another {
                chart: Box::new(reference.clone()),
                found: format!("{} {found}", chart.name()),
            });
        }
        Ok((chart, digest))
    }

    async fn uploaded_chart(
        &self,
        reference: &ChartRef,
        upload: &crate::Upload,
    ) -> Result<Opened, Error> {
        let key = upload.digest.to_string();
        if let Some(opened) = self.cache.opened(&key, 0) {
            return Ok(opened);
        }
        let what = reference.to_string();
        let gone = |_| Error::NotFound {
            chart: Box::new(reference.clone()),
        };
        let bytes = tokio::fs::read(&upload.file).await.map_err(gone)?;
        let found = Digest::of(&bytes);
        if found != upload.digest {
            return Err(Error::Digest {
                what,
                expected: upload.digest.clone(),
                found,
            });
        }
        let chart = read_archive(&what, bytes).await?;
        let chart = Arc::new(self.completed(chart).await?);
        let opened = Opened {
            chart,
            digest: Some(found),
        };
        self.cache.keep_opened(&key, &opened, self.now());
        Ok(opened)
    }
}
