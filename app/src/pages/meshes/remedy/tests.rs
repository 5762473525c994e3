//! Tests of this module.

use super::*;
use wire::{
    MeshName,
    check::{CheckCode, CheckStatus, Detail, DetailCode, Group, Remedy},
    mesh::{MeshRow, MeshView, StepKind, StepRef, StepState, StepView},
};

fn cluster(name: &str) -> ClusterName {
    ClusterName::new(name).expect("a name")
}

fn mesh() -> MeshView {
    let name = MeshName::new("shop").expect("a name");
    MeshView {
        row: MeshRow {
            name: name.clone(),
            primary: cluster("east"),
            remotes: vec![cluster("west"), cluster("north")],
            done: None,
            steps: 1,
            health: None,
        },
        drifted: Vec::new(),
        steps: vec![StepView {
            step: StepRef {
                mesh: name,
                kind: StepKind::Join,
                cluster: cluster("west"),
            },
            state: StepState::Done,
            may_precede: false,
            optional: false,
            release: None,
            is_bundle: false,
            failed: None,
            duration: None,
        }],
    }
}

fn finding(remedies: &[Remedy], code: DetailCode, on: &str) -> CheckView {
    CheckView {
        code: CheckCode::ReaderToken,
        group: Group::Identity,
        status: CheckStatus::Failed,
        skipped: None,
        args: Vec::new(),
        details: vec![Detail {
            cluster: Some(on.to_owned()),
            code,
            args: Vec::new(),
        }],
        remedies: remedies.to_vec(),
        problem: None,
        took: 0,
    }
}

fn kinds(check: &CheckView) -> Vec<(String, RemedyKind)> {
    let found = actions(check, &mesh()).into_iter();
    found
        .map(|action| (action.cluster.to_string(), action.kind))
        .collect()
}

#[test]
fn a_remedy_that_is_a_plan_has_a_button_for_its_cluster() {
    let rotate = RemedyKind::Plan(MemberAction::Rotate);
    let check = finding(&[Remedy::RotateToken], DetailCode::TokenExpires, "west");
    assert_eq!(kinds(&check), [("west".to_owned(), rotate)]);
    let rejoin = RemedyKind::Plan(MemberAction::Rejoin);
    let check = finding(&[Remedy::ExtendRole], DetailCode::RoleMissing, "north");
    assert_eq!(kinds(&check), [("north".to_owned(), rejoin)]);
    let stale = finding(&[Remedy::UpgradeRemote], DetailCode::AddressStale, "west");
    assert_eq!(
        kinds(&stale),
        [("west".to_owned(), RemedyKind::UpdateAddresses)]
    );
}

#[test]
fn a_restart_is_on_the_cluster_of_what_is_restarted() {
    let repair = RemedyKind::Plan(MemberAction::Repair(CheckCode::ReaderToken));
    let istiod = finding(&[Remedy::RestartIstiod], DetailCode::AddressStale, "east");
    assert_eq!(kinds(&istiod), [("east".to_owned(), repair)]);
    let pods = finding(
        &[Remedy::RestartWorkloads],
        DetailCode::SidecarMissing,
        "west",
    );
    assert_eq!(kinds(&pods), [("west".to_owned(), repair)]);
    let twice = finding(
        &[Remedy::LabelNamespace],
        DetailCode::NamespaceLabelledTwice,
        "west",
    );
    assert!(
        kinds(&twice).is_empty(),
        "it is not known which label is right"
    );
}

#[test]
fn a_finding_that_names_no_remote_offers_all_and_a_passed_check_none() {
    let check = finding(&[Remedy::FixRemoteSecret], DetailCode::RoleMissing, "east");
    let clusters: Vec<String> = kinds(&check)
        .into_iter()
        .map(|(cluster, _)| cluster)
        .collect();
    assert_eq!(clusters, ["west", "north"]);
    let mut passed = check;
    passed.status = CheckStatus::Passed;
    assert!(kinds(&passed).is_empty());
}
