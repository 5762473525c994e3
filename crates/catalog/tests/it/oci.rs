//! OCI registries: lists in pages, tokens, media types, digests.

use crate::{
    fixture::{
        archive, catalog, catalog_in, config, entries, error_chain, index, named, open, password,
        push, push_as, repository_config, row, tags,
    },
    site::{Authentication, Reply, Site},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use catalog::{Catalog, Credentials, Digest, Error, RepositoryConfig, Stage, Transport};
use wire::repository::SkippedEntryReason;

const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

fn registry(site: &Site, path: &str) -> RepositoryConfig {
    repository_config("tests", &format!("oci://{}/{path}", site.host()))
}

async fn versions(catalog: &Catalog, chart: &str) -> Vec<String> {
    entries(catalog, "tests", chart)
        .await
        .into_iter()
        .map(|entry| entry.version)
        .collect()
}

#[tokio::test]
async fn the_chart_at_a_registry_path_is_listed_by_its_tags() {
    let site = Site::plain().await;
    let packed = push(&site, "team/shop", "shop", "1.10.0");
    tags(
        &site,
        "team/shop",
        &[
            "1.9.0",
            "1.10.0",
            "latest",
            "sha256-ab.sig",
            "2.0.0-rc.1",
            "1.0.0_build.5",
        ],
    );
    let catalog = catalog();
    catalog.add(registry(&site, "team/shop")).unwrap();

    assert_eq!(
        versions(&catalog, "shop").await,
        ["2.0.0-rc.1", "1.10.0", "1.9.0", "1.0.0+build.5"]
    );
    let newest = catalog
        .newest(&named("tests"), &"shop".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(newest.version, "1.10.0");
    let entry = &entries(&catalog, "tests", "shop").await[1];
    assert_eq!(entry.description, "From a registry");
    let opened = catalog.chart(&newest).await.unwrap();
    assert_eq!(opened.digest, Some(Digest::of(&packed)));
}

#[tokio::test]
async fn a_version_with_a_plus_is_a_tag_with_an_underscore() {
    let site = Site::plain().await;
    push(&site, "shop", "shop", "1.0.0+build.5");
    tags(&site, "shop", &["1.0.0_build.5"]);
    let catalog = catalog();
    catalog.add(registry(&site, "shop")).unwrap();
    assert_eq!(
        open(&catalog, "tests", "shop", "1.0.0+build.5")
            .await
            .unwrap(),
        "shop 1.0.0+build.5"
    );
}

#[tokio::test]
async fn tags_are_read_page_by_page_within_the_registry() {
    let (site, other) = (Site::plain().await, Site::plain().await);
    push(&site, "shop", "shop", "3.0.0");
    let page = |tag: &str, next: String| {
        Reply::of(format!(r#"{{"tags":["{tag}"]}}"#))
            .with("link", format!("<{next}>; rel=\"next\""))
    };
    site.put(
        "/v2/shop/tags/list?n=1000",
        page("1.0.0", "/v2/shop/tags/list?n=1000&last=1.0.0".into()),
    );
    site.put(
        "/v2/shop/tags/list?n=1000&last=1.0.0",
        page("2.0.0", "/v2/shop/tags/list?n=1000&last=2.0.0".into()),
    );
    site.put(
        "/v2/shop/tags/list?n=1000&last=2.0.0",
        page("3.0.0", format!("{}/v2/shop/tags/list", other.url)),
    );
    let catalog = catalog();
    catalog.add(registry(&site, "shop")).unwrap();
    assert_eq!(
        versions(&catalog, "shop").await,
        ["3.0.0", "2.0.0", "1.0.0"]
    );
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_parent_path_lists_its_charts_if_the_registry_has_a_catalog() {
    let site = Site::plain().await;
    for name in ["shop", "web"] {
        push(&site, &format!("team/{name}"), name, "1.0.0");
        tags(&site, &format!("team/{name}"), &["1.0.0"]);
    }
    push_as(
        &site,
        "team/image",
        "1.0.0",
        b"{}",
        ("application/vnd.oci.image.config.v1+json", LAYER),
        b"x",
    );
    tags(&site, "team/image", &["1.0.0"]);
    site.put(
        "/v2/_catalog",
        Reply::of(
            r#"{"repositories":["team/shop","team/web","team/image","other/x","team/deep/y"]}"#,
        ),
    );
    let catalog = catalog();
    catalog.add(registry(&site, "team")).unwrap();

    let seen = catalog
        .probe(&registry(&site, "team"))
        .await
        .outcome
        .unwrap();
    let [image] = seen.skipped.listed.as_slice() else {
        panic!("{:?}", seen.skipped);
    };
    assert_eq!(
        (seen.charts, image.chart.as_str(), image.reason),
        (2, "image", SkippedEntryReason::NotAChart)
    );
    assert_eq!(
        open(&catalog, "tests", "web", "1.0.0").await.unwrap(),
        "web 1.0.0"
    );

    let (stage, error) = catalog
        .probe(&registry(&site, "nothing/here"))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(stage, Stage::Index);
    assert!(matches!(error, Error::NoListing { .. }), "{error}");
}

#[tokio::test]
async fn a_token_is_fetched_from_the_token_service_and_reused() {
    let site = Site::plain().await;
    push(&site, "shop", "shop", "1.0.0");
    tags(&site, "shop", &["1.0.0"]);
    let login = format!("Basic {}", STANDARD.encode("ann:correct-horse"));
    site.lock(Authentication::Tokens {
        token: "short-lived".into(),
        login: login.clone(),
        realm: format!("{}/token", site.url),
    });
    let catalog = catalog();
    let mut known = registry(&site, "shop");
    known.credentials = password("ann", "correct-horse");
    catalog.add(known.clone()).unwrap();
    assert_eq!(
        open(&catalog, "tests", "shop", "1.0.0").await.unwrap(),
        "shop 1.0.0"
    );

    let asked = site.requests();
    let tokens: Vec<_> = asked
        .iter()
        .filter(|request| request.path.starts_with("/token"))
        .collect();
    assert_eq!(tokens.len(), 1, "one token serves all requests");
    assert_eq!(
        tokens[0].path,
        "/token?service=registry&scope=repository%3Ashop%3Apull"
    );
    assert_eq!(tokens[0].header("authorization"), Some(login.as_str()));
    let sent = asked
        .iter()
        .filter(|request| request.path.starts_with("/v2"))
        .filter_map(|request| request.header("authorization"));
    assert!(
        sent.clone().count() > 0
            && sent
                .into_iter()
                .all(|header| header == "Bearer short-lived")
    );

    known.credentials = password("ann", "wrong-password");
    let (stage, error) = catalog.probe(&known).await.outcome.unwrap_err();
    assert_eq!(stage, Stage::Credentials);
    assert!(!error_chain(&error).contains("wrong-password"));
}

#[tokio::test]
async fn credentials_are_not_sent_to_a_token_service_of_another_origin() {
    let (site, other) = (Site::plain().await, Site::plain().await);
    push(&site, "shop", "shop", "1.0.0");
    tags(&site, "shop", &["1.0.0"]);
    site.lock(Authentication::Tokens {
        token: "t".into(),
        login: String::new(),
        realm: format!("{}/token", other.url),
    });
    let mut known = registry(&site, "shop");
    known.credentials = password("ann", "correct-horse");
    let (stage, error) = catalog().probe(&known).await.outcome.unwrap_err();
    assert_eq!(stage, Stage::Credentials);
    assert!(
        error_chain(&error).contains(&format!(
            "the token service {}/token has another origin",
            other.url
        )),
        "{}",
        error_chain(&error)
    );
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn basic_authentication_is_sent_after_the_challenge() {
    let site = Site::plain().await;
    push(&site, "shop", "shop", "1.0.0");
    tags(&site, "shop", &["1.0.0"]);
    site.lock(Authentication::Needs(format!(
        "Basic {}",
        STANDARD.encode("ann:pw")
    )));
    let catalog = catalog();
    let mut known = registry(&site, "shop");
    known.credentials = password("ann", "pw");
    catalog.add(known.clone()).unwrap();
    assert_eq!(
        open(&catalog, "tests", "shop", "1.0.0").await.unwrap(),
        "shop 1.0.0"
    );
    known.credentials = Credentials::Anonymous;
    let (stage, _) = catalog.probe(&known).await.outcome.unwrap_err();
    assert_eq!(stage, Stage::Credentials);
}

#[tokio::test]
async fn a_manifest_or_blob_with_another_digest_is_rejected() {
    let site = Site::plain().await;
    let packed = push(&site, "shop", "shop", "1.0.0");
    tags(&site, "shop", &["1.0.0"]);
    let folder = tempfile::tempdir().unwrap();
    let blob = format!("/v2/shop/blobs/{}", Digest::of(&packed));
    let mut other = packed.clone();
    *other.last_mut().unwrap() ^= 1;
    site.put(&blob, Reply::of(other));
    let catalog = catalog_in(Some(folder.path()));
    catalog.add(registry(&site, "shop")).unwrap();
    let refused = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();
    assert!(
        matches!(&refused, Error::Digest { expected, .. } if *expected == Digest::of(&packed)),
        "{refused}"
    );
    // A body longer than announced is rejected before its end.
    site.put(&blob, Reply::of([packed.clone(), vec![0; 10]].concat()));
    let refused = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();
    assert!(
        error_chain(&refused).contains("larger than"),
        "{}",
        error_chain(&refused)
    );

    push_as(
        &site,
        "web",
        "1.0.0",
        &config("web", "1.0.0"),
        (CONFIG, LAYER),
        &packed,
    );
    let strange = Reply::of("{}").with("docker-content-digest", Digest::of(b"x").to_string());
    site.put("/v2/web/manifests/1.0.0", strange);
    tags(&site, "web", &["1.0.0"]);
    let (_, error) = catalog
        .probe(&registry(&site, "web"))
        .await
        .outcome
        .unwrap_err();
    assert!(matches!(error, Error::Digest { .. }), "{error}");
}

#[tokio::test]
async fn another_artifact_is_an_error_with_its_media_type() {
    let site = Site::plain().await;
    let image = "application/vnd.oci.image.config.v1+json";
    push_as(
        &site,
        "shop",
        "1.0.0",
        b"{}",
        (image, LAYER),
        &archive("shop", "1.0.0"),
    );
    tags(&site, "shop", &["1.0.0"]);
    let (stage, error) = catalog()
        .probe(&registry(&site, "shop"))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(stage, Stage::Index);
    assert_eq!(
        error.to_string(),
        format!("oci://127.0.0.1/shop:1.0.0 is not a Helm chart: {image}")
    );
}

#[tokio::test]
async fn a_registry_uses_tls_unless_configured_otherwise() {
    let site = Site::plain().await;
    push(&site, "shop", "shop", "1.0.0");
    tags(&site, "shop", &["1.0.0"]);
    let mut secure = registry(&site, "shop");
    secure.address =
        catalog::Address::parse(&format!("oci://{}/shop", site.host()), Transport::Tls).unwrap();
    let (stage, _) = catalog().probe(&secure).await.outcome.unwrap_err();
    assert_eq!(stage, Stage::Certificate);
    assert!(site.requests().is_empty());

    let (tls, ca_bundle) = Site::secure().await;
    push(&tls, "shop", "shop", "1.0.0");
    tags(&tls, "shop", &["1.0.0"]);
    let mut trusted = registry(&tls, "shop");
    trusted.address =
        catalog::Address::parse(&format!("oci://{}/shop", tls.host()), Transport::Tls).unwrap();
    trusted.ca_bundle = ca_bundle;
    assert_eq!(catalog().probe(&trusted).await.outcome.unwrap().charts, 1);
}

/// As in Bitnami's index since 2024.
#[tokio::test]
async fn an_archive_of_an_http_index_may_lie_in_a_registry() {
    let site = Site::plain().await;
    let packed = push(&site, "team/shop", "shop", "1.2.3");
    let url = format!("oci://{}/team/shop:1.2.3", site.host());
    let (digest, other) = (
        Digest::of(&packed).to_string(),
        Digest::of(b"other").to_string(),
    );
    let rows = [
        row("shop", "1.2.3", &url, &digest),
        row("wrong", "1.2.3", &url, &other),
    ];
    site.put("/index.yaml", Reply::of(index(&rows.concat())));
    let catalog = catalog();
    catalog
        .add(repository_config(
            "tests",
            &format!("http://{}", site.host()),
        ))
        .unwrap();

    let opened = open(&catalog, "tests", "shop", "1.2.3").await.unwrap();
    assert_eq!(opened, "shop 1.2.3");
    let error = open(&catalog, "tests", "wrong", "1.2.3").await.unwrap_err();
    assert!(matches!(error, Error::Digest { .. }), "{error:?}");
}

#[tokio::test]
async fn a_registry_of_an_index_on_another_host_gets_no_credentials_and_has_a_public_address() {
    let (site, other) = (Site::plain().await, Site::plain().await);
    push(&other, "team/shop", "shop", "1.2.3");
    let url = format!("oci://{}/team/shop:1.2.3", other.host());
    site.put(
        "/index.yaml",
        Reply::of(index(&row("shop", "1.2.3", &url, ""))),
    );
    let catalog = catalog();
    catalog
        .add(repository_config(
            "tests",
            &format!("http://{}", site.host()),
        ))
        .unwrap();
    let error = open(&catalog, "tests", "shop", "1.2.3").await.unwrap_err();
    assert!(
        error_chain(&error).contains("127.0.0.1"),
        "{}",
        error_chain(&error)
    );
    assert!(
        other.requests().is_empty(),
        "a private address that an index names is not dialled"
    );
}
