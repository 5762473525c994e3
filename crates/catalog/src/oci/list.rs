//! The lists of a registry: the tags of a chart, the charts below a path.

use super::Registry;
use crate::{
    Error,
    client::{RedirectPolicy, redacted},
};
use reqwest::header::LINK;
use serde::Deserialize;
use url::Url;

const MAX_LIST_BYTES: u64 = 4 << 20;
/// The number of pages of a list that are read; a page has up to a thousand entries.
const MAX_PAGES: usize = 20;

#[derive(Deserialize)]
struct Tags {
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RepositoryNames {
    repositories: Option<Vec<String>>,
}

impl Registry {
    /// The tags of a path; none when the path does not exist.
    pub(crate) async fn tags(&self, path: &str) -> Result<Option<Vec<String>>, Error> {
        let first = self.url(&format!("v2/{path}/tags/list?n=1000"))?;
        let pages = self.pages(first, path, |bytes| {
            let page: Tags = serde_json::from_slice(bytes).ok()?;
            Some(page.tags.unwrap_or_default())
        });
        pages.await
    }

    /// The names directly below a path; none when the registry has no catalog.
    pub(crate) async fn child_names(&self, path: &str) -> Result<Option<Vec<String>>, Error> {
        let first = self.url("v2/_catalog?n=1000")?;
        let pages = self.pages(first, "", |bytes| {
            let page: RepositoryNames = serde_json::from_slice(bytes).ok()?;
            page.repositories
        });
        let Some(all) = pages.await? else {
            return Ok(None);
        };
        let prefix = format!("{path}/");
        let children = all.iter().filter_map(|name| name.strip_prefix(&prefix));
        Ok(Some(
            children
                .filter(|name| !name.contains('/'))
                .map(str::to_owned)
                .collect(),
        ))
    }

    /// Reads a list page by page; none when the first page does not exist.
    async fn pages(
        &self,
        first: Url,
        path: &str,
        parse: impl Fn(&[u8]) -> Option<Vec<String>>,
    ) -> Result<Option<Vec<String>>, Error> {
        let (mut url, mut all) = (first, Vec::new());
        for _ in 0..MAX_PAGES {
            let at = redacted(&url);
            let response = self
                .get(
                    url.clone(),
                    path,
                    "application/json",
                    MAX_LIST_BYTES,
                    RedirectPolicy::SameOrigin,
                )
                .await?;
            // The catalog of a registry is optional, with several statuses for its absence.
            let unlisted = path.is_empty() && matches!(response.status.as_u16(), 401 | 403 | 405);
            if all.is_empty() && (response.status == 404 || unlisted) {
                return Ok(None);
            }
            let next = next_page(&url, response.header(&LINK));
            let body = self.content(response, &at)?;
            let invalid = || Error::NotAChart {
                reference: at.clone(),
                found: "an invalid registry response".into(),
            };
            all.extend(parse(&body).ok_or_else(invalid)?);
            match next {
                Some(next) => url = next,
                None => return Ok(Some(all)),
            }
        }
        Ok(Some(all))
    }
}

/// The next page from the `Link` header, within the same origin.
fn next_page(from: &Url, link: Option<&str>) -> Option<Url> {
    let part = link?
        .split(',')
        .find(|part| part.contains("rel=\"next\"") || part.contains("rel=next"))?;
    let target = part.split_once('<')?.1.split_once('>')?.0;
    let next = from.join(target).ok()?;
    (next.origin() == from.origin()).then_some(next)
}
