//! All server functions, one file per noun.
//!
//! Each identifies the caller, calls one use case of the console, and returns a view. Each has an explicit
//! endpoint, so that its path does not depend on the folder of the build.

pub mod catalog;
pub mod clusters;
pub mod install;
pub mod jobs;
pub mod json;
pub mod meshes;
pub mod releases;
pub mod repositories;
pub mod session;

#[cfg(test)]
mod tests {
    /// Server functions whose result is no text of a cluster: parameters, which are edited, a kubeconfig,
    /// which is used, and the session.
    const EXACT: [&str; 4] = [
        "fn parameters(",
        "fn edit_parameters(",
        "fn reveal_kubeconfig(",
        "fn session(",
    ];

    #[test]
    fn every_view_passes_the_place_that_marks_hidden_characters() {
        let files = [
            include_str!("api/catalog.rs"),
            include_str!("api/clusters.rs"),
            include_str!("api/install.rs"),
            include_str!("api/jobs.rs"),
            include_str!("api/meshes.rs"),
            include_str!("api/releases.rs"),
            include_str!("api/repositories.rs"),
            include_str!("api/session.rs"),
        ];
        let functions = files
            .iter()
            .flat_map(|file| file.split("#[server(").skip(1));
        let mut marked = 0;
        for function in functions {
            let is_exact = EXACT.iter().any(|name| function.contains(name));
            let returns_nothing = function.contains("ApiResult<()>");
            let is_marked = function.contains("crate::ssr::shown(");
            assert!(is_marked || is_exact || returns_nothing, "{function}");
            marked += usize::from(is_marked);
        }
        assert!(marked > 40, "{marked}");
    }
}
