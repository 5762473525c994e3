//! Tests of [`Live`] as the server renders it.

use super::Live;
use crate::{AppError, routes::RESOURCES_LOAD};
use axum::body::{Body, to_bytes};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use std::time::Duration;

/// Renders a page whose subject is read by `load`, as the server does.
async fn page<F>(load: fn() -> F) -> String
where
    F: Future<Output = Result<String, AppError>> + Send + 'static,
{
    // A second test finds the executor set.
    let _ = any_spawner::Executor::init_tokio();
    let page = move || {
        provide_meta_context();
        let subject = Resource::new(|| (), move |()| load());
        let parents = vec![("Meshes".to_owned(), "/meshes".to_owned())];
        view! {
            <html>
                <head></head>
                <body>
                    <Live
                        from=subject
                        subject="mesh"
                        parents=parents
                        view=|value| view! { <p>"value: " {move || value.get()}</p> }
                    />
                </body>
            </html>
        }
    };
    let _no_routes = RESOURCES_LOAD.lock().await;
    let response = leptos_axum::render_app_to_stream(page)(http::Request::new(Body::empty())).await;
    let body = to_bytes(response.into_body(), 1 << 20);
    let html = tokio::time::timeout(Duration::from_secs(30), body)
        .await
        .expect("the page ends");
    String::from_utf8(html.expect("a page").to_vec()).expect("a text")
}

/// A read that ends on another thread while the page is rendered, sooner or later each time.
async fn concurrent() -> Result<String, AppError> {
    static NANOSECONDS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let pause = NANOSECONDS.fetch_add(500, std::sync::atomic::Ordering::Relaxed) % 200_000;
    let (sender, read) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let start = std::time::Instant::now();
        while start.elapsed() < Duration::from_nanos(pause) {
            std::hint::spin_loop();
        }
        let _ = sender.send("known".to_owned());
    });
    Ok(read.await.expect("a value"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_value_that_is_read_meanwhile_is_in_the_page() {
    for _ in 0..2_000 {
        let html = page(concurrent).await;
        assert!(html.contains("value: <!>known<"), "{html}");
    }
}

#[tokio::test]
async fn a_page_has_a_title_before_its_subject_is_known() {
    let html = page(|| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok("known".to_owned())
    });
    let html = html.await;
    assert!(html.contains("<title>Meshes · Meshspan</title>"), "{html}");
}
