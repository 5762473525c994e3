//! What a registry lists: the tags of a chart, the charts below a path.

use super::Registry;
use crate::{
    Error,
    client::{Leads, shown},
};
use reqwest::header::LINK;
use serde::Deserialize;
use url::Url;

const MOST_LIST: u64 = 4 << 20;
/// How many pages of a list are read; a page holds up to a thousand.
const MOST_PAGES: usize = 20;

#[derive(Deserialize)]
struct Tags {
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Names {
    repositories: Option<Vec<String>>,
}

impl Registry {
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
