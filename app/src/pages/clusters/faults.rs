//! The switchboard of a sandbox cluster: the faults that it can have, and a field for each.

use crate::{
    AppError, api,
    current::keep_current,
    parts::{Button, Live, Pill, ProblemNotice, Rows, Tone},
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    ClusterName,
    live::Topic,
    sandbox::{FaultView, SetFaultRequest},
};

/// The section of the page of a sandbox cluster.
#[component]
pub(super) fn Faults(name: ClusterName) -> impl IntoView {
    let name = StoredValue::new(name);
    let faults = Resource::new(move || name.get_value(), api::clusters::sandbox_faults);
    keep_current(faults, &[Topic::Clusters]);
    view! {
        <h2 class="text-[14px] font-semibold mb-2">{t!(faults.title)}</h2>
        <section class="bg-surface border border-line rounded-[10px] px-5 max-md:px-4 py-4 mb-4">
            <p class="text-[13px] text-ink-2 mb-2 max-w-[720px]">{t!(faults.note)}</p>
            <Live
                from=faults
                subject=t!(faults.subject)
                view=move |shown| view! { <Switchboard name=name.get_value() faults=shown changed=move || faults.refetch()/> }
            />
        </section>
    }
}

#[component]
fn Switchboard(
    name: ClusterName,
    faults: Signal<Vec<FaultView>>,
    /// Reads the faults again.
    #[prop(into)]
    changed: Callback<()>,
) -> impl IntoView {
    let name = StoredValue::new(name);
    let active = Memo::new(move |_| {
        faults.with(|faults| {
            faults
                .iter()
                .filter(|fault| !fault.value.is_empty())
                .count()
        })
    });
    view! {
        <details open=active.get_untracked() != 0>
            <summary class="cursor-pointer text-[13px] font-medium py-1.5" role="button">
                {move || count!(faults.active, n = active.get())}
            </summary>
            <div class="mt-2">
                <Rows
                    rows=faults
                    key=|fault: &FaultView| fault.key.clone()
                    view=move |fault| view! { <Fault cluster=name.get_value() fault=fault changed=changed/> }
                />
            </div>
        </details>
    }
}

/// One fault: what it does, its value, and the buttons that request and end it.
#[component]
fn Fault(cluster: ClusterName, fault: Signal<FaultView>, changed: Callback<()>) -> impl IntoView {
    let first = fault.get_untracked();
    let key = first.key.clone();
    let value = Memo::new(move |_| fault.with(|fault| fault.value.clone()));
    let text = RwSignal::new(first.value.clone());
    let save = save_action(cluster, key.clone(), changed);
    Effect::new(move |before: Option<String>| {
        let value = value.get();
        // The field follows the cluster unless an operator has changed it.
        if before.is_some_and(|before| text.get_untracked() == before) {
            text.set(value.clone());
        }
        value
    });
    let is_active = move || !value.get().is_empty();
    let failed = move || save.value().get().and_then(Result::err);
    let (id, note) = (format!("fault-{key}"), format!("fault-note-{key}"));
    view! {
        <div class="grid md:grid-cols-[180px_minmax(0,1fr)] gap-x-4 gap-y-1 py-3 border-t border-line text-[13px]">
            <div class="flex md:flex-col items-start gap-2">
                <label class="font-mono font-medium" for=id.clone()>{key}</label>
                <Show when=is_active><Pill tone=Tone::Warn>{t!(faults.requested)}</Pill></Show>
            </div>
            <div class="min-w-0">
                <p id=note.clone() class="text-ink-2 mb-1.5 max-w-[640px]">{first.description}</p>
                <div class="flex flex-wrap items-start gap-2">
                    <textarea
                        id=id
                        rows="1"
                        spellcheck="false"
                        autocomplete="off"
                        placeholder=first.example
                        aria-describedby=note
                        class="flex-1 min-w-[200px] max-w-[520px] max-md:basis-full font-mono text-[12.5px] bg-surface border border-field rounded-[6px] px-2.5 py-1.5"
                        prop:value=text
                        on:input=move |event| text.set(event_target_value(&event))
                    ></textarea>
                    <Buttons name=first.key text=text value=value save=save/>
                </div>
                {move || failed().map(|AppError(problem)| view! { <div class="mt-2"><ProblemNotice problem=problem/></div> })}
            </div>
        </div>
    }
}

type Save = Action<String, Result<Vec<FaultView>, AppError>>;

/// The action that writes a value of a fault.
fn save_action(cluster: ClusterName, key: String, changed: Callback<()>) -> Save {
    let save = Action::new(move |value: &String| {
        api::clusters::set_sandbox_fault(SetFaultRequest {
            cluster: cluster.clone(),
            key: key.clone(),
            value: value.clone(),
        })
    });
    Effect::new(move |_| {
        if let Some(Ok(_)) = save.value().get() {
            changed.run(());
        }
    });
    save
}

/// The buttons of one fault.
#[component]
fn Buttons(
    /// The key of the fault.
    name: String,
    text: RwSignal<String>,
    value: Memo<String>,
    save: Save,
) -> impl IntoView {
    let name = StoredValue::new(name);
    let is_active = move || !value.get().is_empty();
    let unchanged =
        Signal::derive(move || save.pending().get() || text.get().trim() == value.get());
    let end = move || {
        text.set(String::new());
        save.dispatch(String::new());
    };
    view! {
        <Button disabled=unchanged press=move || { save.dispatch(text.get_untracked()); }>
            {t!(faults.request)}
            <span class="sr-only">" " {name.get_value()}</span>
        </Button>
        <Show when=is_active>
            <Button disabled=save.pending() press=end>
                {t!(faults.end)}
                <span class="sr-only">" " {name.get_value()}</span>
            </Button>
        </Show>
    }
}
