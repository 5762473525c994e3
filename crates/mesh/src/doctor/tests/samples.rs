//! Meshes for the tests of the checks: healthy ones of both generations, and one without any fact.
//!
//! East is the primary, west the remote. A test takes a healthy mesh and breaks one object.

use crate::{doctor::CHECKS, endpoint_sync::EndpointMonitor, facts::*, finding::Finding};
use cluster::{Certificate, ServerCheck, UserInfo};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Instant,
};
use wire::{ClusterId, ClusterName, Secret};

pub(crate) use wire::check::{CheckCode, CheckStatus};

/// Runs a check of the table.
pub(crate) fn run(code: CheckCode, facts: &MeshFacts) -> Finding {
    let check = CHECKS.iter().find(|check| check.code == code);
    check.expect("a check of the table").run(facts)
}

/// The same mesh before its removal.
pub(crate) fn removed(facts: MeshFacts) -> MeshFacts {
    MeshFacts {
        intent: Intent::Remove,
        ..facts
    }
}

/// The current time of every sample, in seconds since 1970.
pub(crate) const NOW: i64 = 1_790_000_000;
const DAY: i64 = 86_400;

pub(crate) fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

pub(crate) fn range(text: &str, source: RangeSource) -> RangeFacts {
    RangeFacts {
        range: text.parse().expect("a range"),
        source,
    }
}

/// A certificate that expires in so many days; its fingerprint is its name.
pub(crate) fn certificate(name: &str, days: i64) -> Certificate {
    Certificate {
        subject: format!("CN={name}"),
        issuer: format!("CN={name}"),
        names: Vec::new(),
        not_before: NOW - DAY,
        not_after: NOW + days * DAY + 60,
        is_ca: true,
        sha256: name.to_owned(),
    }
}

pub(crate) fn namespace(name: &str, labels: &[(&str, &str)]) -> NamespaceFacts {
    let mut labels = map(labels);
    labels.insert("kubernetes.io/metadata.name".into(), name.into());
    NamespaceFacts {
        name: name.to_owned(),
        labels,
        ..NamespaceFacts::default()
    }
}

/// A pod, ready, without a sidecar: `pod("bookinfo/details-v1", "10.20.0.7")`.
pub(crate) fn pod(path: &str, address: &str) -> PodFacts {
    let (namespace, name) = path.split_once('/').expect("namespace/name");
    let app = name.split('-').next().unwrap_or_default();
    PodFacts {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        address: Some(ip(address)),
        live: true,
        ready: true,
        labels: map(&[("app", app)]),
        ..PodFacts::default()
    }
}

/// The same pod with a sidecar of this cluster ID.
pub(crate) fn injected(path: &str, address: &str, cluster: &str) -> PodFacts {
    PodFacts {
        sidecar: Some(SidecarFacts {
            cluster_id: cluster.to_owned(),
            mesh_id: "mesh1".to_owned(),
            version: "1.30.5".to_owned(),
            discovery_address: "istiod.istio-system.svc:15012".to_owned(),
            network: String::new(),
        }),
        ..pod(path, address)
    }
}

pub(crate) fn service(path: &str, ports: &[u16]) -> ServiceFacts {
    let (namespace, name) = path.split_once('/').expect("namespace/name");
    let port = |number: &u16| PortFacts {
        name: "http".to_owned(),
        number: *number,
        protocol: "TCP".to_owned(),
    };
    ServiceFacts {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        service_type: ServiceType::ClusterIp,
        address: None,
        ports: ports.iter().map(port).collect(),
        labels: BTreeMap::new(),
        annotations: BTreeMap::new(),
        selector: map(&[("app", name)]),
        load_balancer: Vec::new(),
        balancer_names: Vec::new(),
        static_addresses: Vec::new(),
        external_ips: Vec::new(),
        source_ranges: Vec::new(),
    }
}

