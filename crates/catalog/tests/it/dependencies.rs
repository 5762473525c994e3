//! Dependencies of charts: fetched from the repositories in Chart.yaml, at matching versions.

use crate::{
    fixture::{
        archive, archive_with, catalog, error_chain, index, push, reference, repository_config,
        tags,
    },
    site::{Reply, Site},
};
use catalog::{Catalog, Digest, Error, Missing, Setup};

/// A chart `shop` with the dependency `sub` and more files, and the resolved dependency.
async fn below(
    catalog: &Catalog,
    site: &Site,
    needs: &str,
    files: &[(&str, &[u8])],
) -> Result<String, Error> {
    let packed = archive_with("shop", "1.0.0", &format!("dependencies:\n{needs}"), files);
    let digest = Digest::of(&packed);
    let rows = |name: &str, versions: &[&str]| {
        let list: Vec<String> = versions
            .iter()
            .map(|version| {
                let packed = archive(name, version);
                site.put(&format!("/{name}-{version}.tgz"), Reply::of(packed.clone()));
                let digest = Digest::of(&packed);
                format!("  - {{name: {name}, version: {version}, urls: [{name}-{version}.tgz], digest: \"{digest}\"}}\n")
            })
            .collect();
        format!("  {name}:\n{}", list.concat())
    };
    let shop = format!(
        "  shop:\n  - {{name: shop, version: 1.0.0, urls: [shop.tgz], digest: \"{digest}\"}}\n"
    );
    site.put(
        "/index.yaml",
        Reply::of(index(&format!(
            "{shop}{}",
            rows("sub", &["1.4.2", "1.5.0", "2.0.0", "2.1.0-rc.1"])
        ))),
    );
    site.put("/shop.tgz", Reply::of(packed));
    catalog.add(repository_config("tests", &site.url)).unwrap();
    let opened = catalog.chart(&reference("tests", "shop", "1.0.0")).await?;
    let names = opened
        .chart
        .subcharts()
        .iter()
        .map(|chart| format!("{} {}", chart.name(), chart.metadata().version));
    Ok(names.collect::<Vec<_>>().join(", "))
}

fn needs(version: &str, repository: &str) -> String {
    format!("- {{name: sub, version: \"{version}\", repository: \"{repository}\"}}\n")
}

fn missing(error: &Error) -> &Missing {
    match error {
        Error::Dependency { reason, .. } => reason,
        other => panic!("{}", error_chain(other)),
    }
}

#[tokio::test]
async fn the_highest_matching_version_is_fetched() {
    let site = Site::plain().await;
    for (range, version) in [
        ("^1.0.0", "1.5.0"),
        ("~1.4", "1.4.2"),
        ("1.4.2", "1.4.2"),
        ("*", "2.0.0"),
        (">=1.0.0-0", "2.1.0-rc.1"),
    ] {
        let found = below(&catalog(), &site, &needs(range, &site.url), &[]).await;
        assert_eq!(found.unwrap(), format!("sub {version}"), "{range}");
    }
}

#[tokio::test]
async fn a_missing_or_invalid_dependency_is_an_error_with_its_reason() {
    let site = Site::plain().await;
    let refused = below(&catalog(), &site, &needs("^7", &site.url), &[])
        .await
        .unwrap_err();
    assert!(
        matches!(missing(&refused), Missing::NoVersion { .. }),
        "{refused}"
    );
    let refused = below(&catalog(), &site, &needs("one or two", &site.url), &[])
        .await
        .unwrap_err();
    assert_eq!(
        missing(&refused),
        &Missing::BadConstraint("one or two".into())
    );
    let refused = below(&catalog(), &site, &needs("1.0.0", ""), &[])
        .await
        .unwrap_err();
    assert_eq!(missing(&refused), &Missing::NoRepository);
    let refused = below(&catalog(), &site, &needs("1.0.0", "ftp://x"), &[])
        .await
        .unwrap_err();
    assert_eq!(missing(&refused), &Missing::BadRepository("ftp://x".into()));
    let refused = below(&catalog(), &site, &needs("1.0.0", "@elsewhere"), &[])
        .await
        .unwrap_err();
    assert_eq!(missing(&refused), &Missing::UnknownName("elsewhere".into()));
    assert_eq!(
        refused.to_string(),
        "dependency sub 1.0.0 of chart shop is missing: repository elsewhere is not configured here"
    );
}

#[tokio::test]
async fn a_bundled_dependency_is_not_fetched() {
    let site = Site::plain().await;
    let own = archive("sub", "0.1.0");
    let found = below(
        &catalog(),
        &site,
        &needs("^1", &site.url),
        &[("charts/sub-0.1.0.tgz", &own)],
    )
    .await;
    assert_eq!(found.unwrap(), "sub 0.1.0");
}

