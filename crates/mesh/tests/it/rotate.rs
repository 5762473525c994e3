//! The rotation of a token: nothing of the old token is left.

use crate::{
    join::join_by_script,
    pair::{Pair, data},
    two_sandboxes::TIMING,
};
use cluster::Kind;
use mesh::{
    Error, Event, MemberSpec, Outcome,
    facts::{Access, IstioGeneration},
    rotate::{self, Note, RotateReport},
    step::Action,
};
use std::sync::Mutex;
use tokio_util::sync::CancellationToken;

async fn rotates(pair: &Pair, spec: &MemberSpec) -> (rotate::Plan, RotateReport, Vec<Event>) {
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let plan = rotate::plan(east, west, spec).await.unwrap();
    let events = Mutex::new(Vec::new());
    let on_event = |event| events.lock().unwrap().push(event);
    let stop = CancellationToken::new();
    match rotate::rotate(east, west, &plan, &TIMING, &stop, &on_event).await {
        Ok(rotated) => (plan, rotated, events.into_inner().unwrap()),
        Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
    }
}

async fn rotates_the_token(pair: &Pair, generation: IstioGeneration) {
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
    let spec = pair.member(generation, "west");
    let (plan, rotated, events) = rotates(pair, &spec).await;

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
    let last = events
        .iter()
        .rev()
        .find(|event| matches!(event, Event::ObjectDone { .. }));
    assert!(matches!(
        last,
        Some(Event::ObjectDone {
            outcome: Outcome::Deleted,
            ..
        })
    ));
    let reads = pair.as_control_plane(&joined.secret, "west").await;
    assert!(reads.list_objects(Kind::POD, None, "").await.is_ok());
    assert!(
        pair.plan(&wanted).await.is_done(),
        "the plan of a join is complete"
    );
}

pub(crate) async fn istio_1_0_gets_a_new_secret(pair: &Pair) {
    rotates_the_token(pair, IstioGeneration::Mixer).await;
}

pub(crate) async fn istiod_keeps_its_secret(pair: &Pair) {
    rotates_the_token(pair, IstioGeneration::Istiod).await;
}

pub(crate) async fn a_join_of_a_script_is_rotated_and_adopted(pair: &Pair) {
    let old = join_by_script(pair).await;
    // The script forgot the role: it is not the rotation's to make.
    let spec = pair.member(IstioGeneration::Istiod, "remote1");
    let (plan, rotated, _) = rotates(pair, &spec).await;
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

pub(crate) async fn without_a_join_there_is_no_rotation(pair: &Pair) {
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let spec = pair.member(IstioGeneration::Istiod, "west");
    let refused = rotate::plan(east, west, &spec).await.unwrap_err();
    assert!(matches!(refused, Error::NotJoined { .. }), "{refused}");
}
