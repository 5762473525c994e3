//! Objects become ready, or report why not.

use crate::test_cluster::{TestCluster, within};
use cluster::{Error, ObjectRef, Readiness, WaitOptions, wait_until_ready};
use serde_json::json;
use std::{sync::Mutex, time::Duration};
use tokio_util::sync::CancellationToken;

async fn wait_for(test: &TestCluster, object: &ObjectRef) -> Vec<Readiness> {
    let states = Mutex::new(Vec::new());
    let on_event = |all: &[(ObjectRef, Readiness)], _: &[_]| {
        states.lock().unwrap().push(all[0].1.clone());
    };
    let outcome = wait_until_ready(
        &test.watches(),
        std::slice::from_ref(object),
        &within(40),
        on_event,
    )
    .await;
    outcome.unwrap();
    states.into_inner().unwrap()
}

pub(crate) async fn a_deployment_becomes_ready(test: TestCluster) {
    let web = test
        .apply(test.deployment("web", "docker.io/library/web:1"))
        .await;
    let states = wait_for(&test, &web.reference()).await;
    let last = states.last().unwrap();
    assert_eq!(last.note(), "1 of 1 ready");
    let waiting = states.iter().filter(|state| !state.is_ready());
    assert!(waiting.clone().count() > 0, "it was waiting before");
    assert!(
        waiting.clone().all(|state| !state.reason().is_empty()),
        "each wait has a reason: {states:?}"
    );
}

pub(crate) async fn a_failed_image_pull_is_reported_and_recovers(test: TestCluster) {
    let image = format!("unreachable.test/{}:1", test.namespace);
    test.fail_image_pull(&image);
    let web = test.apply(test.deployment("web", &image)).await.reference();

    let watches = test.watches();
    let mut warned = false;
    let error = wait_until_ready(
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
        panic!("the Deployment became ready: {error:?}");
    };
    assert_eq!(missing[0].0, web);
    let reason = &missing[0].1;
    assert!(
        reason.starts_with("container main: ImagePullBackOff"),
        "{reason}"
    );
    assert!(reason.contains(&image), "{reason}");
    assert!(warned, "the kubelet's warning was reported");

    test.heal_image_pull(&image);
    let states = wait_for(&test, &web).await;
    assert!(states.last().unwrap().is_ready());
}

pub(crate) async fn a_load_balancer_gets_its_address(test: TestCluster) {
    let service = test.apply(json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "gateway", "namespace": test.namespace},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}], "selector": {"app": "web"}},
    }));
    let states = wait_for(&test, &service.await.reference()).await;
    let address: std::net::Ipv4Addr = states.last().unwrap().note().parse().unwrap();
    assert!(address.is_private(), "{address}");
}

pub(crate) async fn a_job_completes(test: TestCluster) {
    let job = test.apply(json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "once", "namespace": test.namespace},
        "spec": {"template": {"spec": {
            "restartPolicy": "Never",
            "containers": [{"name": "main", "image": "docker.io/library/once:1"}]}}},
    }));
    let states = wait_for(&test, &job.await.reference()).await;
    assert_eq!(states.last().unwrap().note(), "completed");
}

pub(crate) async fn a_wait_can_be_cancelled(test: TestCluster) {
    let image = format!("unreachable.test/{}:1", test.namespace);
    test.fail_image_pull(&image);
    let web = test.apply(test.deployment("web", &image)).await.reference();
    let options = WaitOptions {
        timeout: Duration::from_mins(1),
        stop: CancellationToken::new(),
    };
    let stop = options.stop.clone();
    let start = std::time::Instant::now();
    let error = wait_until_ready(&test.watches(), &[web], &options, |_, _| stop.cancel()).await;
    assert!(matches!(error, Err(Error::Cancelled)), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
}
