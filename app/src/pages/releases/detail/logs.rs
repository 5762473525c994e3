//! The last lines of the log of a chosen container of a pod. Each read has a line in the audit, so that a log is
//! read when it is chosen, and again only on request.

use crate::{
    AppError, api,
    parts::{Button, Copy, Loading, ProblemNotice, Updated},
    words::{count, t},
};
use leptos::{html, prelude::*};
use wire::object::{ContainerView, LogRequest, LogView, ObjectRequest, PodView};

/// What is chosen in the fields.
#[derive(Clone, PartialEq)]
struct Choice {
    pod: String,
    container: String,
    previous: bool,
}

/// The fields of the log, and what they choose.
#[derive(Clone, Copy)]
struct Fields {
    pod: RwSignal<Option<String>>,
    container: RwSignal<Option<String>>,
    previous: RwSignal<bool>,
    /// The names of the pods.
    pods: Memo<Vec<String>>,
    /// The containers of the chosen pod.
    containers: Memo<Vec<ContainerView>>,
    choice: Memo<Option<Choice>>,
}

impl Fields {
    fn of(pods: Signal<Vec<PodView>>, pod: RwSignal<Option<String>>) -> Self {
        let (container, previous) = (RwSignal::new(None::<String>), RwSignal::new(false));
        let names = Memo::new(move |_| pods.with(|pods| names_of(pods)));
        let containers = Memo::new(move |_| {
            let chosen = pod.get();
            pods.with(|pods| containers_of(pods, chosen.as_deref()))
        });
        let choice = Memo::new(move |_| {
            let pod = pod.get();
            let pod = names.with(|names| chosen_or_first(names, pod.as_ref()))?;
            let all = containers.get();
            let names: Vec<String> = all.iter().map(|found| found.name.clone()).collect();
            let container = chosen_or_first(&names, container.get().as_ref())?;
            Some(Choice {
                previous: previous.get() && was_restarted(&all, &container),
                pod,
                container,
            })
        });
        Self {
            pod,
            container,
            previous,
            pods: names,
            containers,
            choice,
        }
    }
}

/// Whether a container was restarted, so that it has a previous instance.
fn was_restarted(containers: &[ContainerView], name: &str) -> bool {
    let mut containers = containers.iter();
    containers.any(|found| found.name == name && found.restarted)
}

/// Reads a log.
type ReadLog = Action<Choice, Result<LogView, AppError>>;

/// The fields, and the log that they choose.
#[component]
pub(super) fn Logs(
    /// The object.
    request: StoredValue<ObjectRequest>,
    /// Its pods.
    pods: Signal<Vec<PodView>>,
    /// The chosen pod.
    pod: RwSignal<Option<String>>,
) -> impl IntoView {
    let fields = Fields::of(pods, pod);
    let choice = fields.choice;
    let read: ReadLog = Action::new(move |choice: &Choice| {
        let Choice {
            pod,
            container,
            previous,
        } = choice.clone();
        api::releases::container_log(LogRequest {
            of: request.get_value(),
            pod,
            container,
            previous,
        })
    });
    Effect::new(move |_| {
        if let Some(choice) = choice.get() {
            read.dispatch(choice);
        }
    });
    let is_chosen = Memo::new(move |_| choice.with(Option::is_some));
    view! {
        <Show
            when=move || is_chosen.get()
            fallback=|| view! { <p class="px-5 max-md:px-4 py-6 text-[13px] text-ink-3">{t!(object.no_pods)}</p> }
        >
            <FieldRow fields=fields read=read/>
            <Read outcome=Signal::derive(move || read.value().get()) pending=read.pending()/>
        </Show>
    }
}

/// Pod, container, instance, and the button that reads the log again.
#[component]
fn FieldRow(fields: Fields, read: ReadLog) -> impl IntoView {
    let Fields {
        pod,
        container,
        previous,
        pods,
        containers,
        choice,
    } = fields;
    let names = move || containers.with(|all| all.iter().map(|found| found.name.clone()).collect());
    let can_be_previous = move || {
        let container = choice.get().map(|choice| choice.container);
        container.is_some_and(|name| containers.with(|all| was_restarted(all, &name)))
    };
    let chosen_pod = Signal::derive(move || choice.get().map(|choice| choice.pod));
    let chosen_container = Signal::derive(move || choice.get().map(|choice| choice.container));
    view! {
        <div class="flex flex-wrap items-end gap-3 px-5 max-md:px-4 py-3 border-b border-line text-[13px]">
            <Choose label=t!(object.pod) names=pods chosen=chosen_pod choose=pod/>
            <Choose label=t!(object.container) names=Signal::derive(names) chosen=chosen_container choose=container/>
            <label class="inline-flex items-center gap-2 h-8 max-md:h-10">
                <input
                    type="checkbox"
                    class="size-4 accent-span"
                    prop:checked=move || choice.get().is_some_and(|choice| choice.previous)
                    disabled=move || !can_be_previous()
                    on:change=move |event| previous.set(event_target_checked(&event))
                />
                {t!(object.previous)}
            </label>
            <Button
                disabled=read.pending()
                press=move || {
                    if let Some(choice) = choice.get_untracked() {
                        read.dispatch(choice);
                    }
                }
            >
                {t!(action.refresh)}
            </Button>
        </div>
    }
}

