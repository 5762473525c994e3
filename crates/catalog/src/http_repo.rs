//! An HTTP repository: its index.yaml and the archives that the index lists.

use crate::{
    Error,
    cache::CachedIndex,
    chart_index::{ChartIndex, Entry},
    client::{Client, RedirectPolicy, Request, Response, redacted},
    fetch_error::{CredentialsSent, FetchError},
    index_yaml,
};
use reqwest::header::{
    ETAG, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use url::Url;

/// The size limit of an index.
pub(crate) const MAX_INDEX_BYTES: u64 = 48 << 20;
/// The size limit of an archive.
pub(crate) const MAX_ARCHIVE_BYTES: u64 = 20 << 20;
const MAX_PROVENANCE_BYTES: u64 = 1 << 20;

/// The response to a conditional request for an index.
pub(crate) enum IndexResponse {
    /// The index has not changed.
    NotModified,
    /// The current index.
    Modified {
        chart_index: ChartIndex,
        etag: Option<String>,
        modified: Option<String>,
    },
}

/// Requests the index at `base`, unless it equals the cached one.
pub(crate) async fn read(
    client: &Client,
    base: &Url,
    cached: Option<&CachedIndex>,
) -> Result<IndexResponse, Error> {
    let url = join(base, "index.yaml")?;
    let at = redacted(&url);
    let response = get(
        client,
        url,
        &conditions(cached),
        MAX_INDEX_BYTES,
        RedirectPolicy::SameOrigin,
    )
    .await?;
    if response.status == 304 && cached.is_some() {
        return Ok(IndexResponse::NotModified);
    }
    let text = |name: &HeaderName| response.header(name).map(str::to_owned);
    let (etag, modified) = (text(&ETAG), text(&LAST_MODIFIED));
    let body = content(client, response, &at)?;
    // A large index takes a second to parse.
    let parsed = tokio::task::spawn_blocking(move || index_yaml::parse(&body)).await;
    let parsed = parsed
        .unwrap_or_else(|_| Err(index_yaml::BadIndex::Unreadable("the parser failed".into())));
    let chart_index = parsed.map_err(|source| Error::Index { url: at, source })?;
    Ok(IndexResponse::Modified {
        chart_index,
        etag,
        modified,
    })
}

/// The headers of a conditional request for an index.
fn conditions(cached: Option<&CachedIndex>) -> Vec<(HeaderName, HeaderValue)> {
    let header = |name: HeaderName, text: &Option<String>| {
        let value = HeaderValue::from_str(text.as_deref()?).ok()?;
        Some((name, value))
    };
    let Some(cached) = cached else {
        return Vec::new();
    };
    let etag = header(IF_NONE_MATCH, &cached.etag);
    let modified = header(IF_MODIFIED_SINCE, &cached.modified);
    etag.into_iter().chain(modified).collect()
}

/// The URL of a listed chart's archive.
pub(crate) fn archive_url(base: &Url, entry: &Entry) -> Option<Result<Url, Error>> {
    Some(join(base, entry.urls.first()?))
}

/// The archive of a listed chart; the caller verifies its digest.
pub(crate) async fn archive(client: &Client, url: Url, entry: &Entry) -> Result<Vec<u8>, Error> {
    let redirects = if entry.digest.is_some() {
        RedirectPolicy::PublicContent
    } else {
        RedirectPolicy::SameOrigin
    };
    let at = redacted(&url);
    let response = get(client, url, &[], MAX_ARCHIVE_BYTES, redirects).await?;
    content(client, response, &at)
}

/// The provenance file of an archive; none when it does not exist.
pub(crate) async fn provenance(client: &Client, archive: &Url) -> Result<Option<Vec<u8>>, Error> {
    let mut url = archive.clone();
    url.set_path(&format!("{}.prov", archive.path()));
    let at = redacted(&url);
    let response = get(
        client,
        url,
        &[],
        MAX_PROVENANCE_BYTES,
        RedirectPolicy::SameOrigin,
    )
    .await?;
    if response.status == 404 {
        return Ok(None);
    }
    content(client, response, &at).map(Some)
}

/// The last segment of a URL's path.
pub(crate) fn file_name(url: &Url) -> String {
    url.path().rsplit('/').next().unwrap_or_default().to_owned()
}

async fn get(
    client: &Client,
    url: Url,
    headers: &[(HeaderName, HeaderValue)],
    max_bytes: u64,
    redirects: RedirectPolicy,
) -> Result<Response, Error> {
    let at = redacted(&url);
    if !matches!(url.scheme(), "http" | "https") {
        let source = FetchError::CrossOriginRedirect { to: at.clone() };
        return Err(Error::Fetch { url: at, source });
    }
    let request = Request {
        authorization: client.authorization_for(&url),
        url,
        headers,
        max_bytes,
        redirects,
    };
    client
        .get(request)
        .await
        .map_err(|source| Error::Fetch { url: at, source })
}

fn content(client: &Client, response: Response, at: &str) -> Result<Vec<u8>, Error> {
    let sent = match client.credentials().header() {
        Some(_) => CredentialsSent::Yes,
        None => CredentialsSent::No,
    };
    let body = response.content(sent);
    body.map_err(|source| Error::Fetch {
        url: at.to_owned(),
        source,
    })
}

/// A URL of an index, absolute or relative to the index.
fn join(base: &Url, text: &str) -> Result<Url, Error> {
    base.join(text).map_err(|_| Error::Fetch {
        url: redacted(base),
        source: FetchError::CrossOriginRedirect {
            to: text.chars().take(200).collect(),
        },
    })
}