/// An east-west gateway.
pub(crate) fn east_west(network: &str, address: &str) -> ServiceFacts {
    let mut gateway = service("istio-system/istio-eastwestgateway", &[15443, 15012, 15017]);
    gateway.service_type = ServiceType::LoadBalancer;
    gateway.selector = map(&[("istio", "eastwestgateway")]);
    gateway.load_balancer = vec![address.to_owned()];
    if !network.is_empty() {
        gateway.labels = map(&[("topology.istio.io/network", network)]);
    }
    gateway
}

pub(crate) fn endpoint(path: &str, address: &str) -> EndpointFacts {
    let (namespace, service) = path.split_once('/').expect("namespace/name");
    EndpointFacts {
        namespace: namespace.to_owned(),
        service: service.to_owned(),
        address: ip(address),
        ready: true,
        terminating: false,
        ports: [PORT].into(),
    }
}

/// The port of every endpoint.
const PORT: u16 = 9080;

/// The endpoints of an istiod: hosts, each with its cluster and its address.
pub(crate) fn shards(services: &[(&str, &str, &str)]) -> EndpointShards {
    let service = |(path, cluster, address): &(&str, &str, &str)| {
        let (namespace, name) = path.split_once('/').expect("namespace/name");
        ShardedService {
            host: format!("{name}.{namespace}.svc.cluster.local"),
            namespace: namespace.to_owned(),
            endpoints: vec![ShardEndpoint {
                cluster: (*cluster).into(),
                from_kubernetes: true,
                address: SocketAddr::new(ip(address), PORT),
                healthy: true,
            }],
        }
    };
    EndpointShards {
        services: services.iter().map(service).collect(),
        complete: true,
    }
}

pub(crate) fn crd(name: &str, versions: &[&str], stored: &[&str]) -> CrdFacts {
    let version = |name: &&str| CrdVersion {
        name: (*name).to_owned(),
        served: true,
    };
    CrdFacts {
        name: name.to_owned(),
        versions: versions.iter().map(version).collect(),
        stored: stored.iter().map(|version| (*version).to_owned()).collect(),
        release: None,
        terminating: false,
        bundle: None,
    }
}

/// The injection webhook, which calls `service`.
pub(crate) fn injector(service: &str, bundle: &[&str]) -> WebhookFacts {
    let (namespace, name) = service.split_once('/').expect("namespace/name");
    WebhookFacts {
        kind: WebhookKind::Mutating,
        configuration: "istio-sidecar-injector".into(),
        name: "namespace.sidecar-injector.istio.io".into(),
        service: Some((namespace.into(), name.into())),
        failure: FailurePolicy::Fail,
        bundle: bundle.iter().map(|root| (*root).to_owned()).collect(),
        namespaces: Selector(vec![Requirement::In(
            "istio-injection".into(),
            vec!["enabled".into()],
        )]),
        release: Some("istiod".into()),
        istio: true,
    }
}

