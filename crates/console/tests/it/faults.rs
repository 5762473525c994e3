//! The switchboard of faults of a sandbox cluster.

use crate::support::{EAST, World, operator};
use console::Error;
use wire::{
    ClusterName, Problem, Secret,
    cluster::AddClustersRequest,
    sandbox::{FaultView, SetFaultRequest},
};

fn request(cluster: &str, key: &str, value: &str) -> SetFaultRequest {
    SetFaultRequest {
        cluster: ClusterName::new(cluster).unwrap(),
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

fn value<'a>(faults: &'a [FaultView], key: &str) -> &'a str {
    &faults.iter().find(|fault| fault.key == key).unwrap().value
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_requested_shown_and_ended() {
    let world = World::new().await;
    let (ann, east) = (operator(), ClusterName::new(EAST).unwrap());
    let console = &world.console;
    let faults = console.sandbox_faults(&ann, &east).await.unwrap();
    assert!(
        faults
            .iter()
            .all(|fault| fault.value.is_empty() && !fault.example.is_empty())
    );
    let wanted = request(EAST, "crash-loop", "ratings 137\n");
    let set = console.set_sandbox_fault(&ann, wanted).await.unwrap();
    assert_eq!(value(&set, "crash-loop"), "ratings 137");
    let shown = console.sandbox_faults(&ann, &east).await.unwrap();
    assert_eq!(shown, set);
    let ended = console
        .set_sandbox_fault(&ann, request(EAST, "crash-loop", " "))
        .await;
    assert_eq!(ended.unwrap(), faults);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_without_a_meaning_is_refused_in_the_words_of_the_sandbox() {
    let world = World::new().await;
    let wanted = request(EAST, "api-gone", "soon");
    let refused = world.console.set_sandbox_fault(&operator(), wanted).await;
    let problem = Problem::from(&refused.unwrap_err());
    let words = format!("{problem:?}");
    assert!(words.contains("must be a duration such as 30s"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_cluster_has_no_switchboard() {
    let world = World::new().await;
    let request_to_add = AddClustersRequest {
        kubeconfig: Secret::new(world.listening.kubeconfig()),
        contexts: vec![(EAST.to_owned(), "west".to_owned())],
    };
    let ann = operator();
    world
        .console
        .add_clusters(&ann, request_to_add)
        .await
        .unwrap();
    let west = ClusterName::new("west").unwrap();
    let refused = world.console.sandbox_faults(&ann, &west).await;
    assert!(matches!(refused, Err(Error::NoSandbox(_))), "{refused:?}");
    let refused = world
        .console
        .set_sandbox_fault(&ann, request("west", "fail-probe", "web"))
        .await;
    assert!(matches!(refused, Err(Error::NoSandbox(_))), "{refused:?}");
}
