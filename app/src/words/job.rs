//! Phases of a job, worded.

use super::say;
use wire::job::{PhaseName, PhaseState, PhaseView};

/// What a phase does.
pub(crate) fn phase_title(name: PhaseName) -> String {
    match name {
        PhaseName::Render => say!(phase.render),
        PhaseName::Crds => say!(phase.crds),
        PhaseName::PreHooks => say!(phase.hooks_before),
        PhaseName::Access => say!(phase.access),
        PhaseName::Configuration => say!(phase.configuration),
        PhaseName::Workloads => say!(phase.workloads),
        PhaseName::OtherResources => say!(phase.rest),
        PhaseName::Ready => say!(phase.ready),
        PhaseName::PostHooks => say!(phase.hooks_after),
        PhaseName::Removal => say!(phase.removal),
        PhaseName::SaveRelease => say!(phase.record),
        PhaseName::Reader => say!(phase.reader),
        PhaseName::Token => say!(phase.token),
        PhaseName::RemoteSecret => say!(phase.remote_secret),
        PhaseName::Backup => say!(phase.backup),
        PhaseName::RuntimeObjects => say!(phase.run_time),
        PhaseName::CustomResources => say!(phase.definition_objects),
        PhaseName::CrdDeletion => say!(phase.definitions),
        PhaseName::Namespaces => say!(phase.namespaces),
    }
}

/// How far it is.
pub(crate) fn phase_note(phase: &PhaseView) -> String {
    let (done, all) = (phase.done, phase.all);
    match (phase.name, phase.state) {
        (PhaseName::Render, _) => say!(phase.objects, n = done),
        (PhaseName::Ready, PhaseState::Pending) => String::new(),
        (PhaseName::Ready, _) => say!(phase.ready_of, done = done, all = all),
        (_, _) if all == 0 => String::new(),
        (PhaseName::Crds, PhaseState::Done) => say!(phase.established, n = all),
        (_, PhaseState::Done) => say!(phase.objects, n = all),
        (_, PhaseState::Pending) => say!(phase.objects, n = all),
        _ => say!(phase.done_of, done = done, all = all),
    }
}
