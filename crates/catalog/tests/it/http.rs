//! HTTP repositories: indexes, caching, URLs of archives.

use crate::{
    fixture::{
        archive, archive_with, catalog, catalog_in, entries, error_chain, index, named, open,
        reference, repository_config, row, stock,
    },
    site::{Reply, Site},
};
use catalog::{Digest, Error};

#[tokio::test]
async fn a_chart_is_listed_and_opened() {
    let site = Site::plain().await;
    let packed = stock(&site, "shop", "1.2.0");
    let catalog = catalog();
    catalog.add(repository_config("tests", &site.url)).unwrap();

    let listed = entries(&catalog, "tests", "shop").await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].description, "Sells things");
    let newest = catalog
        .newest(&named("tests"), &"shop".parse().unwrap())
        .await
        .unwrap();
    let opened = catalog.chart(&newest).await.unwrap();
    assert_eq!(opened.chart.name(), "shop");
    assert_eq!(opened.digest, Some(Digest::of(&packed)));
}

#[tokio::test]
async fn an_unchanged_index_is_not_sent_again() {
    let site = Site::plain().await;
    let packed = Digest::of(b"x");
    let first = index(&row("shop", "1.0.0", "a.tgz", packed.hex()));
    let reply = Reply::of(first)
        .with("etag", "\"one\"")
        .with("last-modified", "Mon, 01 Jan 2024 00:00:00 GMT");
    site.put("/index.yaml", reply);
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog_in(Some(folder.path()));
    catalog.add(repository_config("tests", &site.url)).unwrap();
    catalog.refresh(&named("tests")).await.unwrap();
    let asked = site.requests();
    assert_eq!(asked[0].header("if-none-match"), None);

    let again = catalog.refresh(&named("tests")).await.unwrap();
    assert!(again.problem.is_none());
    let asked = site.requests();
    assert_eq!(asked[0].header("if-none-match"), Some("\"one\""));
    assert_eq!(
        asked[0].header("if-modified-since"),
        Some("Mon, 01 Jan 2024 00:00:00 GMT")
    );
    assert_eq!(entries(&catalog, "tests", "shop").await.len(), 1);

    // Another process with the same cache sends a conditional request.
    let another = catalog_in(Some(folder.path()));
    another.add(repository_config("tests", &site.url)).unwrap();
    assert_eq!(entries(&another, "tests", "shop").await.len(), 1);
    assert!(site.requests().is_empty(), "what is fresh is not asked for");
    let second = index(&row("web", "1.0.0", "a.tgz", packed.hex()));
    site.put("/index.yaml", Reply::of(second).with("etag", "\"two\""));
    another.refresh(&named("tests")).await.unwrap();
    assert_eq!(site.requests()[0].header("if-none-match"), Some("\"one\""));
    assert_eq!(entries(&another, "tests", "web").await.len(), 1);
    assert!(entries(&another, "tests", "shop").await.is_empty());
}

#[tokio::test]
async fn a_failed_repository_keeps_its_cached_index() {
    let site = Site::plain().await;
    stock(&site, "shop", "1.0.0");
    let catalog = catalog();
    catalog.add(repository_config("tests", &site.url)).unwrap();
    catalog.refresh(&named("tests")).await.unwrap();
    site.put("/index.yaml", Reply::status(503));

    let listing = catalog.refresh(&named("tests")).await.unwrap();

    assert_eq!(
        error_chain(listing.problem.as_deref().unwrap()),
        format!("could not fetch {}/index.yaml: status 503", site.url)
    );
    assert_eq!(listing.index.unwrap().charts.len(), 1);
}

#[tokio::test]
async fn an_archive_url_is_relative_to_the_index_or_absolute() {
    let site = Site::plain().await;
    let packed = archive("shop", "1.0.0");
    let digest = Digest::of(&packed);
    for (url, path) in [
        ("shop.tgz", "/charts/shop.tgz"),
        ("files/shop.tgz", "/charts/files/shop.tgz"),
        ("/elsewhere/shop.tgz", "/elsewhere/shop.tgz"),
        (
            &format!("{}/absolute/shop.tgz?key=1", site.url),
            "/absolute/shop.tgz?key=1",
        ),
    ] {
        let catalog = catalog();
        site.put(
            "/charts/index.yaml",
            Reply::of(index(&row("shop", "1.0.0", url, digest.hex()))),
        );
        site.put(path, Reply::of(packed.clone()));
        catalog
            .add(repository_config("tests", &format!("{}/charts", site.url)))
            .unwrap();
        assert_eq!(
            open(&catalog, "tests", "shop", "1.0.0").await.unwrap(),
            "shop 1.0.0"
        );
        assert_eq!(site.requests().last().unwrap().path, path);
    }
}

#[tokio::test]
async fn a_cached_archive_is_not_fetched_again() {
    let site = Site::plain().await;
    stock(&site, "shop", "1.0.0");
    let folder = tempfile::tempdir().unwrap();
    let first = catalog_in(Some(folder.path()));
    first.add(repository_config("tests", &site.url)).unwrap();
    open(&first, "tests", "shop", "1.0.0").await.unwrap();
    open(&first, "tests", "shop", "1.0.0").await.unwrap();
    assert_eq!(
        site.requests().len(),
        2,
        "the index and the archive, once each"
    );

    let second = catalog_in(Some(folder.path()));
    second.add(repository_config("tests", &site.url)).unwrap();
    open(&second, "tests", "shop", "1.0.0").await.unwrap();
    assert!(site.requests().is_empty(), "it lies on disk");
}

#[tokio::test]
async fn a_removed_repository_leaves_no_cache() {
    let site = Site::plain().await;
    stock(&site, "shop", "1.0.0");
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog_in(Some(folder.path()));
    catalog.add(repository_config("tests", &site.url)).unwrap();
    open(&catalog, "tests", "shop", "1.0.0").await.unwrap();

    assert!(catalog.remove(&named("tests")));

    let gone = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();
    assert!(matches!(gone, Error::NotFound { .. }), "{gone}");
    assert!(!folder.path().join("shelves/tests.json").exists());
}

#[tokio::test]
async fn the_reviewed_archive_is_the_installed_one() {
    let site = Site::plain().await;
    let packed = stock(&site, "shop", "1.0.0");
    let digest = Digest::of(&packed);
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog_in(Some(folder.path()));
    catalog.add(repository_config("tests", &site.url)).unwrap();
    let chart = reference("tests", "shop", "1.0.0");
    assert_eq!(
        catalog.chart(&chart).await.unwrap().digest,
        Some(digest.clone())
    );

    // The same version with another archive.
    let other = archive_with("shop", "1.0.0", "appVersion: other\n", &[]);
    let row = row("shop", "1.0.0", "shop-1.0.0.tgz", Digest::of(&other).hex());
    site.put("/index.yaml", Reply::of(index(&row)));
    site.put("/shop-1.0.0.tgz", Reply::of(other.clone()));
    catalog.refresh(&named("tests")).await.unwrap();

    assert_eq!(
        catalog.chart(&chart).await.unwrap().digest,
        Some(Digest::of(&other))
    );
    assert_eq!(
        catalog.pinned_chart(&chart, &digest).await.unwrap().digest,
        Some(digest.clone())
    );
    let elsewhere = catalog_in(None);
    elsewhere
        .add(repository_config("tests", &site.url))
        .unwrap();
    let changed = elsewhere
        .pinned_chart(&chart, &digest)
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(changed, Error::Changed { .. }), "{changed}");
}
