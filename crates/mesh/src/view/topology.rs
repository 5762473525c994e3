//! The topology of a mesh, from the facts of its checks.

mod elements;

use crate::facts::{
    ClusterFacts, ControlPlaneFacts, EndpointReport, InstanceFacts, IstioGeneration, JoinFacts,
    MeshFacts, Role,
};
use elements::{count, elements, state_of_pods};
use std::collections::BTreeSet;
use wire::{
    Time,
    cluster::Role as RoleView,
    mesh::{
        AccessView, ConnectionKind, ConnectionView, ElementIndex, ElementKind, JoiningTool,
        MemberView, MeshTopologyView, PartState, RegisteredView, TokenExpiry,
    },
};

impl MeshFacts {
    /// The topology of the mesh.
    pub fn topology(&self) -> MeshTopologyView {
        let (primaries, remotes) = (self.primaries(), self.remotes());
        let clusters: Vec<&ClusterFacts> = primaries.chain(remotes).collect();
        let mut members: Vec<MemberView> = clusters
            .iter()
            .map(|cluster| self.member(cluster))
            .collect();
        let mut connections = Vec::new();
        for (join, primary, remote) in self.joins_with_clusters() {
            let index = |wanted: &ClusterFacts| {
                clusters
                    .iter()
                    .position(|cluster| cluster.name == wanted.name)
            };
            if let (Some(primary_at), Some(remote_at)) = (index(primary), index(remote))
                && join.joined
            {
                connections.extend(remote_secret(
                    self,
                    join,
                    primary,
                    (primary_at, remote_at),
                    &members,
                ));
                connections.extend(xds(join, (primary_at, remote_at), &members));
            }
        }
        for (index, member) in members.iter_mut().enumerate() {
            let elements = member.elements.iter().map(|element| element.state);
            let own = connections.iter();
            // A remote has the state of its connections; a primary serves others although one of them fails.
            let own = own.filter(|connection| {
                member.role == RoleView::Remote
                    && (connection.from.0 == index || connection.to.0 == index)
            });
            let states = elements.chain(own.map(|connection| connection.state));
            member.state = states.max().unwrap_or(PartState::Unknown);
        }
        MeshTopologyView {
            members,
            connections,
        }
    }

    fn member(&self, cluster: &ClusterFacts) -> MemberView {
        let joins = self.joins_with_clusters();
        let join = joins
            .into_iter()
            .find(|(_, _, remote)| remote.name == cluster.name);
        let certificates = cluster.roots.iter().flatten().map(|root| &root.certificate);
        let signer = cluster.ca.iter().flatten().map(|ca| &ca.signer);
        let now = self.now.as_second();
        let days = certificates.chain(signer);
        MemberView {
            cluster: cluster.name.clone(),
            role: match cluster.role {
                Role::Primary => RoleView::Primary,
                Role::Remote => RoleView::Remote,
                Role::Both => RoleView::Both,
            },
            state: PartState::Unknown,
            network: cluster.network.clone(),
            kubernetes: cluster.version.as_ref().ok().cloned(),
            pods: ranges(cluster),
            istio: plane(cluster).map(|plane| plane.version.clone()),
            proxies: proxy_versions(cluster),
            elements: elements(cluster, join.map(|(join, primary, _)| (join, primary))),
            registered: join.map_or_else(Vec::new, |(join, primary, remote)| {
                registered_endpoints(self, join, primary, remote)
            }),
            access: join.map(|(join, primary, _)| access(join, primary)),
            certificate_days: days.map(|certificate| certificate.days_left(now)).min(),
        }
    }
}

fn plane(cluster: &ClusterFacts) -> Option<&ControlPlaneFacts> {
    cluster.control_plane.as_ref().ok()?.as_ref()
}

fn ranges(cluster: &ClusterFacts) -> Vec<String> {
    let ranges = cluster.pod_ranges.iter().flatten();
    ranges.map(|range| range.range.to_string()).collect()
}

fn proxy_versions(cluster: &ClusterFacts) -> Vec<String> {
    let proxies = cluster.pods.iter().flatten().filter(|pod| pod.live);
    let versions = proxies.filter_map(|pod| Some(pod.sidecar.as_ref()?.version.clone()));
    let versions: BTreeSet<String> = versions.filter(|version| !version.is_empty()).collect();
    versions.into_iter().collect()
}

/// The endpoints of a remote at each instance of the control plane.
fn registered_endpoints(
    facts: &MeshFacts,
    join: &JoinFacts,
    primary: &ClusterFacts,
    remote: &ClusterFacts,
) -> Vec<RegisteredView> {
    let instances = plane(primary).map(|plane| plane.debug.instances.as_slice());
    let instances = instances.unwrap_or_default().iter();
    let at_instance = |instance: &InstanceFacts| {
        let mut reports = facts.reports_of(join);
        let report = reports.find(|report| report.pod == instance.pod);
        let totals = report.and_then(|report| report.totals().ok());
        let registered = match totals {
            Some(totals) => Some(count(totals.registered)),
            None => addresses(instance, join, remote),
        };
        RegisteredView {
            instance: instance.pod.clone(),
            registered,
            ready: totals.map(|totals| count(totals.ready)),
        }
    };
    instances.map(at_instance).collect()
}

/// The addresses of a remote that an instance has registered, by host.
fn addresses(instance: &InstanceFacts, join: &JoinFacts, remote: &ClusterFacts) -> Option<u32> {
    let endpoints = instance.endpoints.as_ref().ok()?.iter();
    let own = endpoints.filter(|endpoint| match &endpoint.cluster {
        Some(cluster) => cluster == join.id.as_str(),
        None => remote.is_pod_address(endpoint.address),
    });
    let hosts: BTreeSet<_> = own
        .map(|endpoint| (&endpoint.host, endpoint.address))
        .collect();
    Some(count(hosts.len()))
}

