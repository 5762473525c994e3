//! An HTTP repository: an index.yaml, and archives beside it or where it says.

use crate::{
    Error,
    cache::KeptShelf,
    client::{Answer, Ask, Client, Leads, shown},
    fault::{Fault, Sent},
    index,
    shelf::{Entry, Shelf},
};
use reqwest::header::{
    ETAG, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use url::Url;

/// The largest index that is read.
pub(crate) const MOST_INDEX: u64 = 48 << 20;
/// The largest archive that is read.
pub(crate) const MOST_ARCHIVE: u64 = 20 << 20;
const MOST_PROVENANCE: u64 = 1 << 20;

/// What a repository answered when it was asked for its index.
pub(crate) enum Read {
    /// It has not changed.
    Same,
    /// It is this.
    New {
        shelf: Shelf,
        etag: Option<String>,
        modified: Option<String>,
    },
}

/// Reads the index at `base`, when it is not what is known already.
pub(crate) async fn read(
    client: &Client,
    base: &Url,
    known: Option<&KeptShelf>,
) -> Result<Read, Error> {
    let url = join(base, "index.yaml")?;
    let at = shown(&url);
    let answer = get(client, url, &conditions(known), MOST_INDEX, Leads::Within).await?;
    if answer.status == 304 && known.is_some() {
        return Ok(Read::Same);
    }
    let text = |name: &HeaderName| answer.header(name).map(str::to_owned);
    let (etag, modified) = (text(&ETAG), text(&LAST_MODIFIED));
    let body = content(client, answer, &at)?;
    // A large index takes a second to read; other requests go on meanwhile.
    let read = tokio::task::spawn_blocking(move || index::read(&body)).await;
    let read =
        read.unwrap_or_else(|_| Err(index::BadIndex::Unreadable("reading it failed".into())));
    let shelf = read.map_err(|source| Error::Index { url: at, source })?;
    Ok(Read::New {
        shelf,
        etag,
        modified,
    })
}

/// The conditions under which an index is sent again.
fn conditions(known: Option<&KeptShelf>) -> Vec<(HeaderName, HeaderValue)> {
    let header = |name: HeaderName, text: &Option<String>| {
        let value = HeaderValue::from_str(text.as_deref()?).ok()?;
        Some((name, value))
    };
    let Some(known) = known else {
        return Vec::new();
    };
    let etag = header(IF_NONE_MATCH, &known.etag);
    let modified = header(IF_MODIFIED_SINCE, &known.modified);
    etag.into_iter().chain(modified).collect()
}

/// Where the archive of a listed chart is.
pub(crate) fn archive_url(base: &Url, entry: &Entry) -> Option<Result<Url, Error>> {
    Some(join(base, entry.urls.first()?))
}

/// The archive of a listed chart. Its digest is checked by whoever asked.
pub(crate) async fn archive(client: &Client, url: Url, entry: &Entry) -> Result<Vec<u8>, Error> {
    let leads = if entry.digest.is_some() {
        Leads::ToContent
    } else {
        Leads::Within
    };
    let at = shown(&url);
    let answer = get(client, url, &[], MOST_ARCHIVE, leads).await?;
    content(client, answer, &at)
}

/// The provenance file beside an archive; none when there is none.
pub(crate) async fn provenance(client: &Client, archive: &Url) -> Result<Option<Vec<u8>>, Error> {
    let mut url = archive.clone();
    url.set_path(&format!("{}.prov", archive.path()));
    let at = shown(&url);
    let answer = get(client, url, &[], MOST_PROVENANCE, Leads::Within).await?;
    if answer.status == 404 {
        return Ok(None);
    }
    content(client, answer, &at).map(Some)
}

/// The last word of a URL's path.
pub(crate) fn file_name(url: &Url) -> String {
    url.path().rsplit('/').next().unwrap_or_default().to_owned()
}

async fn get(
    client: &Client,
    url: Url,
    headers: &[(HeaderName, HeaderValue)],
    most: u64,
    leads: Leads,
) -> Result<Answer, Error> {
    let at = shown(&url);
    if !matches!(url.scheme(), "http" | "https") {
        let source = Fault::LedAway { to: at.clone() };
        return Err(Error::Fetch { url: at, source });
    }
    let ask = Ask {
        login: client.header_for(&url),
        url,
        headers,
        most,
        leads,
    };
    client
        .get(ask)
        .await
        .map_err(|source| Error::Fetch { url: at, source })
}

fn content(client: &Client, answer: Answer, at: &str) -> Result<Vec<u8>, Error> {
    let sent = match client.login().header() {
        Some(_) => Sent::Login,
        None => Sent::Nothing,
    };
    let fetched = answer.content(sent);
    fetched.map_err(|source| Error::Fetch {
        url: at.to_owned(),
        source,
    })
}

/// A URL of an index, absolute or from the index.
fn join(base: &Url, text: &str) -> Result<Url, Error> {
    base.join(text).map_err(|_| Error::Fetch {
        url: shown(base),
        source: Fault::LedAway {
            to: text.chars().take(200).collect(),
        },
    })
}
