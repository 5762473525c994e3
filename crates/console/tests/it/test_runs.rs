//! The tests of a release and the logs of its hooks; a revision that an interrupted operation left pending.

use crate::{
    support::{EAST, World, deployed, draft, ended, operator, reference, release, write},
    test_repositories::archive_with,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::Object;
use console::{AuditFilter, Error, read_audit};
use wire::{
    Code, Problem, Revision,
    job::{JobKind, JobState, PhaseName},
    release::ReleaseState,
    repository::UploadRequest,
    test_result::TestResult,
};

/// A ConfigMap, a Secret of a value, and a test that prints.
const TEMPLATE: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: bills}
data: {greeting: \"{{ .Values.greeting }}\"}
---
apiVersion: v1
kind: Secret
metadata: {name: bills}
stringData: {password: \"{{ .Values.password }}\"}
---
apiVersion: v1
kind: Pod
metadata:
  name: bills-test
  annotations: {helm.sh/hook: test}
spec:
  restartPolicy: Never
  containers: [{name: main, image: docker.io/library/busybox}]
";

async fn with_bills() -> World {
    let world = World::new().await;
    let request = UploadRequest {
        file: "bills.tgz".into(),
        archive: STANDARD.encode(archive_with(
            "bills",
            "1.0.0",
            "greeting: hello\n",
            TEMPLATE,
        )),
    };
    world
        .console
        .upload_chart(&operator(), request)
        .await
        .unwrap();
    let draft = draft(&world.console, "uploaded", "bills", EAST).await;
    write(&world.console, &draft, "password: correct-horse\n").await;
    deployed(&world.console, &draft).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tests_of_a_release_run_as_a_job_that_keeps_their_logs() {
    let world = with_bills().await;
    let (console, ann, at) = (&world.console, operator(), release("bills"));
    let shown = console.release(&ann, &at).await.unwrap();
    let [test] = shown.tests.as_slice() else {
        panic!("{:?}", shown.tests);
    };
    assert_eq!(
        (test.name.as_str(), test.result),
        ("bills-test", TestResult::NotRun)
    );

    let plan = console.plan_test(&ann, &at).await.unwrap();
    assert_eq!((plan.revision, plan.tests.len()), (Revision(1), 1));
    assert_eq!(
        plan.command,
        "helm test bills --namespace istio-system --logs"
    );
    let review = plan.review.expect("there is a test");
    let job = console
        .start_reviewed(&ann, &review.id, None)
        .await
        .unwrap();
    let view = ended(console, &job).await;

    assert_eq!(
        (view.kind, &view.state),
        (JobKind::Test, &JobState::Succeeded)
    );
    assert_eq!(
        (view.phases[0].name, view.phases[0].done),
        (PhaseName::Tests, 1)
    );
    assert_eq!(view.logs, 1);
    let logs = console.job_logs(&ann, &job).await.unwrap();
    assert_eq!(
        (logs[0].pod.as_str(), logs[0].container.as_str()),
        ("bills-test", "main")
    );
    assert!(
        logs[0].text.as_ref().is_ok_and(|text| !text.is_empty()),
        "{logs:?}"
    );
    let audit = read_audit(world.folder.path(), &AuditFilter::default()).unwrap();
    assert!(
        audit
            .iter()
            .any(|line| line.action == "read-logs" && line.target.contains(job.as_str())),
        "{audit:?}"
    );
    let tested = console.release(&ann, &at).await.unwrap();
    assert_eq!(
        (tested.row.revision, tested.row.state),
        (Revision(1), ReleaseState::Deployed)
    );
    assert_eq!(tested.tests[0].result, TestResult::Succeeded);
}

/// The record of the newest revision as one that another tool left pending.
async fn left_pending(world: &World) {
    let cluster = world.cluster();
    let secret = reference("v1", "Secret", "sh.helm.release.v1.bills.v1");
    let stored = cluster.get(&secret).await.unwrap().unwrap();
    let at = release("bills");
    let key = ::release::ReleaseKey {
        namespace: at.namespace,
        release: at.release,
    };
    let user = cluster::AsUser::new(cluster.clone());
    let mut record = ::release::latest(&user, &key).await.unwrap();
    record.info.status = ::release::State::PendingInstall;
    let mut pending: Object = stored;
    let text = STANDARD.encode(::release::encode(&record).unwrap());
    pending.value_mut()["data"]["release"] = text.into();
    pending.value_mut()["metadata"]["labels"]["status"] = "pending-install".into();
    cluster.replace(&pending).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_that_was_left_pending_is_marked_as_failed() {
    let world = with_bills().await;
    let (console, ann, at) = (&world.console, operator(), release("bills"));
    let none = console.plan_mark_failed(&ann, &at).await.unwrap_err();
    assert_eq!(Problem::from(&none).code, Code::ReleaseNotPending);
    left_pending(&world).await;
    let pending = console.plan_test(&ann, &at).await.unwrap_err();
    assert_eq!(Problem::from(&pending).code, Code::ReleaseUnfinished);

    let plan = console.plan_mark_failed(&ann, &at).await.unwrap();
    assert_eq!(
        (plan.revision, plan.state),
        (Revision(1), ReleaseState::PendingInstall)
    );
    assert!(plan.since.is_some() && plan.writer.is_some(), "{plan:?}");
    assert_eq!((plan.job, plan.deployed), (None, None));
    assert_eq!(plan.objects.len(), 2);
    let job = console
        .start_reviewed(&ann, &plan.review.id, None)
        .await
        .unwrap();
    let view = ended(console, &job).await;
    assert_eq!(
        (view.kind, &view.state),
        (JobKind::MarkFailed, &JobState::Succeeded)
    );
    let shown = console.release(&ann, &at).await.unwrap();
    assert_eq!(shown.row.state, ReleaseState::Failed);

    let late = console.start_reviewed(&ann, &plan.review.id, None).await;
    assert!(
        matches!(
            late,
            Err(Error::Release(::release::Error::NotPending { .. }))
        ),
        "{late:?}"
    );
}
