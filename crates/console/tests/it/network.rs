//! The network and CIDRs of a cluster: discovered or overridden, stored, and used by the doctor.

use crate::support::Operate as _;
use crate::support::{EAST, World, cluster_of, operator, reference, succeeded};
use console::{Console, Error};
use sandbox::{HttpsServer, Sandbox};
use store::{AuditFilter, Store};
use wire::{
    ClusterName, MeshName, Secret,
    check::{CheckCode, CheckStatus, CheckView, DoctorRequest, Remedy},
    cluster::{
        AddClustersRequest, DetectionSource, MeshMembership, NetworkView, OverrideNetworkRequest,
        RenameRequest, Role,
    },
    mesh::{JoinNetwork, JoinNetworks, NewMeshRequest, PlanNote, PlannedChange, StepKind, StepRef},
};

fn name(text: &str) -> ClusterName {
    ClusterName::new(text).unwrap()
}

fn tell(cluster: &str, network: &str, pods: &str) -> OverrideNetworkRequest {
    OverrideNetworkRequest {
        cluster: name(cluster),
        network: Some(network.to_owned()),
        pods: Some(pods.to_owned()),
        services: None,
    }
}

/// A second cluster in the same console.
async fn with_west(world: &World) -> HttpsServer {
    let west = Sandbox::with_config(sandbox_istio::remote());
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
async fn a_partial_range_is_shown_and_the_complete_range_requested() {
    let world = World::new().await;
    let found = network(&world.console, EAST).await;
    assert_eq!(found.pods.at, Some(DetectionSource::Nodes));
    assert!(found.pods.ask && !found.pods.values.is_empty());
    let services = (found.services.ask, found.services.at);
    assert_eq!(services, (false, Some(DetectionSource::ServiceObjects)));
    assert_eq!((found.network.ask, found.network.at), (true, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn overrides_are_used_by_the_doctor_until_the_cluster_is_removed() {
    let world = World::new().await;
    let west = with_west(&world).await;
    let check = pod_ranges(&world).await;
    assert_eq!(check.status, CheckStatus::Info, "{check:#?}");
    assert_eq!(check.remedies, [Remedy::EnterRanges]);
    let asked: Vec<&str> = check.arg("ask").split(' ').collect();
    assert_eq!(asked, [EAST, west_name(&west).as_str()]);

    let console = &world.console;
    let wide = tell(EAST, "network1", "172.16.0.0/12 fd00:10::/56");
    let typed = console
        .override_cluster_network(&operator(), wide)
        .await
        .unwrap();
    assert_eq!(typed.pods.values, ["172.16.0.0/12", "fd00:10::/56"]);
    assert_eq!(typed.pods.at, Some(DetectionSource::Operator("ann".into())));
    assert_eq!(typed.network.values, ["network1"]);
    let check = pod_ranges(&world).await;
    let args: Vec<&str> = check.details[0]
        .args
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();
    assert!(
        args.contains(&"172.16.0.0/12") && args.contains(&"operator:ann"),
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
    assert_eq!(
        network(console, EAST).await.pods.at,
        Some(DetectionSource::Nodes)
    );

    let audit = Store::open(world.folder.path())
        .unwrap()
        .audit(&AuditFilter::default())
        .unwrap();
    let target = format!("override the network and CIDRs of {EAST}");
    let line = audit.iter().find(|line| line.target == target).unwrap();
    assert_eq!(
        (line.operator.as_str(), line.outcome.as_deref()),
        ("ann", Some("succeeded"))
    );
}

fn west_name(west: &HttpsServer) -> String {
    let read = cluster::read_kubeconfig(&west.kubeconfig(), cluster::AddressPolicy::WithLoopback);
    read.unwrap().remove(0).name
}

#[tokio::test(flavor = "multi_thread")]
async fn the_label_of_the_namespace_precedes_the_override() {
    let world = World::new().await;
    let typed = tell(EAST, "typed", "");
    let console = &world.console;
    console
        .override_cluster_network(&operator(), typed)
        .await
        .unwrap();
    world
        .create(serde_json::json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": "istio-system",
                         "labels": {"topology.istio.io/network": "labelled"}},
        }))
        .await;
    let found = network(console, EAST).await.network;
    assert_eq!(found.values, ["labelled"]);
    assert_eq!(
        (found.at, found.ask),
        (Some(DetectionSource::Namespace), false)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_range_or_network_is_reported_at_its_field() {
    let world = World::new().await;
    for (network, pods, field) in [
        ("a b", "", "network"),
        ("", "10.10.0.0/16,10.10.4.1/24", "pods"),
        ("", "0.0.0.0/0", "pods"),
    ] {
        let refused = world
            .console
            .override_cluster_network(&operator(), tell(EAST, network, pods))
            .await
            .unwrap_err();
        assert!(
            matches!(refused, Error::BadRange { field: at, .. } if at == field),
            "{refused:?}"
        );
    }
    let found = network(&world.console, EAST).await;
    assert_eq!(
        found.pods.at,
        Some(DetectionSource::Nodes),
        "nothing was kept"
    );
    let gone = world
        .console
        .override_cluster_network(&operator(), tell("unknown", "", ""))
        .await;
    assert!(matches!(gone, Err(Error::NoCluster(_))), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_memberships_of_a_cluster_are_shown() {
    let world = World::new().await;
    let west = with_west(&world).await;
    let west = west_name(&west);
    for (mesh, primary, remote) in [("one", EAST, west.as_str()), ("two", west.as_str(), EAST)] {
        let request = NewMeshRequest {
            istio: None,
            name: mesh.into(),
            primary: name(primary),
            remotes: vec![name(remote)],
            accepted: true,
        };
        world.console.new_mesh(&operator(), request).await.unwrap();
    }
    let part = |mesh, role| MeshMembership {
        mesh: MeshName::new(mesh).unwrap(),
        role,
    };
    assert_eq!(
        network(&world.console, EAST).await.meshes,
        [part("one", Role::Primary), part("two", Role::Remote)]
    );
}

/// A remote whose API server is dialled at an address that its certificate does not name.
#[tokio::test(flavor = "multi_thread")]
async fn a_remote_with_another_tls_server_name_joins_with_that_name() {
    let world = World::new().await;
    let west = Sandbox::with_config(sandbox_istio::remote());
    let listening = west.listen("0.0.0.0:0").await.unwrap();
    let port = listening.address.port();
    let elsewhere = format!("server: https://127.0.0.2:{port}\n");
    let named = format!("{elsewhere}    tls-server-name: kubernetes\n");
    let text = listening
        .kubeconfig()
        .replace(&format!("server: https://0.0.0.0:{port}\n"), &named);
    let (console, ann) = (&world.console, operator());
    let west = west_name(&listening);
    let request = AddClustersRequest {
        kubeconfig: Secret::new(text),
        contexts: vec![(west.clone(), "west".to_owned())],
    };
    console.add_clusters(&ann, request).await.unwrap();
    let request = NewMeshRequest {
        istio: None,
        name: "article".into(),
        primary: name(EAST),
        remotes: vec![name("west")],
        accepted: true,
    };
    let step = StepRef {
        mesh: console.new_mesh(&ann, request).await.unwrap(),
        kind: StepKind::Join,
        cluster: name("west"),
    };
    let plan = console.plan_step(&ann, &step).await.unwrap();
    let chosen = plan
        .addresses
        .iter()
        .find(|address| address.chosen)
        .unwrap();
    assert_eq!(chosen.address, format!("https://127.0.0.2:{port}"));
    assert_eq!(chosen.known_as.as_deref(), Some("kubernetes"));
    assert_eq!(chosen.refused, None, "{chosen:?}");
    let by_hand = plan
        .commands
        .iter()
        .find(|command| command.cluster == name(EAST));
    let line = "tls-server-name: kubernetes";
    assert!(by_hand.unwrap().text.contains(line), "{by_hand:?}");

    let early = console.reveal_kubeconfig(&ann, &step.mesh, &step.cluster);
    let early = early.await.unwrap_err();
    assert_eq!(wire::Problem::from(&early).code, wire::Code::NotJoined);
    let job = console.run_step(&ann, &step).await.unwrap();
    succeeded(console, &job).await;
    let again = console.plan_step(&ann, &step).await.unwrap();
    let left = again.objects.iter();
    let left: Vec<_> = left
        .filter(|object| object.change != PlannedChange::Keep)
        .collect();
    assert!(left.is_empty(), "{left:#?}");
    shown_only_on_demand(&world, &step).await;
    let refused = |note: &PlanNote| matches!(note, PlanNote::StoredIsRefused(_));
    assert!(!again.notes.iter().any(refused), "{:?}", again.notes);
}

/// The stored kubeconfig is masked everywhere until it is revealed, with an audit entry.
async fn shown_only_on_demand(world: &World, step: &StepRef) {
    let (console, ann) = (&world.console, operator());
    let plan = console.plan_step(&ann, step).await.unwrap();
    let mesh = console.mesh(&ann, &step.mesh).await.unwrap();
    let seen = serde_json::to_string(&(&plan, &mesh)).unwrap();
    let newest = AuditFilter {
        limit: Some(1),
        ..AuditFilter::default()
    };
    let store = Store::open(world.folder.path()).unwrap();
    let lines = || store.audit(&newest).unwrap();
    let target = "show the kubeconfig of west in mesh article";
    assert_ne!(lines()[0].target, target);

    let shown = console.reveal_kubeconfig(&ann, &step.mesh, &step.cluster);
    let shown = shown.await.unwrap();
    assert!(!format!("{shown:?}").contains("token"), "it prints dots");
    let text = shown.kubeconfig.reveal();
    let token = text.split("token: \"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    assert!(token.len() > 20, "{token}");
    assert!(!seen.contains(token), "no page had it before");
    let line = lines().remove(0);
    assert_eq!(
        (line.action.as_str(), line.target.as_str()),
        ("reveal", target)
    );
    let outcome = (line.operator.as_str(), line.outcome.as_deref());
    assert_eq!(outcome, ("ann", Some("succeeded")));

    let not_a_remote = name(EAST);
    let refused = console
        .reveal_kubeconfig(&ann, &step.mesh, &not_a_remote)
        .await;
    assert!(matches!(refused, Err(Error::NoStep)), "{refused:?}");
}

/// A mesh whose primary runs istiod, and has no network label.
async fn join_step_with_istiod(world: &World, west: &str) -> StepRef {
    for object in sandbox_istio::istiod("Kubernetes", "") {
        world.create(object).await;
    }
    let request = NewMeshRequest {
        istio: None,
        name: "today".into(),
        primary: name(EAST),
        remotes: vec![name(west)],
        accepted: true,
    };
    let mesh = world.console.new_mesh(&operator(), request).await.unwrap();
    StepRef {
        mesh,
        kind: StepKind::Join,
        cluster: name(west),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_with_istiod_labels_the_namespaces_with_the_overridden_networks() {
    let world = World::new().await;
    let listening = with_west(&world).await;
    let west = west_name(&listening);
    let step = join_step_with_istiod(&world, &west).await;
    let (console, ann) = (&world.console, operator());
    for (cluster, network) in [(EAST, "n1"), (west.as_str(), "n2")] {
        let request = OverrideNetworkRequest {
            pods: None,
            ..tell(cluster, network, "")
        };
        console
            .override_cluster_network(&ann, request)
            .await
            .unwrap();
    }
    let plan = console.plan_step(&ann, &step).await.unwrap();
    let named = |cluster: &str, network: &str, labelled| JoinNetwork {
        cluster: name(cluster),
        name: network.into(),
        labelled,
    };
    let both = vec![named(EAST, "n1", false), named(&west, "n2", false)];
    assert_eq!(plan.networks, Some(JoinNetworks::Named(both)));
    let comes = plan
        .notes
        .contains(&PlanNote::NetworkOnRestart(vec!["n1".into()]));
    assert!(comes, "{:?}", plan.notes);
    let by_hand = plan
        .commands
        .iter()
        .find(|command| command.cluster == name(EAST));
    let label = "topology.istio.io/network: n1";
    assert!(by_hand.unwrap().text.contains(label), "{by_hand:?}");

    let job = console.run_step(&ann, &step).await.unwrap();
    succeeded(console, &job).await;
    let system = reference("v1", "Namespace", "istio-system");
    for (side, network) in [(&world.listening, "n1"), (&listening, "n2")] {
        let live = cluster_of(side).get(&system).await.unwrap().unwrap();
        assert_eq!(live.label("topology.istio.io/network"), Some(network));
    }
    let plan = console.plan_step(&ann, &step).await.unwrap();
    let both = vec![named(EAST, "n1", true), named(&west, "n2", true)];
    assert_eq!(plan.networks, Some(JoinNetworks::Named(both)));
}

#[tokio::test(flavor = "multi_thread")]
async fn istio_1_0_has_one_network_and_writes_no_label() {
    let world = World::new().await;
    let listening = with_west(&world).await;
    let west = west_name(&listening);
    let request = NewMeshRequest {
        istio: None,
        name: "article".into(),
        primary: name(EAST),
        remotes: vec![name(&west)],
        accepted: true,
    };
    let (console, ann) = (&world.console, operator());
    let mesh = console.new_mesh(&ann, request).await.unwrap();
    let typed = tell(&west, "n2", "");
    console.override_cluster_network(&ann, typed).await.unwrap();
    let step = StepRef {
        mesh,
        kind: StepKind::Join,
        cluster: name(&west),
    };
    let plan = console.plan_step(&ann, &step).await.unwrap();
    assert_eq!(plan.networks, Some(JoinNetworks::OneOnly));
    let lines = plan.objects.iter().flat_map(|object| &object.lines);
    assert!(!format!("{:?}", lines.collect::<Vec<_>>()).contains("topology.istio.io"));
}
