//! Bad repositories: wrong digests, endless answers, slow ones, broken ones. Each ends in one error, soon.

use crate::{
    site::{Reply, Site},
    world::{
        archive, archive_with, catalog, catalog_in, definition, index, named, open, row, said,
        stock,
    },
};
use catalog::{BadProvenance, Catalog, Digest, Error, Fault, Probe, Provenance, Setup, Stage};
use std::time::{Duration, Instant};
use wire::address::AddressPolicy;

/// A catalog whose patience is short.
fn hasty() -> Catalog {
    let setup = Setup {
        addresses: AddressPolicy::WithLoopback,
        deadline: Duration::from_millis(400),
        ..Setup::default()
    };
    Catalog::built_in().unwrap().reaching(setup)
}

async fn problem(catalog: &Catalog, site: &Site) -> String {
    catalog.add(definition("tests", &site.url)).unwrap();
    let listing = catalog.refresh(&named("tests")).await.unwrap();
    said(listing.problem.as_deref().expect("it fails"))
}

#[tokio::test]
async fn an_archive_with_another_digest_is_refused_and_not_kept() {
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
    catalog.add(definition("tests", &site.url)).unwrap();

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
async fn an_archive_of_another_chart_is_refused() {
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
        catalog.add(definition("tests", &site.url)).unwrap();
        let refused = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("the archive of tests/shop 1.0.0 holds {name} {version}")
        );
    }
}

#[tokio::test]
async fn a_truncated_archive_and_a_hostile_one_are_refused() {
    let site = Site::plain().await;
    let whole = archive("shop", "1.0.0");
    let bomb = archive_with("shop", "1.0.0", "", &[("zeros", &vec![0; 6 << 20])]);
    for (what, bytes) in [
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
        catalog.add(definition("tests", &site.url)).unwrap();
        let refused = open(&catalog, "tests", "shop", "1.0.0").await.unwrap_err();
        assert!(
            matches!(refused, Error::Chart { .. }),
            "{what}: {}",
            said(&refused)
        );
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told() {
    let site = Site::plain().await;
    let half = Reply::of("apiVersion: v1\n").with("content-length", "4000");
    site.put("/index.yaml", half);
    let text = problem(&catalog(), &site).await;
    assert!(text.contains("the answer broke off"), "{text}");
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
async fn a_slow_repository_ends_at_the_deadline() {
    let site = Site::plain().await;
    let slow = Reply {
        after: Duration::from_mins(1),
        ..Reply::of("apiVersion: v1\n")
    };
    site.put("/index.yaml", slow);
    let start = Instant::now();
    let text = problem(&hasty(), &site).await;
    assert!(text.ends_with("no answer within 0.4 s"), "{text}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn one_slow_repository_does_not_hold_up_the_others() {
    let (slow, quick) = (Site::plain().await, Site::plain().await);
    let never = Reply {
        after: Duration::from_mins(1),
        ..Reply::of("x")
    };
    slow.put("/index.yaml", never);
    stock(&quick, "shop", "1.0.0");
    let catalog = catalog();
    catalog.add(definition("slow", &slow.url)).unwrap();
    catalog.add(definition("quick", &quick.url)).unwrap();

    let listings = catalog.listings(Duration::from_millis(500)).await;

    let charts = |name: &str| {
        let one = listings
            .iter()
            .find(|one| one.repository == named(name))
            .unwrap();
        one.shelf.as_ref().map(|shelf| shelf.charts.len())
    };
    assert_eq!((charts("slow"), charts("quick")), (None, Some(1)));
}

#[tokio::test]
async fn what_is_no_index_says_what_is_wrong_with_it() {
    let site = Site::plain().await;
    for (text, what) in [
        (
            "<html><body>Welcome</body></html>",
            "is not an index of charts",
        ),
        ("", "it is empty"),
        ("entries: {}", "no API version specified"),
        ("apiVersion: v1\nentries: {shop: [], shop: []}", "duplicate"),
    ] {
        site.put("/index.yaml", Reply::of(text));
        let problem = problem(&catalog(), &site).await;
        assert!(problem.contains(what), "{text}: {problem}");
    }
}

async fn stage(probe: Probe) -> (Stage, String) {
    let (stage, error) = probe.outcome.expect_err("it fails");
    (stage, said(&error))
}

#[tokio::test]
async fn a_probe_says_how_far_it_came() {
    let site = Site::plain().await;
    let catalog = catalog();
    let look =
        async |address: &str| stage(catalog.probe(&definition("tests", address)).await).await;

    assert_eq!(look("https://no-such-host.invalid").await.0, Stage::Name);
    assert_eq!(look("http://169.254.169.254/latest").await.0, Stage::Name);
    assert_eq!(look("http://127.0.0.1:1").await.0, Stage::Connection);
    // TLS where none is spoken.
    assert_eq!(
        look(&site.url.replace("http://", "https://")).await.0,
        Stage::Certificate
    );
    let (stage, text) = look(&site.url).await;
    assert_eq!(stage, Stage::Answer);
    assert!(text.ends_with("it answers 404"), "{text}");
    site.put("/index.yaml", Reply::of("<html>"));
    assert_eq!(look(&site.url).await.0, Stage::Index);

    stock(&site, "shop", "1.0.0");
    let probe = catalog.probe(&definition("tests", &site.url)).await;
    let seen = probe.outcome.expect("it is one");
    assert_eq!((seen.charts, seen.versions), (1, 1));
    assert_eq!(
        probe.stages,
        [Stage::Name, Stage::Connection, Stage::Answer, Stage::Index]
    );
}

#[tokio::test]
async fn loopback_is_dialled_only_where_it_is_allowed() {
    let site = Site::plain().await;
    stock(&site, "shop", "1.0.0");
    let remote_only = Catalog::built_in().unwrap().reaching(Setup::default());
    for address in [
        site.url.clone(),
        site.url.replace("127.0.0.1", "localhost"),
        format!("oci://{}/shop", site.host()),
    ] {
        let probe = remote_only.probe(&definition("tests", &address)).await;
        let (stage, error) = probe.outcome.expect_err("it is refused");
        assert_eq!(stage, Stage::Name);
        assert!(
            matches!(
                error,
                Error::Fetch {
                    source: Fault::Address(_),
                    ..
                }
            ),
            "{error}"
        );
    }
    assert!(site.asked().is_empty());
}

#[tokio::test]
async fn a_chart_that_must_be_vouched_for_is_refused_without() {
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
        (Reply::status(404), Some(BadProvenance::Missing)),
        (Reply::of("hello"), Some(BadProvenance::Unreadable)),
        (
            prov(&format!("web-1.0.0.tgz: {digest}")),
            Some(BadProvenance::NotNamed("shop-1.0.0.tgz".into())),
        ),
        (
            prov(&format!("shop-1.0.0.tgz: {other}")),
            Some(BadProvenance::Differs(other.clone())),
        ),
        (prov(&format!("shop-1.0.0.tgz: {digest}")), None),
    ] {
        site.put("/shop-1.0.0.tgz.prov", reply);
        let catalog = catalog();
        let mut asking = definition("tests", &site.url);
        asking.provenance = Provenance::Required;
        catalog.add(asking).unwrap();
        match (open(&catalog, "tests", "shop", "1.0.0").await, expected) {
            (Ok(_), None) => {}
            (Err(Error::Provenance { source, .. }), Some(expected)) => assert_eq!(source, expected),
            (other, expected) => panic!("{other:?} instead of {expected:?}"),
        }
    }
}