/// The names of the pods.
fn names_of(pods: &[PodView]) -> Vec<String> {
    pods.iter().map(|pod| pod.name.clone()).collect()
}

/// The containers of the chosen pod, or of the first one.
fn containers_of(pods: &[PodView], chosen: Option<&str>) -> Vec<ContainerView> {
    let by_name = pods.iter().find(|pod| Some(pod.name.as_str()) == chosen);
    let pod = by_name.or_else(|| pods.first());
    pod.map(|pod| pod.containers.clone()).unwrap_or_default()
}

/// The chosen name while it is there, else the first one.
fn chosen_or_first(names: &[String], chosen: Option<&String>) -> Option<String> {
    let chosen = chosen.filter(|chosen| names.contains(chosen));
    chosen.or_else(|| names.first()).cloned()
}

#[component]
fn Choose(
    label: String,
    #[prop(into)] names: Signal<Vec<String>>,
    chosen: Signal<Option<String>>,
    choose: RwSignal<Option<String>>,
) -> impl IntoView {
    let options = move || {
        let chosen = chosen.get();
        let option = |name: String| {
            let selected = chosen.as_ref() == Some(&name);
            view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
        };
        names.get().into_iter().map(option).collect_view()
    };
    view! {
        <label class="grid gap-1 min-w-0 max-w-full">
            <span class="text-[12px] text-ink-3">{label}</span>
            <select
                class="h-8 max-md:h-10 px-2 max-w-[260px] border border-field rounded-[6px] bg-surface font-mono text-[12.5px]"
                on:change=move |event| choose.set(Some(event_target_value(&event)))
            >
                {options}
            </select>
        </label>
    }
}

/// The lines that were read, or the reason why there are none.
#[component]
fn Read(
    outcome: Signal<Option<Result<LogView, AppError>>>,
    #[prop(into)] pending: Signal<bool>,
) -> impl IntoView {
    let content = move || match outcome.get() {
        None => view! { <div class="px-5 max-md:px-4"><Loading subject=t!(object.log)/></div> }
            .into_any(),
        Some(Err(AppError(problem))) => {
            view! { <div class="p-4"><ProblemNotice problem=problem/></div> }.into_any()
        }
        Some(Ok(log)) => view! { <Lines log=log/> }.into_any(),
    };
    view! { <div aria-busy=move || pending.get().to_string()>{content}</div> }
}

#[component]
fn Lines(log: LogView) -> impl IntoView {
    let LogView {
        text,
        lines,
        cut,
        read_at,
    } = log;
    let node = NodeRef::<html::Pre>::new();
    // The newest lines are the last ones.
    Effect::new(move |_| {
        if let Some(node) = node.get() {
            node.set_scroll_top(node.scroll_height());
        }
    });
    let number = if cut {
        count!(object.last_lines, n = lines)
    } else {
        count!(object.lines, n = lines)
    };
    view! {
        <div class="flex flex-wrap items-center gap-3 px-5 max-md:px-4 py-2 text-[12px] text-ink-3">
            <span class="tabular">{number}</span>
            <Updated at=read_at/>
            <span class="ml-auto"><Copy text=text.clone() label=t!(object.copy_log)/></span>
        </div>
        <pre
            node_ref=node
            class="mx-5 max-md:mx-4 mb-5 p-3 max-h-[60vh] overflow-auto bg-sunken border border-line rounded-[6px] font-mono text-[12px] leading-relaxed whitespace-pre-wrap break-all"
            tabindex="0"
            role="region"
            aria-label=t!(object.log)
        >
            {text}
        </pre>
        <p class="px-5 max-md:px-4 pb-5 text-[12px] text-ink-3">{t!(object.log_note)}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_that_is_gone_is_not_chosen_any_more() {
        let names = ["web-1".to_owned(), "web-2".to_owned()];
        let chosen = |name: &str| chosen_or_first(&names, Some(&name.to_owned()));
        assert_eq!(chosen("web-2").as_deref(), Some("web-2"));
        assert_eq!(chosen("web-0").as_deref(), Some("web-1"));
        assert_eq!(chosen_or_first(&[], None), None);
    }
}
