//! An OCI registry: tags, manifests and blobs over the distribution API.
//!
//! A small client instead of a crate, so that the limits on addresses, redirects, sizes and credentials are
//! those of every other repository. Start at [`Registry::find`]; lists are in [`list`], authentication in
//! [`request`].

mod challenge;
mod list;
mod manifest;
mod request;
mod token;

use crate::{
    Digest, Error,
    chart_index::Entry,
    client::{Client, RedirectPolicy, redacted},
    fetch_error::FetchError,
};
use manifest::{Blob, ChartBlobs};
use reqwest::header::HeaderName;
use token::Tokens;
use url::Url;

const MAX_MANIFEST_BYTES: u64 = 4 << 20;
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// The client of one registry.
pub(crate) struct Registry {
    client: Client,
    base: Url,
    tokens: Tokens,
}

/// The manifest of a chart, before its archive is fetched.
pub(crate) struct ChartManifest {
    path: String,
    blobs: ChartBlobs,
}

impl Registry {
    pub(crate) fn new(client: Client, base: Url) -> Self {
        Self {
            client,
            base,
            tokens: Tokens::default(),
        }
    }

    /// Fetches the manifest of a chart by its version.
    pub(crate) async fn find(&self, path: &str, version: &str) -> Result<ChartManifest, Error> {
        // A tag cannot contain a plus; Helm writes an underscore.
        let tag = version.replace('+', "_");
        let url = self.url(&format!("v2/{path}/manifests/{tag}"))?;
        let at = redacted(&url);
        let response = self
            .get(
                url,
                path,
                manifest::ACCEPT,
                MAX_MANIFEST_BYTES,
                RedirectPolicy::SameOrigin,
            )
            .await?;
        let announced = response.header(&HeaderName::from_static("docker-content-digest"));
        let announced = announced.map(Digest::parse);
        let body = self.content(response, &at)?;
        if let Some(Ok(expected)) = announced {
            verify_digest(&at, &expected, &body)?;
        }
        let reference = self.reference(path, &tag);
        let blobs =
            manifest::parse(&body).map_err(|found| Error::NotAChart { reference, found })?;
        Ok(ChartManifest {
            path: path.to_owned(),
            blobs,
        })
    }

    /// The Chart.yaml of a chart as an index entry, with the time when it was published.
    pub(crate) async fn entry(&self, manifest: &ChartManifest) -> Result<Entry, Error> {
        let bytes = self
            .blob(&manifest.path, &manifest.blobs.config, MAX_CONFIG_BYTES)
            .await?;
        let metadata: chart::Metadata =
            serde_json::from_slice(&bytes).map_err(|_| Error::NotAChart {
                reference: self.reference(&manifest.path, ""),
                found: "an invalid Chart.yaml".into(),
            })?;
        Ok(Entry {
            created: manifest.blobs.created.clone(),
            digest: Some(manifest.blobs.chart.digest.clone()),
            ..Entry::from(&metadata)
        })
    }

    /// The archive of a chart, with a verified digest.
    pub(crate) async fn archive(&self, manifest: &ChartManifest) -> Result<Vec<u8>, Error> {
        self.blob(
            &manifest.path,
            &manifest.blobs.chart,
            crate::http_repo::MAX_ARCHIVE_BYTES,
        )
        .await
    }

    /// The provenance file of a chart; none when it does not exist.
    pub(crate) async fn provenance(
        &self,
        manifest: &ChartManifest,
    ) -> Result<Option<Vec<u8>>, Error> {
        match &manifest.blobs.provenance {
            Some(blob) => self
                .blob(&manifest.path, blob, MAX_CONFIG_BYTES)
                .await
                .map(Some),
            None => Ok(None),
        }
    }

    async fn blob(&self, path: &str, blob: &Blob, max: u64) -> Result<Vec<u8>, Error> {
        let url = self.url(&format!("v2/{path}/blobs/{}", blob.digest))?;
        let at = redacted(&url);
        if blob.size > max {
            return Err(Error::Fetch {
                url: at,
                source: FetchError::TooLarge { max },
            });
        }
        let response = self
            .get(
                url,
                path,
                "*/*",
                blob.size.max(1),
                RedirectPolicy::PublicContent,
            )
            .await?;
        let body = self.content(response, &at)?;
        verify_digest(&at, &blob.digest, &body)?;
        Ok(body)
    }

    fn url(&self, rest: &str) -> Result<Url, Error> {
        self.base.join(rest).map_err(|_| Error::Fetch {
            url: redacted(&self.base),
            source: FetchError::CrossOriginRedirect {
                to: rest.to_owned(),
            },
        })
    }

    fn reference(&self, path: &str, tag: &str) -> String {
        let host = self.base.host_str().unwrap_or_default();
        format!("oci://{host}/{path}:{tag}")
            .trim_end_matches(':')
            .to_owned()
    }
}

/// Verifies the digest of `bytes`.
fn verify_digest(content: &str, expected: &Digest, bytes: &[u8]) -> Result<(), Error> {
    let found = Digest::of(bytes);
    if found == *expected {
        return Ok(());
    }
    Err(Error::Digest {
        content: content.to_owned(),
        expected: expected.clone(),
        found,
    })
}

/// The version of a tag.
pub(crate) fn tag_version(tag: &str) -> String {
    tag.replace('_', "+")
}
