//! The sample over the clusters: the verification of the mesh through it, a drawing, the product page, and the same
//! content as a list.

use super::{
    context::{MeshContext, mesh_context},
    drawing::Drawing,
    setup::title,
};
use crate::{
    api,
    parts::{Button, ClusterChip, Glyph, Icon, Loaded, Notice, Pill, Tone, tw},
    words::{count, doctor, t, verification_message},
};
use leptos::prelude::*;
use std::time::Duration;
use wire::{
    MeshName,
    mesh::{
        ClusterSyncState, ClusterSyncView, Diagnosis, EndpointRegistry, EndpointView, MeshVerdict,
        MeshView, PageContent, PageView, ServiceInClusterView, ServiceView, StepKind, StepState,
        VerificationView,
    },
};

/// The number of automatic retries while a change propagates, and the time between them.
const MAX_RETRIES: u32 = 20;
const RETRY_INTERVAL: Duration = Duration::from_secs(2);

/// The sample, loaded again when the mesh changes, and when its checks have run: both speak of one state.
#[component]
pub(super) fn Sample(name: MeshName) -> impl IntoView {
    let name = StoredValue::new(name);
    let MeshContext {
        mesh,
        checked,
        reload,
        ..
    } = mesh_context();
    let states = Memo::new(move |_| {
        let mesh = mesh.get();
        let steps = mesh.steps.into_iter();
        // The state of the verification depends on this resource, so it must not reload it.
        let steps = steps.filter(|step| step.step.kind != StepKind::Verify);
        steps.map(|step| step.state).collect::<Vec<_>>()
    });
    let verification = Resource::new(
        move || (states.get(), checked.get()),
        move |_| api::meshes::mesh_verification(name.get_value()),
    );
    let shown =
        |verification: VerificationView| view! { <Verification verification=verification/> };
    let retries = StoredValue::new(0_u32);
    Effect::new(move |_| {
        checked.track();
        retries.set_value(0);
    });
    Effect::new(move |_| {
        let healthy = match verification.get() {
            Some(Ok(found)) => found.diagnosis.whole,
            Some(Err(_)) | None => return,
        };
        let mesh = mesh.get_untracked();
        if healthy != is_verified(&mesh) {
            reload.run(());
        } else if !healthy && is_complete(&mesh) && retries.get_value() < MAX_RETRIES {
            retries.update_value(|retries| *retries += 1);
            set_timeout(move || verification.refetch(), RETRY_INTERVAL);
        }
    });
    view! {
        <section class="bg-surface border border-line rounded-[10px] px-5 max-md:px-4 py-4 mb-6" aria-label=t!(mesh.sample_application)>
            <div class="flex items-center gap-3 mb-3">
                <h2 class="text-[14px] font-semibold flex-1">{t!(mesh.sample_application)}</h2>
                <Button press=move || verification.refetch()>{t!(mesh.recheck)}</Button>
            </div>
            <Loaded from=verification subject=t!(mesh.sample_application) view=shown/>
        </section>
    }
}

/// Whether the last step is complete.
fn is_verified(mesh: &MeshView) -> bool {
    let mut steps = mesh.steps.iter();
    steps.any(|step| step.step.kind == StepKind::Verify && step.state == StepState::Done)
}

/// Whether every step but the last is complete: then a change may still propagate.
fn is_complete(mesh: &MeshView) -> bool {
    let steps = mesh.steps.iter();
    let mut steps = steps.filter(|step| step.step.kind != StepKind::Verify);
    steps.all(|step| step.state.is_complete())
}

/// The result of the verification.
#[component]
fn Verification(verification: VerificationView) -> impl IntoView {
    let has_sample = !verification.services.is_empty();
    let diagnosis = verification.diagnosis;
    view! {
        <Verdict diagnosis=diagnosis/>
        {has_sample.then(|| view! {
            <div class="grid gap-4 mt-4 lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)] items-start">
                <Drawing services=verification.services.clone()/>
                <ProductPage page=verification.page/>
            </div>
            <Services services=verification.services registry=verification.registry/>
        })}
        <ClusterStates states=verification.seen/>
    }
}

/// The one verdict about the mesh, with its reasons: the failed checks, and what the verification found.
#[component]
fn Verdict(diagnosis: Diagnosis) -> impl IntoView {
    let MeshContext { mesh, health, .. } = mesh_context();
    move || {
        let verdict = health.with(|health| MeshVerdict::new(&diagnosis, health.as_ref()));
        let (tone, summary, failed) = match verdict {
            MeshVerdict::Healthy => (Tone::Good, t!(mesh.healthy), Vec::new()),
            MeshVerdict::Incomplete => (Tone::Warn, t!(mesh.incomplete), Vec::new()),
            MeshVerdict::Failed(failed) => (Tone::Bad, t!(mesh.unhealthy), failed),
        };
        let failed = failed.into_iter().map(|check| {
            let reason = format!("{} {}", check.code.id(), doctor::title(&check));
            view! { <p class="mt-1 break-words">{reason}</p> }
        });
        let missing = diagnosis.missing.and_then(|kind| {
            let steps = mesh.get_untracked().steps;
            let found = steps.iter().find(|step| step.step.kind == kind);
            found.map(|found| title(&found.step))
        });
        let lines = diagnosis.lines.iter().map(verification_message);
        let lines = lines
            .map(|line| view! { <p class="mt-1 text-ink-2 break-words">{line}</p> })
            .collect_view();
        view! {
            <Notice tone=tone>
                <p class="font-medium">{summary}</p>
                {failed.collect_view()}
                {missing.map(|title| view! { <p class="mt-1">{t!(mesh.missing_step)} ": " {title}</p> })}
                {lines}
            </Notice>
        }
    }
}

