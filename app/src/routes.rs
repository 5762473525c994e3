//! Every URL of the console, on one screen, inside the frame that all pages share.

use crate::{
    live::Stream,
    pages::{
        catalog, clusters, frame::Frame, install, jobs, login::Login, meshes, missing::Missing,
        overview, releases, repositories,
    },
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The whole console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Stream::provide();
    // Says to whoever drives the page from outside that clicks are heard now.
    Effect::new(|_| {
        if let Some(body) = document().body() {
            let _ = body.set_attribute("data-awake", "true");
        }
    });
    view! {
        <Router>
            <Routes fallback=Missing>
                <Route path=path!("/login") view=Login/>
                <ParentRoute path=path!("") view=Frame>
                    <Route path=path!("/") view=overview::Overview/>
                    <Route path=path!("/catalog") view=catalog::list::Catalog/>
                    <Route path=path!("/catalog/:repository/:chart") view=catalog::detail::Chart/>
                    <Route path=path!("/repositories") view=repositories::list::Repositories/>
                    <Route path=path!("/install/:repository/:chart") view=install::Install/>
                    <Route path=path!("/releases") view=releases::list::Releases/>
                    <Route path=path!("/releases/:cluster/:namespace/:name") view=releases::detail::Release/>
                    <Route path=path!("/clusters") view=clusters::list::Clusters/>
                    <Route path=path!("/clusters/:name") view=clusters::detail::Cluster/>
                    <Route path=path!("/meshes") view=meshes::list::Meshes/>
                    <Route path=path!("/meshes/new") view=meshes::new::NewMesh/>
                    <Route path=path!("/meshes/:name") view=meshes::detail::Mesh/>
                    <Route path=path!("/jobs") view=jobs::list::Jobs/>
                    <Route path=path!("/jobs/:id") view=jobs::detail::Job/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// A release's URL.
pub(crate) fn release(at: &wire::release::ReleaseRef) -> String {
    format!("/releases/{}/{}/{}", at.cluster, at.namespace, at.release)
}

/// A chart's URL.
pub(crate) fn chart(repository: &wire::Repository, chart: &wire::ChartName) -> String {
    format!("/catalog/{repository}/{chart}")
}

/// Where a chart is installed from.
pub(crate) fn install(repository: &wire::Repository, chart: &wire::ChartName) -> String {
    format!("/install/{repository}/{chart}")
}

/// A cluster's URL.
pub(crate) fn cluster(name: &impl std::fmt::Display) -> String {
    format!("/clusters/{name}")
}

/// Where a cluster's network and ranges are typed.
pub(crate) fn cluster_network(name: &impl std::fmt::Display) -> String {
    format!("/clusters/{name}#network")
}

/// A mesh's URL.
pub(crate) fn mesh(name: &impl std::fmt::Display) -> String {
    format!("/meshes/{name}")
}

/// A job's URL.
pub(crate) fn job(id: &wire::JobId) -> String {
    format!("/jobs/{id}")
}

/// The file that a job saved before it deleted anything.
pub(crate) fn backup(job: &wire::JobId) -> String {
    format!("/backups/{job}.yaml")
}

/// What would be saved of a mesh's cluster now, as a file.
pub(crate) fn backup_now(mesh: &wire::MeshName, cluster: &wire::ClusterName) -> String {
    format!("/backups/{mesh}/{cluster}.yaml")
}

/// A page in one version of its chart.
pub(crate) fn in_version(page: &str, version: &str) -> String {
    format!("{page}?version={}", escaped(version))
}

/// A text as it stands in a query.
pub(crate) fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
