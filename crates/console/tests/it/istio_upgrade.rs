//! The upgrade of a release of Istio's own charts, which the card ack-istio installed, and the way back.

use crate::{
    bundles::{card, istio_draft, repository_of, world},
    istio_charts::IstioCharts,
    support::{Operate as _, World, operator, reference, release, succeeded},
};
use wire::{
    ChartRef, Revision,
    decision::{Decisions, FieldChoice, KnownOwner},
    install::Change,
    job::JobView,
    release::{ReleaseRef, ReleaseState},
    upgrade::{NewUpgradeRequest, VersionAge},
};

const OLD: &str = "1.31.1";
const NEW: &str = "1.31.2";

/// Upgrades a release to the newest version that its page offers.
async fn upgraded(world: &World, at: &ReleaseRef) -> JobView {
    let (console, ann) = (&world.console, operator());
    let page = console.release(&ann, at).await.unwrap();
    assert_eq!(page.newer.as_deref(), Some(NEW), "{at}");
    let choices = console.upgrade_choices(&ann, at).await.unwrap();
    let [source] = choices.sources.as_slice() else {
        panic!("{choices:#?}");
    };
    assert_eq!(source.repository.as_str(), "istio-charts");
    let newest = &source.versions[0];
    assert_eq!(
        (newest.version.as_str(), newest.age),
        (NEW, VersionAge::Newer)
    );
    let request = NewUpgradeRequest {
        release: at.clone(),
        chart: ChartRef {
            repository: source.repository.clone(),
            chart: source.chart.clone(),
            version: NEW.to_owned(),
        },
    };
    let draft = console.new_upgrade(&ann, request).await.unwrap();
    console.checks(&ann, &draft).await.unwrap();
    console.accept_warnings(&ann, &draft, true).await.unwrap();
    let review = console.review(&ann, &draft).await.unwrap();
    assert_eq!(review.problem, None, "{at} asks nothing");
    let job = console.start_shown(&ann, &review.review).await.unwrap();
    succeeded(console, &job).await
}

#[tokio::test(flavor = "multi_thread")]
async fn istio_is_upgraded_release_by_release_and_rolled_back() {
    let test = "istio_is_upgraded_release_by_release_and_rolled_back";
    let Some(charts) = IstioCharts::find(test) else {
        return;
    };
    let repositories =
        repository_of(&[OLD, NEW], |name, version| charts.archive(name, version)).await;
    let world = world(Some(&format!("http://{}", repositories.host))).await;
    let (console, ann) = (&world.console, operator());
    let draft = istio_draft(console, card("ack-istio", OLD)).await;
    let job = console.deploy(&ann, &draft).await.unwrap();
    succeeded(console, &job).await;

    for name in ["istio-base", "istiod", "istio-ingressgateway"] {
        let at = release(name);
        upgraded(&world, &at).await;
        let page = console.release(&ann, &at).await.unwrap();
        assert_eq!(
            (page.row.state, page.row.revision, page.newer),
            (ReleaseState::Deployed, Revision(2), None),
            "{name}"
        );
    }
    let image = async || {
        let istiod = reference("apps/v1", "Deployment", "istiod");
        let istiod = world.cluster().get(&istiod).await.unwrap().unwrap();
        istiod
            .text("/spec/template/spec/containers/0/image")
            .to_owned()
    };
    let newer = image().await;
    assert!(newer.ends_with(&format!("pilot:{NEW}")), "{newer}");

    let at = release("istiod");
    let plan = console
        .plan_rollback(&ann, &at, Revision(1), Decisions::default())
        .await
        .unwrap();
    assert_eq!(plan.problem, None);
    // The chart of revision 1 fails open until istiod, which owns the field since, serves the validation.
    let [row] = plan.choices.conflicts.as_slice() else {
        panic!("{:#?}", plan.choices.conflicts);
    };
    assert_eq!(row.object.name, "istio-validator-istio-system");
    assert_eq!(
        row.path,
        r#".webhooks[name="rev.validation.istio.io"].failurePolicy"#
    );
    assert_eq!((row.theirs.as_str(), row.ours.as_str()), ("Fail", "Ignore"));
    assert_eq!(row.manager, "pilot-discovery");
    assert_eq!(
        (row.known, row.choice, row.is_stored),
        (Some(KnownOwner::Istiod), Some(FieldChoice::Leave), false)
    );
    let deployment = plan
        .objects
        .iter()
        .find(|row| row.object.kind == "Deployment");
    assert_eq!(deployment.unwrap().change, Change::Update);
    let job = console.start_shown(&ann, &plan.review).await.unwrap();
    succeeded(console, &job).await;
    let older = image().await;
    assert!(older.ends_with(&format!("pilot:{OLD}")), "{older}");
    let validator = cluster::ObjectRef {
        namespace: None,
        ..reference(
            "admissionregistration.k8s.io/v1",
            "ValidatingWebhookConfiguration",
            "istio-validator-istio-system",
        )
    };
    let validator = world.cluster().get(&validator).await.unwrap().unwrap();
    assert_eq!(validator.text("/webhooks/0/failurePolicy"), "Fail");
    let key = ::release::ReleaseKey {
        namespace: at.namespace.clone(),
        release: at.release.clone(),
    };
    let user = cluster::AsUser::new(world.cluster());
    let left = ::release::left_fields(&user, &key).await.unwrap();
    let [left] = left.as_slice() else {
        panic!("{left:#?}");
    };
    assert_eq!(left.manager, "pilot-discovery", "it is stored");
}
