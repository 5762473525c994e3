//! Access is denied by default: every server function and every page requires a session.

use crate::server::{Server, client};
use leptos::server_fn::axum::server_fn_paths;

#[tokio::test]
async fn every_server_function_requires_a_session() {
    // This reference makes the linker include the server functions of the application.
    let _ = app::App;
    let server = Server::start();
    let paths: Vec<&str> = server_fn_paths().map(|(path, _)| path).collect();
    assert!(paths.len() >= 33, "{} server functions", paths.len());
    for path in paths {
        let response = client()
            .post(server.url(path))
            .header("origin", server.url(""))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .body("{}")
            .send()
            .await
            .expect("a response");
        assert_eq!(response.status(), 401, "{path}");
    }
}

#[test]
fn the_path_of_a_server_function_is_its_name() {
    let _ = app::App;
    for (path, _) in server_fn_paths() {
        let name = path.strip_prefix("/api/").unwrap_or_default();
        let is_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
        assert!(!name.is_empty() && name.chars().all(is_name), "{path}");
    }
}

#[tokio::test]
async fn every_page_redirects_to_the_login_without_a_session() {
    let server = Server::start();
    let pages = app::urls::Page::ALL
        .into_iter()
        .filter(|page| *page != app::urls::Page::Login)
        .map(|page| app::urls::example(page.path()))
        .chain(["/nothing/here".to_owned()]);
    for path in pages {
        let response = client()
            .get(server.url(&path))
            .header("accept", "text/html")
            .send()
            .await;
        let response = response.expect("a response");
        let (status, location) = (
            response.status().as_u16(),
            response.headers().get("location").cloned(),
        );
        let login = app::urls::login_for(&path);
        assert_eq!(
            (status, location),
            (303, Some(login.parse().expect("a value"))),
            "{path}"
        );
    }
}
