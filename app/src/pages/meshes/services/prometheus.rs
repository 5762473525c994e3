//! Where the numbers of requests come from: the proxies, or the Prometheus server that the operator sets.

use crate::{
    AppError, api,
    clock::clock,
    parts::{Button, Dialog, Kind, ProblemNotice},
    words::t,
};
use leptos::prelude::*;
use wire::{
    ClusterName, Code, Problem,
    mesh::{PrometheusRef, PrometheusSettingView, ServiceListView, SetPrometheusRequest},
};

/// The Service that Istio's own sample of Prometheus creates.
const USUAL: (&str, &str, &str) = ("istio-system", "prometheus", "9090");

/// The source of the numbers, and the button that changes it.
#[component]
pub(super) fn Source(
    found: Signal<ServiceListView>,
    mesh: Memo<String>,
    changed: Callback<()>,
) -> impl IntoView {
    let clock = clock();
    let open = RwSignal::new(false);
    let setting = Memo::new(move |_| found.with(|found| found.prometheus.clone()));
    let members = Memo::new(move |_| found.with(|found| found.members.clone()));
    let text = move || match setting.get() {
        None => t!(service.from_proxies),
        Some(PrometheusSettingView { at, by, set }) => t!(
            service.from_prometheus,
            object = format!("{}/{}", at.namespace, at.service),
            cluster = at.cluster.to_string(),
            operator = by,
            ago = clock.ago(set)
        ),
    };
    let word = move || match setting.get() {
        None => t!(service.use_prometheus),
        Some(_) => t!(service.change_prometheus),
    };
    let done = Callback::new(move |()| {
        open.set(false);
        changed.run(());
    });
    view! {
        <section class="flex flex-wrap items-center gap-x-4 gap-y-2 bg-surface border border-line rounded-[10px] px-4 py-2.5 mb-3 text-[13px]" aria-label=t!(service.traffic_source)>
            <p class="flex-1 min-w-[220px] text-ink-2">{text}</p>
            <Button press=move || open.set(true)>{word}</Button>
        </section>
        <Dialog open=open title=t!(service.prometheus_title)>
            <Form mesh=mesh.get_untracked() setting=setting.get_untracked() members=members.get_untracked() done=done/>
        </Dialog>
    }
}

/// What the operator types.
#[derive(Clone, Copy)]
struct Fields {
    cluster: RwSignal<String>,
    namespace: RwSignal<String>,
    service: RwSignal<String>,
    port: RwSignal<String>,
}

impl Fields {
    fn new(setting: Option<&PrometheusSettingView>, members: &[ClusterName]) -> Self {
        let at = setting.map(|setting| &setting.at);
        let (namespace, service, port) = USUAL;
        let first = at.map(|at| &at.cluster).or(members.first());
        let text = |set: Option<String>, usual: &str| {
            RwSignal::new(set.unwrap_or_else(|| usual.to_owned()))
        };
        Self {
            cluster: text(first.map(ToString::to_string), ""),
            namespace: text(at.map(|at| at.namespace.to_string()), namespace),
            service: text(at.map(|at| at.service.to_string()), service),
            port: text(at.map(|at| at.port.to_string()), port),
        }
    }

    /// The Service; its names and its port are checked before anything is sent.
    fn parse(self) -> Result<PrometheusRef, AppError> {
        let text = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
        let port = text(self.port);
        Ok(PrometheusRef {
            cluster: AppError::parse_name("cluster", text(self.cluster))?,
            namespace: AppError::parse_name("namespace", text(self.namespace))?,
            service: AppError::parse_name("Service", text(self.service))?,
            port: port.parse().ok().filter(|port| *port > 0).ok_or_else(|| {
                let problem = Problem::new(Code::BadName).with("name", port);
                AppError(problem.with("reason", t!(service.port_range)))
            })?,
        })
    }
}

async fn save(mesh: String, at: Option<PrometheusRef>) -> Result<(), AppError> {
    let mesh = AppError::parse_name("mesh", mesh)?;
    api::meshes::set_prometheus(SetPrometheusRequest { mesh, at }).await
}

/// The Service of the server; it is asked before it is saved.
#[component]
fn Form(
    mesh: String,
    setting: Option<PrometheusSettingView>,
    members: Vec<ClusterName>,
    done: Callback<()>,
) -> impl IntoView {
    let fields = Fields::new(setting.as_ref(), &members);
    let change = Action::new(move |remove: &bool| {
        let (mesh, remove) = (mesh.clone(), *remove);
        let at = if remove {
            Ok(None)
        } else {
            fields.parse().map(Some)
        };
        async move { save(mesh, at?).await }
    });
    Effect::new(move |_| {
        if matches!(change.value().get(), Some(Ok(()))) {
            done.run(());
        }
    });
    let failed = move || change.value().get().and_then(Result::err);
    let remove = setting.is_some().then(|| {
        view! {
            <Button
                disabled=change.pending()
                press=move || {
                    change.dispatch(true);
                }
            >
                {t!(service.remove_prometheus)}
            </Button>
        }
    });
    view! {
        <form
            class="grid gap-3"
            on:submit=move |event| {
                event.prevent_default();
                change.dispatch(false);
            }
        >
            <p class="text-[13px] text-ink-2">{t!(service.prometheus_note)}</p>
            <Inputs fields=fields members=members/>
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div class="flex flex-wrap justify-end gap-2">
                {remove}
                <Button kind=Kind::Go submit=true disabled=change.pending() press=|| ()>{t!(service.test_and_save)}</Button>
            </div>
        </form>
    }
}

#[component]
fn Inputs(fields: Fields, members: Vec<ClusterName>) -> impl IntoView {
    let chosen = fields.cluster.get_untracked();
    let options = members.into_iter().map(|name| {
        let name = name.to_string();
        let selected = name == chosen;
        view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
    });
    view! {
        <div class="grid gap-3 sm:grid-cols-2">
            <label class="text-[13px] font-medium">
                {t!(service.cluster)}
                <select
                    class="block mt-1 h-9 max-md:h-11 w-full px-2.5 text-[13px] font-normal bg-surface border border-field rounded-[6px]"
                    on:change=move |event| fields.cluster.set(event_target_value(&event))
                >
                    {options.collect_view()}
                </select>
            </label>
            <TextInput label=t!(service.namespace) text=fields.namespace/>
            <TextInput label=t!(service.service) text=fields.service/>
            <TextInput label=t!(service.port) text=fields.port/>
        </div>
    }
}

#[component]
fn TextInput(label: String, text: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="text-[13px] font-medium">
            {label}
            <input
                type="text"
                class="block mt-1 h-9 max-md:h-11 w-full px-2.5 font-mono text-[13px] font-normal bg-surface border border-field rounded-[6px]"
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
            />
        </label>
    }
}