pub(crate) fn plane(generation: IstioGeneration) -> ControlPlaneFacts {
    let part = |name: &str| DeploymentFacts {
        name: name.to_owned(),
        ready: 1,
        desired: 1,
    };
    let (version, parts, env): (&str, &[&str], BTreeMap<_, _>) = match generation {
        IstioGeneration::Istiod => (
            "1.30.5",
            &["istiod"],
            map(&[("CLUSTER_ID", "east"), ("EXTERNAL_ISTIOD", "true")]),
        ),
        IstioGeneration::Mixer => (
            "1.0.0",
            &["istio-pilot", "istio-policy", "istio-telemetry"],
            BTreeMap::new(),
        ),
    };
    let state = |cluster: &str, secret: &str| ClusterState {
        cluster: cluster.to_owned(),
        secret: secret.to_owned(),
        state: "synced".to_owned(),
    };
    ControlPlaneFacts {
        generation,
        namespace: "istio-system".into(),
        revision: String::new(),
        version: version.to_owned(),
        env,
        deployments: parts.iter().map(|name| part(name)).collect(),
        config: Ok(MeshConfigFacts {
            trust_domain: "cluster.local".into(),
            mesh_id: "mesh1".into(),
            ..MeshConfigFacts::default()
        }),
        debug: DebugFacts {
            instances: vec![InstanceFacts {
                pod: "istiod-0".into(),
                port: Some(15014),
                shards: Ok(ShardRead {
                    shards: Arc::new(shards(&[
                        ("bookinfo/details", "west", "10.20.0.7"),
                        ("istio-system/istiod", "west", "10.0.1.5"),
                        ("bookinfo/productpage", "east", "10.10.0.8"),
                    ])),
                    at: Instant::now(),
                }),
                clusters: Ok(vec![
                    state("east", ""),
                    state("west", "istio-system/istio-remote-secret-west"),
                ]),
                hosts: Err(Unknown::because("it was not asked")),
                endpoints: Err(Unknown::because("it was not asked")),
            }],
            endpoints: Ok(vec![
                registered("details", Some("west"), "10.20.0.7"),
                registered("productpage", Some("east"), "10.10.0.8"),
            ]),
            hosts: Ok(vec![host("details"), host("productpage")]),
            proxies: Ok(vec![ProxyState {
                proxy: "details-v1.bookinfo".into(),
                cluster: "west".into(),
                version: version.to_owned(),
            }]),
        },
    }
}

fn host(service: &str) -> String {
    format!("{service}.bookinfo.svc.cluster.local")
}

pub(crate) fn registered(
    service: &str,
    cluster: Option<&str>,
    address: &str,
) -> RegisteredEndpoint {
    RegisteredEndpoint {
        host: host(service),
        cluster: cluster.map(str::to_owned),
        address: ip(address),
    }
}

/// A kubeconfig with a bearer token for the reader.
pub(crate) fn kubeconfig() -> KubeconfigFacts {
    KubeconfigFacts {
        server: "https://10.0.2.6:6443".into(),
        host: "10.0.2.6".into(),
        token: Some(Secret::new("token-of-the-reader".into())),
        subject: "system:serviceaccount:istio-system:istio-reader-service-account".into(),
        ca_fingerprints: vec!["west-ca".into()],
        rejected: Vec::new(),
    }
}

pub(crate) fn remote_secret() -> RemoteSecretFacts {
    RemoteSecretFacts {
        namespace: "istio-system".into(),
        name: "istio-remote-secret-west".into(),
        label: "true".into(),
        annotation: "west".into(),
        is_own: true,
        entries: vec![RemoteEntry {
            key: "west".into(),
            kubeconfig: Ok(kubeconfig()),
            access: Ok(Access::Accepted {
                user_info: UserInfo {
                    user: kubeconfig().subject,
                    groups: Vec::new(),
                },
                uid: Some("uid-west".into()),
            }),
        }],
    }
}

fn reader() -> ReaderFacts {
    ReaderFacts {
        namespace: "istio-system".into(),
        account: "istio-reader-service-account".into(),
        exists: true,
        is_own: true,
        tokens: vec![token(
            "istio-reader-service-account-istio-remote-secret-token",
        )],
        role: Some("istio-reader-clusterrole-istio-system".into()),
        role_exists: true,
        missing_rights: Ok(Vec::new()),
        excess_rights: Ok(Vec::new()),
    }
}

pub(crate) fn token(name: &str) -> TokenSecretFacts {
    TokenSecretFacts {
        name: name.to_owned(),
        populated: true,
        subject: kubeconfig().subject,
        expires: None,
        created: None,
    }
}

pub(crate) fn probe(purpose: Purpose, outcome: Result<(), &str>) -> ProbeFacts {
    let (from, to) = match purpose {
        Purpose::ApiServer => ("east", "10.0.2.6:6443"),
        Purpose::ControlPlane => ("west", "10.0.1.5:15012"),
        Purpose::Endpoint => ("east", "10.20.0.7:9080"),
    };
    ProbeFacts {
        from: cluster_name(from),
        to: to.into(),
        purpose,
        outcome: Ok(outcome.map_err(str::to_owned)),
    }
}

