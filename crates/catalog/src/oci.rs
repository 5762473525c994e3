//! A registry: tags, manifests and blobs over the OCI distribution API.
//!
//! A small client of our own rather than a crate: addresses, authorities, redirects, sizes and logins
//! are bound here as for every other repository. Start at [`Registry::find`]; lists are in [`list`], logins in [`ask`].

mod ask;
mod challenge;
mod list;
mod manifest;
mod token;

use crate::{
    Digest, Error,
    client::{Client, Leads, shown},
    fault::Fault,
    shelf::Entry,
};
use manifest::{Blob, Blobs};
use reqwest::header::HeaderName;
use token::Tokens;
use url::Url;

const MOST_MANIFEST: u64 = 4 << 20;
const MOST_CONFIG: u64 = 1 << 20;

/// The way to one registry.
pub(crate) struct Registry {
    client: Client,
    base: Url,
    tokens: Tokens,
}

/// A chart of a registry, its archive not yet fetched.
pub(crate) struct Found {
    path: String,
    blobs: Blobs,
}

impl Registry {
    pub(crate) fn new(client: Client, base: Url) -> Self {
        Self {
            client,
            base,
            tokens: Tokens::default(),
        }
    }

    /// Finds a chart by its version.
    pub(crate) async fn find(&self, path: &str, version: &str) -> Result<Found, Error> {
        // A tag cannot have a plus, so Helm writes an underscore.
        let tag = version.replace('+', "_");
        let url = self.url(&format!("v2/{path}/manifests/{tag}"))?;
        let at = shown(&url);
        let answer = self
            .get(url, path, manifest::ACCEPT, MOST_MANIFEST, Leads::Within)
            .await?;
        let announced = answer.header(&HeaderName::from_static("docker-content-digest"));
        let announced = announced.map(Digest::read);
        let body = self.content(answer, &at)?;
        if let Some(Ok(expected)) = announced {
            same(&at, &expected, &body)?;
        }
        let reference = self.reference(path, &tag);
        let blobs = manifest::read(&body).map_err(|found| Error::NotAChart { reference, found })?;
        Ok(Found {
            path: path.to_owned(),
            blobs,
        })
    }

    /// What the Chart.yaml of a chart says, and when it was made.
    pub(crate) async fn entry(&self, found: &Found) -> Result<Entry, Error> {
        let bytes = self
            .blob(&found.path, &found.blobs.config, MOST_CONFIG)
            .await?;
        let metadata: chart::Metadata =
            serde_json::from_slice(&bytes).map_err(|_| Error::NotAChart {
                reference: self.reference(&found.path, ""),
                found: "a Chart.yaml that cannot be read".into(),
            })?;
        Ok(Entry {
            created: found.blobs.created.clone(),
            digest: Some(found.blobs.chart.digest.clone()),
            ..Entry::from(&metadata)
        })
    }

    /// The archive of a chart, its digest checked.
    pub(crate) async fn archive(&self, found: &Found) -> Result<Vec<u8>, Error> {
        self.blob(
            &found.path,
            &found.blobs.chart,
            crate::http_repo::MOST_ARCHIVE,
        )
        .await
    }

    /// The provenance file of a chart; none when there is none.
    pub(crate) async fn provenance(&self, found: &Found) -> Result<Option<Vec<u8>>, Error> {
        match &found.blobs.provenance {
            Some(blob) => self.blob(&found.path, blob, MOST_CONFIG).await.map(Some),
            None => Ok(None),
        }
    }

    async fn blob(&self, path: &str, blob: &Blob, most: u64) -> Result<Vec<u8>, Error> {
        let url = self.url(&format!("v2/{path}/blobs/{}", blob.digest))?;
        let at = shown(&url);
        if blob.size > most {
            return Err(Error::Fetch {
                url: at,
                source: Fault::TooLarge { most },
            });
        }
        let answer = self
            .get(url, path, "*/*", blob.size.max(1), Leads::ToContent)
            .await?;
        let body = self.content(answer, &at)?;
        same(&at, &blob.digest, &body)?;
        Ok(body)
    }

    fn url(&self, rest: &str) -> Result<Url, Error> {
        self.base.join(rest).map_err(|_| Error::Fetch {
            url: shown(&self.base),
            source: Fault::LedAway {
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

/// Fails unless the bytes have this digest.
fn same(what: &str, expected: &Digest, bytes: &[u8]) -> Result<(), Error> {
    let found = Digest::of(bytes);
    if found == *expected {
        return Ok(());
    }
    Err(Error::Digest {
        what: what.to_owned(),
        expected: expected.clone(),
        found,
    })
}

/// The version that a tag stands for.
pub(crate) fn version_of(tag: &str) -> String {
    tag.replace('_', "+")
}
