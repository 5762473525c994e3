//! A chart's page: what it is, its parameters, its values, where its images can run.

use super::facts::{Facts, Versions};
use crate::{
    AppError, api,
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

/// Repository and chart of the URL.
pub(crate) fn named() -> Result<(Repository, ChartName), AppError> {
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
    named: Result<(Repository, ChartName), AppError>,
    version: Option<String>,
) -> Result<ChartView, AppError> {
    let (repository, chart) = named?;
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

/// A chart's page.
#[component]
pub(crate) fn Chart() -> impl IntoView {
    let named = named();
    let query = use_query_map();
    let version = move || query.read().get("version");
    let chart = Resource::new(version, move |version| load(named.clone(), version));
    view! { <Loaded from=chart what=t!(chart.subject) view=|chart| view! { <Page chart=chart/> }/> }
}

#[component]
fn Page(chart: ChartView) -> impl IntoView {
    let tab = RwSignal::new(0);
    let version = chart.chart.version.clone();
    let own = chart.chart.clone();
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
        <Head title=chart.chart.chart.to_string() above=vec![(t!(catalog.title), urls::CATALOG.to_owned())]>
            <Versions chart=own/>
            <ButtonLink kind=Kind::Go to=install>{t!(catalog.install)} " " {version}</ButtonLink>
        </Head>
        <p class="text-ink-2 mb-4 max-w-[70ch]">{chart.card.description.clone()}</p>
        {chart.card.deprecated.then(|| view! { <div class="mb-4"><Notice tone=Tone::Warn>{t!(chart.deprecated)}</Notice></div> })}
        {chart.runs_on.clone().map(|runs| view! { <Runs runs=runs/> })}
        <div class="grid gap-4 lg:grid-cols-[minmax(0,1fr)_300px] items-start">
            <section class="bg-surface border border-line rounded-[10px] min-w-0">
                <Tabs label=t!(chart.subject) tabs=tabs chosen=tab/>
                {move || match tab.get() {
                    0 if readme.with_value(String::is_empty) => view! { <Nothing says=t!(chart.no_readme)/> }.into_any(),
                    0 => view! { <div class="prose px-5 py-4 overflow-x-auto" inner_html=readme.get_value()></div> }.into_any(),
                    1 if parameters.with_value(Vec::is_empty) => view! { <Nothing says=t!(chart.no_parameters)/> }.into_any(),
                    1 => view! { <Parameters parameters=parameters.get_value()/> }.into_any(),
                    _ if values.with_value(|values| values.trim().is_empty()) => view! { <Nothing says=t!(chart.no_values)/> }.into_any(),
                    _ => view! { <Code text=values.get_value() label="values.yaml"/> }.into_any(),
                }}
            </section>
            <Facts chart=chart/>
        </div>
    }
}

/// What a chart does not have.
#[component]
fn Nothing(says: String) -> impl IntoView {
    view! { <p class="px-5 py-6 text-[13px] text-ink-3">{says}</p> }
}

/// On which clusters the chart's images can run.
#[component]
fn Runs(runs: RunsOn) -> impl IntoView {
    let names = |list: &[String]| list.join(", ");
    let yes: Vec<String> = runs.yes.iter().map(ToString::to_string).collect();
    let no: Vec<String> = runs
        .objects_only
        .iter()
        .map(|(name, version)| format!("{name} ({version})"))
        .collect();
    view! {
        <div class="mb-4">
            <Notice tone=if no.is_empty() { Tone::Plain } else { Tone::Warn }>
                <p class="font-medium">{t!(chart.supported_up_to, newest = runs.newest.clone())}</p>
                {(!yes.is_empty()).then(|| view! { <p class="mt-1 text-ink-2">{t!(chart.supported_on, clusters = names(&yes))}</p> })}
                {(!no.is_empty()).then(|| view! { <p class="mt-1 text-ink-2">{t!(chart.not_supported_on, clusters = names(&no))}</p> })}
            </Notice>
        </div>
    }
}

#[component]
fn Parameters(parameters: Vec<ParameterView>) -> impl IntoView {
    let row = |one: ParameterView| {
        view! {
            <div class="grid md:grid-cols-[minmax(0,1.1fr)_minmax(0,1.4fr)_minmax(0,.7fr)] gap-x-4 gap-y-1 px-5 py-2.5 border-t border-line text-[13px]">
                <code class="text-[12.5px] break-words">{one.path}</code>
                <span class="text-ink-2">{one.description}</span>
                <span class="text-ink-3 break-words">
                    {one.kind}
                    {(!one.default.is_empty()).then(|| view! { " · " <code class="text-[12px]">{one.default}</code> })}
                </span>
            </div>
        }
    };
    view! { <div>{parameters.into_iter().map(row).collect_view()}</div> }
}
