//! The router: the page of each path, inside the frame that all pages share.
//!
//! The paths are those of [`crate::urls::Page`]. Pages import `urls`, and no page imports this module.

use crate::{
    base_path::BasePath,
    clock::Clock,
    live::Stream,
    pages::{
        catalog, clusters, frame::Frame, install, jobs, login::Login, meshes, missing::Missing,
        overview, releases, repositories, sessions,
    },
    zone,
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    any_nested_route::IntoAnyNestedRoute as _,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The whole console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Clock::provide();
    zone::provide();
    Stream::provide();
    Effect::new(|_| announce_hydrated());
    let base = BasePath::current().as_str().to_owned();
    view! {
        <Router base=base>
            <Routes fallback=Missing>
                <Route path=path!("/login") view=Login/>
                <ParentRoute path=path!("") view=Frame>
                    // In order, so that a card that is read later does not move those below it.
                    <Route path=path!("/") view=overview::Overview ssr=SsrMode::InOrder/>
                    <Route path=path!("/catalog") view=catalog::list::Catalog/>
                    <Route path=path!("/catalog/:repository/:chart") view=catalog::detail::Chart/>
                    <Route path=path!("/repositories") view=repositories::list::Repositories/>
                    <Route path=path!("/install/:repository/:chart") view=install::Install/>
                    <Route path=path!("/releases") view=releases::list::Releases/>
                    <ReleaseRoutes/>
                    <Route path=path!("/clusters") view=clusters::list::Clusters/>
                    <Route path=path!("/clusters/:name") view=clusters::detail::Cluster/>
                    <Route path=path!("/meshes") view=meshes::list::Meshes/>
                    <Route path=path!("/meshes/new") view=meshes::new::NewMesh/>
                    <Route path=path!("/meshes/:name") view=meshes::detail::Mesh/>
                    <ServiceRoutes/>
                    <Route path=path!("/jobs") view=jobs::list::Jobs/>
                    <Route path=path!("/jobs/:id") view=jobs::detail::Job/>
                    <LastRoutes/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// Says that the page handles clicks: to early_input.js, which hands over what happened before, and by an
/// attribute to browser tests.
fn announce_hydrated() {
    if let Some(body) = document().body() {
        let _ = body.set_attribute("data-hydrated", "true");
    }
    if let Ok(event) = web_sys::Event::new("meshspan:hydrated") {
        let _ = document().dispatch_event(&event);
    }
}

/// A release, and its upgrade.
#[component(transparent)]
fn ReleaseRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let routes = view! {
        <Route path=path!("/releases/:cluster/:namespace/:name") view=releases::detail::Release/>
        <Route path=path!("/releases/:cluster/:namespace/:name/upgrade") view=releases::upgrade::UpgradeRelease/>
    };
    routes.into_inner().into_any_nested_route()
}

/// The Services of a mesh.
#[component(transparent)]
fn ServiceRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    let routes = view! {
        <Route path=path!("/meshes/:name/services") view=meshes::services::MeshServices/>
        <Route path=path!("/meshes/:name/services/:namespace/:service") view=meshes::service::MeshService/>
    };
    routes.into_inner().into_any_nested_route()
}

/// The last routes: the page of components is beside the one of the sessions, except in a release.
#[component(transparent)]
fn LastRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    #[cfg(any(debug_assertions, feature = "design"))]
    let routes = view! {
        <Route path=path!("/sessions") view=sessions::Sessions/>
        <Route path=path!("/design") view=crate::pages::design::Design/>
    };
    #[cfg(not(any(debug_assertions, feature = "design")))]
    let routes = view! { <Route path=path!("/sessions") view=sessions::Sessions/> };
    routes.into_inner().into_any_nested_route()
}

/// Held while the list of routes is generated and while a page is rendered: while Leptos generates the list, no
/// resource of the process loads, and one that begins then never ends.
#[cfg(all(test, feature = "ssr"))]
pub(crate) static RESOURCES_LOAD: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::urls::Page;

    #[test]
    fn the_router_and_the_list_of_pages_have_the_same_paths() {
        let _no_page = RESOURCES_LOAD.blocking_lock();
        let routes = leptos_axum::generate_route_list(App);
        let mut paths: Vec<String> = routes
            .iter()
            .map(|route| route.path().replace('{', ":").replace('}', ""))
            .collect();
        let mut listed = Page::ALL.map(|page| page.path().to_owned()).to_vec();
        paths.sort();
        listed.sort();
        assert_eq!(paths, listed);
    }
}
