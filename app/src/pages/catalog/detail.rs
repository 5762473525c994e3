//! The page of a chart: its README, parameters and values, and the clusters that its images support.

use super::facts::{Facts, Versions};
use crate::{
    AppError, api,
    named::named,
    parts::{ButtonLink, Code, Head, Kind, Loaded, Notice, Tabs, Tone},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use wire::{
    ChartName, ChartRef, Code as ProblemCode, Problem, Repository,
    catalog::{ChartView, ParameterView, RunsOn},
};

/// The repository and the chart of the URL.
pub(crate) fn chart_of_url() -> Result<(Repository, ChartName), AppError> {
    let params = use_params_map();
    let text = |key| params.read_untracked().get(key).unwrap_or_default();
    let bad = |error: wire::BadName| {
        AppError(
            Problem::new(ProblemCode::BadName)
                .with("name", text("chart"))
                .with("reason", error),
        )
    };
    Ok((
        Repository::new(text("repository")).map_err(bad)?,
        ChartName::new(text("chart")).map_err(bad)?,
    ))
}

async fn load(
    chart: Result<(Repository, ChartName), AppError>,
    version: Option<String>,
) -> Result<ChartView, AppError> {
    let (repository, chart) = chart?;
    let reference = match version {
        Some(version) => ChartRef {
            repository,
            chart,
            version,
        },
        None => api::catalog::latest_chart(repository, chart).await?,
    };
    api::catalog::chart(reference).await
}

/// The page of a chart.
#[component]
pub(crate) fn Chart() -> impl IntoView {
    let of_url = chart_of_url();
    let query = use_query_map();
    let version = move || query.read().get("version");
    let chart = named(version, move |version| load(of_url.clone(), version));
    view! { <Loaded from=chart subject=t!(chart.subject) parents=vec![(t!(catalog.title), urls::CATALOG.to_owned())] view=|chart| view! { <Page chart=chart/> }/> }
}

#[component]
fn Page(chart: ChartView) -> impl IntoView {
    let tab = RwSignal::new(0);
    let version = chart.chart.version.clone();
    let reference = chart.chart.clone();
    let install = urls::install(&chart.chart.repository, &chart.chart.chart);
    let install = urls::with_version(&install, &chart.chart.version);
    let parameters = StoredValue::new(chart.parameters.clone());
    let values = StoredValue::new(chart.values.clone());
    let readme = StoredValue::new(chart.readme.clone());
    let tabs = vec![
        t!(chart.description),
        t!(chart.parameters_n, n = chart.parameters.len()),
        t!(chart.values),
    ];
    view! {
        <Head title=chart.chart.chart.to_string() parents=vec![(t!(catalog.title), urls::CATALOG.to_owned())]>
            <Versions chart=reference/>
            <ButtonLink kind=Kind::Go to=install>{t!(catalog.install)} " " {version}</ButtonLink>
        </Head>
        <p class="text-ink-2 mb-4 max-w-[70ch]">{chart.card.description.clone()}</p>
        {chart.card.deprecated.then(|| view! { <div class="mb-4"><Notice tone=Tone::Warn>{t!(chart.deprecated)}</Notice></div> })}
        {chart.runs_on.clone().map(|runs_on| view! { <SupportedClusters runs_on=runs_on/> })}
        <div class="grid gap-4 lg:grid-cols-[minmax(0,1fr)_300px] items-start">
            <section class="bg-surface border border-line rounded-[10px] min-w-0">
                <Tabs label=t!(chart.subject) tabs=tabs selected=tab/>
                {move || match tab.get() {
                    0 if readme.with_value(String::is_empty) => view! { <EmptyTab text=t!(chart.no_readme)/> }.into_any(),
                    0 => view! { <div class="prose px-5 py-4 overflow-x-auto" inner_html=readme.get_value()></div> }.into_any(),
                    1 if parameters.with_value(Vec::is_empty) => view! { <EmptyTab text=t!(chart.no_parameters)/> }.into_any(),
                    1 => view! { <Parameters parameters=parameters.get_value()/> }.into_any(),
                    _ if values.with_value(|values| values.trim().is_empty()) => view! { <EmptyTab text=t!(chart.no_values)/> }.into_any(),
                    _ => view! { <Code text=values.get_value() label="values.yaml"/> }.into_any(),
                }}
            </section>
            <Facts chart=chart/>
        </div>
    }
}

/// The text of an empty tab.
#[component]
fn EmptyTab(text: String) -> impl IntoView {
    view! { <p class="px-5 py-6 text-[13px] text-ink-3">{text}</p> }
}

/// The clusters that support the images of the chart, and those that do not.
#[component]
fn SupportedClusters(runs_on: RunsOn) -> impl IntoView {
    let names = |list: &[String]| list.join(", ");
    let supported: Vec<String> = runs_on.yes.iter().map(ToString::to_string).collect();
    let unsupported: Vec<String> = runs_on
        .objects_only
        .iter()
        .map(|(name, version)| format!("{name} ({version})"))
        .collect();
    view! {
        <div class="mb-4">
            <Notice tone=if unsupported.is_empty() { Tone::Plain } else { Tone::Warn }>
                <p class="font-medium">{t!(chart.supported_up_to, newest = runs_on.newest.clone())}</p>
                {(!supported.is_empty()).then(|| view! { <p class="mt-1 text-ink-2">{t!(chart.supported_on, clusters = names(&supported))}</p> })}
                {(!unsupported.is_empty()).then(|| view! { <p class="mt-1 text-ink-2">{t!(chart.not_supported_on, clusters = names(&unsupported))}</p> })}
            </Notice>
        </div>
    }
}

#[component]
fn Parameters(parameters: Vec<ParameterView>) -> impl IntoView {
    let row = |parameter: ParameterView| {
        view! {
            <div class="grid md:grid-cols-[minmax(0,1.1fr)_minmax(0,1.4fr)_minmax(0,.7fr)] gap-x-4 gap-y-1 px-5 py-2.5 border-t border-line text-[13px]">
                <code class="text-[12.5px] break-words">{parameter.path}</code>
                <span class="text-ink-2">{parameter.description}</span>
                <span class="text-ink-3 break-words">
                    {parameter.kind}
                    {(!parameter.default.is_empty()).then(|| view! { " · " <code class="text-[12px]">{parameter.default}</code> })}
                </span>
            </div>
        }
    };
    view! { <div>{parameters.into_iter().map(row).collect_view()}</div> }
}
