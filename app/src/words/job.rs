//! The wording of the phases of a job.

use super::{count, sentence, t};
use wire::job::{JobNote, PhaseName, PhaseState, PhaseView};

/// A remark about a job.
pub(crate) fn job_note(note: &JobNote) -> String {
    match note {
        JobNote::ValuesNotKept { release, problem } => t!(
            job.values_not_kept,
            release = release.to_string(),
            reason = sentence(problem)
        ),
        JobNote::NoLease { release, problem } => t!(
            job.no_lease,
            release = release.to_string(),
            reason = sentence(problem)
        ),
        JobNote::LeaseTakenOver { release, holder } => t!(
            job.lease_taken_over,
            release = release.to_string(),
            holder = holder.clone()
        ),
    }
}

/// The title of a phase.
pub(crate) fn phase_title(name: PhaseName) -> String {
    match name {
        PhaseName::Render => t!(phase.render),
        PhaseName::Crds => t!(phase.crds),
        PhaseName::PreHooks => t!(phase.pre_hooks),
        PhaseName::Access => t!(phase.access),
        PhaseName::Configuration => t!(phase.configuration),
        PhaseName::Workloads => t!(phase.workloads),
        PhaseName::OtherResources => t!(phase.rest),
        PhaseName::InjectionWebhook => t!(phase.injection_webhook),
        PhaseName::Ready => t!(phase.ready),
        PhaseName::PostHooks => t!(phase.post_hooks),
        PhaseName::Tests => t!(phase.tests),
        PhaseName::Removal => t!(phase.deletion),
        PhaseName::SaveRelease => t!(phase.save_release),
        PhaseName::Reader => t!(phase.reader),
        PhaseName::Token => t!(phase.token),
        PhaseName::RemoteSecret => t!(phase.remote_secret),
        PhaseName::Endpoints => t!(phase.endpoints),
        PhaseName::Backup => t!(phase.backup),
        PhaseName::RuntimeObjects => t!(phase.runtime_objects),
        PhaseName::CustomResources => t!(phase.custom_resources),
        PhaseName::CrdDeletion => t!(phase.crd_deletion),
        PhaseName::Namespaces => t!(phase.namespaces),
    }
}

/// The progress of a phase.
pub(crate) fn phase_note(phase: &PhaseView) -> String {
    let (done, all) = (phase.done, phase.total);
    match (phase.name, phase.state) {
        // The objects of all phases are counted above them.
        (PhaseName::Render, _) => String::new(),
        (PhaseName::Ready, PhaseState::Pending) => String::new(),
        (PhaseName::Ready, _) if done < all => count!(phase.not_ready, n = all - done),
        (PhaseName::Ready, _) => String::new(),
        (_, _) if all == 0 => String::new(),
        (PhaseName::Crds, PhaseState::Done) => t!(phase.established, n = all),
        (_, PhaseState::Done) => count!(phase.resources, n = all),
        (_, PhaseState::Pending) => count!(phase.resources, n = all),
        _ => t!(phase.done_of, done = done, all = all),
    }
}
