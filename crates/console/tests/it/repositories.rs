//! Repositories: tested before they are added, with distinct problems, and a source of installations.

use crate::{
    secrets::nowhere_in,
    support::{EAST, World, deployed, draft, everything, operator, setup},
    test_repositories::{PASSWORD, TestRepositories, password},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use console::Console;
use store::{AuditFilter, Store};
use wire::{
    Code, Problem, Repository,
    catalog::CatalogRequest,
    repository::{CredentialsView, RepositoryKind, StageCode, StageState},
};

fn named(name: &str) -> Repository {
    Repository::new(name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_of_a_repository_with_credentials_is_found_and_installed() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let repositories = TestRepositories::locked().await;
    repositories.stock("bills", "1.2.0");
    let mut request = repositories.request("company", "http", "");
    request.credentials = password(PASSWORD);

    let probe = console
        .probe_repository(&ann, request.clone())
        .await
        .unwrap();
    assert_eq!(probe.seen.unwrap().charts, 1);
    assert!(
        probe
            .stages
            .iter()
            .all(|stage| stage.state == StageState::Passed)
    );
    console.add_repository(&ann, request).await.unwrap();

    let wanted = CatalogRequest {
        words: "money".into(),
        ..everything()
    };
    let found = console.catalog(&ann, wanted).await.unwrap();
    assert_eq!(
        (found.matching, found.charts[0].chart.as_str()),
        (1, "bills")
    );
    assert_eq!(found.charts[0].newest, "1.2.0");
    let versions = console
        .chart_versions(&ann, &named("company"), &"bills".parse().unwrap())
        .await;
    assert_eq!(versions.unwrap().versions[0].version, "1.2.0");
    let draft = draft(console, "company", "bills", EAST).await;
    let review = console.review(&ann, &draft).await.unwrap();
    assert!(
        review
            .command
            .contains(&format!("bills --repo http://{}", repositories.host)),
        "{}",
        review.command
    );
    deployed(console, &draft).await;

    let installed = console.catalog(&ann, everything()).await.unwrap();
    let card = installed
        .charts
        .iter()
        .find(|card| card.chart.as_str() == "bills")
        .unwrap();
    assert_eq!(card.installed.as_ref().unwrap().version, "1.2.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_of_a_registry_is_installed() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let repositories = TestRepositories::open().await;
    repositories.push("team/bills", "bills", "3.0.0");
    let request = repositories.request("team", "oci", "/team/bills");
    console.add_repository(&ann, request).await.unwrap();

    let draft = draft(console, "team", "bills", EAST).await;
    let review = console.review(&ann, &draft).await.unwrap();
    assert!(review.command.contains(&format!(
        "oci://{}/team/bills --version 3.0.0",
        repositories.host
    )));
    deployed(console, &draft).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_of_a_repository_is_reported_before_it_is_added() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let repositories = TestRepositories::locked().await;
    repositories.stock("bills", "1.0.0");
    let with = |login, url: &str| {
        let mut request = repositories.request("company", "http", "");
        request.credentials = login;
        if !url.is_empty() {
            request.url = url.into();
        }
        request
    };
    let nothing = format!("http://{}/nothing", repositories.host);
    for (request, stage, code) in [
        (
            with(password("wrong"), ""),
            StageCode::Credentials,
            Code::RepositoryCredentials,
        ),
        (
            with(wire::repository::CredentialsRequest::Anonymous, ""),
            StageCode::Credentials,
            Code::RepositoryCredentials,
        ),
        (
            with(password(PASSWORD), &nothing),
            StageCode::Response,
            Code::RepositoryStatus,
        ),
        (
            with(password(PASSWORD), "http://127.0.0.1:1"),
            StageCode::Connection,
            Code::RepositoryUnreachable,
        ),
        (
            with(password(PASSWORD), "https://no-such-host.invalid"),
            StageCode::NameResolution,
            Code::RepositoryUnreachable,
        ),
        (
            with(password(PASSWORD), "https://169.254.169.254"),
            StageCode::NameResolution,
            Code::AddressRefused,
        ),
        (
            with(password(PASSWORD), "http://charts.example"),
            StageCode::Credentials,
            Code::CredentialsWithheld,
        ),
    ] {
        let url = request.url.clone();
        let probe = console
            .probe_repository(&ann, request.clone())
            .await
            .unwrap();
        let failed: Vec<StageCode> = probe
            .stages
            .iter()
            .filter(|stage| stage.state == StageState::Failed)
            .map(|stage| stage.stage)
            .collect();
        assert_eq!(failed, [stage], "{url}");
        assert_eq!(probe.problem.unwrap().code, code, "{url}");
        let refused = Problem::from(console.add_repository(&ann, request).await.unwrap_err());
        assert_eq!(refused.code, code, "{url}");
    }
    assert_eq!(
        console.repositories(&ann).await.unwrap().len(),
        1,
        "only the built-in one"
    );

    for (url, field) in [("ftp://x", "url"), ("https://ann:pw@charts.example", "url")] {
        let refused = console
            .probe_repository(&ann, with(password("x"), url))
            .await
            .unwrap_err();
        let problem = Problem::from(refused);
        assert_eq!(
            (problem.code, problem.field.as_deref()),
            (Code::BadRepository, Some(field))
        );
    }
    for name in ["built-in", "uploaded"] {
        let mut request = with(password(PASSWORD), "");
        request.name = name.into();
        let refused = Problem::from(console.add_repository(&ann, request).await.unwrap_err());
        assert_eq!(refused.code, Code::RepositoryExists);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_survives_a_restart_and_its_password_is_never_readable() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let repositories = TestRepositories::locked().await;
    repositories.stock("bills", "1.0.0");
    let mut request = repositories.request("company", "http", "");
    request.credentials = password(PASSWORD);
    assert!(!format!("{request:?}").contains(PASSWORD));
    console.add_repository(&ann, request).await.unwrap();
    let secrets = [
        PASSWORD.to_owned(),
        STANDARD.encode(format!("ann:{PASSWORD}")),
    ];

    let again = Console::open(world.folder.path(), setup()).unwrap();
    let known = again.repositories(&ann).await.unwrap();

    let mine = known
        .iter()
        .find(|repository| repository.name == named("company"))
        .unwrap();
    assert_eq!(mine.kind, RepositoryKind::Http);
    assert_eq!(mine.credentials, CredentialsView::Password("ann".into()));
    assert_eq!(mine.seen.as_ref().unwrap().charts, 1);
    let json = serde_json::to_string(&known).unwrap();
    assert!(secrets.iter().all(|secret| !json.contains(secret)));
    nowhere_in(world.folder.path(), &secrets);

    // The credentials still work, and a later failure is part of the view.
    repositories.put("/index.yaml", "hello");
    let refreshed = again
        .refresh_repository(&ann, &named("company"))
        .await
        .unwrap();
    assert_eq!(refreshed.problem.unwrap().code, Code::NotARepository);
    assert_eq!(refreshed.seen.unwrap().charts, 1, "what was known stays");

    again
        .remove_repository(&ann, &named("company"))
        .await
        .unwrap();
    assert_eq!(again.repositories(&ann).await.unwrap().len(), 1);
    let store = Store::open(world.folder.path()).unwrap();
    let lines: Vec<String> = store
        .audit(&AuditFilter::default())
        .unwrap()
        .into_iter()
        .rev()
        .map(|line| {
            format!(
                "{} {} {:?}",
                line.action,
                line.target,
                line.outcome.unwrap()
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "write-repository add company \"succeeded\"",
            "write-repository remove company \"succeeded\""
        ]
    );
}