fn join_of() -> JoinFacts {
    JoinFacts {
        server: "https://10.0.2.6:6443".into(),
        joined: true,
        reader: Ok(reader()),
        handshake: Ok(ServerCheck {
            chain: vec![certificate("west-server", 300)],
            verified: Ok(()),
        }),
        probes: vec![
            probe(Purpose::ApiServer, Ok(())),
            probe(Purpose::ControlPlane, Ok(())),
        ],
        endpoints: Ok(vec![RemoteEndpoint {
            purpose: "pilot".into(),
            address: "10.0.1.5".into(),
            current_addresses: BTreeSet::from(["10.0.1.5".to_owned()]),
            restricted: true,
            exposed: Vec::new(),
            unresolved: None,
        }]),
        ..JoinFacts::new(
            &cluster_name("east"),
            &cluster_name("west"),
            &cluster_id("west"),
        )
    }
}

fn cluster(name: &str, role: Role, at: u8) -> ClusterFacts {
    let names = ["istio-system", "bookinfo"].map(str::to_owned);
    let node = NodeFacts {
        name: format!("{name}-1"),
        ready: true,
        pod_ranges: Vec::new(),
        cpu: 8_000,
        memory: 32 << 30,
        region: "r1".into(),
        zone: "z1".into(),
    };
    ClusterFacts {
        planned: PlannedChanges {
            namespaces: names.to_vec(),
            injected: vec!["bookinfo".into()],
            requests: Some((500, 2 << 30)),
            crds: vec![crd("gateways.networking.istio.io", &["v1", "v1beta1"], &[])],
            load_balancer: true,
            istio: Some("1.30.5".into()),
            ..PlannedChanges::default()
        },
        uid: Ok(format!("uid-{name}")),
        version: Ok("v1.34.1".into()),
        nodes: Ok(vec![node]),
        requested: Ok((1_000, 1 << 30)),
        pod_ranges: Ok(vec![range(
            &format!("10.{at}.0.0/16"),
            RangeSource::ClusterCidr,
        )]),
        service_ranges: Ok(vec![range(
            &format!("10.{}.0.0/16", 100 + at),
            RangeSource::ServiceObjects,
        )]),
        namespaces: Ok(vec![
            namespace("istio-system", &[]),
            namespace("bookinfo", &[("istio-injection", "enabled")]),
        ]),
        webhooks: Ok(vec![injector("istio-system/istiod", &["root"])]),
        injection_dry_run: Ok(Some(Ok(()))),
        crds: Ok(vec![crd(
            "gateways.networking.istio.io",
            &["v1", "v1beta1"],
            &["v1"],
        )]),
        owned: Ok(Vec::new()),
        managed: Ok(Vec::new()),
        remote_secrets: Ok(Vec::new()),
        control_plane: Ok(None),
        gateways: Ok(Vec::new()),
        workload_entries: Ok(BTreeSet::new()),
        mutual_tls: Ok(Vec::new()),
        locality: Ok(Vec::new()),
        roots: Ok(vec![RootFacts {
            source: "ConfigMap istio-system/istio-ca-root-cert".into(),
            certificate: certificate("root", 3_000),
        }]),
        ca: Ok(None),
        root_cert_namespaces: Ok(BTreeSet::from(names)),
        clock: ClockFacts {
            server: Ok(0),
            leases: Ok(vec![(format!("{name}-1"), 7)]),
        },
        configuration: Ok(Vec::new()),
        leftovers: Ok(Vec::new()),
        ..ClusterFacts::new(&cluster_name(name), role)
    }
}

