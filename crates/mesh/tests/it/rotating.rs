//! A new token in place, and what it leaves behind: nothing of the old one.

use crate::{
    joining::script_was_here,
    pair::{Pair, data},
};
use mesh::{
    Error, Event, Outcome,
    facts::{Access, IstioGeneration},
    rotate::{self, Note, RotateReport, Rotation},
    step::Action,
};
use std::{sync::Mutex, time::Duration};
use tokio_util::sync::CancellationToken;

fn rotation(pair: &Pair, generation: IstioGeneration, name: &str) -> Rotation {
    Rotation {
        name: wire::ClusterName::new(name).unwrap(),
        generation,
        namespace: pair.namespace.clone(),
        primary_id: "east".into(),
        policy: cluster::AddressPolicy::WithLoopback,
        sync_timeout: Duration::from_secs(5),
    }
}

async fn rotates(pair: &Pair, rotation: &Rotation) -> (rotate::Plan, RotateReport, Vec<Event>) {
    let (east, west) = (&pair.east.cluster, &pair.west.cluster);
    let plan = rotate::plan(east, west, rotation).await.unwrap();
    let told = Mutex::new(Vec::new());
    let said = |event| told.lock().unwrap().push(event);
    let stop = CancellationToken::new();
    match rotate::rotate(east, west, &plan, &stop, &said).await {
        Ok(rotated) => (plan, rotated, told.into_inner().unwrap()),
        Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
    }
}

async fn a_token_is_new(pair: &Pair, generation: IstioGeneration) {
    let wanted = pair.wanted(generation);
    let (joined, _) = pair.join(&wanted).await;
    let old = pair.west.token_in(&joined.token).await;
    let before = pair
        .east
        .cluster
        .get(&joined.secret)
        .await
        .unwrap()
        .unwrap();
    let rotation = rotation(pair, generation, "west");
    let (plan, rotated, told) = rotates(pair, &rotation).await;

    let replaces = matches!(plan.steps[1].action, Action::Replace { .. });
    assert_eq!(
        replaces,
        generation == IstioGeneration::Mixer,
        "{:?}",
        plan.steps[1].action
    );
    assert_eq!(
        plan.notes.contains(&Note::Gap),
        generation == IstioGeneration::Mixer
    );
    assert!(
        !format!("{plan:?}").contains(&old),
        "no token stands in a plan"
    );
    assert!(matches!(rotated.access, Ok(Access::Accepted { .. })));
    assert_eq!(rotated.old_is_refused, Some(Ok(true)));
    assert_ne!(rotated.token, joined.token);

    let live = pair
        .east
        .cluster
        .get(&joined.secret)
        .await
        .unwrap()
        .unwrap();
    let same = before.text("/metadata/uid") == live.text("/metadata/uid");
    assert_eq!(
        same,
        generation == IstioGeneration::Istiod,
        "in place, where the line sees a change"
    );
    assert_eq!(live.label("istio/multiCluster"), Some("true"));
    let fresh = pair.west.token_in(&rotated.token).await;
    assert!(data(&live, "west").contains(&fresh) && !data(&live, "west").contains(&old));
    assert!(
        pair.west
            .cluster
            .get(&joined.token)
            .await
            .unwrap()
            .is_none()
    );
    let last = told
        .iter()
        .rev()
        .find(|event| matches!(event, Event::Done { .. }));
    assert!(matches!(
        last,
        Some(Event::Done {
            outcome: Outcome::Removed,
            ..
        })
    ));
    let reads = pair.as_control_plane(&joined.secret, "west").await;
    assert!(reads.list("v1", "Pod", None, "").await.is_ok());
    assert!(
        pair.plan(&wanted).await.is_done(),
        "a join has nothing to mend"
    );
}

pub(crate) async fn the_old_line_gets_a_new_secret(pair: &Pair) {
    a_token_is_new(pair, IstioGeneration::Mixer).await;
}

pub(crate) async fn todays_line_keeps_its_secret(pair: &Pair) {
    a_token_is_new(pair, IstioGeneration::Istiod).await;
}

pub(crate) async fn what_a_script_joined_is_rotated_and_adopted(pair: &Pair) {
    let old = script_was_here(pair).await;
    // The script forgot the role: it is not the rotation's to make.
    let rotation = rotation(pair, IstioGeneration::Istiod, "remote1");
    let (plan, rotated, _) = rotates(pair, &rotation).await;
    assert!(
        matches!(plan.steps[1].action, Action::Adopt { .. }),
        "{:?}",
        plan.steps[1].action
    );
    assert!(matches!(rotated.access, Ok(Access::Accepted { .. })));
    let live = pair.east.cluster.get(&plan.secret).await.unwrap().unwrap();
    assert_eq!(live.name(), "remote1");
    assert!(!data(&live, "remote1").contains(&old));
    assert_eq!(
        live.annotation("networking.istio.io/cluster"),
        Some("remote1")
    );
}

pub(crate) async fn what_has_not_joined_is_not_rotated(pair: &Pair) {
    let (east, west) = (&pair.east.cluster, &pair.west.cluster);
    let rotation = rotation(pair, IstioGeneration::Istiod, "west");
    let refused = rotate::plan(east, west, &rotation).await.unwrap_err();
    assert!(matches!(refused, Error::NotJoined { .. }), "{refused}");
}