fn access(join: &JoinFacts, primary: &ClusterFacts) -> AccessView {
    let secrets = primary.remote_secrets.as_deref().unwrap_or_default();
    let entry = join.entry(secrets);
    let server = entry.and_then(|(_, entry)| Some(entry.kubeconfig.as_ref().ok()?.server.clone()));
    let tokens = join.reader.iter().flat_map(|reader| &reader.tokens);
    let tokens: Vec<Option<i64>> = tokens
        .filter(|token| token.populated)
        .map(|token| token.expires)
        .collect();
    let first = tokens.iter().flatten().min();
    let reader = join.reader.as_ref().ok();
    // The token of the stored kubeconfig is the newest one, as a rotation deletes the others.
    let created = reader.and_then(|reader| {
        let tokens = reader.tokens.iter().filter(|token| token.populated);
        tokens.filter_map(|token| token.created).max()
    });
    let never = (!tokens.is_empty()).then_some(TokenExpiry::Never);
    AccessView {
        server: server.unwrap_or_else(|| join.server.clone()),
        secret: entry.map(|(secret, _)| secret.name.clone()),
        token: first.map(|at| TokenExpiry::At(Time(*at))).or(never),
        control_plane: pilot(join).map_or_else(String::new, |(address, _)| address),
        joined_by: join.joined_by(secrets).unwrap_or(JoiningTool::Console),
        reader: reader.map(|reader| reader.account.clone()),
        token_created: created.map(Time),
    }
}

/// The address at which a remote reaches the control plane, and whether it is current.
fn pilot(join: &JoinFacts) -> Option<(String, bool)> {
    let endpoints = join.endpoints.as_ref().ok()?;
    let pilot = endpoints
        .iter()
        .find(|endpoint| endpoint.purpose == "pilot")?;
    let is_current = pilot.current_addresses.contains(&pilot.address);
    Some((pilot.address.clone(), is_current))
}

/// The first element of a member that is of a kind.
fn find(
    members: &[MemberView],
    member: usize,
    is_meant: impl Fn(&ElementKind) -> bool,
) -> Option<(ElementIndex, PartState)> {
    let elements = members.get(member)?.elements.iter().enumerate();
    let mut elements = elements.filter(|(_, element)| is_meant(&element.kind));
    let (index, element) = elements.next()?;
    Some(((member, index), element.state))
}

fn remote_secret(
    facts: &MeshFacts,
    join: &JoinFacts,
    primary: &ClusterFacts,
    (primary_at, remote_at): (usize, usize),
    members: &[MemberView],
) -> Option<ConnectionView> {
    let is_plane = |kind: &ElementKind| matches!(kind, ElementKind::ControlPlane { .. });
    let is_server = |kind: &ElementKind| matches!(kind, ElementKind::ApiServer { .. });
    let (from, _) = find(members, primary_at, is_plane)?;
    let (to, server) = find(members, remote_at, is_server)?;
    // Istio 1.0 does not say what it has synced.
    let plane = plane(primary).filter(|plane| plane.generation == IstioGeneration::Istiod);
    let instances = plane.map(|plane| plane.debug.instances.as_slice());
    let answers = instances.unwrap_or_default().iter();
    let answers: Vec<_> = answers
        .filter_map(|instance| instance.clusters.as_ref().ok())
        .collect();
    let is_synced = |clusters: &&&Vec<crate::facts::ClusterState>| {
        let mut own = clusters.iter();
        own.any(|own| own.cluster == join.id.as_str() && own.state == "synced")
    };
    let synced = answers.iter().filter(is_synced).count();
    let (synced, all) = (count(synced), count(answers.len()));
    let state = match (synced, all) {
        (_, 0) => server,
        counts => state_of_pods(counts).max(server),
    };
    // An instance may be synced and still lack endpoints.
    let lacks = |report: &EndpointReport| {
        let services = report.services.as_deref().unwrap_or_default();
        let mut services = services.iter();
        services.any(|service| report.confirmed_missing(service).next().is_some())
    };
    let state = if facts.reports_of(join).any(lacks) {
        state.max(PartState::Failed)
    } else {
        state
    };
    Some(ConnectionView {
        from,
        to,
        kind: ConnectionKind::RemoteSecret((all > 0).then_some((synced, all))),
        state,
    })
}

fn xds(
    join: &JoinFacts,
    (primary_at, remote_at): (usize, usize),
    members: &[MemberView],
) -> Option<ConnectionView> {
    let (address, is_current) = pilot(join)?;
    let is_workloads = |kind: &ElementKind| matches!(kind, ElementKind::Workloads { .. });
    let is_own_gateway = |kind: &ElementKind| matches!(kind, ElementKind::Gateway { address: own, .. } if own.as_deref() == Some(address.as_str()));
    let is_plane = |kind: &ElementKind| matches!(kind, ElementKind::ControlPlane { .. });
    let (from, _) = find(members, remote_at, is_workloads)?;
    let gateway = find(members, primary_at, is_own_gateway);
    let (to, _) = gateway.or_else(|| find(members, primary_at, is_plane))?;
    Some(ConnectionView {
        from,
        to,
        kind: ConnectionKind::Xds(address),
        state: if is_current {
            PartState::Ready
        } else {
            PartState::Failed
        },
    })
}

#[cfg(test)]
mod tests;
