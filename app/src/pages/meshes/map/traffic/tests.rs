//! Flows become lines between the members of a topology.

use super::*;
use crate::pages::meshes::map::tests::member;
use wire::{
    ClusterName,
    cluster::Role,
    mesh::{MeshElement, PartState},
};

fn flow(from: &str, to: &str, requests: f64, errors: f64) -> ClusterFlowView {
    ClusterFlowView {
        from: ClusterName::new(from).expect("a name"),
        to: ClusterName::new(to).expect("a name"),
        requests,
        errors: Some(errors),
        points: Vec::new(),
        services: Vec::new(),
    }
}

/// Two members with a gateway and workloads each.
fn topology(networks: [&str; 2]) -> MeshTopologyView {
    let members = ["east", "west"].into_iter().zip(networks);
    let members = members.map(|(name, network)| {
        let mut member = member(name, Role::Remote, PartState::Ready);
        network.clone_into(&mut member.network);
        let kinds = [
            ElementKind::Gateway {
                name: "istio-eastwestgateway".to_owned(),
                address: None,
                pods: (1, 1),
            },
            ElementKind::Workloads {
                services: 1,
                pods: (1, 1),
            },
        ];
        let elements = kinds.into_iter().map(|kind| MeshElement {
            kind,
            state: PartState::Ready,
        });
        member.elements = elements.collect();
        member
    });
    MeshTopologyView {
        members: members.collect(),
        connections: Vec::new(),
    }
}

#[test]
fn lines_are_between_members_with_their_rate_errors_and_width() {
    let traffic = MeshTrafficView {
        flows: vec![
            flow("east", "east", 900.0, 0.0),
            flow("east", "west", 184.0, 0.4),
            flow("west", "east", 46.0, 2.5),
            flow("west", "gone", 3.0, 0.0),
        ],
        ..MeshTrafficView::default()
    };
    let lines = connections(&topology(["net-1", "net-1"]), &traffic);
    let shown: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line.from,
                line.to,
                line.label.as_str(),
                line.condition,
                line.share,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (
                (0, 1),
                (1, 1),
                "184 req/s · 0.4 % errors",
                Condition::Ready,
                Some(1.0)
            ),
            (
                (1, 1),
                (0, 1),
                "46 req/s · 2.5 % errors",
                Condition::Warning,
                Some(0.25)
            ),
        ]
    );
}

#[test]
fn requests_to_another_network_arrive_at_its_gateway() {
    let traffic = MeshTrafficView {
        flows: vec![flow("east", "west", 1.0, 0.0)],
        ..MeshTrafficView::default()
    };
    let lines = connections(&topology(["net-1", "net-2"]), &traffic);
    assert_eq!((lines[0].from, lines[0].to), ((0, 1), (1, 0)));
}
