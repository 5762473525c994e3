//! What stands beside a chart: its versions to choose from, where it comes from, its digest.

use crate::{
    AppError, api,
    parts::{Button, Dialog, Kind, ProblemNotice},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};
use wire::{
    ChartRef,
    catalog::{ChartView, VersionView},
};

/// The versions of a chart, the one that is shown chosen; the others come while the page is read.
#[component]
pub(super) fn Versions(chart: ChartRef) -> impl IntoView {
    let own = chart.version.clone();
    let page = urls::chart(&chart.repository, &chart.chart);
    let (repository, name) = (chart.repository, chart.chart);
    let versions = Resource::new(
        || (),
        move |()| api::catalog::chart_versions(repository.clone(), name.clone()),
    );
    let navigate = use_navigate();
    let choose = move |event| {
        let version = event_target_value(&event);
        navigate(
            &urls::with_version(&page, &version),
            NavigateOptions::default(),
        );
    };
    let shown = own.clone();
    let options = move || {
        let own = own.clone();
        Suspend::new(async move {
            let mut all = versions.await.unwrap_or_default();
            if !all.iter().any(|one| one.version == own) {
                let only = VersionView {
                    version: own.clone(),
                    app_version: String::new(),
                    created: String::new(),
                };
                all.insert(0, only);
            }
            let option = move |one: VersionView| {
                let said = [one.app_version, one.created]
                    .into_iter()
                    .filter(|text| !text.is_empty());
                let more: Vec<String> = said.map(|text| format!(" · {text}")).collect();
                let more = more.concat();
                let chosen = one.version == own;
                view! { <option value=one.version.clone() selected=chosen>{one.version.clone()} {more}</option> }
            };
            all.into_iter().map(option).collect_view()
        })
    };
    view! {
        <label class="flex items-center gap-2 text-[13px] text-ink-2">
            {t!(chart.version)}
            <select
                class="h-8 max-md:h-10 max-w-[220px] px-2 bg-surface border border-field rounded-[6px] text-[13px] text-ink tabular"
                on:change=choose
            >
                <Transition fallback=move || view! { <option selected=true>{shown.clone()}</option> }>{options}</Transition>
            </select>
        </label>
    }
}

/// What is known of a chart.
#[component]
pub(super) fn Facts(chart: ChartView) -> impl IntoView {
    let line = |word: String, text: String| {
        (!text.is_empty()).then(|| {
            view! {
                <dt class="text-ink-3">{word}</dt>
                <dd class="break-words min-w-0">{text}</dd>
            }
        })
    };
    let from = chart.chart.repository.to_string();
    let all = format!("/catalog?from={from}");
    let upload = chart.uploaded.then(|| chart.chart.clone());
    let digest = chart.digest.clone().map(|digest| {
        view! {
            <dt class="text-ink-3">{t!(chart.digest)}</dt>
            <dd class="font-mono text-[12px] break-all">{digest}</dd>
        }
    });
    view! {
        <aside class="bg-surface border border-line rounded-[10px] px-5 py-4 text-[13px]">
            <dl class="grid grid-cols-[96px_minmax(0,1fr)] gap-x-3 gap-y-2">
                {line(t!(chart.app_version), chart.card.app_version.clone().unwrap_or_default())}
                <dt class="text-ink-3">{t!(chart.repository)}</dt>
                <dd class="break-words min-w-0">
                    <A href=all attr:class="text-span hover:underline">
                        {from}
                    </A>
                </dd>
                {line(t!(chart.versions), chart.card.versions.to_string())}
                {line(t!(chart.maintainers), chart.maintainers.join(", "))}
                {line(t!(chart.keywords), chart.card.keywords.join(", "))}
                {chart.home.clone().map(|home| {
                    view! {
                        <dt class="text-ink-3">{t!(chart.home)}</dt>
                        <dd class="break-words min-w-0">
                            <a href=home.clone() rel="noopener noreferrer" class="text-span hover:underline">{home.clone()}</a>
                        </dd>
                    }
                })}
                {digest}
            </dl>
            {upload.map(|chart| view! { <Remove chart=chart/> })}
        </aside>
    }
}

/// Taking an uploaded chart away.
#[component]
fn Remove(chart: ChartRef) -> impl IntoView {
    let asking = RwSignal::new(false);
    let go = use_navigate();
    let remove = Action::new(|chart: &ChartRef| api::repositories::remove_upload(chart.clone()));
    Effect::new(move |_| {
        if matches!(remove.value().get(), Some(Ok(()))) {
            go(urls::CATALOG, NavigateOptions::default());
        }
    });
    let failed = move || remove.value().get().and_then(Result::err);
    let title = t!(
        chart.delete_title,
        chart = format!("{} {}", chart.chart, chart.version)
    );
    let chart = StoredValue::new(chart);
    view! {
        <div class="mt-4">
            <Button kind=Kind::Danger press=move || asking.set(true)>{t!(chart.delete)}</Button>
        </div>
        <Dialog open=asking title=title>
            <p class="text-ink-2 mb-4">{t!(chart.delete_note)}</p>
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div class="flex justify-end mt-4">
                <Button
                    kind=Kind::Danger
                    disabled=remove.pending()
                    press=move || {
                        remove.dispatch(chart.get_value());
                    }
                >
                    {t!(chart.delete)}
                </Button>
            </div>
        </Dialog>
    }
}
