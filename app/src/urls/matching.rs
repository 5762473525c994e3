//! Which page a path leads to, and which pages a path that leads nowhere resembles.

use super::Page;

/// The number of pages that a path is said to resemble.
const MAX_SIMILAR: usize = 4;

/// The path of the page to which a path with slashes too many leads; none when there is no such page, or no
/// slash too many.
#[must_use]
pub fn without_slashes(path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let plain = format!("/{}", segments.join("/"));
    let is_page = Page::ALL.iter().any(|page| leads_to(*page, &segments));
    (is_page && plain != path).then_some(plain)
}

/// Whether the segments of a path are those of a page.
fn leads_to(page: Page, segments: &[&str]) -> bool {
    let pattern: Vec<&str> = page
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    pattern.len() == segments.len()
        && pattern
            .iter()
            .zip(segments)
            .all(|(wanted, found)| wanted.starts_with(':') || wanted == found)
}

/// The pages that open from anywhere and whose paths resemble `path`, the most similar first.
pub(crate) fn nearest(path: &str) -> Vec<Page> {
    let first = |path: &str| {
        path.split('/')
            .find(|part| !part.is_empty())
            .map(str::to_lowercase)
    };
    let wanted = first(path).unwrap_or_default();
    let pages = Page::ALL.into_iter().filter(|page| page.title().is_some());
    let mut ranked: Vec<(usize, Page)> = pages
        .filter_map(|page| Some((strsim::osa_distance(&wanted, &first(page.path())?), page)))
        .collect();
    // Pages that share less than half of their letters are in the order of the navigation.
    let is_similar = |distance: usize| distance * 2 <= wanted.chars().count();
    ranked.sort_by_key(|(distance, _)| {
        if is_similar(*distance) {
            *distance
        } else {
            usize::MAX
        }
    });
    let best = ranked.into_iter().take(MAX_SIMILAR);
    best.map(|(_, page)| page).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_slashes_too_many_leads_to_its_page() {
        for (path, page) in [
            ("/releases/", Some("/releases")),
            (
                "//releases//east/shop/web/",
                Some("/releases/east/shop/web"),
            ),
            ("/meshes/new//", Some("/meshes/new")),
            ("//", Some("/")),
            ("/releases", None),
            ("/nothing/", None),
            ("//example.com/", None),
            ("/\\example.com/", None),
        ] {
            assert_eq!(without_slashes(path).as_deref(), page, "{path}");
        }
    }

    #[test]
    fn a_path_with_a_typing_error_resembles_its_page() {
        for (path, page) in [
            ("/release", Page::Releases),
            ("/cluster/east", Page::Clusters),
            ("/Catalogue", Page::Catalog),
            ("/mesh/demo", Page::Meshes),
            ("/jbos", Page::Jobs),
        ] {
            assert_eq!(nearest(path).first(), Some(&page), "{path}");
        }
    }

    #[test]
    fn a_path_that_resembles_no_page_leads_to_the_first_pages() {
        assert_eq!(nearest("/zzzzzzzzzzzz").first(), Some(&Page::Clusters));
        assert_eq!(nearest("/").len(), MAX_SIMILAR);
    }
}