/// A healthy mesh with istiod: one network, joined, with the sample split over both clusters.
pub(crate) fn istiod() -> MeshFacts {
    let mut east = cluster("east", Role::Primary, 10);
    let control_plane = PodFacts {
        labels: map(&[("app", "istiod"), ("istio", "pilot")]),
        ..pod("istio-system/istiod-0", "10.10.0.2")
    };
    let gateway = PodFacts {
        labels: map(&[("istio", "eastwestgateway")]),
        ..pod("istio-system/istio-eastwestgateway-0", "10.10.0.5")
    };
    let page = injected("bookinfo/productpage-v1", "10.10.0.8", "east");
    east.pods = Ok(vec![control_plane, gateway, page]);
    let details = service("bookinfo/details", &[9080]);
    east.services = Ok(vec![
        service("istio-system/istiod", &[15012, 443]),
        east_west("", "10.0.1.5"),
        details.clone(),
        service("bookinfo/productpage", &[9080]),
    ]);
    east.endpoints = Ok(vec![
        endpoint("istio-system/istiod", "10.10.0.2"),
        endpoint("bookinfo/productpage", "10.10.0.8"),
    ]);
    east.remote_secrets = Ok(vec![remote_secret()]);
    east.control_plane = Ok(Some(plane(IstioGeneration::Istiod)));
    let mut west = cluster("west", Role::Remote, 20);
    west.pods = Ok(vec![injected("bookinfo/details-v1", "10.20.0.7", "west")]);
    let mut balanced = service("shop/web", &[80]);
    balanced.service_type = ServiceType::LoadBalancer;
    balanced.load_balancer = vec!["10.0.2.9".into()];
    west.services = Ok(vec![
        service("istio-system/istiod", &[15012, 443]),
        details,
        balanced,
    ]);
    west.endpoints = Ok(vec![
        endpoint("istio-system/istiod", "10.0.1.5"),
        endpoint("bookinfo/details", "10.20.0.7"),
    ]);
    if let Ok(namespaces) = &mut west.namespaces
        && let Some(system) = namespaces.first_mut()
    {
        system.annotations = map(&[("topology.istio.io/controlPlaneClusters", "east")]);
    }
    let now = Timestamp::from_second(NOW).expect("a time");
    let mut facts = MeshFacts {
        clusters: vec![east, west],
        joins: vec![join_of()],
        product_page: Ok(Some(product(200))),
        ..MeshFacts::new(now, IstioGeneration::Istiod)
    };
    EndpointMonitor::default().report(&mut facts);
    facts
}

/// The answer of the product page of a complete mesh.
pub(crate) fn product(status: u16) -> ProductPageFacts {
    ProductPageFacts {
        status,
        shows_details: Ok(status == 200),
        service_present: Ok(true),
        endpoint_registered: Ok(true),
        endpoint_reachable: Ok(true),
    }
}

/// A healthy mesh with istiod on two networks, n1 and n2, each with its gateway.
pub(crate) fn two_networks() -> MeshFacts {
    let mut facts = istiod();
    for (cluster, network, address) in [(0, "n1", "10.0.1.5"), (1, "n2", "10.0.2.5")] {
        let cluster = &mut facts.clusters[cluster];
        cluster.network = network.to_owned();
        let label = map(&[("topology.istio.io/network", network)]);
        for namespace in cluster.namespaces.as_mut().expect("known") {
            if namespace.name == "istio-system" {
                namespace.labels.extend(label.clone());
            }
        }
        let services = cluster.services.as_mut().expect("known");
        services.retain(|service| service.name != "istio-eastwestgateway");
        services.push(east_west(network, address));
        let pods = cluster.pods.as_mut().expect("known");
        for pod in pods.iter_mut() {
            if let Some(sidecar) = &mut pod.sidecar {
                sidecar.network = network.to_owned();
            }
        }
        if cluster.role == Role::Remote {
            let mut gateway = pod("istio-system/istio-eastwestgateway-0", "10.20.0.5");
            gateway.labels = map(&[("istio", "eastwestgateway")]);
            pods.push(gateway);
        }
        cluster.gateways = Ok(vec![GatewayFacts {
            namespace: "istio-system".into(),
            name: "cross-network-gateway".into(),
            selector: map(&[("istio", "eastwestgateway")]),
            servers: vec![GatewayServer {
                port: 15443,
                tls_mode: "AUTO_PASSTHROUGH".into(),
            }],
        }]);
    }
    facts
}

