//! The guided steps of a mesh with current Istio: bundles on both clusters, the charts of a remote before its join.

use crate::{
    bundles::{VERSION, repository},
    istio_charts::IstioCharts,
    meshes::{Pair, WEST, request},
    support::{operator, setup, succeeded},
    test_repositories::TestRepositories,
};
use catalog::{Address, Transport};
use cluster::{AsUser, Kind, Propagation};
use console::Setup;
use wire::{
    ClusterName, Code, Namespace, Problem, ReleaseName,
    job::{PhaseName, Subject},
    mesh::{NewMeshRequest, PageContent, PlannedChange, StepKind},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_mesh_of_current_istio_is_set_up_step_by_step() {
    let test = "a_mesh_of_current_istio_is_set_up_step_by_step";
    let Some(charts) = IstioCharts::find(test) else {
        return;
    };
    let (_repositories, pair) = pair_of(&charts).await;
    let ann = operator();
    let options = pair.console.mesh_options(&ann).await.unwrap();
    let recommended = options.istio.versions.iter().find(|row| row.recommended);
    assert_eq!(recommended.unwrap().version, VERSION);
    pair.accept().await;

    let installed = pair.run_step(StepKind::ControlPlane).await;
    let Subject::Bundle(bundle) = &installed.subject else {
        panic!("{:?}", installed.subject);
    };
    assert_eq!(bundle.releases.len(), 5, "{:?}", bundle.releases);
    one_missing_release_is_planned_alone(&pair).await;

    let chart = pair.step(StepKind::RemoteChart).await;
    let plan = pair.console.plan_step(&ann, &chart.step).await.unwrap();
    let found = &plan.install.as_ref().unwrap().found;
    let pilot = found
        .iter()
        .find(|value| value.key == "global.remotePilotAddress");
    let pilot = pilot.unwrap();
    assert!(
        !pilot.pod,
        "the address of the gateway, not of a pod: {pilot:?}"
    );
    let source = pilot.source.as_ref().unwrap();
    assert_eq!(source.name, "istio-eastwestgateway");
    pair.run_step(StepKind::RemoteChart).await;

    // The reader of the charts is adopted, with the rights that istiod needs in a remote that it controls.
    let join = pair.step(StepKind::Join).await;
    let plan = pair.console.plan_step(&ann, &join.step).await.unwrap();
    let account = plan
        .objects
        .iter()
        .find(|planned| planned.object.kind == "ServiceAccount");
    assert_eq!(account.unwrap().change, PlannedChange::Adopt);
    pair.run_step(StepKind::Join).await;
    let role = Kind::CLUSTER_ROLE.object(None, "istio-reader-clusterrole-istio-system");
    let role = pair.west().get(&role).await.unwrap().unwrap();
    assert!(
        role.value()["rules"]
            .to_string()
            .contains("mutatingwebhookconfigurations")
    );

    pair.run_step(StepKind::Sample).await;
    pair.run_step(StepKind::Details).await;
    let whole = pair.verdict_that(|verdict| verdict.diagnosis.whole).await;
    assert_eq!(whole.page.says, Some(PageContent::Details));
    assert_eq!(pair.view().await.row.done, Some(7));
    an_update_of_addresses_keeps_the_installed_values(&pair).await;
}

/// A mesh of current Istio that was begun, and the repository of its charts.
pub(crate) async fn pair_of(charts: &IstioCharts) -> (TestRepositories, Pair) {
    let repository = repository(|name| charts.archive(name, VERSION)).await;
    let address = Address::parse(&format!("http://{}", repository.host), Transport::Plain);
    let setup = Setup {
        istio_charts: Some(address.unwrap()),
        ..setup()
    };
    let wanted = NewMeshRequest {
        istio: Some(VERSION.to_owned()),
        ..request("current")
    };
    (repository, Pair::of(setup, wanted).await)
}

/// A mesh of another name finds the releases, but not the text that they were installed with.
async fn an_update_of_addresses_keeps_the_installed_values(pair: &Pair) {
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    pair.console.forget_mesh(&ann, &pair.mesh).await.unwrap();
    let wanted = NewMeshRequest {
        istio: Some(VERSION.to_owned()),
        ..request("again")
    };
    let mesh = pair.console.new_mesh(&ann, wanted).await.unwrap();
    let gateway = Kind::SERVICE.object(Some("istio-system"), "istio-eastwestgateway");
    let east = pair.east();
    east.delete(&gateway, Propagation::Background)
        .await
        .unwrap();
    let job = pair
        .console
        .update_remote_addresses(&ann, &mesh, &west)
        .await;
    let updated = succeeded(&pair.console, &job.unwrap()).await;
    let proof = updated.phases.last().unwrap();
    assert_eq!(proof.name, PhaseName::Endpoints);
    let note = &proof.objects[0].note;
    assert!(
        note.starts_with("istiod-"),
        "each istiod is counted: {note}"
    );
    let key = release::ReleaseKey {
        namespace: Namespace::new("istio-system").unwrap(),
        release: ReleaseName::new("istiod").unwrap(),
    };
    let latest = release::latest(&AsUser::new(pair.west()), &key)
        .await
        .unwrap();
    assert_eq!(latest.version, 2);
    assert_eq!(latest.config["global"]["meshID"], "current");
}

/// A release of the bundle is uninstalled by other means: the step has it alone.
async fn one_missing_release_is_planned_alone(pair: &Pair) {
    let east = pair.east();
    let history = east.list_objects(
        Kind::SECRET,
        Some("istio-system"),
        "owner=helm,name=expose-istiod",
    );
    for secret in history.await.unwrap() {
        east.delete(&secret.reference(), Propagation::Background)
            .await
            .unwrap();
    }
    let step = pair.step(StepKind::ControlPlane).await;
    let plan = pair
        .console
        .plan_step(&operator(), &step.step)
        .await
        .unwrap();
    let review = plan.install.unwrap().review.unwrap();
    let releases: Vec<&str> = review
        .parts
        .iter()
        .map(|part| part.release.as_str())
        .collect();
    assert_eq!(releases, ["expose-istiod"]);
}

#[tokio::test]
async fn a_mesh_of_an_unknown_istio_is_refused() {
    let pair = Pair::new().await;
    let wanted = NewMeshRequest {
        istio: Some("1.12.0".to_owned()),
        ..request("old")
    };
    let refused = pair
        .console
        .new_mesh(&operator(), wanted)
        .await
        .unwrap_err();
    assert_eq!(Problem::from(&refused).code, Code::UnknownIstio);
}
