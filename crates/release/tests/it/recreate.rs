//! Objects with immutable fields that a revision changes.

use crate::{
    review::reviewed_with,
    shop::{Shop, chain},
    test_cluster::TestCluster,
    upgrade::upgrade,
};
use chart::Chart;
use release::{Error, FieldChoices, PlannedChange};
use wire::decision::{Decisions, RecreationCost};

fn chart(app: &str) -> Chart {
    let workload = format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: {{{{ .Release.Name }}}}}}
spec:
  selector: {{matchLabels: {{app: {app}}}}}
  template:
    metadata: {{labels: {{app: {app}}}}}
    spec: {{containers: [{{name: web, image: docker.io/library/web:1}}]}}
"
    );
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\n".to_owned();
    let files = [("Chart.yaml", metadata), ("templates/web.yaml", workload)];
    Chart::from_files(files.map(|(name, text)| (name.to_owned(), text.into_bytes()))).unwrap()
}

pub(crate) async fn an_object_with_a_changed_immutable_field_is_recreated_when_that_is_chosen(
    world: TestCluster,
) {
    let key = (world.namespace.as_str(), "web-shop");
    let first = Shop::of(&world, chart("web"), key, "").await;
    first.install(&world).await.unwrap();
    let deployment = first.object("apps/v1", "Deployment");
    let uid = async || {
        let live = first.get(&world, &deployment).await.unwrap();
        live.text("/metadata/uid").to_owned()
    };
    let before = uid().await;

    let mut second = Shop::of(&world, chart("shop"), key, "").await;
    let reviewed = reviewed_with(&world, &second, FieldChoices::default()).await;
    let [object] = reviewed.as_slice() else {
        panic!("{reviewed:#?}");
    };
    assert!(
        matches!(object.change, PlannedChange::Undecided),
        "{object:?}"
    );
    let offer = object.recreation.clone().unwrap();
    assert_eq!(offer.fields, ["spec.selector"]);
    assert_eq!(
        (offer.cost, offer.is_chosen),
        (RecreationCost::Downtime, false)
    );
    let refused = upgrade(&world, &second, 40).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    assert_eq!(uid().await, before, "nothing is deleted without the choice");

    second.decisions = Decisions {
        recreated: vec![offer.object],
        ..Decisions::default()
    };
    let choices = FieldChoices {
        recreated: &second.decisions.recreated,
        ..FieldChoices::default()
    };
    let reviewed = reviewed_with(&world, &second, choices).await;
    assert!(matches!(reviewed[0].change, PlannedChange::Recreate));
    let done = upgrade(&world, &second, 60).await;
    done.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_ne!(uid().await, before);
    let live = first.get(&world, &deployment).await.unwrap();
    assert_eq!(live.text("/spec/selector/matchLabels/app"), "shop");
    let again = uid().await;
    upgrade(&world, &second, 40).await.unwrap();
    assert_eq!(
        uid().await,
        again,
        "a choice that is not needed any more changes nothing"
    );
}
