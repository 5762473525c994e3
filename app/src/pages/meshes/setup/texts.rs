//! The texts of a step: its title, its purpose, a line of detail, and what its undo does.

use super::selection::StepGroup;
use crate::words::t;
use wire::mesh::{StepKind, StepRef, StepState, StepView};

/// The title of a step.
pub(in crate::pages::meshes) fn title(step: &StepRef) -> String {
    let cluster = step.cluster.to_string();
    match step.kind {
        StepKind::Checks => t!(mesh.checks),
        StepKind::ControlPlane => t!(mesh.control_plane, cluster = cluster),
        StepKind::Join => t!(mesh.join, cluster = cluster),
        StepKind::RemoteChart => t!(mesh.remote_chart, cluster = cluster),
        StepKind::Sample => t!(mesh.sample, cluster = cluster),
        StepKind::Details => t!(mesh.details, cluster = cluster),
        StepKind::Verify => t!(mesh.verify),
    }
}

/// The title of a group of steps.
pub(super) fn group_title(group: StepGroup) -> String {
    match group {
        StepGroup::Prepare => t!(setup.prepare),
        StepGroup::ControlPlane => t!(setup.control_plane),
        StepGroup::Remotes => t!(setup.remotes),
        StepGroup::Verify => t!(setup.verify),
    }
}

/// The purpose of a step.
pub(super) fn purpose(step: &StepRef, primary: String) -> String {
    let cluster = step.cluster.to_string();
    match step.kind {
        StepKind::Checks => t!(mesh.checks_note),
        StepKind::ControlPlane => t!(mesh.control_plane_note),
        StepKind::Join => t!(mesh.join_note, cluster = cluster, primary = primary),
        StepKind::RemoteChart => t!(mesh.remote_chart_note, primary = primary),
        StepKind::Sample => t!(mesh.sample_note),
        StepKind::Details => t!(mesh.details_note),
        StepKind::Verify => t!(mesh.verify_note),
    }
}

/// The word of a state.
pub(super) fn state(state: &StepState) -> String {
    match state {
        StepState::Pending => t!(mesh.pending),
        StepState::NextStep => t!(mesh.next_step),
        StepState::Running(_) => t!(mesh.running),
        StepState::Done => t!(mesh.complete),
        StepState::Existing(_) => t!(mesh.existing),
        StepState::Drifted(_) => t!(mesh.drifted_step),
        StepState::Unknown(_) => t!(mesh.unknown),
    }
}

/// The line below the title of a step in the list: a state that is not as planned, else what the step is about.
pub(super) fn detail(step: &StepView, primary: &str) -> String {
    match &step.state {
        StepState::Existing(component) => return component.clone(),
        StepState::Running(_) | StepState::Drifted(_) | StepState::Unknown(_) => {
            return state(&step.state);
        }
        StepState::Pending | StepState::NextStep | StepState::Done => {}
    }
    match (step.step.kind, &step.release) {
        (StepKind::Checks, _) => t!(setup.checks_detail),
        (StepKind::Verify, _) => t!(setup.verify_detail),
        (StepKind::Join, _) => t!(setup.join_detail, primary = primary),
        (_, Some(release)) if step.optional => {
            t!(
                setup.optional_release,
                release = release.release.to_string()
            )
        }
        (_, Some(release)) => t!(setup.release_detail, release = release.release.to_string()),
        (_, None) => String::new(),
    }
}

/// What the undo of a step does; none for a step that changes nothing.
pub(super) fn undo(step: &StepView, primary: &str) -> Option<String> {
    let cluster = step.step.cluster.to_string();
    match step.step.kind {
        StepKind::Checks | StepKind::Verify => None,
        StepKind::Join => Some(t!(setup.undo_join, cluster = cluster, primary = primary)),
        _ if step.is_bundle => Some(t!(setup.undo_bundle, cluster = cluster)),
        _ => {
            let release = step.release.as_ref()?.release.to_string();
            Some(t!(setup.undo_release, release = release, cluster = cluster))
        }
    }
}
