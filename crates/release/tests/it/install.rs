//! The installation of a chart, and the errors that prevent it.

use crate::{
    shop::{Shop, chain},
    test_cluster::{TestCluster, namespace_object, within},
};
use cluster::{NamespaceState, Object, ObjectRef, Propagation, Readiness};
use release::{Error, Event, Mode, Owner, State, history, latest};
use serde_json::json;
use wire::job::PhaseName;

pub(crate) async fn a_chart_of_ten_objects_is_installed(world: TestCluster) {
    let shop = Shop::new(&world, "colour: green").await;
    let (outcome, events) = shop.install_as(&world, Mode::Install, within(40)).await;
    let release = outcome.unwrap_or_else(|error| panic!("{}", chain(&error)));

    assert_eq!(release.info.status, State::Deployed);
    assert_eq!(release.info.notes.trim(), "web-shop is green.");
    for object in shop.plan.objects() {
        let live = shop.get(&world, &object.reference()).await.unwrap();
        assert_eq!(live.label("app.kubernetes.io/managed-by"), Some("Helm"));
        assert_eq!(
            live.annotation("meta.helm.sh/release-name"),
            Some("web-shop")
        );
        let namespace = live.annotation("meta.helm.sh/release-namespace");
        assert_eq!(namespace, Some(world.namespace.as_str()));
    }
    assert_eq!(shop.plan.objects().count(), 8);
    for crd in &shop.plan.crds {
        let live = shop.get(&world, &crd.reference()).await.unwrap();
        assert_eq!(
            live.label("app.kubernetes.io/managed-by"),
            None,
            "Helm marks none"
        );
    }
    let settings = shop
        .get(&world, &shop.object("v1", "ConfigMap"))
        .await
        .unwrap();
    assert_eq!(settings.text("/data/colour"), "green");

    let stored = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!((stored.version, stored.info.status), (1, State::Deployed));
    assert_eq!(stored.info.description, "Install complete");
    assert_eq!(stored.info.notes.trim(), "web-shop is green.");
    assert_eq!(stored.config, json!({"colour": "green"}));
    assert_eq!(stored.chart.label(), "shop-1.2.3");
    assert!(
        stored
            .manifest
            .contains("# Source: shop/templates/web.yaml")
    );
    let ran = stored
        .hooks
        .iter()
        .find(|hook| hook.name == "web-shop-post-install")
        .unwrap();
    assert_eq!(ran.last_run.phase, "Succeeded");
    phases_came_in_order(&events);
}

fn phases_came_in_order(events: &[Event]) {
    let begun: Vec<PhaseName> = events
        .iter()
        .filter_map(|event| match event {
            Event::Started(phase) => Some(*phase),
            _ => None,
        })
        .collect();
    let wanted = [
        PhaseName::Crds,
        PhaseName::Access,
        PhaseName::Configuration,
        PhaseName::Workloads,
        PhaseName::OtherResources,
        PhaseName::Ready,
        PhaseName::PostHooks,
        PhaseName::SaveRelease,
    ];
    assert_eq!(begun, wanted);
    let mut standing = events.iter().filter_map(|event| match event {
        Event::Status(all, _) if all.len() > 1 => Some(all),
        _ => None,
    });
    let last = standing.next_back().unwrap();
    assert_eq!(last.len(), 8);
    assert!(
        last.iter().all(|(_, readiness)| readiness.is_ready()),
        "{last:?}"
    );
}

pub(crate) async fn the_namespace_and_crds_are_created_with_the_release(world: TestCluster) {
    let namespace = world.name("shop");
    let shop = Shop::within(&world, &namespace, "").await;
    shop.install(&world)
        .await
        .unwrap_or_else(|error| panic!("{}", chain(&error)));
    let state = world.cluster.namespace_state(&namespace).await.unwrap();
    assert_eq!(state, NamespaceState::Active);
    let gadget = shop.object(&format!("{}/v1", shop.group), "Gadget");
    assert_eq!(
        shop.get(&world, &gadget)
            .await
            .unwrap()
            .number("/spec/size"),
        Some(3)
    );
}

pub(crate) async fn the_namespace_has_the_requested_labels(world: TestCluster) {
    let namespace = world.name("shop");
    let mut shop = Shop::within(&world, &namespace, "").await;
    let label = ("istio-injection".to_owned(), "enabled".to_owned());
    shop.labels.extend([label]);
    shop.install(&world).await.unwrap();
    let reference = ObjectRef {
        namespace: None,
        ..shop.named("v1", "Namespace", &namespace)
    };
    let made = shop.get(&world, &reference).await.unwrap();
    assert_eq!(made.text("/metadata/labels/istio-injection"), "enabled");
    assert_eq!(made.text("/metadata/labels/name"), namespace);
}

pub(crate) async fn an_existing_release_name_is_rejected(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let error = shop.install(&world).await.unwrap_err();
    assert!(matches!(error, Error::Exists { .. }), "{error:?}");
    assert_eq!(history(&world.user(), &shop.key).await.unwrap().len(), 1);
}

