//! Faulty repositories: wrong digests, oversized, slow and interrupted responses. Each ends in one error.

use crate::{
    fixture::{
        archive, archive_with, catalog, catalog_in, error_chain, index, named, open,
        repository_config, row, stock,
    },
    site::{Reply, Site},
};
use catalog::{
    Catalog, Digest, Error, FetchError, Probe, Provenance, ProvenanceMismatch, Setup, Stage,
};
use std::time::{Duration, Instant};
use wire::address::AddressPolicy;

/// A catalog with a short timeout.
fn impatient_catalog() -> Catalog {
    let setup = Setup {
        addresses: AddressPolicy::WithLoopback,
        timeout: Duration::from_millis(400),
        ..Setup::default()
    };
    Catalog::built_in().unwrap().with_setup(setup)
}

async fn problem(catalog: &Catalog, site: &Site) -> String {
    catalog.add(repository_config("tests", &site.url)).unwrap();
    let listing = catalog.refresh(&named("tests")).await.unwrap();
    error_chain(listing.problem.as_deref().expect("it fails"))
}

#[tokio::test]
async fn an_archive_with_another_digest_is_rejected_and_not_cached() {
    let site = Site::plain().await;
    let announced = Digest::of(b"what was announced");
    site.put(
        "/index.yaml",
        Reply::of(index(&row("shop", "1.0.0", "shop.tgz", announced.hex()))),
    );
    let packed = archive("shop", "1.0.0");
    site.put("/shop.tgz", Reply::of(packed.clone()));
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog_in(Some(folder.path()));
    catalog.add(repository_config("tests", &site.url)).unwrap();

    let refused = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();

    let Error::Digest {
        expected, found, ..
    } = &refused
    else {
        panic!("{refused}")
    };
    assert_eq!((expected, found), (&announced, &Digest::of(&packed)));
    assert!(!folder.path().join("charts").exists());
}

#[tokio::test]
async fn an_archive_of_another_chart_is_rejected() {
    let site = Site::plain().await;
    for (name, version) in [("web", "1.0.0"), ("shop", "2.0.0")] {
        let packed = archive(name, version);
        let digest = Digest::of(&packed);
        site.put(
            "/index.yaml",
            Reply::of(index(&row("shop", "1.0.0", "shop.tgz", digest.hex()))),
        );
        site.put("/shop.tgz", Reply::of(packed));
        let catalog = catalog();
        catalog.add(repository_config("tests", &site.url)).unwrap();
        let refused = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("the archive of tests/shop 1.0.0 contains {name} {version}")
        );
    }
}

#[tokio::test]
async fn truncated_and_malicious_archives_are_rejected() {
    let site = Site::plain().await;
    let whole = archive("shop", "1.0.0");
    let bomb = archive_with("shop", "1.0.0", "", &[("zeros", &vec![0; 6 << 20])]);
    for (case, bytes) in [
        ("half", &whole[..whole.len() / 2]),
        ("text", b"hello"),
        ("large", &bomb),
    ] {
        site.put(
            "/index.yaml",
            Reply::of(index(&row("shop", "1.0.0", "shop.tgz", ""))),
        );
        site.put("/shop.tgz", Reply::of(bytes));
        let catalog = catalog();
        catalog.add(repository_config("tests", &site.url)).unwrap();
        let refused = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();
        assert!(
            matches!(refused, Error::Chart { .. }),
            "{case}: {}",
            error_chain(&refused)
        );
    }
}

#[tokio::test]
async fn an_interrupted_response_is_an_error() {
    let site = Site::plain().await;
    let half = Reply::of("apiVersion: v1\n").with("content-length", "4000");
    site.put("/index.yaml", half);
    let text = problem(&catalog(), &site).await;
    assert!(text.contains("the response was interrupted"), "{text}");
}

#[tokio::test]
async fn an_index_that_is_too_large_is_not_read_to_its_end() {
    let site = Site::plain().await;
    let announced = Reply {
        endless: true,
        ..Reply::of("apiVersion: v1\n").with("content-length", "9999999999")
    };
    site.put("/index.yaml", announced);
    let text = problem(&catalog(), &site).await;
    assert!(text.contains("it is larger than 50331648 bytes"), "{text}");
}

