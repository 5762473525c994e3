//! How long a step took by the job that completed it, or is expected to take by the last job that did the same.
//!
//! Nothing is guessed: without such a job a step has no duration. Start at [`of`].

use super::{Mesh, step_draft::chart_of, step_state::subject};
use store::StoredJob;
use wire::{
    job::{JobKind, JobState, Subject},
    mesh::{StepDuration, StepKind, StepRef, StepState},
};

/// The duration of a step; `jobs` are the latest jobs of the console, the newest first.
pub(super) fn of(
    jobs: &[StoredJob],
    mesh: &Mesh,
    step: &StepRef,
    state: &StepState,
) -> Option<StepDuration> {
    let own = subject(mesh, step);
    let mut succeeded = jobs
        .iter()
        .map(|job| &job.view)
        .filter(|job| job.state == JobState::Succeeded);
    let executes = |kind: JobKind, subject: &Subject| {
        does_step(kind, subject, step.kind, mesh.is_bundle(step.kind))
    };
    match state {
        StepState::Done => {
            let job = succeeded
                .find(|job| job.subject.includes(&own) && executes(job.kind, &job.subject));
            job.map(|job| StepDuration::Measured(job.elapsed_ms))
        }
        StepState::Existing(_) => None,
        _ => {
            let job = succeeded.find(|job| executes(job.kind, &job.subject));
            job.map(|job| StepDuration::Estimated(job.elapsed_ms))
        }
    }
}

/// Whether a job did what a step of this kind does, on whatever cluster.
fn does_step(job: JobKind, subject: &Subject, step: StepKind, is_bundle: bool) -> bool {
    let card = chart_of(step).map(|(card, _)| card);
    match (job, subject) {
        (JobKind::Join, _) => step == StepKind::Join,
        (JobKind::InstallBundle, Subject::Bundle(bundle)) => {
            is_bundle && card == Some(bundle.bundle.as_str())
        }
        (JobKind::Install, Subject::Release(release)) => {
            !is_bundle && card == Some(release.release.as_str())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{
        ChartName, ClusterName, Namespace, ReleaseName,
        job::{BundleRef, MemberRef},
        release::ReleaseRef,
    };

    fn release(name: &str) -> Subject {
        Subject::Release(ReleaseRef {
            cluster: ClusterName::new("east").expect("a name"),
            namespace: Namespace::new("istio-system").expect("a name"),
            release: ReleaseName::new(name).expect("a name"),
        })
    }

    #[test]
    fn only_a_job_that_did_the_same_says_how_long_a_step_takes() {
        let bundle = Subject::Bundle(BundleRef {
            cluster: ClusterName::new("east").expect("a name"),
            namespace: Namespace::new("istio-system").expect("a name"),
            bundle: ChartName::new("ack-istio").expect("a name"),
            releases: Vec::new(),
        });
        let member = Subject::Member(MemberRef {
            primary: ClusterName::new("east").expect("a name"),
            remote: ClusterName::new("west").expect("a name"),
        });
        let chart = release("ack-istio");
        let plane = StepKind::ControlPlane;
        assert!(does_step(JobKind::Install, &chart, plane, false));
        assert!(does_step(JobKind::InstallBundle, &bundle, plane, true));
        assert!(does_step(JobKind::Join, &member, StepKind::Join, true));
        // The charts of Istio 1.0 say nothing about the bundle, nor the other way round.
        assert!(!does_step(JobKind::Install, &chart, plane, true));
        assert!(!does_step(JobKind::InstallBundle, &bundle, plane, false));
        assert!(!does_step(JobKind::Uninstall, &chart, plane, false));
        assert!(!does_step(JobKind::Upgrade, &chart, plane, false));
        assert!(!does_step(JobKind::Rotate, &member, StepKind::Join, false));
        assert!(!does_step(
            JobKind::Install,
            &release("bookinfo"),
            plane,
            false
        ));
    }
}
