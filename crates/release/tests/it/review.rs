//! The review of an installation, and the state of installed objects.

use crate::{shop::Shop, test_cluster::TestCluster};
use chart::{Chart, Values};
use cluster::Propagation;
use release::{
    Error, FieldChoices, KindOrigin, ObjectReview, Owner, PlannedChange, ReleaseKey, State,
    history, list, resources, review, review_after,
};
use serde_json::json;

pub(crate) async fn reviewed(world: &TestCluster, shop: &Shop) -> Vec<ObjectReview> {
    let rendered = (&shop.plan, &shop.manifests);
    review(&world.user(), rendered, &shop.key).await.unwrap()
}

/// The same with decisions about fields.
pub(crate) async fn reviewed_with(
    world: &TestCluster,
    shop: &Shop,
    choices: FieldChoices<'_>,
) -> Vec<ObjectReview> {
    let (user, rendered) = (world.user(), (&shop.plan, &shop.manifests));
    let reviewed = review_after(&user, rendered, &shop.key, &[], choices);
    reviewed.await.unwrap()
}

fn of<'a>(all: &'a [ObjectReview], kind: &str) -> &'a PlannedChange {
    let found = all.iter().find(|object| object.object.kind() == kind);
    &found.unwrap().change
}

pub(crate) async fn pending_objects_are_distinct_from_checked_objects(world: TestCluster) {
    let shop = Shop::within(&world, &world.name("shop"), "").await;
    let all = reviewed(&world, &shop).await;
    let count = |wanted: fn(&PlannedChange) -> bool| {
        all.iter().filter(|object| wanted(&object.change)).count()
    };
    assert_eq!(
        count(|object| matches!(object, PlannedChange::NamespacePending)),
        7
    );
    assert_eq!(
        count(|object| matches!(object, PlannedChange::KindPending)),
        1
    );
    assert_eq!(
        count(|object| matches!(object, PlannedChange::Create(_))),
        2,
        "the definitions"
    );
    assert!(matches!(of(&all, "Gadget"), PlannedChange::KindPending));

    let shop = Shop::new(&world, "").await;
    let all = reviewed(&world, &shop).await;
    let PlannedChange::Create(made) = of(&all, "Deployment") else {
        panic!("{:?}", of(&all, "Deployment"));
    };
    assert_eq!(
        made.text("/spec/strategy/type"),
        "RollingUpdate",
        "as the server would have it"
    );
    assert_eq!(
        shop.get(&world, &shop.object("apps/v1", "Deployment"))
            .await,
        None
    );
}

pub(crate) async fn unchanged_objects_are_kept_and_changed_objects_shown(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let again = Shop::new(&world, "").await;
    for object in reviewed(&world, &again).await {
        let kind = object.object.kind();
        assert!(
            matches!(object.change, PlannedChange::Unchanged),
            "{kind}: {:?}",
            object.change
        );
    }
    let red = Shop::new(&world, "colour: red").await;
    let all = reviewed(&world, &red).await;
    let PlannedChange::Update { from, to } = of(&all, "ConfigMap") else {
        panic!("{:?}", of(&all, "ConfigMap"));
    };
    assert_eq!(
        (from.text("/data/colour"), to.text("/data/colour")),
        ("blue", "red")
    );
    assert!(matches!(of(&all, "Deployment"), PlannedChange::Unchanged));
}

pub(crate) async fn foreign_and_rejected_objects_are_reported(world: TestCluster) {
    world
        .apply(world.config_map("web-shop", "colour", "theirs"))
        .await;
    let shop = Shop::new(&world, "image: \"\"").await;
    let all = reviewed(&world, &shop).await;
    let PlannedChange::OwnedByOther(owner) = of(&all, "ConfigMap") else {
        panic!("{:?}", of(&all, "ConfigMap"));
    };
    assert_eq!(owner, &Owner::FieldManager("meshspan".into()));
    let PlannedChange::Rejected(error) = of(&all, "Deployment") else {
        panic!("{:?}", of(&all, "Deployment"));
    };
    let Error::Invalid { origin, source, .. } = error else {
        panic!("{error:?}");
    };
    let status = source.status().unwrap();
    assert_eq!(status.causes[0].0, "spec.template.spec.containers[0].image");
    let template = "shop/templates/web.yaml".to_owned();
    assert_eq!(origin, &Some((template, 25)), "the line of the template");
}

/// A chart of one ConfigMap and these templates.
fn chart_of(templates: &[(&str, &str)]) -> Chart {
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n";
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    let mut files = vec![("Chart.yaml", metadata), ("templates/a.yaml", settings)];
    files.extend(templates);
    let owned = |(name, text): (&str, &str)| (name.to_owned(), text.as_bytes().to_vec());
    Chart::from_files(files.into_iter().map(owned)).unwrap()
}

