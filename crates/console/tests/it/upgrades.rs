//! Upgrades: another version or other values of a release, prepared, reviewed and executed.

use crate::{
    support::{
        EAST, Operate as _, World, deployed, draft, operator, reference, release, succeeded, write,
    },
    test_repositories::archive_with,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use console::Error;
use wire::{
    ChartRef, ClusterName, Code, Problem, Revision,
    check::{CheckCode, CheckStatus},
    comparison::ObjectChange,
    decision::Decisions,
    install::{Change, Side, TargetRequest},
    job::{JobKind, PhaseName, PhaseState},
    release::ReleaseState,
    repository::UploadRequest,
    upgrade::{NewUpgradeRequest, VersionAge},
};

/// A ConfigMap, and another one that the next version does not have.
const OLD: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: bills}
data: {greeting: \"{{ .Values.greeting }}\", limit: \"{{ .Values.limit }}\"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: bills-old}
data: {revision: \"{{ .Release.Revision }}\"}
";
/// The same with a new object, and whether it is an upgrade.
pub(crate) const NEW: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: bills}
data: {greeting: \"{{ .Values.greeting }}\", limit: \"{{ .Values.limit }}\"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: bills-new}
data: {revision: \"{{ .Release.Revision }}\", upgrade: \"{{ .Release.IsUpgrade }}\"}
";
/// The text of the operator, with a comment.
pub(crate) const TEXT: &str = "greeting: good day # as agreed\n";

impl World {
    pub(crate) async fn upload(&self, version: &str, values: &str, template: &str) -> ChartRef {
        let request = UploadRequest {
            file: "bills.tgz".into(),
            archive: STANDARD.encode(archive_with("bills", version, values, template)),
        };
        let uploaded = self.console.upload_chart(&operator(), request).await;
        uploaded.unwrap()
    }

    /// Revision 1 of a release of version 1.0.0, and version 1.1.0, with another default, in the catalog.
    pub(crate) async fn with_bills() -> (Self, ChartRef) {
        let world = Self::new().await;
        world
            .upload("1.0.0", "greeting: hello\nlimit: 10\n", OLD)
            .await;
        let draft = draft(&world.console, "uploaded", "bills", EAST).await;
        write(&world.console, &draft, TEXT).await;
        deployed(&world.console, &draft).await;
        let next = world
            .upload("1.1.0", "greeting: hello\nlimit: 20\n", NEW)
            .await;
        (world, next)
    }

    async fn text(&self, name: &str, field: &str) -> Option<String> {
        let map = reference("v1", "ConfigMap", name);
        let found = self.cluster().get(&map).await.unwrap()?;
        Some(found.text(field).to_owned())
    }
}

pub(crate) fn request(chart: &ChartRef) -> NewUpgradeRequest {
    NewUpgradeRequest {
        release: release("bills"),
        chart: chart.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_upgraded_to_the_next_version_as_it_was_reviewed() {
    let (world, next) = World::with_bills().await;
    let (console, ann, at) = (&world.console, operator(), release("bills"));

    let choices = console.upgrade_choices(&ann, &at).await.unwrap();
    assert_eq!(
        (choices.chart.as_str(), choices.version.as_str()),
        ("bills", "1.0.0")
    );
    let [source] = choices.sources.as_slice() else {
        panic!("{choices:#?}");
    };
    assert!(source.is_origin);
    let versions: Vec<_> = source
        .versions
        .iter()
        .map(|row| (row.version.as_str(), row.age))
        .collect();
    assert_eq!(
        versions,
        [("1.1.0", VersionAge::Newer), ("1.0.0", VersionAge::Same)]
    );

    let draft = console.new_upgrade(&ann, request(&next)).await.unwrap();
    let view = console.draft(&ann, &draft).await.unwrap();
    let basis = view.upgrade.unwrap();
    assert_eq!((basis.revision.0, basis.version.as_str()), (1, "1.0.0"));
    let parameters = console.parameters(&ann, &draft).await.unwrap();
    assert_eq!(parameters.text, TEXT, "with the operator's comment");
    let checks = console.checks(&ann, &draft).await.unwrap().checks;
    let of = |code| checks.iter().find(|check| check.code == code);
    assert_eq!(
        of(CheckCode::ReleaseUpgradable).unwrap().status,
        CheckStatus::Passed
    );
    assert!(of(CheckCode::ReleaseNameAvailable).is_none());

    let review = console.review(&ann, &draft).await.unwrap();
    assert_eq!(review.problem, None);
    let changes: Vec<_> = review
        .objects
        .iter()
        .map(|row| (row.object.name.as_str(), &row.change))
        .collect();
    assert_eq!(
        changes,
        [
            ("bills", &Change::Update),
            ("bills-new", &Change::Create),
            ("bills-old", &Change::Delete)
        ]
    );
    let lines = |side| {
        review
            .values
            .iter()
            .filter(move |line| line.side == side)
            .map(|line| line.text.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (lines(Side::Removed), lines(Side::Added)),
        (vec!["limit: 10"], vec!["limit: 20"])
    );
    assert!(
        review.command.starts_with("helm upgrade bills "),
        "{}",
        review.command
    );

    let job = console.start_shown(&ann, &review.review).await.unwrap();
    let job = succeeded(console, &job).await;
    assert_eq!(job.kind, JobKind::Upgrade);
    assert!(
        job.phases
            .iter()
            .all(|phase| phase.state == PhaseState::Done),
        "{:#?}",
        job.phases
    );
    assert!(
        job.phases
            .iter()
            .any(|phase| phase.name == PhaseName::Removal)
    );

    let page = console.release(&ann, &at).await.unwrap();
    assert_eq!(
        (page.row.state, page.row.revision.0),
        (ReleaseState::Deployed, 2)
    );
    assert_eq!(page.row.chart.as_deref(), Some("bills-1.1.0"));
    assert_eq!(
        page.history.iter().map(|row| row.state).collect::<Vec<_>>(),
        [ReleaseState::Deployed, ReleaseState::Superseded]
    );
    assert_eq!(
        world.text("bills", "/data/greeting").await.as_deref(),
        Some("good day")
    );
    assert_eq!(
        world.text("bills", "/data/limit").await.as_deref(),
        Some("20")
    );
    assert_eq!(
        world.text("bills-new", "/data/revision").await.as_deref(),
        Some("2")
    );
    assert_eq!(
        world.text("bills-new", "/data/upgrade").await.as_deref(),
        Some("true")
    );
    assert_eq!(world.text("bills-old", "/data/revision").await, None);

    let again = console.new_upgrade(&ann, request(&next)).await.unwrap();
    let text = console.parameters(&ann, &again).await.unwrap().text;
    assert_eq!(text, TEXT, "the text survives the upgrade");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_of_an_older_revision_is_not_deployed_and_its_target_is_fixed() {
    let (world, next) = World::with_bills().await;
    let (console, ann, at) = (&world.console, operator(), release("bills"));
    let [first, second] = [
        console.new_upgrade(&ann, request(&next)).await.unwrap(),
        console.new_upgrade(&ann, request(&next)).await.unwrap(),
    ];
    let shown = console.review(&ann, &second).await.unwrap();
    deployed(console, &first).await;

    let late = console.review(&ann, &second).await.unwrap_err();
    assert!(
        matches!(
            late,
            Error::ReleaseChanged {
                revision: 1,
                newest: 2,
                ..
            }
        ),
        "{late}"
    );
    assert_eq!(Problem::from(&late).code, Code::ReleaseChanged);
    let started = console.start_shown(&ann, &shown.review).await;
    assert!(started.is_err(), "{started:?}");
    let checks = console.checks(&ann, &second).await.unwrap().checks;
    let upgradable = checks
        .iter()
        .find(|check| check.code == CheckCode::ReleaseUpgradable)
        .unwrap();
    assert_eq!(upgradable.status, CheckStatus::Failed);
    assert_eq!(console.release(&ann, &at).await.unwrap().row.revision.0, 2);

    let draft = console.draft(&ann, &second).await.unwrap();
    let moved = TargetRequest {
        draft: second,
        cluster: ClusterName::new(EAST).unwrap(),
        namespace: at.namespace.clone(),
        release: "other".parse().unwrap(),
        helm: draft.helm,
        revision: draft.revision,
    };
    let refused = console.set_target(&ann, moved).await;
    assert!(matches!(refused, Err(Error::TargetFixed(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_chart_under_the_name_of_a_release_is_refused() {
    let (world, _) = World::with_bills().await;
    let other = ChartRef {
        repository: "built-in".parse().unwrap(),
        chart: "bookinfo".parse().unwrap(),
        version: "1.0.0".into(),
    };
    let refused = world
        .console
        .new_upgrade(&operator(), request(&other))
        .await;
    let error = refused.unwrap_err();
    assert!(matches!(error, Error::OtherChart { .. }), "{error}");
    let problem = Problem::from(&error);
    assert_eq!(
        (problem.code, problem.arg("installed")),
        (Code::OtherChart, "bills")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_is_compared_and_rolled_back_as_it_was_shown() {
    let (world, next) = World::with_bills().await;
    let (console, ann, at) = (&world.console, operator(), release("bills"));
    let draft = console.new_upgrade(&ann, request(&next)).await.unwrap();
    deployed(console, &draft).await;

    let both = (Revision(1), Revision(2));
    let compared = console.compare_revisions(&ann, &at, both).await.unwrap();
    let changes: Vec<_> = (compared.objects.objects.iter())
        .map(|object| (object.object.name.as_str(), object.change))
        .collect();
    assert_eq!(
        changes,
        [
            ("bills", ObjectChange::Changed),
            ("bills-new", ObjectChange::Added),
            ("bills-old", ObjectChange::Removed),
        ]
    );
    let [limit] = compared.objects.objects[0].fields.as_slice() else {
        panic!("{compared:#?}");
    };
    assert_eq!(limit.path_text(), "data.limit");
    assert_eq!(compared.values, [], "the operator's values are the same");

    let plan = console
        .plan_rollback(&ann, &at, Revision(1), Decisions::default())
        .await
        .unwrap();
    assert_eq!((plan.problem, plan.pending, plan.next.0), (None, None, 3));
    let changes: Vec<_> = (plan.objects.iter())
        .map(|row| (row.object.name.as_str(), &row.change))
        .collect();
    assert_eq!(
        changes,
        [
            ("bills", &Change::Update),
            ("bills-old", &Change::Create),
            ("bills-new", &Change::Delete),
        ]
    );
    let again = console
        .plan_rollback(&ann, &at, Revision(1), Decisions::default())
        .await
        .unwrap();
    let job = console.start_shown(&ann, &plan.review).await.unwrap();
    let job = succeeded(console, &job).await;
    assert_eq!(job.kind, JobKind::Rollback);
    assert!(
        job.phases
            .iter()
            .all(|phase| phase.state == PhaseState::Done),
        "{:#?}",
        job.phases
    );
    let page = console.release(&ann, &at).await.unwrap();
    assert_eq!(page.row.chart.as_deref(), Some("bills-1.0.0"));
    assert_eq!(page.history[0].description, "Rollback to 1");
    assert_eq!(
        world.text("bills", "/data/limit").await.as_deref(),
        Some("10")
    );
    assert_eq!(world.text("bills-new", "/data/revision").await, None);

    let late = console.start_shown(&ann, &again.review).await;
    assert!(matches!(late, Err(Error::PlanChanged { .. })), "{late:?}");
    let none = console
        .plan_rollback(&ann, &at, Revision(3), Decisions::default())
        .await;
    assert_eq!(Problem::from(&none.unwrap_err()).code, Code::NoRevision);
}
