//! Objects become ready, or say why not.

use crate::world::{World, within};
use cluster::{Error, ObjectRef, Readiness, Waiting, until_ready};
use serde_json::json;
use std::{sync::Mutex, time::Duration};
use tokio_util::sync::CancellationToken;

async fn ready(world: &World, object: &ObjectRef) -> Vec<Readiness> {
    let seen = Mutex::new(Vec::new());
    let said = |all: &[(ObjectRef, Readiness)], _: &[_]| {
        seen.lock().unwrap().push(all[0].1.clone());
    };
    let outcome = until_ready(
        &world.watches(),
        std::slice::from_ref(object),
        &within(40),
        said,
    )
    .await;
    outcome.unwrap();
    seen.into_inner().unwrap()
}

pub(crate) async fn a_deployment_becomes_ready(world: World) {
    let web = world
        .apply(world.deployment("web", "docker.io/library/web:1"))
        .await;
    let seen = ready(&world, &web.reference()).await;
    let last = seen.last().unwrap();
    assert_eq!(last.note(), "1 of 1 ready");
    let waits = seen.iter().filter(|one| !one.is_ready());
    assert!(waits.clone().count() > 0, "it was seen on its way");
    assert!(
        waits.clone().all(|one| !one.reason().is_empty()),
        "each wait has a reason: {seen:?}"
    );
}

pub(crate) async fn an_image_that_cannot_be_pulled_is_named_and_heals(world: World) {
    let image = format!("unreachable.test/{}:1", world.namespace);
    world.fail_image_pull(&image);
    let web = world
        .apply(world.deployment("web", &image))
        .await
        .reference();

    let watches = world.watches();
    let mut warned = false;
    let error = until_ready(
        &watches,
        std::slice::from_ref(&web),
        &within(4),
        |_, events| {
            warned |= events
                .iter()
                .any(|event| event.warning && event.message.contains(&image));
        },
    )
    .await;

    let Err(Error::NotReady {
        missing, all: 1, ..
    }) = error
    else {
        panic!("it became ready: {error:?}");
    };
    assert_eq!(missing[0].0, web);
    let reason = &missing[0].1;
    assert!(
        reason.starts_with("container main: ImagePullBackOff"),
        "{reason}"
    );
    assert!(reason.contains(&image), "{reason}");
    assert!(warned, "the kubelet's warning was seen");

    world.heal_image_pull(&image);
    let seen = ready(&world, &web).await;
    assert!(seen.last().unwrap().is_ready());
}

pub(crate) async fn a_load_balancer_gets_its_address(world: World) {
    let service = world.apply(json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "gateway", "namespace": world.namespace},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}], "selector": {"app": "web"}},
    }));
    let seen = ready(&world, &service.await.reference()).await;
    let address: std::net::Ipv4Addr = seen.last().unwrap().note().parse().unwrap();
    assert!(address.is_private(), "{address}");
}

pub(crate) async fn a_job_completes(world: World) {
    let job = world.apply(json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "once", "namespace": world.namespace},
        "spec": {"template": {"spec": {
            "restartPolicy": "Never",
            "containers": [{"name": "main", "image": "docker.io/library/once:1"}]}}},
    }));
    let seen = ready(&world, &job.await.reference()).await;
    assert_eq!(seen.last().unwrap().note(), "completed");
}

pub(crate) async fn a_wait_can_be_stopped(world: World) {
    let image = format!("unreachable.test/{}:1", world.namespace);
    world.fail_image_pull(&image);
    let web = world
        .apply(world.deployment("web", &image))
        .await
        .reference();
    let waiting = Waiting {
        for_at_most: Duration::from_mins(1),
        stop: CancellationToken::new(),
    };
    let stop = waiting.stop.clone();
    let begun = std::time::Instant::now();
    let error = until_ready(&world.watches(), &[web], &waiting, |_, _| stop.cancel()).await;
    assert!(matches!(error, Err(Error::Cancelled)), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}