pub(crate) async fn a_foreign_object_fails_the_install_before_any_change(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let theirs = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {
            "name": "web-shop", "namespace": world.namespace,
            "annotations": {
                "meta.helm.sh/release-name": "old-shop",
                "meta.helm.sh/release-namespace": "elsewhere",
            },
        },
        "spec": {"ports": [{"port": 80}]},
    });
    world.apply(theirs).await;

    let error = shop.install(&world).await.unwrap_err();

    let Error::OwnedByOther {
        object,
        owner,
        release,
    } = &error
    else {
        panic!("{}", chain(&error));
    };
    assert_eq!(object, &shop.object("v1", "Service"));
    assert_eq!(release.as_str(), "web-shop");
    let old = Owner::Release {
        name: "old-shop".into(),
        namespace: "elsewhere".into(),
    };
    assert_eq!(owner, &old);
    let on_event = error.to_string();
    assert!(
        on_event.contains("web-shop") && on_event.contains("old-shop"),
        "both are named: {on_event}"
    );
    nothing_was_made(&world, &shop).await;
}

async fn nothing_was_made(world: &TestCluster, shop: &Shop) {
    for object in [
        shop.object("v1", "ServiceAccount"),
        shop.object("v1", "ConfigMap"),
        shop.object("apps/v1", "Deployment"),
        shop.plan.crds[0].reference(),
    ] {
        assert_eq!(shop.get(world, &object).await, None, "{object}");
    }
    assert!(history(&world.user(), &shop.key).await.unwrap().is_empty());
}

pub(crate) async fn an_install_that_is_not_ready_leaves_a_failed_revision_that_can_be_resumed(
    world: TestCluster,
) {
    let image = format!("unreachable.test/{}:1", world.namespace);
    world.fail_image_pull(&image);
    let shop = Shop::new(&world, &format!("image: {image}")).await;
    let (outcome, _) = shop.install_as(&world, Mode::Install, within(4)).await;

    let error = outcome.unwrap_err();
    let Error::NotReady {
        missing, all: 8, ..
    } = &error
    else {
        panic!("{}", chain(&error));
    };
    let [(object, reason)] = missing.as_slice() else {
        panic!("only the Deployment: {missing:?}");
    };
    assert_eq!(object, &shop.object("apps/v1", "Deployment"));
    assert!(
        reason.starts_with("container web: ImagePullBackOff"),
        "{reason}"
    );
    let failed = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!((failed.version, failed.info.status), (1, State::Failed));
    assert!(
        failed
            .info
            .description
            .contains("1 of 8 objects are not ready"),
        "{:?}",
        failed.info
    );

    world.heal_image_pull(&image);
    let (outcome, events) = shop.install_as(&world, Mode::Resume, within(40)).await;
    outcome.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::Finished(PhaseName::Ready)))
    );
    let all = history(&world.user(), &shop.key).await.unwrap();
    let all: Vec<_> = all
        .iter()
        .map(|revision| (revision.version, revision.info.status))
        .collect();
    assert_eq!(all, [(1, State::Deployed)]);
    let first = |release: &release::Release| release.info.first_deployed;
    let after = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!(
        first(&after),
        first(&failed),
        "it was first deployed when it was begun"
    );
}

pub(crate) async fn a_failed_hook_is_named(world: TestCluster) {
    let image = format!("unreachable.test/hook-{}:1", world.namespace);
    world.fail_image_pull(&image);
    let shop = Shop::new(&world, &format!("hookImage: {image}")).await;
    let (outcome, events) = shop.install_as(&world, Mode::Install, within(6)).await;
    let error = outcome.unwrap_err();
    let text = chain(&error);
    let Error::NotReady { missing, .. } = error else {
        panic!("{text}");
    };
    assert_eq!(
        missing[0].0,
        shop.named("batch/v1", "Job", "web-shop-post-install")
    );
    assert!(missing[0].1.contains("ImagePullBackOff"), "{missing:?}");
    let seen = events.iter().any(|event| match event {
        Event::Status(all, _) => all
            .iter()
            .any(|(object, how)| object.kind == "Job" && matches!(how, Readiness::Failed { .. })),
        _ => false,
    });
    assert!(seen, "the event is published during the wait");
    let failed = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!(failed.info.status, State::Failed);
    let ran = failed
        .hooks
        .iter()
        .find(|hook| hook.name == "web-shop-post-install")
        .unwrap();
    assert_eq!(ran.last_run.phase, "Failed");
}

pub(crate) async fn an_install_can_be_cancelled(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let waiting = within(40);
    waiting.stop.cancel();
    let (outcome, _) = shop.install_as(&world, Mode::Install, waiting).await;
    assert!(matches!(outcome, Err(Error::Cancelled)), "{outcome:?}");
}

pub(crate) async fn a_terminating_namespace_is_rejected(world: TestCluster) {
    let name = world.name("going");
    let namespace = namespace_object(&name);
    world.apply(namespace.value().clone()).await;
    let held = |finalizers: &[&str]| {
        json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "held", "namespace": name, "finalizers": finalizers},
        })
    };
    world.apply(held(&["example.test/keep"])).await;
    let gone: ObjectRef = Object::reference(&namespace);
    world
        .cluster
        .delete(&gone, Propagation::Background)
        .await
        .unwrap();
    let shop = Shop::within(&world, &name, "").await;
    let error = shop.install(&world).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("namespace {name} is being deleted")
    );
    world.apply(held(&[])).await;
}
