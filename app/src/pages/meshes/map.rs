//! The topology of the mesh as a drawing or a list, and beside it what is known of the selected part.

pub(super) mod traffic;

use super::{
    context::{MeshContext, mesh_context},
    panel::Panel,
};
use crate::{
    parts::{
        ClusterBox, Condition, Connection, ConnectionKind as DrawnKind, ElementView, Selected,
        Topology, TopologyView,
    },
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    cluster::Role,
    mesh::{
        ConnectionKind, ConnectionView, ElementKind, MemberView, MeshElement, MeshTopologyView,
        MeshTrafficView, PartState,
    },
};

/// The topology that the last checks found; nothing before they have ended.
#[component]
pub(super) fn MeshMap() -> impl IntoView {
    let MeshContext { health, mesh, .. } = mesh_context();
    let mesh = StoredValue::new(mesh.get_untracked().row.name);
    let traffic = traffic::follow(mesh.get_value());
    let topology = Memo::new(move |_| {
        health.with(|health| health.as_ref().and_then(|health| health.topology.clone()))
    });
    let is_known = Memo::new(move |_| topology.with(Option::is_some));
    let known = Signal::derive(move || topology.get().unwrap_or_default());
    let selected = RwSignal::new(None::<Selected>);
    // Until the operator selects, the panel shows what needs attention.
    let shown = Memo::new(move |_| {
        let of_operator = selected.get();
        of_operator.or_else(|| known.with(|topology| Some(Selected::Cluster(worst(topology)?))))
    });
    view! {
        <Show when=move || is_known.get()>
            <div class="grid gap-3 mb-3 lg:grid-cols-[minmax(0,1fr)_310px] items-start">
                <Topology
                    title=t!(mesh.topology)
                    view=Signal::derive(move || known.with(|topology| traffic.with(|traffic| drawn(topology, traffic.as_ref()))))
                    selected=shown
                    select=Callback::new(move |part| selected.set(Some(part)))
                    note=move || view! { <traffic::Note mesh=mesh.get_value() traffic=traffic/> }
                />
                <Panel topology=known traffic=traffic selected=shown/>
            </div>
        </Show>
    }
}

/// The member in the worst state; of equal ones the first remote.
fn worst(topology: &MeshTopologyView) -> Option<usize> {
    let members = topology.members.iter().enumerate();
    let first = members.max_by_key(|(index, member)| {
        let is_remote = member.role == Role::Remote;
        (member.state, is_remote, std::cmp::Reverse(*index))
    });
    first.map(|(index, _)| index)
}

/// The condition of a state.
pub(super) fn condition(state: PartState) -> Condition {
    match state {
        PartState::Ready => Condition::Ready,
        PartState::Unknown => Condition::Unknown,
        PartState::Warning => Condition::Warning,
        PartState::Failed => Condition::Failed,
        PartState::Unreachable => Condition::Unreachable,
    }
}

fn drawn(topology: &MeshTopologyView, traffic: Option<&MeshTrafficView>) -> TopologyView {
    let connections = topology.connections.iter().map(connection);
    let lines = traffic.map(|traffic| traffic::connections(topology, traffic));
    TopologyView {
        clusters: topology.members.iter().map(cluster).collect(),
        // The panel counts the lines of the traffic after the others.
        connections: connections.chain(lines.into_iter().flatten()).collect(),
    }
}

/// The role of a member.
pub(super) fn role(role: Role) -> String {
    match role {
        Role::Remote => t!(members.remote),
        Role::Primary | Role::Both => t!(members.primary),
    }
}

/// The name of a network.
pub(super) fn network(name: &str) -> String {
    if name.is_empty() {
        t!(mesh.default_network)
    } else {
        name.to_owned()
    }
}

/// The name of the frame around the clusters of a network.
fn frame(name: &str) -> String {
    if name.is_empty() {
        t!(topology.default_network)
    } else {
        t!(topology.network, network = name)
    }
}

