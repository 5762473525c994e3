//! An installation from start to end: draft, target, checks, values, review, job, release, uninstall.

use crate::support::Operate as _;
use crate::support::{
    EAST, World, check, deployed, draft, operator, reference, release, set, succeeded,
};
use console::Error;
use wire::{
    ChartName, Code, Problem, Repository,
    check::{CheckCode, CheckStatus, CheckView},
    install::{Change, NewDraftRequest, Scalar},
    job::{JobKind, PhaseState},
    release::{Health, KeepReason, ReleaseState},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_is_prepared_reviewed_installed_shown_and_uninstalled() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let draft = draft(console, "built-in", "ack-istio", EAST).await;

    let checks = world.checks(&draft).await;
    assert_eq!(
        check(&checks, CheckCode::Permissions).status,
        CheckStatus::Passed
    );
    assert_eq!(
        check(&checks, CheckCode::KubernetesVersion).status,
        CheckStatus::Warning
    );
    let blocked: Vec<_> = checks
        .iter()
        .filter(|c| c.status == CheckStatus::Failed)
        .collect();
    assert!(blocked.is_empty(), "{blocked:#?}");

    let view = set(console, &draft, "tracing.enabled", Scalar::Bool(false)).await;
    assert!(
        view.faults.is_empty() && view.problem.is_none(),
        "{view:#?}"
    );
    assert_eq!(view.changed, 1);

    let review = console.review(&ann, &draft).await.unwrap();
    assert_eq!(review.problem, None);
    assert_eq!(review.rights.status, CheckStatus::Passed);
    let counts = review.counts;
    assert_eq!((counts.changed, counts.kept, counts.refused), (0, 0, 0));
    assert!(
        counts.created > 0,
        "what belongs to no namespace is tried: {counts:?}"
    );
    assert!(
        counts.in_new_namespace > 0,
        "istio-system is not there: {counts:?}"
    );
    assert!(counts.of_new_kind > 0, "the CRDs are missing: {counts:?}");
    assert!(counts.crds > 10 && counts.hooks > 0, "{counts:?}");
    assert!(
        review
            .values
            .iter()
            .any(|line| line.text.contains("enabled: false"))
    );
    assert_eq!(
        review.command,
        "helm install ack-istio built-in/ack-istio --version 1.0.0 --namespace istio-system \
         --create-namespace --values values.yaml --wait"
    );

    let job = deployed(console, &draft).await;
    assert_eq!(
        (job.kind, job.started_by.as_str()),
        (JobKind::Install, "ann")
    );
    assert_eq!(job.completed, job.objects);
    assert!(
        job.phases
            .iter()
            .all(|phase| phase.state == PhaseState::Done),
        "{:#?}",
        job.phases
    );

    let page = console.release(&ann, &release("ack-istio")).await.unwrap();
    assert_eq!(page.row.state, ReleaseState::Deployed);
    assert_eq!(page.row.chart.as_deref(), Some("ack-istio-1.0.0"));
    let waiting: Vec<_> = page
        .resources
        .iter()
        .filter(|r| r.health != Health::Ready)
        .collect();
    assert!(
        waiting.is_empty() && !page.resources.is_empty(),
        "{waiting:#?}"
    );
    assert_eq!(page.values, "tracing:\n  enabled: false\n");
    assert!(
        page.manifest.contains("# Source: ack-istio/templates/"),
        "{}",
        page.manifest
    );
    assert!(
        page.objects_only.is_some(),
        "images of 2018 do not run on v1.36"
    );
    assert_eq!(page.history.len(), 1);

    let plan = console
        .plan_uninstall(&ann, &release("ack-istio"))
        .await
        .unwrap();
    assert_eq!(plan.gone, 0);
    assert_eq!(plan.removed.len(), page.resources.len());
    assert!(
        plan.kept.iter().any(|(_, why)| *why == KeepReason::Crd),
        "{:?}",
        plan.kept
    );
    let job = console
        .uninstall(&ann, &release("ack-istio"))
        .await
        .unwrap();
    succeeded(console, &job).await;
    let gone = console
        .release(&ann, &release("ack-istio"))
        .await
        .unwrap_err();
    assert_eq!(Problem::from(gone).code, Code::NoRelease);
    assert!(console.releases(&ann).await.unwrap().rows.is_empty());
    let pilot = reference("apps/v1", "Deployment", "istio-pilot");
    assert!(world.cluster().get(&pilot).await.unwrap().is_none());
    let gateways = "gateways.networking.istio.io";
    let kept = reference(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        gateways,
    );
    assert!(
        world.cluster().get(&kept).await.unwrap().is_some(),
        "the CRDs are kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_without_a_pilot_address_has_one_problem() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio-remote", EAST).await;

    let view = world.console.parameters(&operator(), &draft).await.unwrap();

    let report = format!("{:?} {:?}", view.faults, view.problem);
    assert_eq!(
        view.faults.len() + usize::from(view.problem.is_some()),
        1,
        "{report}"
    );
    assert!(report.contains("remotePilotAddress"), "{report}");
    let refused = world.console.deploy(&operator(), &draft).await.unwrap_err();
    let problem = Problem::from(refused);
    assert!(
        matches!(problem.code, Code::BadValues | Code::RenderFailed),
        "{problem:?}"
    );
    assert!(
        world
            .console
            .jobs(&operator(), &wire::job::JobsRequest::default())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_release_name_is_rejected() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let first = world.remote().await;
    deployed(console, &first).await;

    let second = world.remote().await;
    let checks = world.checks(&second).await;
    assert_eq!(
        check(&checks, CheckCode::ReleaseNameAvailable).status,
        CheckStatus::Failed
    );
    let review = console.review(&ann, &second).await.unwrap();
    assert!(
        review
            .objects
            .iter()
            .all(|o| matches!(o.change, Change::Keep | Change::Hook))
    );
    let jobs = console
        .jobs(&ann, &wire::job::JobsRequest::default())
        .await
        .unwrap()
        .rows
        .len();
    let refused = console.deploy(&ann, &second).await;
    assert!(
        matches!(&refused, Err(Error::ChecksFailed { checks }) if checks.contains(&CheckCode::ReleaseNameAvailable)),
        "{refused:?}"
    );
    assert_eq!(
        console
            .jobs(&ann, &wire::job::JobsRequest::default())
            .await
            .unwrap()
            .rows
            .len(),
        jobs,
        "no job was started"
    );
    let page = console
        .release(&ann, &release("ack-istio-remote"))
        .await
        .unwrap();
    assert_eq!(
        page.row.state,
        ReleaseState::Deployed,
        "the first is untouched"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_release_cannot_be_uninstalled() {
    let world = World::new().await;
    let refused = world
        .console
        .uninstall(&operator(), &release("nothing"))
        .await;
    assert!(matches!(refused, Err(Error::Release(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_check_is_reported_when_it_ends() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let draft = draft(console, "built-in", "ack-istio", EAST).await;
    let mut following = console.follow_checks(&ann, &draft).await.unwrap();
    let mut reports = Vec::new();
    while let Some(view) = following.next().await {
        reports.push(view);
    }
    let (first, last) = (reports.first().unwrap(), reports.last().unwrap());
    assert!(
        !first.is_complete(),
        "the first check is reported before the last ends"
    );
    assert!(last.is_complete() && last.problem.is_none());
    let codes = |checks: &[CheckView]| -> Vec<CheckCode> {
        checks.iter().map(|check| check.code).collect()
    };
    let at_once = world.checks(&draft).await;
    assert_eq!(codes(&last.checks), codes(&at_once), "in a person's order");
    // An error that prevents all checks is reported too.
    let (repository, chart) = (
        Repository::new("built-in").unwrap(),
        ChartName::new("ack-istio").unwrap(),
    );
    let newest = console.newest_chart(&ann, &repository, &chart).await;
    let request = NewDraftRequest {
        chart: newest.unwrap(),
    };
    let nowhere = console.new_draft(&ann, request).await.unwrap();
    let mut following = console.follow_checks(&ann, &nowhere).await.unwrap();
    let only = following.next().await.unwrap();
    assert_eq!(only.problem.unwrap().code, Code::NotFound);
    assert!(following.next().await.is_none());
}
