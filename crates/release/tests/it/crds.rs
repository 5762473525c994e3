//! The CRDs of the folder crds/ at an upgrade.

use crate::{
    shop::{Shop, chain},
    test_cluster::TestCluster,
    upgrade::upgrade,
};
use chart::Chart;
use cluster::Object;
use release::review_crds;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wire::decision::{CrdRefusal, CrdReview};

/// A chart with these CRDs.
fn chart(crds: &[Value]) -> Chart {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n".to_owned();
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\n".to_owned();
    let crds: Vec<String> = crds.iter().map(|crd| format!("---\n{crd}\n")).collect();
    let files = [
        ("Chart.yaml", metadata),
        ("templates/map.yaml", map),
        ("crds/kinds.yaml", crds.concat()),
    ];
    Chart::from_files(files.map(|(name, text)| (name.to_owned(), text.into_bytes()))).unwrap()
}

fn version(name: &str, storage: bool, fields: &Value) -> Value {
    json!({"name": name, "served": true, "storage": storage, "schema": {"openAPIV3Schema": {
        "type": "object", "properties": {"spec": {"type": "object", "properties": fields}}}}})
}

async fn reviewed(world: &TestCluster, shop: &Shop, decided: &[(&str, bool)]) -> Vec<CrdReview> {
    let decided: BTreeMap<String, bool> = decided
        .iter()
        .map(|(name, choice)| ((*name).to_owned(), *choice))
        .collect();
    let user = world.user();
    review_crds(&user, &shop.plan.crds, &decided).await.unwrap()
}

pub(crate) async fn crds_are_compared_at_an_upgrade_and_applied_by_choice(world: TestCluster) {
    let key = (world.namespace.as_str(), "web");
    let (_, mut gadget) = world.crd("Gadget");
    let (_, widget) = world.crd("Widget");
    let text = json!({"type": "string"});
    gadget["spec"]["versions"] = json!([version("v1", true, &json!({"size": text, "old": text}))]);
    let name = gadget["metadata"]["name"].as_str().unwrap().to_owned();
    let first = Shop::of(&world, chart(&[gadget.clone()]), key, "").await;
    first.install(&world).await.unwrap();
    assert_eq!(reviewed(&world, &first, &[]).await, [], "they are the same");

    let later = [
        version("v1", true, &json!({"size": text, "colour": text})),
        version("v2", false, &json!({"size": text})),
    ];
    gadget["spec"]["versions"] = json!(later);
    let mut second = Shop::of(&world, chart(&[gadget.clone(), widget.clone()]), key, "").await;
    let rows = reviewed(&world, &second, &[]).await;
    let [changed, new] = rows.as_slice() else {
        panic!("{rows:#?}");
    };
    assert_eq!((changed.is_new, changed.is_applied), (false, false));
    assert_eq!((changed.resources, new.resources), (Some(0), None));
    assert_eq!(changed.versions_added, ["v2"]);
    assert_eq!((changed.fields_added, &changed.refused), (1, &None));
    assert_eq!(changed.fields_lost, ["v1: spec.old"]);
    assert_eq!((new.is_new, new.is_applied), (true, true));
    let [changed, new] = &reviewed(&world, &second, &[(&name, true), (&new.name, false)]).await[..]
    else {
        panic!("two");
    };
    assert_eq!((changed.is_applied, new.is_applied), (true, false));

    let kinds = world.cluster.kinds().await.unwrap();
    let names = |plan: &release::Plan| -> Vec<String> {
        plan.crds.iter().map(|crd| crd.name().to_owned()).collect()
    };
    let by_default = second.plan.clone().of_upgrade(&kinds, &BTreeMap::new());
    assert_eq!(names(&by_default), [new.name.as_str()]);
    let chosen = BTreeMap::from([(name.clone(), true)]);
    second.plan = second.plan.clone().of_upgrade(&kinds, &chosen);
    let done = upgrade(&world, &second, 40).await;
    done.unwrap_or_else(|error| panic!("{}", chain(&error)));
    let reference = Object::new(gadget.clone()).unwrap().reference();
    let live = world.cluster.get(&reference).await.unwrap().unwrap();
    assert_eq!(live.list("/spec/versions").len(), 2);
    let widget = Object::new(widget).unwrap().reference();
    assert!(world.cluster.get(&widget).await.unwrap().is_some());

    gadget["spec"]["versions"] = json!([version("v2", true, &json!({"size": text}))]);
    let third = Shop::of(&world, chart(&[gadget]), key, "").await;
    let rows = reviewed(&world, &third, &[(&name, true)]).await;
    let refused = Some(CrdRefusal::StoredVersions(vec!["v1".into()]));
    assert_eq!((&rows[0].refused, rows[0].is_applied), (&refused, false));
}
