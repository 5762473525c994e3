//! Diagnoses as a table, and the reports of a control plane's pods.

use super::{product_page::page, *};
use crate::facts::ClusterState;

const YES: Fact<bool> = Ok(true);
const NO: Fact<bool> = Ok(false);

fn unknown() -> Fact<bool> {
    Err(Unknown::because("the fact was not requested"))
}

fn observations(status: u16, steps: [Fact<bool>; 4]) -> Observations {
    let [service, workload, registered, reachable] = steps;
    Observations {
        status: Ok(status),
        page: Ok(if status == 200 {
            Page::Details
        } else {
            Page::NoDetails
        }),
        service,
        workload,
        registered,
        reachable,
    }
}

#[test]
fn the_steps_and_not_the_status_decide_the_diagnosis() {
    let cases = [
        (500, [NO, YES, YES, unknown()], Diagnosis::ServiceMissing),
        (503, [NO, NO, NO, NO], Diagnosis::ServiceMissing),
        (503, [YES, NO, NO, unknown()], Diagnosis::WorkloadMissing),
        (500, [YES, YES, NO, unknown()], Diagnosis::NotRegistered),
        (503, [YES, YES, NO, unknown()], Diagnosis::NotRegistered),
        (
            503,
            [unknown(), YES, NO, unknown()],
            Diagnosis::NotRegistered,
        ),
        (500, [YES, YES, YES, NO], Diagnosis::NotReachable),
        (503, [YES, YES, YES, NO], Diagnosis::NotReachable),
        (500, [YES, YES, YES, unknown()], Diagnosis::Settling),
        (200, [YES, YES, YES, YES], Diagnosis::Joined),
        // The page decides, whatever else was observed.
        (200, [unknown(), NO, NO, NO], Diagnosis::Joined),
    ];
    for (status, steps, expected) in cases {
        let observations = observations(status, steps);
        assert_eq!(diagnose(&observations), expected, "{observations:?}");
    }
    let unknown_steps = observations(503, [YES, unknown(), YES, unknown()]);
    assert!(matches!(diagnose(&unknown_steps), Diagnosis::Unknown(reasons) if reasons.len() == 2));
}

#[test]
fn a_page_without_details_is_not_joined_although_its_status_is_200() {
    let mut half = observations(200, [YES, YES, NO, unknown()]);
    half.page = Ok(Page::NoDetails);
    assert_eq!(diagnose(&half), Diagnosis::NotRegistered);
    let silent = Err(Unknown::because("productpage has no pod"));
    let silent = Observations {
        status: silent.clone(),
        page: Err(Unknown::because("productpage has no pod")),
        ..half
    };
    let reason = "productpage has no pod".to_owned();
    assert_eq!(diagnose(&silent), Diagnosis::PageUnreachable(reason));
    assert!(silent.facts().is_err());
}

#[test]
fn the_text_decides_the_content_of_the_page() {
    assert_eq!(
        page("<h4>Error fetching product details!</h4>"),
        Page::NoDetails
    );
    assert_eq!(
        page("<h3>Error fetching product details</h3><h4>Book Details"),
        Page::NoDetails
    );
    assert_eq!(
        page("<h4 class=\"text-center\">Book Details</h4>"),
        Page::Details
    );
    assert_eq!(page("404"), Page::Other);
}

fn instance(pod: &str, clusters: Fact<Vec<ClusterState>>) -> InstanceFacts {
    InstanceFacts {
        pod: pod.to_owned(),
        port: Some(15014),
        shards: Err(Unknown::because("the fact was not requested")),
        clusters,
        hosts: Err(Unknown::because("the fact was not requested")),
        endpoints: Err(Unknown::because("the fact was not requested")),
    }
}

fn west(state: &str) -> Vec<ClusterState> {
    vec![ClusterState {
        cluster: "west".into(),
        secret: "istio-system/istio-remote-secret-west".into(),
        state: state.to_owned(),
    }]
}

#[test]
fn every_pod_of_the_control_plane_has_to_sync_the_remote() {
    let both = [
        instance("istiod-0", Ok(west("synced"))),
        instance("istiod-1", Ok(west("synced"))),
    ];
    assert_eq!(reported_sync("west", &both), Ok(SyncState::Synced));
    let second_fails = [
        instance("istiod-0", Ok(west("synced"))),
        instance("istiod-1", Ok(west("timeout"))),
    ];
    let reason = "istiod-1 reports timeout for west".to_owned();
    assert_eq!(
        reported_sync("west", &second_fails),
        Ok(SyncState::NotSynced(reason))
    );
    let none = [instance("istiod-0", Ok(Vec::new()))];
    let reason = "istiod-0 does not know west".to_owned();
    assert_eq!(
        reported_sync("west", &none),
        Ok(SyncState::NotSynced(reason))
    );
    assert!(reported_sync("west", &[]).is_err());
    let silent = [instance("istiod-0", Err(Unknown::because("no answer")))];
    assert!(reported_sync("west", &silent).is_err());
}
