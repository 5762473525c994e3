//! The install wizard: Target, Checks, Parameters, Review, Deploy. The draft is stored on the server.

mod basis;
mod checks;
mod parameters;
pub(crate) mod review;
mod steps;
mod target;

use crate::{
    AppError, api,
    clock::clock,
    named::{answer_missing, named},
    page_cluster::set_page_namespace,
    pages::catalog::detail::chart_of_url,
    parts::{ErrorPage, Head, Loaded, exactly},
    urls,
    words::t,
};
use basis::{Basis, upgraded_release};
use checks::Checks;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use parameters::{Editing, Parameters};
use review::Review;
use steps::{Step, Steps};
use target::Target;
use wire::{
    ChartName, ChartRef, Repository,
    install::{DraftView, NewDraftRequest},
};

/// The state that the steps share: the draft, the current step, and the navigation between steps.
#[derive(Clone, Copy)]
pub(super) struct Wizard {
    /// The draft on the server.
    pub(super) draft: RwSignal<DraftView>,
    /// The current step.
    pub(super) step: Memo<Step>,
    /// Opens a step.
    pub(super) go: Callback<Step>,
    /// The editor of values, which saves while other steps are open.
    pub(super) editing: Editing,
}

/// The wizard; without a draft in the URL, it creates one and opens it.
#[component]
pub(crate) fn Install() -> impl IntoView {
    let of_url = chart_of_url();
    let query = use_query_map();
    let id = Memo::new(move |_| query.read().get("draft"));
    let version = move || query.read_untracked().get("version");
    move || match (id.get(), of_url.clone()) {
        (Some(id), _) => view! { <LoadDraft id=id/> }.into_any(),
        (None, Ok((repository, chart))) => {
            view! { <CreateDraft repository=repository chart=chart version=version()/> }.into_any()
        }
        (None, Err(AppError(problem))) => {
            let missing = problem.clone();
            answer_missing(move || std::future::ready(Err::<(), _>(AppError(missing))));
            view! { <ErrorPage subject=t!(chart.subject) problem=problem parents=catalog()/> }
                .into_any()
        }
    }
}

/// The page above the wizard.
fn catalog() -> Vec<(String, String)> {
    vec![(t!(catalog.title), urls::CATALOG.to_owned())]
}

#[component]
fn CreateDraft(repository: Repository, chart: ChartName, version: Option<String>) -> impl IntoView {
    let named_chart = (repository, chart);
    let latest = named(
        move || named_chart.clone(),
        |(repository, chart)| api::catalog::latest_chart(repository, chart),
    );
    let create = move |latest: ChartRef| {
        let chart = ChartRef {
            version: version.clone().unwrap_or(latest.version),
            ..latest
        };
        view! { <OpenNewDraft chart=chart/> }
    };
    view! { <Loaded from=latest subject=t!(chart.subject) parents=catalog() view=create/> }
}

/// Creates a draft of a chart, and opens it.
#[component]
fn OpenNewDraft(chart: ChartRef) -> impl IntoView {
    let navigate = use_navigate();
    let create = Action::new(move |(): &()| {
        api::install::create_draft(NewDraftRequest {
            chart: chart.clone(),
        })
    });
    Effect::new(move |_| {
        if create.version().get_untracked() == 0 && !create.pending().get_untracked() {
            create.dispatch(());
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(id)) = create.value().get() {
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(&format!("?draft={id}"), options);
        }
    });
    let failed = move || create.value().get().and_then(Result::err);
    move || {
        match failed() {
        None => view! { <p class="py-6 text-[13px] text-ink-3" role="status">{t!(install.creating_draft)}</p> }.into_any(),
        Some(AppError(problem)) => {
            view! { <ErrorPage subject=t!(chart.subject) problem=problem parents=catalog()/> }.into_any()
        }
    }
    }
}

async fn load(id: String) -> Result<DraftView, AppError> {
    api::install::draft(AppError::parse_name("draft", id)?).await
}

#[component]
fn LoadDraft(id: String) -> impl IntoView {
    let draft = named(move || id.clone(), load);
    view! { <Loaded from=draft subject=t!(install.draft_subject) parents=catalog() view=|draft| view! { <Page draft=draft/> }/> }
}

#[component]
fn Page(draft: DraftView) -> impl IntoView {
    let query = use_query_map();
    let navigate = use_navigate();
    let id = draft.id.clone();
    let step = Memo::new(move |_| Step::from_query(query.read().get("step").as_deref()));
    let go = Callback::new(move |step: Step| {
        navigate(
            &format!("?draft={id}&step={}", step.as_str()),
            NavigateOptions::default(),
        );
    });
    let draft = RwSignal::new(draft);
    let editing = Editing::new(draft);
    editing.retry_when_connected();
    on_cleanup(move || editing.leave());
    let wizard = Wizard {
        draft,
        step,
        go,
        editing,
    };
    provide_context(wizard);
    let clock = clock();
    let saved = Memo::new(move |_| draft.with(|draft| draft.saved));
    set_page_namespace(Signal::derive(move || {
        draft.with(|draft| {
            let cluster = draft.cluster.as_ref()?;
            Some((cluster.to_string(), draft.namespace.clone()))
        })
    }));
    let (title, parents) = draft.with_untracked(head);
    // It never changes; the step must not be made again with each change of the draft.
    let basis = draft.with_untracked(|draft| StoredValue::new(draft.upgrade.clone()));
    view! {
        <Head title=title parents=parents>
            <span class="text-[12px] text-ink-3 tabular" title=exactly(saved.into())>{move || t!(install.draft_saved, age = clock.age(saved.get()))}</span>
        </Head>
        <div class="grid gap-x-7 gap-y-4 md:grid-cols-[190px_minmax(0,1fr)] items-start">
            <Steps/>
            <div class="min-w-0">
                {move || match step.get() {
                    Step::Target => match basis.get_value() {
                        Some(basis) => view! { <Basis basis=basis/> }.into_any(),
                        None => view! { <Target/> }.into_any(),
                    },
                    Step::Checks => view! { <Checks/> }.into_any(),
                    Step::Parameters => view! { <Parameters/> }.into_any(),
                    Step::Review => view! { <Review/> }.into_any(),
                }}
            </div>
        </div>
    }
}

/// The title and the pages above: of an installation, those of its chart; of an upgrade, those of its release.
fn head(draft: &DraftView) -> (String, Vec<(String, String)>) {
    let chart = &draft.chart;
    let (name, version) = (chart.chart.to_string(), chart.version.clone());
    match upgraded_release(draft) {
        Some(at) => {
            let release = at.release.to_string();
            let parents = vec![
                (t!(release.title), urls::RELEASES.to_owned()),
                (release.clone(), urls::release(&at)),
            ];
            let title = t!(
                upgrade.wizard_title,
                release = release,
                chart = name,
                version = version
            );
            (title, parents)
        }
        None => {
            let mut parents = catalog();
            parents.push((name.clone(), urls::chart(&chart.repository, &chart.chart)));
            (t!(install.title, chart = name, version = version), parents)
        }
    }
}

/// The wizard of the page.
pub(super) fn wizard() -> Wizard {
    expect_context::<Wizard>()
}
