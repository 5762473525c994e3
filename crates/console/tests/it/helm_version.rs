//! The version of Helm of a release: chosen with its target, kept in its record.

use crate::support::{EAST, World, deployed, draft, operator, reference, revision, write};
use wire::{
    ClusterName, DraftId, HelmVersion, Namespace, ReleaseName,
    install::{TargetRequest, ValuesWarning},
};

async fn choose(world: &World, draft: &DraftId, helm: HelmVersion) {
    let target = TargetRequest {
        draft: draft.clone(),
        cluster: ClusterName::new(EAST).unwrap(),
        namespace: Namespace::new("istio-system").unwrap(),
        release: ReleaseName::new("counted").unwrap(),
        helm,
        revision: revision(&world.console, draft).await,
    };
    let view = world.console.set_target(&operator(), target).await.unwrap();
    assert_eq!(view.helm, helm);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_follows_the_version_of_helm_that_is_chosen_with_its_target() {
    let world = World::with_shop().await;
    let (console, ann) = (&world.console, operator());
    let draft = draft(console, "tests", "counted", EAST).await;
    let text = "a: 1\n---\na: 2\n";

    let with_3 = write(console, &draft, text).await;
    assert!(
        with_3.problem.is_some(),
        "Helm 3 has no range over an integer"
    );
    assert_eq!(with_3.warnings, [ValuesWarning::MoreDocuments { line: 2 }]);
    let effective = console.effective_values(&ann, &draft).await.unwrap();
    assert_eq!(effective, "a: 1\ngreeting: hello\n");

    choose(&world, &draft, HelmVersion::V4).await;
    let with_4 = console.parameters(&ann, &draft).await.unwrap();
    assert_eq!((with_4.objects, with_4.problem), (Some(2), None));
    assert_eq!(with_4.warnings, []);
    let effective = console.effective_values(&ann, &draft).await.unwrap();
    assert_eq!(effective, "a: 2\ngreeting: good day\n");

    deployed(console, &draft).await;
    let cluster = world.cluster();
    let map = reference("v1", "ConfigMap", "counted-1");
    let map = cluster.get(&map).await.unwrap().unwrap();
    assert_eq!(map.text("/data/greeting"), "good day");
    let record = reference("v1", "Secret", "sh.helm.release.v1.counted.v1");
    let record = cluster.get(&record).await.unwrap().unwrap();
    assert_eq!(record.label("meshspan.io/helm"), Some("4"));
}