pub(crate) async fn kinds_that_are_not_served_are_refused_before_any_change(world: TestCluster) {
    let chart = chart_of(&[
        (
            "templates/kinds.yaml",
            "apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: web}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: api}
---
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: web}
---
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: web}
",
        ),
        (
            "templates/hook.yaml",
            "apiVersion: unknown.example/v1
kind: Migration
metadata: {name: web, annotations: {helm.sh/hook: post-install}}
",
        ),
    ]);
    let place = (world.namespace.clone(), "web");
    let shop = Shop::of(&world, chart, (&place.0, place.1), "").await;
    let all = reviewed(&world, &shop).await;
    let origins: Vec<(&str, usize, &KindOrigin)> = all
        .iter()
        .filter_map(|review| match &review.change {
            PlannedChange::KindNotServed(missing) => {
                Some((review.object.kind(), missing.count, &missing.origin))
            }
            _ => None,
        })
        .collect();
    let count = |kind: &str| origins.iter().filter(|(of, ..)| *of == kind).count();
    assert_eq!(origins.len(), 6, "{origins:?}");
    assert_eq!(count("ServiceMonitor"), 2, "{origins:?}");
    assert_eq!(count("Migration"), 1, "{origins:?}");
    for (kind, objects, origin) in &origins {
        let is_named = match *kind {
            "Gateway" => *origin == &KindOrigin::Chart("ack-istio or istio/base"),
            "ServiceMonitor" => *objects == 2 && matches!(origin, KindOrigin::Chart(_)),
            "PodSecurityPolicy" => {
                matches!(origin, KindOrigin::Removed(at) if at.removed == Some(25) && at.replacement.is_none())
            }
            "PodDisruptionBudget" => {
                *origin == &KindOrigin::OtherVersions(vec!["policy/v1".to_owned()])
            }
            _ => *origin == &KindOrigin::Unknown,
        };
        assert!(is_named, "{kind}: {objects} {origin:?}");
    }

    let error = shop.install(&world).await.unwrap_err();
    let Error::KindsNotServed { missing } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(missing.len(), 5, "{missing:?}");
    assert!(
        error
            .to_string()
            .contains("PodSecurityPolicy of policy/v1beta1"),
        "{error}"
    );
    let settings = shop.named("v1", "ConfigMap", "settings");
    assert_eq!(
        shop.get(&world, &settings).await,
        None,
        "nothing was applied"
    );
    assert!(history(&world.user(), &shop.key).await.unwrap().is_empty());
}

pub(crate) async fn kinds_that_a_template_defines_come_with_the_release(world: TestCluster) {
    let (group, gadget) = world.crd("Gadget");
    let object = format!("apiVersion: {group}/v1\nkind: Gadget\nmetadata: {{name: web}}\n");
    let definition = gadget.to_string();
    let chart = chart_of(&[
        ("templates/b.yaml", object.as_str()),
        ("templates/crd.yaml", definition.as_str()),
    ]);
    let place = (world.namespace.clone(), "web");
    let shop = Shop::of(&world, chart, (&place.0, place.1), "").await;
    let all = reviewed(&world, &shop).await;
    assert!(matches!(of(&all, "Gadget"), PlannedChange::KindPending));
    shop.install(&world).await.unwrap();
    let made = shop.named(&format!("{group}/v1"), "Gadget", "web");
    assert!(shop.get(&world, &made).await.is_some());
    crate::shop::uninstall_within(&world, &shop.key, 40)
        .await
        .unwrap();
}

pub(crate) async fn an_object_that_is_rendered_twice_is_refused(world: TestCluster) {
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: {{ .Release.Namespace }}}\n";
    let chart = chart_of(&[("templates/z.yaml", settings)]);
    let values = Values::parse("").unwrap();
    let key = ReleaseKey {
        namespace: wire::Namespace::new(&world.namespace).unwrap(),
        release: wire::ReleaseName::new("web").unwrap(),
    };
    let capabilities = release::cluster_capabilities(&world.user()).await.unwrap();
    let facts = capabilities.facts(&key, jiff::Timestamp::UNIX_EPOCH, chart::Seed::new([7; 32]));
    let manifests = chart::render(&chart, &values, &facts).unwrap();
    let error = release::plan(&manifests, &key, &capabilities.kinds).unwrap_err();
    let Error::Duplicate { object, templates } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(object.name, "settings");
    assert_eq!(templates, &["web/templates/a.yaml", "web/templates/z.yaml"]);
}

pub(crate) async fn lists_are_applied_and_deleted_as_their_items(world: TestCluster) {
    let chart = chart_of(&[(
        "templates/lists.yaml",
        "apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: first}}
- {apiVersion: v1, kind: Service, metadata: {name: second}, spec: {ports: [{port: 80}]}}
---
apiVersion: v1
kind: ConfigMapList
items:
- metadata: {name: third}
---
apiVersion: v1
kind: List
items: []
",
    )]);
    let place = (world.namespace.clone(), "web");
    let shop = Shop::of(&world, chart, (&place.0, place.1), "").await;
    let names: Vec<String> = reviewed(&world, &shop)
        .await
        .iter()
        .map(|review| {
            assert!(
                matches!(review.change, PlannedChange::Create(_)),
                "{review:?}"
            );
            format!("{}/{}", review.object.kind(), review.object.name())
        })
        .collect();
    let expected = [
        "ConfigMap/settings",
        "ConfigMap/third",
        "ConfigMap/first",
        "Service/second",
    ];
    assert_eq!(names, expected);
    let release = shop.install(&world).await.unwrap();
    let live = resources(&world.user(), &release).await.unwrap();
    assert_eq!(live.len(), 4);
    for resource in &live {
        let there = resource.live.as_ref().unwrap().as_ref();
        let object = there.unwrap_or_else(|| panic!("{}", resource.object));
        assert_eq!(object.label("app.kubernetes.io/managed-by"), Some("Helm"));
    }
    crate::shop::uninstall_within(&world, &shop.key, 40)
        .await
        .unwrap();
    for resource in live {
        assert_eq!(
            shop.get(&world, &resource.object).await,
            None,
            "{}",
            resource.object
        );
    }
}

