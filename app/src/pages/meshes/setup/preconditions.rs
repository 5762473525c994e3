//! The checks that a step depends on, with what they found.

use crate::{
    pages::meshes::context::mesh_context,
    parts::{CheckLine, Loading},
    words::t,
};
use leptos::prelude::*;
use wire::{
    check::{CheckCode, CheckStatus, CheckView, SkipReason},
    mesh::{HealthView, StepKind},
};

/// The checks that a step of this kind depends on, in the order in which they are shown.
fn codes(kind: StepKind) -> &'static [CheckCode] {
    match kind {
        StepKind::Checks => &[],
        StepKind::ControlPlane => &[
            CheckCode::ClusterReachable,
            CheckCode::KubernetesVersion,
            CheckCode::IstioSupported,
            CheckCode::Capacity,
            CheckCode::LoadBalancers,
            CheckCode::LeftoverWebhooks,
            CheckCode::LeftoverCrds,
            CheckCode::TerminatingCrds,
        ],
        StepKind::RemoteChart => &[
            CheckCode::ControlPlaneReady,
            CheckCode::RemoteAddress,
            CheckCode::ControlPlaneReachable,
            CheckCode::PodRanges,
            CheckCode::LeftoverWebhooks,
            CheckCode::PodSecurity,
        ],
        StepKind::Join => &[
            CheckCode::ServerAddress,
            CheckCode::ServerReachable,
            CheckCode::ServerCertificate,
            CheckCode::PodRanges,
            CheckCode::ServiceRanges,
            CheckCode::DistinctClusterName,
            CheckCode::DuplicateCluster,
            CheckCode::SharedRoot,
        ],
        StepKind::Sample => &[
            CheckCode::ControlPlaneReady,
            CheckCode::WebhookBundle,
            CheckCode::WebhookPort,
            CheckCode::PodSecurity,
        ],
        StepKind::Details => &[
            CheckCode::ClusterSynced,
            CheckCode::TokenAccepted,
            CheckCode::ServiceForCallers,
            CheckCode::EndpointsRegistered,
        ],
        StepKind::Verify => &[
            CheckCode::ClusterSynced,
            CheckCode::EndpointsRegistered,
            CheckCode::ProductPage,
        ],
    }
}

/// The results of those checks that apply to the mesh as it is; a check that could not run is one of them.
fn results(kind: StepKind, health: &HealthView) -> Vec<CheckView> {
    let of_code = |code: &CheckCode| {
        let mut checks = health.doctor.checks.iter();
        checks.find(|check| check.code == *code).cloned()
    };
    let applies = |check: &CheckView| {
        check.status != CheckStatus::Skipped || check.skipped == Some(SkipReason::Unknown)
    };
    codes(kind)
        .iter()
        .filter_map(of_code)
        .filter(applies)
        .collect()
}

/// The preconditions of a step.
#[component]
pub(super) fn Preconditions(kind: StepKind) -> impl IntoView {
    let health = mesh_context().health;
    // None while no check has ended.
    let found = Memo::new(move |_| {
        health.with(|health| {
            let health = health.as_ref()?;
            let found = results(kind, health);
            (health.is_whole() || !found.is_empty()).then_some(found)
        })
    });
    let content = move || match found.get() {
        None => view! { <Loading subject=t!(setup.preconditions)/> }.into_any(),
        Some(found) if found.is_empty() => {
            view! { <p class="text-ink-2">{t!(setup.no_preconditions)}</p> }.into_any()
        }
        Some(found) => {
            let row = |check: CheckView| view! { <li><CheckLine check=check/></li> };
            view! { <ul class="grid gap-2">{found.into_iter().map(row).collect_view()}</ul> }
                .into_any()
        }
    };
    (!codes(kind).is_empty()).then(|| {
        view! {
            <div class="px-4 py-3 border-t border-line text-[13px]">
                <h4 class="font-semibold mb-2">{t!(setup.preconditions)}</h4>
                {content}
            </div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{MeshName, check::Group};

    fn check(code: CheckCode, status: CheckStatus, skipped: Option<SkipReason>) -> CheckView {
        CheckView {
            code,
            group: Group::Network,
            status,
            skipped,
            args: Vec::new(),
            details: Vec::new(),
            remedies: Vec::new(),
            problem: None,
            took: 0,
        }
    }

    #[test]
    fn a_precondition_is_a_check_of_the_step_that_applies_or_could_not_run() {
        let mut health = HealthView::begun(MeshName::new("shop").expect("a name"));
        health.doctor.checks = vec![
            check(CheckCode::ProductPage, CheckStatus::Passed, None),
            check(
                CheckCode::SharedRoot,
                CheckStatus::Skipped,
                Some(SkipReason::MutualTlsOff),
            ),
            check(
                CheckCode::ServerReachable,
                CheckStatus::Skipped,
                Some(SkipReason::Unknown),
            ),
            check(CheckCode::ServerAddress, CheckStatus::Warning, None),
        ];
        let found = results(StepKind::Join, &health);
        let codes: Vec<CheckCode> = found.iter().map(|check| check.code).collect();
        assert_eq!(
            codes,
            [CheckCode::ServerAddress, CheckCode::ServerReachable]
        );
        assert_eq!(results(StepKind::Checks, &health), []);
    }
}
