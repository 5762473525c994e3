//! Uploaded charts: validated first, then stored by their digest.

use crate::{Action, Caller, Console, Error};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use catalog::{Catalog, Digest, Entry, Upload};
use store::{Store, StoredUpload};
use wire::{
    ChartName, ChartRef, Repository,
    repository::{MAX_UPLOAD_BYTES, UploadRequest},
};

impl Console {
    /// Stores a chart archive.
    ///
    /// # Errors
    /// [`Error::Upload`] when it is no archive of a chart, [`Error::UploadExists`] when that version is
    /// there with other bytes, [`Error::NotPermitted`], [`Error::Store`].
    pub async fn upload_chart(
        &self,
        caller: &Caller,
        request: UploadRequest,
    ) -> Result<ChartRef, Error> {
        let name: String = request
            .file
            .chars()
            .filter(|c| !c.is_control())
            .take(120)
            .collect();
        let target = format!("upload {name}");
        self.audited(caller, Action::WriteRepository, &target, async {
            let bytes = decoded(&name, &request.archive)?;
            let refused = |error| match error {
                catalog::Error::Chart { source, .. } => Error::Upload {
                    file: name.clone(),
                    source,
                },
                other => other.into(),
            };
            let chart = catalog::read_archive(&name, bytes.clone())
                .await
                .map_err(refused)?;
            let reference = Upload::reference(&chart)?;
            let entry = Entry::from(chart.metadata());
            let json = serde_json::to_string(&entry)
                .map_err(|source| store::Error::malformed(format!("upload {name}"), &source))?;
            let (chart, version) = (reference.chart.to_string(), reference.version.clone());
            let now = self.now().as_second();
            let add = move |store: &Store| store.add_upload(&chart, &version, &json, &bytes, now);
            if !self.with_store(add).await? {
                return Err(Error::UploadExists(reference));
            }
            let uploads = self.with_store(Store::uploads).await?;
            add_uploads(uploads, &self.catalog);
            Ok(reference)
        })
        .await
    }

    /// Deletes an uploaded chart. Releases of it stay.
    ///
    /// # Errors
    /// [`Error::Catalog`] when it is not there, [`Error::Store`].
    pub async fn remove_upload(&self, caller: &Caller, chart: &ChartRef) -> Result<(), Error> {
        let target = format!("remove {chart}");
        self.audited(caller, Action::WriteRepository, &target, async {
            let (name, version) = (chart.chart.to_string(), chart.version.clone());
            let remove = move |store: &Store| store.remove_upload(&name, &version);
            let is_uploaded =
                chart.repository.as_str() == catalog::UPLOADED && self.with_store(remove).await?;
            if !is_uploaded {
                let chart = Box::new(chart.clone());
                return Err(catalog::Error::NotFound { chart }.into());
            }
            self.catalog.remove_upload(chart);
            Ok(())
        })
        .await
    }
}

/// Adds every stored archive to the catalog.
pub(crate) fn restore_uploads(store: &Store, catalog: &Catalog) -> Result<(), Error> {
    add_uploads(store.uploads()?, catalog);
    Ok(())
}

fn add_uploads(uploads: Vec<StoredUpload>, catalog: &Catalog) {
    for upload in uploads.into_iter().filter_map(recalled) {
        catalog.add_upload(upload);
    }
}

fn recalled(stored: StoredUpload) -> Option<Upload> {
    Some(Upload {
        chart: ChartRef {
            repository: Repository::new(catalog::UPLOADED).ok()?,
            chart: ChartName::new(stored.chart).ok()?,
            version: stored.version,
        },
        entry: serde_json::from_str(&stored.entry).ok()?,
        digest: Digest::parse(&stored.digest).ok()?,
        file: stored.file,
    })
}

/// The bytes of an upload, at most as many as are taken.
fn decoded(file: &str, archive: &str) -> Result<Vec<u8>, Error> {
    let most = MAX_UPLOAD_BYTES as usize;
    // Four letters of Base64 are three bytes.
    let bytes = (archive.len() / 4 * 3 <= most + 3).then(|| STANDARD.decode(archive));
    match bytes {
        Some(Ok(bytes)) if bytes.len() <= most => Ok(bytes),
        Some(Err(_)) => Err(Error::Upload {
            file: file.to_owned(),
            source: Box::new(chart::Error::Archive(chart::ArchiveError::NotAnArchive(
                "it did not arrive as Base64".into(),
            ))),
        }),
        _ => Err(Error::UploadTooLarge {
            file: file.to_owned(),
            max: MAX_UPLOAD_BYTES,
        }),
    }
}