fn cluster(member: &MemberView) -> ClusterBox {
    let version = member.kubernetes.as_deref();
    let version = version.map(|version| {
        let version = version.trim_start_matches('v');
        // The page of the cluster shows the patch too.
        let minor: Vec<&str> = version.splitn(3, '.').take(2).collect();
        t!(members.kubernetes, version = minor.join("."))
    });
    let note: Vec<String> = version
        .into_iter()
        .chain(member.pods.first().cloned())
        .collect();
    ClusterBox {
        name: member.cluster.to_string(),
        role: role(member.role),
        note: note.join(" · "),
        network: frame(&member.network),
        condition: condition(member.state),
        elements: member.elements.iter().map(element).collect(),
    }
}

/// The title and the note of an element.
pub(super) fn element_words(element: &MeshElement) -> (String, String) {
    match &element.kind {
        ElementKind::ControlPlane {
            name,
            version,
            pods: (ready, all),
        } => (
            format!("{name} {version}"),
            count!(members.replicas_ready, n = *all, ready = *ready),
        ),
        ElementKind::Gateway {
            name,
            address,
            pods: (ready, all),
        } => {
            let address = address.clone().unwrap_or_else(|| match element.state {
                PartState::Failed => t!(members.no_address),
                _ => t!(members.internal),
            });
            let pods = t!(members.ready_of, ready = *ready, all = *all);
            (name.clone(), format!("{address} · {pods}"))
        }
        ElementKind::Workloads {
            services,
            pods: (ready, all),
        } => (
            count!(members.services, n = *services),
            count!(members.proxies_ready, n = *all, ready = *ready),
        ),
        ElementKind::ApiServer { address } => (t!(members.api_server), address.clone()),
    }
}

fn element(element: &MeshElement) -> ElementView {
    let (title, note) = element_words(element);
    ElementView {
        title,
        note,
        condition: condition(element.state),
    }
}

/// What a connection carries, in words.
pub(super) fn connection_words(connection: &ConnectionView) -> String {
    match &connection.kind {
        ConnectionKind::RemoteSecret(Some((synced, all))) => {
            t!(members.synced, synced = *synced, all = *all)
        }
        ConnectionKind::RemoteSecret(None) => t!(topology.remote_secret),
        ConnectionKind::Xds(address) => t!(members.xds_at, address = address.clone()),
    }
}

fn connection(connection: &ConnectionView) -> Connection {
    Connection {
        from: connection.from,
        to: connection.to,
        kind: match connection.kind {
            ConnectionKind::RemoteSecret(_) => DrawnKind::RemoteSecret,
            ConnectionKind::Xds(_) => DrawnKind::Xds,
        },
        label: connection_words(connection),
        condition: condition(connection.state),
        share: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::ClusterName;

    pub(super) fn member(name: &str, role: Role, state: PartState) -> MemberView {
        MemberView {
            cluster: ClusterName::new(name).expect("a name"),
            role,
            state,
            network: String::new(),
            kubernetes: Some("v1.36.3".to_owned()),
            pods: vec!["172.16.0.0/16".to_owned()],
            istio: None,
            proxies: Vec::new(),
            elements: Vec::new(),
            registered: Vec::new(),
            access: None,
            certificate_days: None,
        }
    }

    #[test]
    fn the_panel_begins_with_what_needs_attention() {
        let mesh = |west, north| MeshTopologyView {
            members: vec![
                member("east", Role::Primary, PartState::Ready),
                member("west", Role::Remote, west),
                member("north", Role::Remote, north),
            ],
            connections: Vec::new(),
        };
        assert_eq!(worst(&mesh(PartState::Ready, PartState::Ready)), Some(1));
        assert_eq!(worst(&mesh(PartState::Ready, PartState::Warning)), Some(2));
        assert_eq!(worst(&MeshTopologyView::default()), None);
    }

    #[test]
    fn a_cluster_is_drawn_with_its_minor_version_and_range() {
        let drawn = cluster(&member("east", Role::Primary, PartState::Ready));
        assert_eq!(drawn.note, "Kubernetes 1.36 · 172.16.0.0/16");
        assert_eq!(drawn.role, "Primary");
        assert_eq!(drawn.network, "Default network");
    }
}
