//! Objects that a cluster rejects, which only the sandbox can simulate, and a cluster that stops.

use crate::{
    shop::{Shop, chain},
    test_cluster::{TestCluster, connect},
};
use release::{Error, Event, State, latest};
use sandbox::Sandbox;
use wire::job::PhaseName;

#[tokio::test]
async fn a_rejected_object_leaves_a_failed_revision_and_is_named() {
    let world = TestCluster::in_memory().await;
    let shop = Shop::new(&world, "").await;
    world.sandbox().unwrap().refuse_next("services");

    let error = shop.install(&world).await.unwrap_err();

    assert!(matches!(error, Error::Cluster(_)), "{error:?}");
    let on_event = chain(&error);
    let wanted = format!(
        "could not apply Service {}/web-shop on cluster sandbox",
        world.namespace
    );
    assert!(on_event.contains(&wanted), "{on_event}");
    let failed = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!(failed.info.status, State::Failed);
    assert!(
        failed.info.description.contains("Service"),
        "{}",
        failed.info.description
    );
    let deployment = shop.object("apps/v1", "Deployment");
    assert_eq!(
        shop.get(&world, &deployment).await,
        None,
        "nothing came after it"
    );
}

#[tokio::test]
async fn a_sandbox_that_stops_ends_the_install() {
    let sandbox = Sandbox::new();
    let listening = sandbox.listen("127.0.0.1:0").await.unwrap();
    let cluster = connect(&listening.kubeconfig());
    let listening = std::sync::Mutex::new(Some(listening));
    let world = TestCluster::from_sandbox(cluster, sandbox).await;
    dies_in_the_middle(&world, &|| drop(listening.lock().unwrap().take())).await;
}

#[tokio::test]
async fn a_real_api_server_that_stops_ends_the_install() {
    match lab::start_cluster("istio-remote1").await {
        Ok(real) => {
            // Only the namespace of the test cluster is used here.
            let cluster = connect(&real.kubeconfig());
            let world = TestCluster::from_sandbox(cluster, Sandbox::new()).await;
            dies_in_the_middle(&world, &|| real.stop_api_server()).await;
        }
        Err(error) => {
            lab::skip("a_real_api_server_that_stops_ends_the_install", &error);
        }
    }
}

/// It dies when the accounts and roles were made.
async fn dies_in_the_middle(world: &TestCluster, die: &(dyn Fn() + Send + Sync)) {
    let shop = Shop::new(world, "").await;
    let error = shop
        .install_with_events(world, &|event| {
            if matches!(event, Event::Finished(PhaseName::Access)) {
                die();
            }
        })
        .await
        .unwrap_err();
    let Error::Cluster(source) = &error else {
        panic!("{}", chain(&error));
    };
    assert!(source.is_unreachable(), "{source:?}");
    let on_event = source.to_string();
    assert!(on_event.contains("could not apply"), "{on_event}");
    assert!(
        on_event.ends_with("on cluster east: no answer"),
        "{on_event}"
    );
}