pub(crate) async fn an_object_without_a_name_names_its_template(world: TestCluster) {
    let capabilities = release::cluster_capabilities(&world.user()).await.unwrap();
    let key = ReleaseKey {
        namespace: wire::Namespace::new(&world.namespace).unwrap(),
        release: wire::ReleaseName::new("web").unwrap(),
    };
    let facts = capabilities.facts(&key, jiff::Timestamp::UNIX_EPOCH, chart::Seed::new([7; 32]));
    for (metadata, reason) in [
        ("{}", "metadata.name is missing"),
        ("{name: 12}", "metadata.name is not a string"),
    ] {
        let object = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\n");
        let chart = chart_of(&[("templates/b.yaml", &object)]);
        let planned = chart::render(&chart, &Values::empty(), &facts)
            .map_err(Error::from)
            .and_then(|manifests| release::plan(&manifests, &key, &capabilities.kinds));
        let problem = wire::Problem::from(&planned.unwrap_err());
        assert_eq!(
            problem.arg("template"),
            "web/templates/b.yaml",
            "{problem:?}"
        );
        let detail = problem.detail.unwrap_or_default();
        assert!(detail.contains(reason), "{detail}");
    }
}

pub(crate) async fn an_invalid_field_names_its_line_and_no_owner(world: TestCluster) {
    let invalid = "# A comment.
{{- if true }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: labelled
  labels:
    app: {{ \"a b/c\" | quote }}
{{- end }}
";
    let chart = chart_of(&[("templates/labelled.yaml", invalid)]);
    let place = (world.namespace.clone(), "web");
    let shop = Shop::of(&world, chart, (&place.0, place.1), "").await;
    let all = reviewed(&world, &shop).await;
    let found = all.iter().find(|review| review.object.name() == "labelled");
    let PlannedChange::Rejected(in_review) = &found.unwrap().change else {
        panic!("{found:?}");
    };
    let in_job = shop.install(&world).await.unwrap_err();
    for error in [in_review, &in_job] {
        let problem = wire::Problem::from(error);
        assert_eq!(problem.code, wire::Code::InvalidField, "{problem:?}");
        assert_eq!(problem.arg("field"), "metadata.labels", "{problem:?}");
        assert!(problem.arg("reason").contains("a b/c"), "{problem:?}");
        let place = (problem.arg("template"), problem.arg("line"));
        assert_eq!(place, ("web/templates/labelled.yaml", "7"), "{problem:?}");
    }
}

pub(crate) async fn the_objects_of_a_release_are_read_live(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let release = shop.install(&world).await.unwrap();
    let all = resources(&world.user(), &release).await.unwrap();
    assert_eq!(all.len(), 8);
    for resource in &all {
        let ready = resource
            .readiness
            .as_ref()
            .is_some_and(cluster::Readiness::is_ready);
        assert!(ready, "{}: {:?}", resource.object, resource.readiness);
    }
    let settings = shop.object("v1", "ConfigMap");
    world
        .cluster
        .delete(&settings, Propagation::Background)
        .await
        .unwrap();
    let all = resources(&world.user(), &release).await.unwrap();
    let missing = all
        .iter()
        .find(|resource| resource.object == settings)
        .unwrap();
    assert!(matches!(missing.live, Ok(None)));
    let view = missing.view();
    assert_eq!(view.health, wire::release::Health::Missing);
}

pub(crate) async fn releases_are_listed_by_their_newest_revision(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let mut release = shop.install(&world).await.unwrap();
    // A later revision, as an upgrade by helm would leave it.
    release.version = 2;
    release.info.status = State::Failed;
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {
            "name": "sh.helm.release.v1.web-shop.v2", "namespace": world.namespace,
            "labels": {"name": "web-shop", "owner": "helm", "status": "failed", "version": "2"},
        },
        "stringData": {"release": release::encode(&release).unwrap()},
    });
    world.apply(secret).await;
    let all = list(&world.user(), None).await.unwrap();
    let mine: Vec<_> = all
        .iter()
        .filter(|release| release.namespace == world.namespace)
        .collect();
    assert_eq!(mine.len(), 1);
    assert_eq!((mine[0].version, mine[0].info.status), (2, State::Failed));
    let all = release::history(&world.user(), &shop.key).await.unwrap();
    let all: Vec<u32> = all.iter().map(|release| release.version).collect();
    assert_eq!(all, [1, 2]);
}