/// A healthy mesh with Istio 1.0: joined, without mutual TLS.
pub(crate) fn mixer() -> MeshFacts {
    let mut facts = istiod();
    facts.generation = IstioGeneration::Mixer;
    for cluster in &mut facts.clusters {
        cluster.version = Ok("v1.10.4".into());
        cluster.planned.istio = Some("1.0.0".into());
        cluster.planned.newest_kubernetes = Some("1.21".into());
    }
    let mut control = plane(IstioGeneration::Mixer);
    for endpoint in control.debug.endpoints.as_mut().expect("known") {
        endpoint.cluster = None;
    }
    east(&mut facts).control_plane = Ok(Some(control));
    for cluster in &mut facts.clusters {
        for pod in cluster.pods.as_mut().expect("known") {
            if let Some(sidecar) = &mut pod.sidecar {
                *sidecar = SidecarFacts {
                    version: "1.0.0".into(),
                    discovery_address: "10.0.1.5:15010".into(),
                    ..SidecarFacts::default()
                };
            }
        }
    }
    facts
}

/// A cluster's name in the console.
pub(crate) fn cluster_name(name: &str) -> ClusterName {
    ClusterName::new(name).expect("a valid name")
}

/// A cluster's ID in the mesh.
pub(crate) fn cluster_id(id: &str) -> ClusterId {
    ClusterId::new(id).expect("a valid ID")
}

/// Two clusters and a join without any known fact.
pub(crate) fn unknown(generation: IstioGeneration) -> MeshFacts {
    let now = Timestamp::from_second(NOW).expect("a time");
    let mut facts = MeshFacts::new(now, generation);
    let mut east = ClusterFacts::new(&cluster_name("east"), Role::Primary);
    let mut west = ClusterFacts::new(&cluster_name("west"), Role::Remote);
    (east.network, west.network) = ("n1".into(), "n2".into());
    facts.clusters = vec![east, west];
    facts.joins = vec![JoinFacts {
        joined: true,
        ..JoinFacts::new(
            &cluster_name("east"),
            &cluster_name("west"),
            &cluster_id("west"),
        )
    }];
    facts
}

pub(crate) fn east(facts: &mut MeshFacts) -> &mut ClusterFacts {
    &mut facts.clusters[0]
}

pub(crate) fn west(facts: &mut MeshFacts) -> &mut ClusterFacts {
    &mut facts.clusters[1]
}

pub(crate) fn join(facts: &mut MeshFacts) -> &mut JoinFacts {
    &mut facts.joins[0]
}

pub(crate) fn reader_of(facts: &mut MeshFacts) -> &mut ReaderFacts {
    join(facts).reader.as_mut().expect("known")
}

/// The first remote Secret of east.
pub(crate) fn secret_of(facts: &mut MeshFacts) -> &mut RemoteSecretFacts {
    let secrets = east(facts).remote_secrets.as_mut().expect("known");
    &mut secrets[0]
}

/// East's control plane.
pub(crate) fn plane_of(facts: &mut MeshFacts) -> &mut ControlPlaneFacts {
    let plane = east(facts).control_plane.as_mut().expect("known");
    plane.as_mut().expect("there")
}

/// The mesh with the reports of the endpoint monitor: one at its time, and one so many seconds later.
pub(crate) fn observed(mut facts: MeshFacts, seconds: i64) -> MeshFacts {
    let monitor = EndpointMonitor::default();
    monitor.report(&mut facts);
    if seconds > 0 {
        facts.now = Timestamp::from_second(NOW + seconds).expect("a time");
        for instance in &mut plane_of(&mut facts).debug.instances {
            if let Ok(read) = &mut instance.shards {
                read.at += std::time::Duration::from_secs(1);
            }
        }
        monitor.report(&mut facts);
    }
    facts
}
