//! Deny by default: every server function and every page, without a session.

use crate::running::{Running, client};
use leptos::server_fn::axum::server_fn_paths;

#[tokio::test]
async fn no_server_function_answers_without_a_session() {
    // Naming the application links its server functions in.
    let _ = app::App;
    let server = Running::start();
    let paths: Vec<&str> = server_fn_paths().map(|(path, _)| path).collect();
    assert!(paths.len() >= 33, "{} server functions", paths.len());
    for path in paths {
        let answer = client()
            .post(server.url(path))
            .header("origin", server.url(""))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .body("{}")
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 401, "{path}");
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
async fn every_page_leads_to_the_login_without_a_session() {
    let server = Running::start();
    let pages = app::urls::ROUTES
        .into_iter()
        .filter(|route| *route != "/login")
        .map(app::urls::example)
        .chain(["/nothing/here".to_owned()]);
    for path in pages {
        let asked = client()
            .get(server.url(&path))
            .header("accept", "text/html")
            .send()
            .await;
        let answer = asked.expect("an answer");
        let (status, to) = (
            answer.status().as_u16(),
            answer.headers().get("location").cloned(),
        );
        assert_eq!(
            (status, to),
            (303, Some("/login".parse().expect("a value"))),
            "{path}"
        );
    }
}
