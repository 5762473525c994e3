//! The CRDs of a release that is uninstalled: kept unless they are chosen, saved before they are deleted.

use crate::support::Operate as _;
use crate::support::{EAST, World, deployed, draft, key, operator, reference, release, succeeded};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::Kind;
use console::Error;
use serde_json::json;
use wire::{
    job::PhaseName,
    release::{CrdBlocker, CrdOrigin, UninstallCrd},
};

const GATEWAYS: &str = "gateways.networking.istio.io";
const SERVICES: &str = "virtualservices.networking.istio.io";

fn named<'a>(crds: &'a [UninstallCrd], name: &str) -> &'a UninstallCrd {
    let found = crds.iter().find(|crd| crd.name == name);
    found.unwrap_or_else(|| panic!("{name} in {crds:#?}"))
}

/// A release that has a VirtualService, as Helm records it.
async fn other_release(world: &World) {
    let mut other = ::release::latest(&world.user(), &key("ack-istio"))
        .await
        .unwrap();
    other.name = "other".into();
    other.chart.files = json!([]);
    other.manifest = "---\napiVersion: networking.istio.io/v1alpha3\nkind: VirtualService\n".into();
    let record = STANDARD.encode(::release::encode(&other).unwrap());
    world
        .create(json!({
            "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
            "metadata": {"name": "sh.helm.release.v1.other.v1", "namespace": "istio-system",
                "labels": {"name": "other", "owner": "helm", "status": "deployed", "version": "1"}},
            "data": {"release": record},
        }))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_crd_is_saved_and_deleted_and_one_that_another_release_uses_is_kept() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let draft = draft(console, "built-in", "ack-istio", EAST).await;
    deployed(console, &draft).await;
    let gateway = |name: &str| {
        let metadata = json!({"name": name, "namespace": "default"});
        json!({"apiVersion": "networking.istio.io/v1alpha3", "kind": "Gateway",
            "metadata": metadata, "spec": {"selector": {"app": "web"}}})
    };
    world.create(gateway("web")).await;
    other_release(&world).await;

    let at = release("ack-istio");
    let plan = console.plan_uninstall(&ann, &at).await.unwrap();
    let gateways = named(&plan.crds, GATEWAYS);
    assert_eq!(
        (gateways.origin, &gateways.blocker),
        (CrdOrigin::Folder, &None)
    );
    assert!(
        gateways.resources.contains(&("default".to_owned(), 1)),
        "{gateways:?}"
    );
    let used = CrdBlocker::UsedBy(vec!["istio-system/other".into()]);
    assert_eq!(named(&plan.crds, SERVICES).blocker, Some(used));

    // What the plan did not offer, and what is more than was shown, is refused.
    let start = async |review: &wire::ReviewId, crds: &[&str]| {
        let crds = crds.iter().map(|name| (*name).to_owned()).collect();
        let shown = (review, Some("ack-istio"));
        console.start_uninstall(&ann, shown, crds).await
    };
    for refused in [SERVICES, "pods", "unknown.example.io"] {
        let outcome = start(&plan.review.id, &[GATEWAYS, refused]).await;
        assert!(
            matches!(&outcome, Err(Error::PlanChanged { objects }) if objects == &[refused]),
            "{outcome:?}"
        );
    }
    world.create(gateway("later")).await;
    let outcome = start(&plan.review.id, &[GATEWAYS]).await;
    assert!(
        matches!(outcome, Err(Error::PlanChanged { .. })),
        "{outcome:?}"
    );

    let plan = console.plan_uninstall(&ann, &at).await.unwrap();
    let job = start(&plan.review.id, &[GATEWAYS]).await.unwrap();
    let view = succeeded(console, &job).await;
    let names: Vec<PhaseName> = view.phases.iter().map(|phase| phase.name).collect();
    assert_eq!(
        names[..4],
        [
            PhaseName::Backup,
            PhaseName::CustomResources,
            PhaseName::Removal,
            PhaseName::CrdDeletion
        ]
    );
    assert!(view.backup.is_some(), "{view:#?}");
    let backup = console.job_backup(&ann, &job).await.unwrap();
    for part in ["name: later", "name: web", GATEWAYS] {
        assert!(backup.contains(part), "{part} in {backup}");
    }
    let cluster = world.cluster();
    let crd = |name: &str| Kind::CRD.object(None, name);
    assert!(cluster.get(&crd(GATEWAYS)).await.unwrap().is_none());
    assert!(cluster.get(&crd(SERVICES)).await.unwrap().is_some());
    let record = reference("v1", "Secret", "sh.helm.release.v1.ack-istio.v1");
    assert!(cluster.get(&record).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn crds_are_kept_when_nothing_is_chosen() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let draft = draft(console, "built-in", "ack-istio", EAST).await;
    deployed(console, &draft).await;
    let job = console
        .uninstall(&ann, &release("ack-istio"))
        .await
        .unwrap();
    let view = succeeded(console, &job).await;
    assert_eq!(view.backup, None);
    let crd = Kind::CRD.object(None, GATEWAYS);
    assert!(world.cluster().get(&crd).await.unwrap().is_some());
}
