//! Uploads: validated before they are stored, addressed by digest, and installable.

use crate::{
    support::{EAST, World, deployed, draft, everything, operator, setup},
    test_repositories::{archive, packed},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use console::{Console, Error};
use wire::{
    ChartRef, Code, Problem,
    repository::{MAX_UPLOAD_BYTES, UploadRequest},
};

async fn upload(console: &Console, bytes: &[u8]) -> Result<ChartRef, Error> {
    let request = UploadRequest {
        file: "bills.tgz".into(),
        archive: STANDARD.encode(bytes),
    };
    console.upload_chart(&operator(), request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_chart_is_listed_installed_and_survives_a_restart() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let chart = upload(console, &archive("bills", "1.0.0")).await.unwrap();
    assert_eq!(chart.to_string(), "uploaded/bills 1.0.0");
    upload(console, &archive("bills", "1.1.0")).await.unwrap();

    let page = console.chart(&ann, &chart).await.unwrap();
    assert!(page.uploaded && page.digest.unwrap().starts_with("sha256:"));
    assert!(page.readme.contains("Pays them."));
    let draft = draft(console, "uploaded", "bills", EAST).await;
    deployed(console, &draft).await;

    let again = Console::open(world.folder.path(), setup()).unwrap();
    let found = again.catalog(&ann, everything()).await.unwrap();
    let card = found
        .charts
        .iter()
        .find(|card| card.chart.as_str() == "bills")
        .unwrap();
    assert_eq!((card.newest.as_str(), card.versions), ("1.1.0", 2));
    again.remove_upload(&ann, &chart).await.unwrap();
    let gone = Problem::from(again.chart(&ann, &chart).await.unwrap_err());
    assert_eq!(gone.code, Code::NotFound);
}

/// A chart of some hundred bytes whose form would have more fields than a server has memory for, and
/// whose template splits a long text.
fn endless() -> Vec<u8> {
    let own = r##"{"$ref": "#/definitions/d"}"##;
    let definition = format!(r#"{{"properties": {{"a": {own}, "b": {own}, "c": {own}}}}}"#);
    let schema =
        format!(r#"{{"properties": {{"a": {own}}}, "definitions": {{"d": {definition}}}}}"#);
    let template = r#"{{ splitList "" (repeat 30000000 "a") | len }}"#;
    packed(
        "endless",
        &[
            (
                "Chart.yaml",
                "apiVersion: v2\nname: endless\nversion: 1.0.0\n",
            ),
            ("values.schema.json", &schema),
            ("templates/a.yaml", template),
        ],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_chart_without_an_end_has_a_page_and_an_error() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let chart = upload(console, &endless()).await.unwrap();
    let page = console.chart(&ann, &chart).await.unwrap();
    assert!(page.parameters.is_empty());
    let draft = draft(console, "uploaded", "endless", EAST).await;
    let shown = console.parameters(&ann, &draft).await.unwrap();
    assert!(shown.fields.is_empty() && !shown.is_truncated);
    let problem = shown.problem.unwrap();
    assert_eq!(problem.code, Code::RenderFailed);
    assert!(problem.detail.unwrap().contains("memory limit"));
    console.parameters(&ann, &draft).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_or_different_chart_is_rejected() {
    let world = World::new().await;
    let console = &world.console;
    let good = archive("bills", "1.0.0");
    upload(console, &good).await.unwrap();
    upload(console, &good).await.unwrap();
    let code = async |bytes: &[u8]| Problem::from(upload(console, bytes).await.unwrap_err());

    assert_eq!(code(&good[..good.len() / 2]).await.code, Code::BadArchive);
    let text = code(b"hello").await;
    assert_eq!(
        (text.code, text.arg("file")),
        (Code::BadArchive, "bills.tgz")
    );
    assert!(text.detail.unwrap().contains("not a gzipped tar archive"));
    let large = vec![0; MAX_UPLOAD_BYTES as usize + 1];
    assert_eq!(code(&large).await.code, Code::TooLarge);
    let request = UploadRequest {
        file: "bills.tgz".into(),
        archive: "not base 64".into(),
    };
    let refused = Problem::from(
        console
            .upload_chart(&operator(), request)
            .await
            .unwrap_err(),
    );
    assert_eq!(refused.code, Code::BadArchive);
    assert_eq!(
        code(&archive("Bad Name", "1.0.0")).await.code,
        Code::BadName
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_version_is_immutable() {
    let world = World::new().await;
    upload(&world.console, &archive("bills", "1.0.0"))
        .await
        .unwrap();
    let other = crate::test_repositories::archive_of("bills", "1.0.0", "greeting: other\n");
    let refused = Problem::from(upload(&world.console, &other).await.unwrap_err());
    assert_eq!(
        (refused.code, refused.arg("chart")),
        (Code::UploadExists, "uploaded/bills 1.0.0")
    );
}
