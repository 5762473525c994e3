//! The facts beside a chart: its versions, its repository, its digest.

use crate::{
    AppError, api,
    parts::{Button, Dialog, Kind, Link, ProblemNotice},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wire::{
    ChartRef,
    catalog::{ChartView, KubernetesRange, PartView, VersionView, VersionsView},
};

/// The versions of a chart, with the shown version selected; the list is loaded after the page.
#[component]
pub(super) fn Versions(chart: ChartRef) -> impl IntoView {
    let shown = chart.version.clone();
    let page = urls::chart(&chart.repository, &chart.chart);
    let (repository, name) = (chart.repository, chart.chart);
    let versions = Resource::new(
        || (),
        move |()| api::catalog::chart_versions(repository.clone(), name.clone()),
    );
    let navigate = use_navigate();
    let select = move |event| {
        let version = event_target_value(&event);
        navigate(
            &urls::with_version(&page, &version),
            NavigateOptions::default(),
        );
    };
    let fallback = shown.clone();
    let options = move || {
        let shown = shown.clone();
        Suspend::new(
            async move { version_options(versions.await.unwrap_or_default().versions, &shown) },
        )
    };
    let notice = move || {
        Suspend::new(async move {
            let versions = versions.await.unwrap_or_default();
            view! { <Recommendation versions=versions/> }
        })
    };
    view! {
        <label class="flex items-center gap-2 text-[13px] text-ink-2">
            {t!(chart.version)}
            <select
                class="h-8 max-md:h-10 max-w-[220px] px-2 bg-surface border border-field rounded-[6px] text-[13px] text-ink tabular"
                on:change=select
            >
                <Transition fallback=move || view! { <option selected=true>{fallback.clone()}</option> }>{options}</Transition>
            </select>
        </label>
        <Transition fallback=|| ()>{notice}</Transition>
    }
}

/// The versions as options, the shown one selected; it may be one that is not listed any more.
pub(crate) fn version_options(
    mut versions: Vec<VersionView>,
    shown: &str,
) -> impl IntoView + use<> {
    if !versions.iter().any(|row| row.version == shown) {
        let unlisted = VersionView {
            version: shown.to_owned(),
            app_version: String::new(),
            created: String::new(),
            kubernetes: None,
            fits: Vec::new(),
            recommended: false,
        };
        versions.insert(0, unlisted);
    }
    let option = |row: VersionView| {
        let recommended = row.recommended.then(|| t!(chart.recommended));
        // The charts of Istio have the version of Istio.
        let app_version = Some(row.app_version).filter(|app| *app != row.version);
        let details = [
            app_version.unwrap_or_default(),
            row.created,
            recommended.unwrap_or_default(),
        ];
        let details = details.into_iter().filter(|text| !text.is_empty());
        let details: Vec<String> = details.map(|text| format!(" · {text}")).collect();
        let details = details.concat();
        let selected = row.version == shown;
        view! { <option value=row.version.clone() selected=selected>{row.version.clone()} {details}</option> }
    };
    versions.into_iter().map(option).collect_view()
}

/// Why a version is recommended, and why further versions are missing.
#[component]
pub(crate) fn Recommendation(versions: VersionsView) -> impl IntoView {
    let recommended = versions.versions.into_iter().find(|row| row.recommended);
    let note = recommended.map(|row| {
        let version = row.version.clone();
        let clusters: Vec<String> = row
            .fits
            .iter()
            .map(|(cluster, version)| format!("{cluster} ({version})"))
            .collect();
        let clusters = clusters.join(", ");
        let kubernetes = row
            .kubernetes
            .map(|range| kubernetes_words(&range))
            .unwrap_or_default();
        let text = if clusters.is_empty() {
            t!(
                chart.recommended_newest,
                version = version,
                kubernetes = kubernetes
            )
        } else {
            t!(
                chart.recommended_for,
                version = version,
                kubernetes = kubernetes,
                clusters = clusters
            )
        };
        view! { <p class="w-full text-[13px] text-ink-2">{text}</p> }
    });
    view! {
        {note}
        {versions.problem.map(|problem| view! { <div class="w-full"><ProblemNotice problem=problem/></div> })}
    }
}

/// A range of Kubernetes versions.
fn kubernetes_words(range: &KubernetesRange) -> String {
    let newest = range.newest.clone();
    match &range.oldest {
        Some(oldest) => t!(
            chart.kubernetes_range,
            oldest = oldest.clone(),
            newest = newest
        ),
        None => t!(chart.kubernetes_up_to, newest = newest),
    }
}

/// The facts of a chart.
#[component]
pub(super) fn Facts(chart: ChartView) -> impl IntoView {
    let line = |label: String, text: String| {
        (!text.is_empty()).then(|| {
            view! {
                <dt class="text-ink-3">{label}</dt>
                <dd class="break-words min-w-0">{text}</dd>
            }
        })
    };
    let repository = chart.chart.repository.to_string();
    let charts = urls::repository_charts(&chart.chart.repository);
    let upload = chart.uploaded.then(|| chart.chart.clone());
    let parts = (!chart.parts.is_empty()).then(|| {
        let row = |part: PartView| {
            let condition = part.condition.map(|path| format!(" · {path}"));
            view! { <li class="break-words"><code>{part.release.to_string()}</code><span class="text-ink-3">{condition}</span></li> }
        };
        view! {
            <dt class="text-ink-3">{t!(chart.releases)}</dt>
            <dd class="min-w-0"><ol>{chart.parts.clone().into_iter().map(row).collect_view()}</ol></dd>
        }
    });
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
                    <Link href=charts attr:class="text-span hover:underline">
                        {repository}
                    </Link>
                </dd>
                {line(t!(chart.versions), chart.card.versions.to_string())}
                {parts}
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
            {upload.map(|chart| view! { <DeleteUpload chart=chart/> })}
        </aside>
    }
}

/// The button and the dialog that delete an uploaded chart.
#[component]
fn DeleteUpload(chart: ChartRef) -> impl IntoView {
    let open = RwSignal::new(false);
    let navigate = use_navigate();
    let remove = Action::new(|chart: &ChartRef| api::repositories::remove_upload(chart.clone()));
    Effect::new(move |_| {
        if matches!(remove.value().get(), Some(Ok(()))) {
            navigate(urls::CATALOG, NavigateOptions::default());
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
            <Button kind=Kind::Danger press=move || open.set(true)>{t!(chart.delete)}</Button>
        </div>
        <Dialog open=open title=title>
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
