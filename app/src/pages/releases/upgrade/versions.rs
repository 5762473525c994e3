//! The versions of a chart, by repository: newer ones, the installed one, and folded the older ones.

use crate::{
    parts::{Pill, Tone, tw},
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    ChartRef,
    upgrade::{UpgradeSource, UpgradeVersion, VersionAge},
};

/// The versions of all repositories; one of them is chosen.
#[component]
pub(super) fn Versions(
    /// The repositories that have the chart.
    sources: Vec<UpgradeSource>,
    /// The chosen version.
    chosen: RwSignal<Option<ChartRef>>,
) -> impl IntoView {
    let source = |source: UpgradeSource| view! { <Source source=source chosen=chosen/> };
    view! { <div class="flex flex-col gap-4">{sources.into_iter().map(source).collect_view()}</div> }
}

#[component]
fn Source(source: UpgradeSource, chosen: RwSignal<Option<ChartRef>>) -> impl IntoView {
    let title = format!("{}/{}", source.repository, source.chart);
    let (older, rest): (Vec<UpgradeVersion>, Vec<UpgradeVersion>) = source
        .versions
        .into_iter()
        .partition(|version| version.age == VersionAge::Older);
    let row = move |version: UpgradeVersion| {
        let chart = ChartRef {
            repository: source.repository.clone(),
            chart: source.chart.clone(),
            version: version.version.clone(),
        };
        view! { <Version version=version chart=chart chosen=chosen/> }
    };
    let rest = rest.into_iter().map(row.clone()).collect_view();
    let number = older.len();
    let older = older.into_iter().map(row).collect_view();
    let older = (number > 0).then(|| {
        view! {
            <details>
                <summary class="px-5 py-2.5 border-t border-line cursor-pointer text-[13px] text-ink-2">
                    {count!(upgrade.older_versions, n = number)}
                </summary>
                {older}
            </details>
        }
    });
    view! {
        <fieldset class="bg-surface border border-line rounded-[10px] min-w-0">
            <legend class="sr-only">{title.clone()}</legend>
            <div class="flex flex-wrap items-center gap-2 px-5 py-2.5">
                <span class="text-[13px] font-semibold break-words" aria-hidden="true">{title}</span>
                {source.is_origin.then(|| view! { <Pill tone=Tone::Span>{t!(upgrade.origin)}</Pill> })}
            </div>
            {rest}
            {older}
        </fieldset>
    }
}

/// What a version is beside the installed one.
fn mark(age: VersionAge) -> (Tone, String) {
    match age {
        VersionAge::Newer => (Tone::Busy, t!(upgrade.newer)),
        VersionAge::Same => (Tone::Plain, t!(upgrade.same)),
        VersionAge::Older => (Tone::Warn, t!(upgrade.older)),
    }
}

#[component]
fn Version(
    version: UpgradeVersion,
    chart: ChartRef,
    chosen: RwSignal<Option<ChartRef>>,
) -> impl IntoView {
    let (tone, label) = mark(version.age);
    let app_version = (!version.app_version.is_empty())
        .then(|| t!(upgrade.app_version, version = version.app_version.clone()));
    let chart = StoredValue::new(chart);
    let is_chosen = move || chosen.with(|chosen| chosen.as_ref() == Some(&chart.get_value()));
    let class = move || {
        if is_chosen() {
            tw(
                "flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2.5 border-t border-line bg-span-soft text-[13px] cursor-pointer max-md:min-h-10",
            )
        } else {
            tw(
                "flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2.5 border-t border-line hover:bg-sunken text-[13px] cursor-pointer max-md:min-h-10",
            )
        }
    };
    view! {
        <label class=class>
            <input
                type="radio"
                name="version"
                class="size-4 accent-span"
                prop:checked=is_chosen
                on:change=move |_| chosen.set(Some(chart.get_value()))
            />
            <span class="font-medium tabular">{version.version}</span>
            <Pill tone=tone>{label}</Pill>
            {app_version.map(|text| view! { <span class="text-ink-3 tabular">{text}</span> })}
        </label>
    }
}