/// The response of the product page.
#[component]
fn ProductPage(page: PageView) -> impl IntoView {
    let status = page.status.map(|status| {
        let tone = if status == 200 { Tone::Good } else { Tone::Bad };
        view! { <Pill tone=tone>{t!(mesh.page_status, status = status)}</Pill> }
    });
    let content = page.says.map(|content| match content {
        PageContent::Details => t!(mesh.page_details),
        PageContent::NoDetails => t!(mesh.page_no_details),
        PageContent::Other => t!(mesh.page_other),
    });
    view! {
        <div class="border border-line rounded-[10px] px-4 py-3 text-[13px]" role="group" aria-label=t!(mesh.page)>
            <div class="flex flex-wrap items-center gap-2">
                <h3 class="font-semibold flex-1">{t!(mesh.page)}</h3>
                {status}
            </div>
            {content.map(|content| view! { <p class="text-[15px] font-medium mt-2">{content}</p> })}
            {page.problem.map(|reason| view! { <p class="mt-2 text-ink-2 break-words">{t!(mesh.page_not_requested, reason = reason)}</p> })}
        </div>
    }
}

/// The list of services: the clusters in which each runs, and its endpoints in the control plane.
#[component]
fn Services(services: Vec<ServiceView>, registry: EndpointRegistry) -> impl IntoView {
    let row = |service: ServiceView| {
        view! {
            <div class="px-4 py-2 border-b border-line last:border-b-0 text-[13px]">
                <p class="font-medium mb-0.5">{service.name}</p>
                {service.places.into_iter().map(|workload| view! { <Workload workload=workload registry=registry/> }).collect_view()}
            </div>
        }
    };
    view! {
        <div class="mt-4 border border-line rounded-[10px]">
            {services.into_iter().map(row).collect_view()}
        </div>
    }
}

/// A service in one cluster.
#[component]
fn Workload(workload: ServiceInClusterView, registry: EndpointRegistry) -> impl IntoView {
    let service = match workload.service {
        Some(true) => t!(mesh.has_service),
        Some(false) => t!(mesh.has_no_service),
        None => String::new(),
    };
    let pods = match workload.pods {
        Some((_, 0)) => t!(mesh.no_pods),
        Some((ready, all)) => count!(mesh.pods_ready, n = all, ready = ready),
        None => String::new(),
    };
    let endpoint = |endpoint: EndpointView| {
        let (class, state) = match endpoint.known {
            Some(true) => (
                tw("text-good"),
                t!(mesh.endpoint_registered, registry = registry.name()),
            ),
            Some(false) => (
                tw("text-bad"),
                t!(mesh.endpoint_not_registered, registry = registry.name()),
            ),
            None => (tw("text-ink-3"), t!(probe.unknown)),
        };
        view! { <span class="whitespace-nowrap"><span class="font-mono text-[12px]">{endpoint.address}</span> " " <span class=class>{state}</span></span> }
    };
    view! {
        <div class="grid md:grid-cols-[190px_120px_110px_minmax(0,1fr)] gap-x-4 gap-y-0.5 py-0.5 text-ink-2">
            <ClusterChip name=workload.cluster/>
            <span>{service}</span>
            <span class="tabular">{pods}</span>
            <span class="flex flex-wrap gap-x-4 min-w-0">{workload.endpoints.into_iter().map(endpoint).collect_view()}</span>
            {workload.unknown.into_iter().map(|reason| view! { <span class="col-span-full text-[12px] text-ink-3 break-words">{reason}</span> }).collect_view()}
        </div>
    }
}

/// The state of each cluster in the control plane.
#[component]
fn ClusterStates(states: Vec<ClusterSyncView>) -> impl IntoView {
    let row = |row: ClusterSyncView| {
        let (healthy, state) = match row.state {
            ClusterSyncState::Says(state) => (state == "synced", state),
            ClusterSyncState::Registered(n) => (n > 0, count!(mesh.registered, n = n)),
            ClusterSyncState::Unknown(reason) => (false, reason),
        };
        let (glyph, class) = if healthy {
            (Glyph::Good, tw("size-4 shrink-0 text-good"))
        } else {
            (Glyph::Bad, tw("size-4 shrink-0 text-bad"))
        };
        let reported_by =
            (!row.instance.is_empty()).then(|| t!(mesh.reported_by, instance = row.instance));
        view! {
            <li class="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 border-b border-line last:border-b-0 text-[13px]">
                <Icon glyph=glyph class=class/>
                <span class="font-medium">{row.cluster}</span>
                <span class="text-ink-2 flex-1 min-w-[140px]">{state}</span>
                <span class="text-[12px] text-ink-3">{reported_by}</span>
            </li>
        }
    };
    (!states.is_empty()).then(|| {
        view! { <ul class="mt-4 border border-line rounded-[10px]">{states.into_iter().map(row).collect_view()}</ul> }
    })
}