#[tokio::test]
async fn a_slow_repository_times_out() {
    let site = Site::plain().await;
    let slow = Reply {
        after: Duration::from_mins(1),
        ..Reply::of("apiVersion: v1\n")
    };
    site.put("/index.yaml", slow);
    let start = Instant::now();
    let text = problem(&impatient_catalog(), &site).await;
    assert!(text.ends_with("no answer within 0.4 s"), "{text}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_slow_repository_does_not_delay_the_others() {
    let (slow, quick) = (Site::plain().await, Site::plain().await);
    let never = Reply {
        after: Duration::from_mins(1),
        ..Reply::of("x")
    };
    slow.put("/index.yaml", never);
    stock(&quick, "shop", "1.0.0");
    let catalog = catalog();
    catalog.add(repository_config("slow", &slow.url)).unwrap();
    catalog.add(repository_config("quick", &quick.url)).unwrap();

    let listings = catalog.listings(Duration::from_millis(500)).await;

    let charts = |name: &str| {
        let listing = listings
            .iter()
            .find(|listing| listing.repository == named(name))
            .unwrap();
        listing.index.as_ref().map(|index| index.charts.len())
    };
    assert_eq!((charts("slow"), charts("quick")), (None, Some(1)));
}

#[tokio::test]
async fn an_invalid_index_is_an_error_with_its_reason() {
    let site = Site::plain().await;
    for (text, reason) in [
        ("<html><body>Welcome</body></html>", "is not a chart index"),
        ("", "it is empty"),
        ("entries: {}", "no API version specified"),
        ("apiVersion: v1\nentries: {shop: [], shop: []}", "duplicate"),
    ] {
        site.put("/index.yaml", Reply::of(text));
        let problem = problem(&catalog(), &site).await;
        assert!(problem.contains(reason), "{text}: {problem}");
    }
}

async fn stage(probe: Probe) -> (Stage, String) {
    let (stage, error) = probe.outcome.expect_err("it fails");
    (stage, error_chain(&error))
}

#[tokio::test]
async fn a_probe_reports_the_stage_that_failed() {
    let site = Site::plain().await;
    let catalog = catalog();
    let failed_stage = async |address: &str| {
        stage(catalog.probe(&repository_config("tests", address)).await).await
    };

    assert_eq!(
        failed_stage("https://no-such-host.invalid").await.0,
        Stage::NameResolution
    );
    assert_eq!(
        failed_stage("http://169.254.169.254/latest").await.0,
        Stage::NameResolution
    );
    assert_eq!(
        failed_stage("http://127.0.0.1:1").await.0,
        Stage::Connection
    );
    // TLS to a plain HTTP port.
    assert_eq!(
        failed_stage(&site.url.replace("http://", "https://"))
            .await
            .0,
        Stage::Certificate
    );
    let (stage, text) = failed_stage(&site.url).await;
    assert_eq!(stage, Stage::Response);
    assert!(text.ends_with("status 404"), "{text}");
    site.put("/index.yaml", Reply::of("<html>"));
    assert_eq!(failed_stage(&site.url).await.0, Stage::Index);

    stock(&site, "shop", "1.0.0");
    let probe = catalog.probe(&repository_config("tests", &site.url)).await;
    let seen = probe.outcome.expect("it is one");
    assert_eq!((seen.charts, seen.versions), (1, 1));
    assert_eq!(
        probe.stages,
        [
            Stage::NameResolution,
            Stage::Connection,
            Stage::Response,
            Stage::Index
        ]
    );
}

#[tokio::test]
async fn loopback_is_dialled_only_if_the_policy_allows_it() {
    let site = Site::plain().await;
    stock(&site, "shop", "1.0.0");
    let remote_only = Catalog::built_in().unwrap().with_setup(Setup::default());
    for address in [
        site.url.clone(),
        site.url.replace("127.0.0.1", "localhost"),
        format!("oci://{}/shop", site.host()),
    ] {
        let probe = remote_only
            .probe(&repository_config("tests", &address))
            .await;
        let (stage, error) = probe.outcome.expect_err("it is refused");
        assert_eq!(stage, Stage::NameResolution);
        assert!(
            matches!(
                error,
                Error::Fetch {
                    source: FetchError::Address(_),
                    ..
                }
            ),
            "{error}"
        );
    }
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn a_chart_without_its_required_provenance_is_rejected() {
    let site = Site::plain().await;
    let packed = stock(&site, "shop", "1.0.0");
    let digest = Digest::of(&packed);
    let prov = |files: &str| {
        let text = format!(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nname: shop\n\n...\nfiles:\n  {files}\n\
             -----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"
        );
        Reply::of(text)
    };
    let other = Digest::of(b"another");
    for (reply, expected) in [
        (Reply::status(404), Some(ProvenanceMismatch::Missing)),
        (Reply::of("hello"), Some(ProvenanceMismatch::Unreadable)),
        (
            prov(&format!("web-1.0.0.tgz: {digest}")),
            Some(ProvenanceMismatch::NotListed("shop-1.0.0.tgz".into())),
        ),
        (
            prov(&format!("shop-1.0.0.tgz: {other}")),
            Some(ProvenanceMismatch::DigestDiffers(other.clone())),
        ),
        (prov(&format!("shop-1.0.0.tgz: {digest}")), None),
    ] {
        site.put("/shop-1.0.0.tgz.prov", reply);
        let catalog = catalog();
        let mut config = repository_config("tests", &site.url);
        config.provenance = Provenance::Required;
        catalog.add(config).unwrap();
        match (open(&catalog, "tests", "shop", "1.0.0").await, expected) {
            (Ok(_), None) => {}
            (Err(Error::Provenance { source, .. }), Some(expected)) => assert_eq!(source, expected),
            (other, expected) => panic!("{other:?} instead of {expected:?}"),
        }
    }
}
