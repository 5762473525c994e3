//! Credentials, certificates and redirects: where credentials are sent.

use crate::{
    fixture::{
        archive, catalog, error_chain, index, named, open, password, repository_config, row, stock,
    },
    site::{Authentication, Reply, Site},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use catalog::{Credentials, Digest, RepositoryConfig, Stage};
use wire::Secret;

const PASSWORD: &str = "correct-horse-battery";

fn basic() -> String {
    format!("Basic {}", STANDARD.encode(format!("ann:{PASSWORD}")))
}

fn with_password(address: &str) -> RepositoryConfig {
    RepositoryConfig {
        credentials: password("ann", PASSWORD),
        ..repository_config("tests", address)
    }
}

#[tokio::test]
async fn a_password_is_sent_for_index_and_archive_and_a_wrong_one_is_an_error() {
    let site = Site::plain().await;
    stock(&site, "shop", "1.0.0");
    site.lock(Authentication::Needs(basic()));
    let catalog = catalog();
    catalog.add(with_password(&site.url)).unwrap();
    assert_eq!(
        open(&catalog, "tests", "shop", "1.0.0").await.unwrap(),
        "shop 1.0.0"
    );

    let mut wrong = with_password(&site.url);
    wrong.credentials = password("ann", "wrong-password");
    let probe = catalog.probe(&wrong).await;
    assert!(probe.stages.contains(&Stage::Credentials));
    let (stage, error) = probe.outcome.unwrap_err();
    assert_eq!(stage, Stage::Credentials);
    let text = format!("{} {error:?} {wrong:?}", error_chain(&error));
    assert!(
        text.contains("401") && !text.contains("wrong-password"),
        "{text}"
    );
}

#[tokio::test]
async fn a_token_is_sent_as_bearer() {
    let site = Site::plain().await;
    stock(&site, "shop", "1.0.0");
    site.lock(Authentication::Needs("Bearer token-of-ann".into()));
    let catalog = catalog();
    let mut token = repository_config("tests", &site.url);
    token.credentials = Credentials::Token(Secret::new("token-of-ann".into()));
    catalog.add(token).unwrap();
    assert_eq!(
        open(&catalog, "tests", "shop", "1.0.0").await.unwrap(),
        "shop 1.0.0"
    );
}

#[tokio::test]
async fn another_host_in_the_index_is_dialled_at_public_addresses_only() {
    let (site, other) = (Site::plain().await, Site::plain().await);
    let packed = archive("shop", "1.0.0");
    let url = format!("{}/shop.tgz", other.url);
    site.put(
        "/index.yaml",
        Reply::of(index(&row(
            "shop",
            "1.0.0",
            &url,
            Digest::of(&packed).hex(),
        ))),
    );
    other.put("/shop.tgz", Reply::of(packed));
    let catalog = catalog();
    catalog.add(with_password(&site.url)).unwrap();

    let refused = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();

    assert_eq!(
        site.requests()[0].header("authorization"),
        Some(basic().as_str())
    );
    // Another port is another origin.
    let text = error_chain(&refused);
    assert!(text.contains("127.0.0.1 is a loopback address"), "{text}");
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_is_followed_within_its_origin_only() {
    let (site, other) = (Site::plain().await, Site::plain().await);
    stock(&site, "shop", "1.0.0");
    let packed = stock(&other, "shop", "1.0.0");
    site.put("/moved/index.yaml", Reply::to("/index.yaml"));
    let catalog = catalog();
    let seen = catalog
        .probe(&with_password(&format!("{}/moved", site.url)))
        .await
        .outcome
        .unwrap();
    assert_eq!(seen.charts, 1);

    site.put(
        "/away/index.yaml",
        Reply::to(format!("{}/index.yaml?signature=secret", other.url)),
    );
    let (stage, error) = catalog
        .probe(&with_password(&format!("{}/away", site.url)))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(stage, Stage::Response);
    let text = error_chain(&error);
    assert!(
        text.ends_with(&format!(
            "it redirects to {}/index.yaml, which has another origin",
            other.url
        )),
        "{text}"
    );

    // Content with a known digest may have another origin, but not over plain HTTP.
    let row = row("shop", "1.0.0", "away.tgz", Digest::of(&packed).hex());
    site.put("/index.yaml", Reply::of(index(&row)));
    site.put(
        "/away.tgz",
        Reply::to(format!("{}/shop-1.0.0.tgz", other.url)),
    );
    catalog.add(with_password(&site.url)).unwrap();
    let refused = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();
    assert!(
        error_chain(&refused).contains("which has another origin"),
        "{}",
        error_chain(&refused)
    );
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_loop_is_an_error() {
    let site = Site::plain().await;
    site.put("/index.yaml", Reply::to("/index.yaml"));
    let outcome = catalog()
        .probe(&repository_config("tests", &site.url))
        .await
        .outcome;
    assert!(error_chain(&outcome.unwrap_err().1).ends_with("too many redirects"));
    assert_eq!(site.requests().len(), 6);
}

#[tokio::test]
async fn a_certificate_is_verified_by_the_configured_ca_bundle() {
    let (site, ca_bundle) = Site::secure().await;
    stock(&site, "shop", "1.0.0");
    let catalog = catalog();
    let (stage, error) = catalog
        .probe(&repository_config("tests", &site.url))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(stage, Stage::Certificate, "{}", error_chain(&error));

    let trusting = |ca_bundle: &str| RepositoryConfig {
        ca_bundle: ca_bundle.to_owned(),
        ..with_password(&site.url)
    };
    let (_other, foreign) = Site::secure().await;
    let (stage, _) = catalog
        .probe(&trusting(&foreign))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(stage, Stage::Certificate);
    let (stage, error) = catalog
        .probe(&trusting("not a certificate"))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(
        (stage, error_chain(&error).contains("not a PEM certificate")),
        (Stage::Certificate, true)
    );

    let probe = catalog.probe(&trusting(&ca_bundle)).await;
    assert!(probe.stages.contains(&Stage::Certificate));
    assert_eq!(probe.outcome.unwrap().charts, 1);
    catalog.add(trusting(&ca_bundle)).unwrap();
    assert_eq!(
        open(&catalog, "tests", "shop", "1.0.0").await.unwrap(),
        "shop 1.0.0"
    );
    // The same by host name.
    let by_name = RepositoryConfig {
        ca_bundle,
        ..repository_config("tests", &site.url.replace("127.0.0.1", "localhost"))
    };
    assert_eq!(catalog.probe(&by_name).await.outcome.unwrap().charts, 1);
}

#[tokio::test]
async fn credentials_over_plain_http_are_rejected_before_a_request() {
    let catalog = catalog();
    let (stage, error) = catalog
        .probe(&with_password("http://charts.invalid"))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(stage, Stage::Credentials);
    assert!(error_chain(&error).ends_with("credentials are not sent over plain HTTP"));
    assert!(catalog.add(with_password("http://charts.invalid")).is_err());
    assert!(
        !catalog
            .cached_listings()
            .iter()
            .any(|listing| listing.repository == named("tests"))
    );
}
