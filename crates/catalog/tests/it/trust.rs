//! Logins, certificates and redirects: what goes where, and what never leaves.

use crate::{
    site::{Door, Reply, Site},
    world::{archive, catalog, definition, index, named, open, password, row, said, stock},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use catalog::{Definition, Digest, Login, Stage};
use wire::Secret;

const PASSWORD: &str = "correct-horse-battery";

fn basic() -> String {
    format!("Basic {}", STANDARD.encode(format!("ann:{PASSWORD}")))
}

fn with_password(address: &str) -> Definition {
    Definition {
        login: password("ann", PASSWORD),
        ..definition("tests", address)
    }
}

#[tokio::test]
async fn a_password_opens_index_and_archive_and_a_wrong_one_says_so() {
    let site = Site::plain().await;
    stock(&site, "shop", "1.0.0");
    site.lock(Door::Needs(basic()));
    let catalog = catalog();
    catalog.add(with_password(&site.url)).unwrap();
    assert_eq!(
        open(&catalog, "tests", "shop", "1.0.0").await.unwrap(),
        "shop 1.0.0"
    );

    let mut wrong = with_password(&site.url);
    wrong.login = password("ann", "wrong-password");
    let probe = catalog.probe(&wrong).await;
    assert!(probe.stages.contains(&Stage::Login));
    let (stage, error) = probe.outcome.unwrap_err();
    assert_eq!(stage, Stage::Login);
    let text = format!("{} {error:?} {wrong:?}", said(&error));
    assert!(
        text.contains("401") && !text.contains("wrong-password"),
        "{text}"
    );
}

#[tokio::test]
async fn a_token_is_sent_as_bearer() {
    let site = Site::plain().await;
    stock(&site, "shop", "1.0.0");
    site.lock(Door::Needs("Bearer token-of-ann".into()));
    let catalog = catalog();
    let mut token = definition("tests", &site.url);
    token.login = Login::Token(Secret::new("token-of-ann".into()));
    catalog.add(token).unwrap();
    assert_eq!(
        open(&catalog, "tests", "shop", "1.0.0").await.unwrap(),
        "shop 1.0.0"
    );
}

#[tokio::test]
async fn a_login_is_not_sent_to_another_host_that_the_index_names() {
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

    open(&catalog, "tests", "shop", "1.0.0").await.unwrap();

    assert_eq!(
        site.asked()[0].header("authorization"),
        Some(basic().as_str())
    );
    // Another port is another place.
    assert_eq!(other.asked()[0].header("authorization"), None);
}

#[tokio::test]
async fn a_redirect_is_followed_within_its_own_origin_and_not_beyond() {
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
    assert_eq!(stage, Stage::Answer);
    let text = said(&error);
    assert!(
        text.ends_with(&format!(
            "it leads to {}/index.yaml, which is another place",
            other.url
        )),
        "{text}"
    );

    // Content with a known digest may lie elsewhere, but not in plain.
    let row = row("shop", "1.0.0", "away.tgz", Digest::of(&packed).hex());
    site.put("/index.yaml", Reply::of(index(&row)));
    site.put(
        "/away.tgz",
        Reply::to(format!("{}/shop-1.0.0.tgz", other.url)),
    );
    catalog.add(with_password(&site.url)).unwrap();
    let refused = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();
    assert!(
        said(&refused).contains("which is another place"),
        "{}",
        said(&refused)
    );
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn redirects_in_a_circle_come_to_an_end() {
    let site = Site::plain().await;
    site.put("/index.yaml", Reply::to("/index.yaml"));
    let outcome = catalog()
        .probe(&definition("tests", &site.url))
        .await
        .outcome;
    assert!(said(&outcome.unwrap_err().1).ends_with("it leads from place to place"));
    assert_eq!(site.asked().len(), 6);
}

#[tokio::test]
async fn a_certificate_is_judged_by_the_authority_that_was_given() {
    let (site, authority) = Site::secure().await;
    stock(&site, "shop", "1.0.0");
    let catalog = catalog();
    let (stage, error) = catalog
        .probe(&definition("tests", &site.url))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(stage, Stage::Certificate, "{}", said(&error));

    let trusting = |authority: &str| Definition {
        authority: authority.to_owned(),
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
        (stage, said(&error).contains("not a PEM certificate")),
        (Stage::Certificate, true)
    );

    let probe = catalog.probe(&trusting(&authority)).await;
    assert!(probe.stages.contains(&Stage::Certificate));
    assert_eq!(probe.outcome.unwrap().charts, 1);
    catalog.add(trusting(&authority)).unwrap();
    assert_eq!(
        open(&catalog, "tests", "shop", "1.0.0").await.unwrap(),
        "shop 1.0.0"
    );
    // By its name too, which is resolved here.
    let by_name = Definition {
        authority,
        ..definition("tests", &site.url.replace("127.0.0.1", "localhost"))
    };
    assert_eq!(catalog.probe(&by_name).await.outcome.unwrap().charts, 1);
}

#[tokio::test]
async fn a_login_over_plain_http_is_refused_before_anything_is_sent() {
    let catalog = catalog();
    let (stage, error) = catalog
        .probe(&with_password("http://charts.invalid"))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(stage, Stage::Login);
    assert!(said(&error).ends_with("a login is not sent over plain HTTP"));
    assert!(catalog.add(with_password("http://charts.invalid")).is_err());
    assert!(
        !catalog
            .known()
            .iter()
            .any(|listing| listing.repository == named("tests"))
    );
}
