//! A cluster's network and ranges: found, else typed; kept with the cluster and used by the doctor.

use crate::support::{EAST, World, operator};
use console::{Console, Error};
use sandbox::{Listening, Sandbox, Shape};
use store::Store;
use wire::{
    ClusterName, MeshName,
    check::{CheckCode, CheckView, DoctorRequest, Remedy, Verdict},
    cluster::{FoundAt, MeshPart, NetworkView, RenameRequest, Role, TellRequest},
    mesh::NewMeshRequest,
};

fn name(text: &str) -> ClusterName {
    ClusterName::new(text).unwrap()
}

fn tell(cluster: &str, network: &str, pods: &str) -> TellRequest {
    TellRequest {
        cluster: name(cluster),
        network: network.to_owned(),
        pods: pods.to_owned(),
        services: String::new(),
    }
}

/// A second cluster in the same console.
async fn with_west(world: &World) -> Listening {
    let west = Sandbox::of(Shape::remote());
    let west = west.listen("127.0.0.1:0").await.unwrap();
    let added = world.console.add_sandbox(&west.kubeconfig()).await;
    added.unwrap();
    west
}

async fn network(console: &Console, cluster: &str) -> NetworkView {
    let found = console.cluster_network(&operator(), &name(cluster)).await;
    found.unwrap()
}

async fn pod_ranges(world: &World) -> CheckView {
    let ann = operator();
    let asked = world
        .console
        .doctor(&ann, DoctorRequest::default(), &|_, _| {});
    let checks = asked.await.unwrap().checks;
    let found = checks.into_iter();
    let mut found = found.filter(|check| check.code == CheckCode::PodRanges);
    found.next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_range_is_shown_as_one_and_asked_for() {
    let world = World::new().await;
    let found = network(&world.console, EAST).await;
    assert_eq!(found.pods.at, Some(FoundAt::Nodes));
    assert!(found.pods.ask && !found.pods.values.is_empty());
    let services = (found.services.ask, found.services.at);
    assert_eq!(services, (false, Some(FoundAt::ServiceObjects)));
    assert_eq!((found.network.ask, found.network.at), (true, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_is_used_by_the_doctor_and_lives_as_long_as_the_cluster() {
    let world = World::new().await;
    let west = with_west(&world).await;
    let check = pod_ranges(&world).await;
    assert_eq!(check.verdict, Verdict::Noted, "{check:#?}");
    assert_eq!(check.remedies, [Remedy::TellRanges]);
    let asked: Vec<&str> = check.arg("ask").split(' ').collect();
    assert_eq!(asked, [EAST, west_name(&west).as_str()]);

    let console = &world.console;
    let wide = tell(EAST, "network1", "172.16.0.0/12 fd00:10::/56");
    let typed = console.tell_cluster(&operator(), wide).await.unwrap();
    assert_eq!(typed.pods.values, ["172.16.0.0/12", "fd00:10::/56"]);
    assert_eq!(typed.pods.at, Some(FoundAt::Typed("ann".into())));
    assert_eq!(typed.network.values, ["network1"]);
    let check = pod_ranges(&world).await;
    assert!(
        check.found[0].contains("172.16.0.0/12 (typed by ann)"),
        "{check:#?}"
    );
    assert_eq!(check.arg("ask"), west_name(&west).as_str());

    let rename = RenameRequest {
        cluster: name(EAST),
        name: "east".into(),
    };
    console.rename_cluster(&operator(), rename).await.unwrap();
    assert_eq!(network(console, "east").await.pods, typed.pods);
    console
        .remove_cluster(&operator(), &name("east"))
        .await
        .unwrap();
    console
        .add_sandbox(&world.listening.kubeconfig())
        .await
        .unwrap();
    assert_eq!(network(console, EAST).await.pods.at, Some(FoundAt::Nodes));

    let audit = Store::open(world.folder.path()).unwrap().audit(50).unwrap();
    let target = format!("type the network and ranges of {EAST}");
    let line = audit.iter().find(|line| line.target == target).unwrap();
    assert_eq!(
        (line.operator.as_str(), line.outcome.as_deref()),
        ("ann", Some("done"))
    );
}

fn west_name(west: &Listening) -> String {
    let read = cluster::read_kubeconfig(&west.kubeconfig(), cluster::AddressPolicy::WithLoopback);
    read.unwrap().remove(0).name
}

#[tokio::test(flavor = "multi_thread")]
async fn the_label_of_the_namespace_comes_before_what_was_typed() {
    let world = World::new().await;
    let typed = tell(EAST, "typed", "");
    let console = &world.console;
    console.tell_cluster(&operator(), typed).await.unwrap();
    world
        .create(serde_json::json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": "istio-system",
                         "labels": {"topology.istio.io/network": "labelled"}},
        }))
        .await;
    let found = network(console, EAST).await.network;
    assert_eq!(found.values, ["labelled"]);
    assert_eq!((found.at, found.ask), (Some(FoundAt::Namespace), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_range_or_a_network_is_said_at_its_field() {
    let world = World::new().await;
    for (network, pods, field) in [
        ("a b", "", "network"),
        ("", "10.10.0.0/16,10.10.4.1/24", "pods"),
        ("", "0.0.0.0/0", "pods"),
    ] {
        let refused = world
            .console
            .tell_cluster(&operator(), tell(EAST, network, pods))
            .await
            .unwrap_err();
        assert!(
            matches!(refused, Error::BadRange { field: at, .. } if at == field),
            "{refused:?}"
        );
    }
    let found = network(&world.console, EAST).await;
    assert_eq!(found.pods.at, Some(FoundAt::Nodes), "nothing was kept");
    let gone = world
        .console
        .tell_cluster(&operator(), tell("nobody", "", ""))
        .await;
    assert!(matches!(gone, Err(Error::NoCluster(_))), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clusters_parts_in_meshes_are_shown() {
    let world = World::new().await;
    let west = with_west(&world).await;
    let west = west_name(&west);
    for (mesh, primary, remote) in [("one", EAST, west.as_str()), ("two", west.as_str(), EAST)] {
        let request = NewMeshRequest {
            name: mesh.into(),
            primary: name(primary),
            remotes: vec![name(remote)],
        };
        world.console.new_mesh(&operator(), request).await.unwrap();
    }
    let part = |mesh, role| MeshPart {
        mesh: MeshName::new(mesh).unwrap(),
        role,
    };
    assert_eq!(
        network(&world.console, EAST).await.meshes,
        [part("one", Role::Primary), part("two", Role::Remote)]
    );
}
