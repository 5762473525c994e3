//! The paths of the console: every page, and a function for each path with parameters.
//!
//! All paths are relative to the base path: navigation goes through the router, which adds it; [`absolute`]
//! adds it to the URLs of links and requests. Start at [`ROUTES`].

use crate::{base_path::BasePath, words::t};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Display;

/// The path of every page, with its parameters as `:name`.
pub const ROUTES: [&str; 16] = [
    LOGIN,
    OVERVIEW,
    CATALOG,
    "/catalog/:repository/:chart",
    REPOSITORIES,
    "/install/:repository/:chart",
    RELEASES,
    "/releases/:cluster/:namespace/:name",
    CLUSTERS,
    "/clusters/:name",
    MESHES,
    NEW_MESH,
    "/meshes/:name",
    JOBS,
    "/jobs/:id",
    SESSIONS,
];

pub(crate) const LOGIN: &str = "/login";
/// The login page after a logout that is not written to the database yet.
pub(crate) const LOGIN_UNSAVED: &str = "/login?unsaved=1";
pub(crate) const LOGOUT: &str = "/logout";
pub(crate) const LIVE: &str = "/live";
pub(crate) const OVERVIEW: &str = "/";
pub(crate) const CATALOG: &str = "/catalog";
pub(crate) const REPOSITORIES: &str = "/repositories";
pub(crate) const ADD_REPOSITORY: &str = "/repositories?add=yes";
pub(crate) const RELEASES: &str = "/releases";
pub(crate) const CLUSTERS: &str = "/clusters";
pub(crate) const MESHES: &str = "/meshes";
pub(crate) const NEW_MESH: &str = "/meshes/new";
pub(crate) const JOBS: &str = "/jobs";
pub(crate) const SESSIONS: &str = "/sessions";

/// A page of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NavPage {
    Overview,
    Clusters,
    Meshes,
    Catalog,
    Repositories,
    Releases,
    Jobs,
    Sessions,
}

impl NavPage {
    /// All pages, in the order of the navigation.
    pub(crate) const ALL: [Self; 8] = [
        Self::Overview,
        Self::Clusters,
        Self::Meshes,
        Self::Catalog,
        Self::Repositories,
        Self::Releases,
        Self::Jobs,
        Self::Sessions,
    ];

    /// The path of the page.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Overview => OVERVIEW,
            Self::Clusters => CLUSTERS,
            Self::Meshes => MESHES,
            Self::Catalog => CATALOG,
            Self::Repositories => REPOSITORIES,
            Self::Releases => RELEASES,
            Self::Jobs => JOBS,
            Self::Sessions => SESSIONS,
        }
    }

    /// The title of the page.
    pub(crate) fn title(self) -> String {
        match self {
            Self::Overview => t!(frame.overview),
            Self::Clusters => t!(frame.clusters),
            Self::Meshes => t!(frame.meshes),
            Self::Catalog => t!(frame.catalog),
            Self::Repositories => t!(frame.repositories),
            Self::Releases => t!(frame.releases),
            Self::Jobs => t!(frame.jobs),
            Self::Sessions => t!(sessions.title),
        }
    }
}

/// A route with a value for each of its parameters, for tests that request every page.
#[must_use]
pub fn example(route: &str) -> String {
    let segments = route.split('/').map(|segment| {
        if segment.starts_with(':') {
            "a"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The page of a release.
pub(crate) fn release(release: &wire::release::ReleaseRef) -> String {
    format!(
        "{RELEASES}/{}/{}/{}",
        release.cluster, release.namespace, release.release
    )
}

/// The page of a chart.
pub(crate) fn chart(repository: &wire::Repository, chart: &wire::ChartName) -> String {
    format!("{CATALOG}/{repository}/{chart}")
}

/// The charts of a repository.
pub(crate) fn repository_charts(repository: &wire::Repository) -> String {
    format!("{CATALOG}?from={repository}")
}

/// The install wizard of a chart.
pub(crate) fn install(repository: &wire::Repository, chart: &wire::ChartName) -> String {
    format!("/install/{repository}/{chart}")
}

/// The page of a cluster.
pub(crate) fn cluster(name: &impl Display) -> String {
    format!("{CLUSTERS}/{name}")
}

/// The section of a cluster's page with its network and CIDRs.
pub(crate) fn cluster_network(name: &impl Display) -> String {
    format!("{CLUSTERS}/{name}#network")
}

/// The page of a mesh.
pub(crate) fn mesh(name: &impl Display) -> String {
    format!("{MESHES}/{name}")
}

/// The page of a job.
pub(crate) fn job(id: &wire::JobId) -> String {
    format!("{JOBS}/{id}")
}

/// The file with the backup of a job.
pub(crate) fn job_backup(job: &wire::JobId) -> String {
    absolute(&format!("/backups/{job}.yaml"))
}

/// The file with a new backup of a cluster of a mesh.
pub(crate) fn cluster_backup(mesh: &wire::MeshName, cluster: &wire::ClusterName) -> String {
    absolute(&format!("/backups/{mesh}/{cluster}.yaml"))
}

/// A page for one version of its chart.
pub(crate) fn with_version(page: &str, version: &str) -> String {
    format!("{page}?version={}", percent_encoded(version))
}

/// The URL of a path: of a link, a download, a stream or a request. Navigation takes the path itself, and
/// the router adds the base path.
pub(crate) fn absolute(path: &str) -> String {
    match (path, BasePath::current()) {
        // The overview has the base path as its path, without a trailing slash.
        (OVERVIEW, base) => base.cookie_path().to_owned(),
        (path, base) => base.join(path),
    }
}

/// The characters of a query value that stand for themselves, as in RFC 3986.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A text as it is written in the query of a URL.
pub(crate) fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, QUERY_VALUE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_the_navigation_is_a_route() {
        for page in NavPage::ALL {
            assert!(ROUTES.contains(&page.path()), "{page:?}");
        }
    }

    #[test]
    fn an_example_has_a_value_for_each_parameter() {
        assert_eq!(
            example("/releases/:cluster/:namespace/:name"),
            "/releases/a/a/a"
        );
        assert_eq!(example("/"), "/");
    }
}
