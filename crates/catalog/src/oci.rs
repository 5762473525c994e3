//! A registry: tags, manifests and blobs over the OCI distribution API.
//!
//! A small client of our own rather than a crate: addresses, authorities, redirects, sizes and logins
//! are bound here as for every other repository. Start at [`Registry::tags`].

mod challenge;
mod manifest;
mod token;

use crate::{
    Digest, Error,
    client::{Answer, Ask, Client, Leads, shown},
    fault::{Fault, Sent},
    login::{Login, bearer},
    shelf::Entry,
};
use challenge::Challenge;
use manifest::{Blob, Blobs};
use reqwest::header::{ACCEPT, HeaderName, HeaderValue, LINK, WWW_AUTHENTICATE};
use serde::Deserialize;
use token::Tokens;
use url::Url;
use wire::Secret;

const MOST_LIST: u64 = 4 << 20;
const MOST_MANIFEST: u64 = 4 << 20;
const MOST_CONFIG: u64 = 1 << 20;
/// How many pages of a list are read; a page holds up to a thousand.
const MOST_PAGES: usize = 20;

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

#[derive(Deserialize)]
struct Tags {
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Names {
    repositories: Option<Vec<String>>,
}

impl Registry {
    pub(crate) fn new(client: Client, base: Url) -> Self {
        Self {
            client,
            base,
            tokens: Tokens::default(),
        }
    }

    /// The tags below a path; none when there is no such path.
    pub(crate) async fn tags(&self, path: &str) -> Result<Option<Vec<String>>, Error> {
        let first = self.url(&format!("v2/{path}/tags/list?n=1000"))?;
        let pages = self.pages(first, path, |bytes| {
            let page: Tags = serde_json::from_slice(bytes).ok()?;
            Some(page.tags.unwrap_or_default())
        });
        pages.await
    }

    /// The names directly below a path; none when this registry lists none.
    pub(crate) async fn below(&self, path: &str) -> Result<Option<Vec<String>>, Error> {
        let first = self.url("v2/_catalog?n=1000")?;
        let pages = self.pages(first, "", |bytes| {
            let page: Names = serde_json::from_slice(bytes).ok()?;
            page.repositories
        });
        let Some(all) = pages.await? else {
            return Ok(None);
        };
        let start = format!("{path}/");
        let below = all.iter().filter_map(|name| name.strip_prefix(&start));
        Ok(Some(
            below
                .filter(|name| !name.contains('/'))
                .map(str::to_owned)
                .collect(),
        ))
    }

    /// Reads a list page by page; none when the first page is not there.
    async fn pages(
        &self,
        first: Url,
        path: &str,
        read: impl Fn(&[u8]) -> Option<Vec<String>>,
    ) -> Result<Option<Vec<String>>, Error> {
        let (mut url, mut all) = (first, Vec::new());
        for _ in 0..MOST_PAGES {
            let at = shown(&url);
            let answer = self
                .get(
                    url.clone(),
                    path,
                    "application/json",
                    MOST_LIST,
                    Leads::Within,
                )
                .await?;
            // A registry need not list its names, and says so in more than one way.
            let unlisted = path.is_empty() && matches!(answer.status.as_u16(), 401 | 403 | 405);
            if all.is_empty() && (answer.status == 404 || unlisted) {
                return Ok(None);
            }
            let next = next_page(&url, answer.header(&LINK));
            let body = self.content(answer, &at)?;
            let strange = || Error::NotAChart {
                reference: at.clone(),
                found: "an answer that no registry gives".into(),
            };
            all.extend(read(&body).ok_or_else(strange)?);
            match next {
                Some(next) => url = next,
                None => return Ok(Some(all)),
            }
        }
        Ok(Some(all))
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

    /// Asks, and once more with what the registry wants.
    async fn get(
        &self,
        url: Url,
        path: &str,
        accept: &'static str,
        most: u64,
        leads: Leads,
    ) -> Result<Answer, Error> {
        let at = shown(&url);
        let fault = |source| Error::Fetch {
            url: at.clone(),
            source,
        };
        let token = self.tokens.kept(path);
        let login = match (&token, self.client.login()) {
            (Some(token), _) => bearer(token),
            (None, Login::Token(token)) => bearer(token),
            // A password goes out when the registry has said how it wants it.
            (None, _) => None,
        };
        let headers = [(ACCEPT, HeaderValue::from_static(accept))];
        let ask = |login| Ask {
            url: url.clone(),
            login,
            headers: &headers,
            most,
            leads,
        };
        let answer = self.client.get(ask(login)).await.map_err(fault)?;
        if answer.status != 401 {
            return Ok(answer);
        }
        self.tokens.forget(path);
        let challenge = answer.header(&WWW_AUTHENTICATE).and_then(Challenge::read);
        let login = match challenge {
            Some(Challenge::Basic) => self.client.header_for(&url),
            Some(Challenge::Bearer {
                realm,
                service,
                scope,
            }) => {
                let scope =
                    scope.or_else(|| (!path.is_empty()).then(|| format!("repository:{path}:pull")));
                let token = self
                    .token(&realm, service.as_deref(), scope.as_deref())
                    .await
                    .map_err(fault)?;
                let header = bearer(&token);
                self.tokens.keep(path, token);
                header
            }
            None => None,
        };
        if login.is_none() {
            return Ok(answer);
        }
        self.client.get(ask(login)).await.map_err(fault)
    }

    /// Fetches a token. The login goes along only where it belongs.
    async fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        scope: Option<&str>,
    ) -> Result<Secret<String>, Fault> {
        let elsewhere = || Fault::OtherRealm {
            realm: realm.chars().take(200).collect(),
        };
        let mut url = Url::parse(realm).map_err(|_| elsewhere())?;
        let own = self.client.is_own(&url);
        if !own && (*self.client.login() != Login::Nobody || url.scheme() != "https") {
            return Err(Fault::OtherRealm { realm: shown(&url) });
        }
        for (key, value) in [("service", service), ("scope", scope)] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(key, value);
            }
        }
        let login = self.client.header_for(&url);
        let sent = if login.is_some() {
            Sent::Login
        } else {
            Sent::Nothing
        };
        let ask = Ask {
            url,
            login,
            headers: &[],
            most: 1 << 20,
            leads: Leads::Within,
        };
        let body = self.client.get(ask).await?.content(sent)?;
        let refused = || Fault::Login { status: 401, sent };
        token::read(&body).ok_or_else(refused)
    }

    fn content(&self, answer: Answer, at: &str) -> Result<Vec<u8>, Error> {
        let sent = match self.client.login() {
            Login::Nobody => Sent::Nothing,
            _ => Sent::Login,
        };
        let fetched = answer.content(sent);
        fetched.map_err(|source| Error::Fetch {
            url: at.to_owned(),
            source,
        })
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

/// The next page by its `Link` header, within the same origin.
fn next_page(from: &Url, link: Option<&str>) -> Option<Url> {
    let part = link?
        .split(',')
        .find(|part| part.contains("rel=\"next\"") || part.contains("rel=next"))?;
    let target = part.split_once('<')?.1.split_once('>')?.0;
    let next = from.join(target).ok()?;
    (next.origin() == from.origin()).then_some(next)
}

/// The version that a tag stands for.
pub(crate) fn version_of(tag: &str) -> String {
    tag.replace('_', "+")
}