#[tokio::test]
async fn a_lock_pins_the_version_and_must_be_in_sync() {
    let site = Site::plain().await;
    let needed = needs("^1", &site.url);
    let (name, url) = (r#""name":"sub""#, &site.url);
    let hashed = format!(
        r#"[[{{{name},"version":"^1","repository":"{url}"}}],[{{{name},"version":"1.4.2","repository":"{url}"}}]]"#
    );
    let lock = |digest: &str| {
        format!(
            "dependencies:\n- name: sub\n  repository: {url}\n  version: 1.4.2\ndigest: {digest}\n"
        )
    };
    let good = lock(&Digest::of(hashed.as_bytes()).to_string());
    let found = below(
        &catalog(),
        &site,
        &needed,
        &[("Chart.lock", good.as_bytes())],
    )
    .await;
    assert_eq!(found.unwrap(), "sub 1.4.2");

    let stale = lock(&Digest::of(b"of others").to_string());
    let refused = below(
        &catalog(),
        &site,
        &needed,
        &[("Chart.lock", stale.as_bytes())],
    )
    .await
    .unwrap_err();
    assert!(matches!(refused, Error::Lock { .. }), "{refused}");
}

#[tokio::test]
async fn a_file_dependency_must_be_inside_the_archive() {
    let site = Site::plain().await;
    let inside = [(
        "parts/sub/Chart.yaml",
        b"apiVersion: v2\nname: sub\nversion: 0.3.0\n".as_slice(),
    )];
    let found = below(
        &catalog(),
        &site,
        &needs("0.3.0", "file://parts/sub"),
        &inside,
    )
    .await;
    assert_eq!(found.unwrap(), "sub 0.3.0");
    let refused = below(
        &catalog(),
        &site,
        &needs("^1", "file://./parts/sub/"),
        &inside,
    )
    .await
    .unwrap_err();
    assert!(matches!(missing(&refused), Missing::NoVersion { .. }));
    for folder in ["../sub", "/etc", "parts/../../sub", "", "nothing"] {
        let refused = below(
            &catalog(),
            &site,
            &needs("*", &format!("file://{folder}")),
            &[],
        )
        .await
        .unwrap_err();
        assert_eq!(missing(&refused), &Missing::NoFolder(folder.to_owned()));
    }
}

#[tokio::test]
async fn a_dependency_may_name_a_registry_or_a_configured_repository() {
    let (site, registry) = (Site::plain().await, Site::plain().await);
    push(&registry, "team/sub", "sub", "1.7.0");
    tags(&registry, "team/sub", &["1.7.0", "1.6.0"]);
    let known = catalog();
    known
        .add(repository_config(
            "team",
            &format!("oci://{}/team/sub", registry.host()),
        ))
        .unwrap();
    let found = below(
        &known,
        &site,
        &needs("^1", &format!("oci://{}/team", registry.host())),
        &[],
    )
    .await;
    assert_eq!(found.unwrap(), "sub 1.7.0");
    let found = below(&catalog(), &site, &needs("^1", "@tests"), &[]).await;
    assert_eq!(found.unwrap(), "sub 1.5.0");
}

/// Also where the console may dial clusters and repositories on loopback.
#[tokio::test]
async fn a_repository_that_a_chart_names_is_dialled_at_public_addresses_only() {
    let (site, other) = (Site::plain().await, Site::plain().await);
    for repository in [
        other.url.as_str(),
        "https://10.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
    ] {
        let refused = below(&catalog(), &site, &needs("^1", repository), &[])
            .await
            .unwrap_err();
        let text = error_chain(&refused);
        assert!(
            text.contains("is a loopback address") || text.contains("is a private address"),
            "{repository}: {text}"
        );
    }
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_chart_cannot_make_the_console_dial_its_own_host() {
    let packed = archive_with(
        "shop",
        "1.0.0",
        "dependencies:\n- {name: sub, version: \"*\", repository: \"http://127.0.0.1:9/\"}\n",
        &[],
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.tgz");
    std::fs::write(&file, &packed).unwrap();
    let catalog = Catalog::built_in().unwrap().with_setup(Setup::default());
    let chart = reference("uploaded", "shop", "1.0.0");
    catalog.add_upload(catalog::Upload {
        chart: chart.clone(),
        entry: catalog::Entry::default(),
        digest: Digest::of(&packed),
        file: file.clone(),
    });
    let refused = catalog.chart(&chart).await.map(|_| ()).unwrap_err();
    assert!(
        error_chain(&refused).contains("127.0.0.1 is a loopback address"),
        "{}",
        error_chain(&refused)
    );

    // An upload is opened only with its original archive.
    std::fs::write(&file, b"changed").unwrap();
    let refused = catalog.chart(&chart).await.map(|_| ()).unwrap_err();
    assert!(matches!(refused, Error::Digest { .. }), "{refused}");
}
