//! Who serves what from where: a picture of the sample over the clusters, the page's own word, and the
//! same as lines for those who cannot see the picture.

use super::{detail::path, drawing::Drawing, step};
use crate::{
    api,
    parts::{Button, ClusterChip, Glyph, Icon, Loaded, Notice, Pill, Tone, tw},
    words::{say, verdict_line},
};
use leptos::prelude::*;
use std::time::Duration;
use wire::{
    MeshName,
    mesh::{
        ClusterSyncState, ClusterSyncView, EndpointView, MeshView, PageContent, PageView,
        ServiceInClusterView, ServiceView, StepKind, StepState, VerificationView,
    },
};

/// How often the page asks by itself for what may just need a moment, and how long it waits between.
const MOST_TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_secs(2);

/// The sample as it is now, asked when the mesh changes.
#[component]
pub(super) fn Picture(name: MeshName) -> impl IntoView {
    let own = StoredValue::new(name);
    let states = Memo::new(move |_| {
        let mesh = path().mesh.get();
        let steps = mesh.steps.into_iter();
        // Whether it was verified follows from this, so it is no reason to ask again.
        let steps = steps.filter(|step| step.step.kind != StepKind::Verify);
        steps.map(|step| step.state).collect::<Vec<_>>()
    });
    let verdict = Resource::new(
        move || states.get(),
        move |_| api::meshes::mesh_verdict(own.get_value()),
    );
    let shown = |verdict: VerificationView| view! { <Verdict verdict=verdict/> };
    let tries = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let whole = match verdict.get() {
            Some(Ok(found)) => found.diagnosis.whole,
            Some(Err(_)) | None => return,
        };
        let mesh = path().mesh.get_untracked();
        let verified = is_verified(&mesh);
        if whole != verified {
            path().again.run(());
        } else if !whole && complete(&mesh) && tries.get_value() < MOST_TRIES {
            tries.update_value(|tries| *tries += 1);
            set_timeout(move || verdict.refetch(), PAUSE);
        }
    });
    view! {
        <section class="bg-surface border border-line rounded-[10px] px-5 max-md:px-4 py-4 mb-6" aria-label=say!(mesh.verdict)>
            <div class="flex items-center gap-3 mb-3">
                <h2 class="text-[14px] font-semibold flex-1">{say!(mesh.verdict)}</h2>
                <Button press=move || verdict.refetch()>{say!(mesh.look_again)}</Button>
            </div>
            <Loaded from=verdict what=say!(mesh.verdict) view=shown/>
        </section>
    }
}

/// Whether the last step is said to hold.
fn is_verified(mesh: &MeshView) -> bool {
    let mut steps = mesh.steps.iter();
    steps.any(|step| step.step.kind == StepKind::Verify && step.state == StepState::Done)
}

/// Whether every step but the last holds: then what is not seen yet may just need a moment.
fn complete(mesh: &MeshView) -> bool {
    let steps = mesh.steps.iter();
    let mut steps = steps.filter(|step| step.step.kind != StepKind::Verify);
    steps.all(|step| step.state.holds())
}

/// What was found, in the order in which it is looked for.
#[component]
fn Verdict(verdict: VerificationView) -> impl IntoView {
    let (whole, sample) = (verdict.diagnosis.whole, !verdict.services.is_empty());
    let (tone, word) = if whole {
        (Tone::Good, say!(mesh.whole))
    } else {
        (Tone::Warn, say!(mesh.not_whole))
    };
    let missing = verdict.diagnosis.missing.map(|kind| {
        let steps = path().mesh.get_untracked().steps;
        let found = steps.iter().find(|step| step.step.kind == kind);
        found.map(|found| step::title(&found.step))
    });
    let lines = verdict.diagnosis.lines;
    view! {
        <Notice tone=tone>
            <p class="font-medium">{word}</p>
            {missing.flatten().map(|title| view! { <p class="mt-1">{say!(mesh.missing_step)} ": " {title}</p> })}
            {lines.into_iter().map(|line| view! { <p class="mt-1 text-ink-2 break-words">{verdict_line(&line)}</p> }).collect_view()}
        </Notice>
        {sample.then(|| view! {
            <div class="grid gap-4 mt-4 lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)] items-start">
                <Drawing services=verdict.services.clone()/>
                <Page page=verdict.page/>
            </div>
            <Services services=verdict.services/>
        })}
        <Seen seen=verdict.seen/>
    }
}

