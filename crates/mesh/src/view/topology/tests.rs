//! The topology of the doctor's sample mesh.

use super::{
    ConnectionKind, ConnectionView, ElementKind, MemberView, MeshTopologyView, PartState,
    TokenExpiry,
};
use crate::{doctor::samples::*, facts::Unknown};

fn member<'a>(view: &'a MeshTopologyView, name: &str) -> &'a MemberView {
    let mut members = view.members.iter();
    members
        .find(|member| member.cluster.as_str() == name)
        .expect("a member")
}

fn remote_secret_of(view: &MeshTopologyView) -> &ConnectionView {
    let mut connections = view.connections.iter();
    connections
        .find(|connection| matches!(connection.kind, ConnectionKind::RemoteSecret(_)))
        .expect("a remote Secret")
}

#[test]
fn a_healthy_mesh_has_ready_members_and_connections() {
    let view = istiod().topology();
    let names: Vec<&str> = view
        .members
        .iter()
        .map(|member| member.cluster.as_str())
        .collect();
    assert_eq!(names, ["east", "west"]);
    assert!(
        view.members
            .iter()
            .all(|member| member.state == PartState::Ready),
        "{view:?}"
    );
    let east = member(&view, "east");
    assert_eq!(east.istio.as_deref(), Some("1.30.5"));
    assert!(east.access.is_none());
    let west = member(&view, "west");
    assert_eq!(west.certificate_days, Some(3_000));
    let access = west.access.as_ref().expect("it is read");
    assert_eq!(access.server, "https://10.0.2.6:6443");
    assert_eq!(access.token, Some(TokenExpiry::Never));
    assert_eq!(access.control_plane, "10.0.1.5");
    assert_eq!(
        remote_secret_of(&view).kind,
        ConnectionKind::RemoteSecret(Some((1, 1)))
    );
    // Proxies of west dial the gateway of east.
    let xds = view.connections.last().expect("a connection");
    assert_eq!(xds.kind, ConnectionKind::Xds("10.0.1.5".into()));
    let gateway = &east.elements[xds.to.1].kind;
    assert!(
        matches!(gateway, ElementKind::Gateway { name, .. } if name == "istio-eastwestgateway")
    );
}

#[test]
fn one_blind_instance_of_several_is_a_warning_of_its_remote() {
    let mut facts = istiod();
    let instances = &mut plane_of(&mut facts).debug.instances;
    let mut second = instances[0].clone();
    second.pod = "istiod-1".into();
    second.clusters.as_mut().expect("known")[1].state = "timeout".into();
    second.endpoints = Ok(Vec::new());
    instances.push(second);
    let view = facts.topology();
    assert_eq!(
        remote_secret_of(&view).kind,
        ConnectionKind::RemoteSecret(Some((1, 2)))
    );
    let west = member(&view, "west");
    assert_eq!(west.state, PartState::Warning);
    let registered = west.registered.iter();
    let registered: Vec<_> = registered
        .map(|at| (at.instance.as_str(), at.registered, at.ready))
        .collect();
    // Only the first was compared.
    let expected = [("istiod-0", Some(2), Some(2)), ("istiod-1", Some(0), None)];
    assert_eq!(registered, expected);
    assert_eq!(member(&view, "east").state, PartState::Ready);
}

#[test]
fn a_stale_address_fails_its_connection_and_leads_to_the_control_plane() {
    let mut facts = istiod();
    let endpoints = join(&mut facts).endpoints.as_mut().expect("known");
    endpoints[0].address = "10.0.1.99".into();
    let view = facts.topology();
    let xds = view.connections.last().expect("a connection");
    assert_eq!(xds.state, PartState::Failed);
    let target = &member(&view, "east").elements[xds.to.1].kind;
    assert!(matches!(target, ElementKind::ControlPlane { .. }));
    assert_eq!(member(&view, "west").state, PartState::Failed);
}

#[test]
fn a_silent_remote_is_unreachable_and_a_pending_load_balancer_fails() {
    let mut facts = istiod();
    let silent = Unknown::of_unreachable(&cluster_name("west"), "no answer within 6 s");
    west(&mut facts).version = Err(silent);
    let services = east(&mut facts).services.as_mut().expect("known");
    services[1].load_balancer.clear();
    let view = facts.topology();
    assert_eq!(member(&view, "west").state, PartState::Unreachable);
    assert_eq!(member(&view, "east").state, PartState::Failed);
}

#[test]
fn before_the_join_there_are_members_and_no_connections() {
    let mut facts = istiod();
    join(&mut facts).joined = false;
    let view = facts.topology();
    assert!(view.connections.is_empty());
    assert_eq!(view.members.len(), 2);
}

#[test]
fn pilot_is_drawn_as_the_control_plane_and_its_registry_counts_addresses() {
    let view = mixer().topology();
    let element = &member(&view, "east").elements[0].kind;
    assert!(matches!(element, ElementKind::ControlPlane { name, .. } if name == "Pilot"));
    assert_eq!(
        remote_secret_of(&view).kind,
        ConnectionKind::RemoteSecret(None)
    );
}
