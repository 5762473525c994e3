//! The paths of the console: every page, and a function for each path with parameters.
//!
//! All paths are relative to the base path: navigation goes through the router, which adds it; [`absolute`]
//! adds it to the URLs of links and requests. Start at [`Page`], the one list of
//! pages for the router, the navigation, the palette and the tests of access.

mod matching;
mod next;

pub(crate) use matching::nearest;
pub use matching::without_slashes;
pub use next::{login_for, next_page};

use crate::{base_path::BasePath, words::t};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Display;

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
pub(crate) const ADD_CLUSTER: &str = "/clusters?add=yes";
pub(crate) const MESHES: &str = "/meshes";
pub(crate) const NEW_MESH: &str = "/meshes/new";
pub(crate) const JOBS: &str = "/jobs";
pub(crate) const SESSIONS: &str = "/sessions";
#[cfg(any(debug_assertions, feature = "design"))]
pub(crate) const DESIGN: &str = "/design";

/// The number of pages: a release has no page of components.
const PAGES: usize = if cfg!(any(debug_assertions, feature = "design")) {
    20
} else {
    19
};

/// A page of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The login.
    Login,
    /// The overview.
    Overview,
    /// The list of clusters.
    Clusters,
    /// A cluster.
    Cluster,
    /// The list of meshes.
    Meshes,
    /// The form for a new mesh.
    NewMesh,
    /// A mesh.
    Mesh,
    /// The Services of a mesh.
    MeshServices,
    /// A Service of a mesh.
    MeshService,
    /// The catalog.
    Catalog,
    /// A chart.
    Chart,
    /// The install wizard.
    Install,
    /// The list of repositories.
    Repositories,
    /// The list of releases.
    Releases,
    /// A release.
    Release,
    /// The version to which a release is upgraded.
    Upgrade,
    /// The list of jobs.
    Jobs,
    /// A job.
    Job,
    /// The sessions of the user.
    Sessions,
    /// The components that pages are made of; not in a release.
    #[cfg(any(debug_assertions, feature = "design"))]
    Design,
}

impl Page {
    /// Every page; those of the navigation and the palette are in its order.
    pub const ALL: [Self; PAGES] = [
        Self::Login,
        Self::Overview,
        Self::Clusters,
        Self::Cluster,
        Self::Meshes,
        Self::NewMesh,
        Self::Mesh,
        Self::MeshServices,
        Self::MeshService,
        Self::Catalog,
        Self::Chart,
        Self::Install,
        Self::Repositories,
        Self::Releases,
        Self::Release,
        Self::Upgrade,
        Self::Jobs,
        Self::Job,
        Self::Sessions,
        #[cfg(any(debug_assertions, feature = "design"))]
        Self::Design,
    ];

    /// The path of the page, with its parameters as `:name`.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Login => LOGIN,
            Self::Overview => OVERVIEW,
            Self::Clusters => CLUSTERS,
            Self::Cluster => "/clusters/:name",
            Self::Meshes => MESHES,
            Self::NewMesh => NEW_MESH,
            Self::Mesh => "/meshes/:name",
            Self::MeshServices => "/meshes/:name/services",
            Self::MeshService => "/meshes/:name/services/:namespace/:service",
            Self::Catalog => CATALOG,
            Self::Chart => "/catalog/:repository/:chart",
            Self::Install => "/install/:repository/:chart",
            Self::Repositories => REPOSITORIES,
            Self::Releases => RELEASES,
            Self::Release => "/releases/:cluster/:namespace/:name",
            Self::Upgrade => "/releases/:cluster/:namespace/:name/upgrade",
            Self::Jobs => JOBS,
            Self::Job => "/jobs/:id",
            Self::Sessions => SESSIONS,
            #[cfg(any(debug_assertions, feature = "design"))]
            Self::Design => DESIGN,
        }
    }

    /// The title under which a user opens the page from anywhere: none for the login and for a page about
    /// one object.
    pub(crate) fn title(self) -> Option<String> {
        match self {
            Self::Overview => Some(t!(frame.overview)),
            Self::Clusters => Some(t!(frame.clusters)),
            Self::Meshes => Some(t!(frame.meshes)),
            Self::NewMesh => Some(t!(mesh.new)),
            Self::Catalog => Some(t!(frame.catalog)),
            Self::Repositories => Some(t!(frame.repositories)),
            Self::Releases => Some(t!(frame.releases)),
            Self::Jobs => Some(t!(frame.jobs)),
            Self::Sessions => Some(t!(sessions.title)),
            #[cfg(any(debug_assertions, feature = "design"))]
            Self::Design => Some(t!(design.title)),
            Self::Login
            | Self::Cluster
            | Self::Mesh
            | Self::MeshServices
            | Self::MeshService
            | Self::Chart
            | Self::Install
            | Self::Release
            | Self::Upgrade
            | Self::Job => None,
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

/// The list of the releases of a cluster, or of one of its namespaces.
pub(crate) fn releases_of(cluster: &str, namespace: Option<&str>) -> String {
    let namespace = namespace.map(|namespace| format!(" namespace:{namespace}"));
    let words = format!("cluster:{cluster}{}", namespace.unwrap_or_default());
    format!("{RELEASES}?words={}", percent_encoded(&words))
}

/// The page of a release with one of its revisions selected.
pub(crate) fn release_revision(at: &wire::release::ReleaseRef, selected: wire::Revision) -> String {
    format!("{}?revision={selected}", release(at))
}

/// The page of a release with one of its revisions selected, and compared with another one.
pub(crate) fn compared_revisions(
    at: &wire::release::ReleaseRef,
    selected: wire::Revision,
    with: wire::Revision,
) -> String {
    format!("{}&with={with}", release_revision(at, selected))
}

/// The page on which the version of an upgrade is chosen.
pub(crate) fn upgrade(at: &wire::release::ReleaseRef) -> String {
    format!("{}/upgrade", release(at))
}

/// The page of a release, with the drawer of one of its objects.
pub(crate) fn release_object(at: &wire::release::ReleaseRef, object: &wire::ObjectName) -> String {
    format!("{}?object={}", release(at), percent_encoded(&object.key()))
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

/// The Services of a mesh.
pub(crate) fn mesh_services(mesh: &impl Display) -> String {
    format!("{MESHES}/{mesh}/services")
}

/// The page of a Service of a mesh.
pub(crate) fn mesh_service(mesh: &impl Display, namespace: &str, service: &str) -> String {
    format!("{MESHES}/{mesh}/services/{namespace}/{service}")
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

/// The path of a page, from the path of a URL, which has the base path.
pub(crate) fn without_base(path: &str) -> &str {
    let base = BasePath::current();
    path.strip_prefix(base.as_str()).unwrap_or(path)
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
    fn a_page_has_a_title_unless_it_is_the_login_or_has_parameters() {
        for page in Page::ALL {
            let opens_from_anywhere = page != Page::Login && !page.path().contains(':');
            assert_eq!(page.title().is_some(), opens_from_anywhere, "{page:?}");
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
