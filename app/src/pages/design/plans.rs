//! The plan list in its states.

use super::{Case, Component, sample::LONG_NAME};
use crate::parts::{ClusterPlan, PlanList, PlanRow};
use leptos::prelude::*;
use wire::{
    ClusterName, Code, Problem,
    install::{DiffLine, Side},
    mesh::{CommandView, PlannedChange},
};

fn row(change: PlannedChange, kind: &str, name: &str, note: &str) -> PlanRow {
    PlanRow {
        change,
        kind: kind.to_owned(),
        name: name.to_owned(),
        note: note.to_owned(),
        details: Vec::new(),
        lines: Vec::new(),
        problem: None,
    }
}

fn line(side: Side, text: &str) -> DiffLine {
    DiffLine {
        side,
        text: text.to_owned(),
    }
}

fn plan(cluster: &str, objects: Vec<PlanRow>) -> ClusterPlan {
    ClusterPlan {
        cluster: cluster.to_owned(),
        objects,
    }
}

fn join() -> Vec<ClusterPlan> {
    let namespace = PlanRow {
        details: vec!["metadata.labels.topology.istio.io/network: net-1".to_owned()],
        lines: vec![
            line(Side::Same, "metadata:"),
            line(Side::Same, "  labels:"),
            line(Side::Removed, "    topology.istio.io/network: net-2"),
            line(Side::Added, "    topology.istio.io/network: net-1"),
        ],
        ..row(PlannedChange::Update, "Namespace", "istio-system", "")
    };
    let role = "istio-reader-clusterrole-istio-system";
    vec![
        plan(
            "north",
            vec![
                namespace,
                row(
                    PlannedChange::Create,
                    "Release",
                    "istio-base 1.31.1",
                    "profile remote",
                ),
                row(
                    PlannedChange::Adopt,
                    "ClusterRole",
                    role,
                    "created by istioctl, same rules",
                ),
                row(
                    PlannedChange::Keep,
                    "CRD",
                    "gateways.gateway.networking.k8s.io",
                    "v1.4, not managed",
                ),
                row(
                    PlannedChange::Delete,
                    "Secret",
                    "istio-system/istio-reader-token-old",
                    "revoked after the rotation",
                ),
            ],
        ),
        plan(
            "east",
            vec![row(
                PlannedChange::Create,
                "Secret",
                "istio-system/istio-remote-secret-north",
                "masked",
            )],
        ),
    ]
}

fn commands() -> Vec<CommandView> {
    let commands = [
        (
            "north",
            "kubectl label namespace istio-system --context north topology.istio.io/network=net-1 --overwrite\n",
        ),
        (
            "east",
            "istioctl create-remote-secret --context north --name north | kubectl apply --context east -f -\n",
        ),
    ];
    let view = |(cluster, text): (&str, &str)| {
        Some(CommandView {
            cluster: ClusterName::new(cluster).ok()?,
            text: text.to_owned(),
        })
    };
    commands.into_iter().filter_map(view).collect()
}

fn refused() -> Vec<ClusterPlan> {
    let problem = Problem::new(Code::Unreachable).with("cluster", "west");
    let secret = row(PlannedChange::Create, "Secret", "istio-system/cacerts", "");
    vec![plan(
        "west",
        vec![PlanRow {
            problem: Some(problem),
            ..secret
        }],
    )]
}

fn long() -> Vec<ClusterPlan> {
    let name = "a-namespace-with-a-name-of-sixty-three-characters-as-dns-allows/a-config-map-with-a-name-that-has-no-place-at-which-it-wraps";
    vec![plan(
        LONG_NAME,
        vec![row(
            PlannedChange::Adopt,
            "ValidatingWebhookConfiguration",
            name,
            "field managers: pilot-discovery, kubectl-client-side-apply, helm",
        )],
    )]
}

#[component]
pub(super) fn PlanStates() -> impl IntoView {
    let undo = "deletes the remote secret, uninstalls the release and restores the label of Namespace istio-system. Adopted and kept objects remain.";
    view! {
        <Component name="Plan list">
            <Case name="Two clusters, every change">
                <PlanList label="Plan to join north" plans=join() estimate=50_000 commands=commands() undo=undo/>
            </Case>
            <Case name="One object, which cannot be applied">
                <PlanList label="Plan with a refused object" plans=refused()/>
            </Case>
            <Case name="Nothing to change">
                <PlanList label="Empty plan" plans=Vec::new()/>
            </Case>
            <Case name="Long names">
                <PlanList label="Plan with long names" plans=long()/>
            </Case>
        </Component>
    }
}