/// What the product page shows.
#[component]
fn Page(page: PageView) -> impl IntoView {
    let status = page.status.map(|status| {
        let tone = if status == 200 { Tone::Good } else { Tone::Bad };
        view! { <Pill tone=tone>{say!(mesh.page_status, status = status)}</Pill> }
    });
    let says = page.says.map(|says| match says {
        PageContent::Details => say!(mesh.page_details),
        PageContent::NoDetails => say!(mesh.page_no_details),
        PageContent::Other => say!(mesh.page_other),
    });
    view! {
        <div class="border border-line rounded-[10px] px-4 py-3 text-[13px]" role="group" aria-label=say!(mesh.page)>
            <div class="flex flex-wrap items-center gap-2">
                <h3 class="font-semibold flex-1">{say!(mesh.page)}</h3>
                {status}
            </div>
            {says.map(|says| view! { <p class="text-[15px] font-medium mt-2">{says}</p> })}
            {page.problem.map(|reason| view! { <p class="mt-2 text-ink-2 break-words">{say!(mesh.page_silent, reason = reason)}</p> })}
        </div>
    }
}

/// The picture in lines: each service, where it runs, what the control plane knows of it.
#[component]
fn Services(services: Vec<ServiceView>) -> impl IntoView {
    let row = |service: ServiceView| {
        view! {
            <div class="px-4 py-2 border-b border-line last:border-b-0 text-[13px]">
                <p class="font-medium mb-0.5">{service.name}</p>
                {service.places.into_iter().map(|place| view! { <Spot place=place/> }).collect_view()}
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
fn Spot(place: ServiceInClusterView) -> impl IntoView {
    let service = match place.service {
        Some(true) => say!(mesh.has_service),
        Some(false) => say!(mesh.has_no_service),
        None => String::new(),
    };
    let pods = match place.pods {
        Some((_, 0)) => say!(mesh.no_pods),
        Some((ready, all)) => say!(mesh.pods, ready = ready, all = all),
        None => String::new(),
    };
    let endpoint = |one: EndpointView| {
        let (class, word) = match one.known {
            Some(true) => (tw("text-good"), say!(mesh.known)),
            Some(false) => (tw("text-bad"), say!(mesh.not_known)),
            None => (tw("text-ink-3"), say!(probe.not_known)),
        };
        view! { <span class="whitespace-nowrap"><span class="font-mono text-[12px]">{one.address}</span> " " <span class=class>{word}</span></span> }
    };
    view! {
        <div class="grid md:grid-cols-[190px_120px_110px_minmax(0,1fr)] gap-x-4 gap-y-0.5 py-0.5 text-ink-2">
            <ClusterChip name=place.cluster/>
            <span>{service}</span>
            <span class="tabular">{pods}</span>
            <span class="flex flex-wrap gap-x-4 min-w-0">{place.endpoints.into_iter().map(endpoint).collect_view()}</span>
            {place.unknown.into_iter().map(|why| view! { <span class="col-span-full text-[12px] text-ink-3 break-words">{why}</span> }).collect_view()}
        </div>
    }
}

/// How the control plane sees each cluster.
#[component]
fn Seen(seen: Vec<ClusterSyncView>) -> impl IntoView {
    let row = |one: ClusterSyncView| {
        let (well, word) = match one.state {
            ClusterSyncState::Says(word) => (word == "synced", word),
            ClusterSyncState::Registered(n) => (n > 0, say!(mesh.registered, n = n)),
            ClusterSyncState::Unknown(why) => (false, why),
        };
        let (glyph, class) = if well {
            (Glyph::Good, tw("size-4 shrink-0 text-good"))
        } else {
            (Glyph::Bad, tw("size-4 shrink-0 text-bad"))
        };
        let by = (!one.instance.is_empty()).then(|| say!(mesh.seen_by, instance = one.instance));
        view! {
            <li class="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 border-b border-line last:border-b-0 text-[13px]">
                <Icon glyph=glyph class=class/>
                <span class="font-medium">{one.cluster}</span>
                <span class="text-ink-2 flex-1 min-w-[140px]">{word}</span>
                <span class="text-[12px] text-ink-3">{by}</span>
            </li>
        }
    };
    (!seen.is_empty()).then(|| {
        view! { <ul class="mt-4 border border-line rounded-[10px]">{seen.into_iter().map(row).collect_view()}</ul> }
    })
}
