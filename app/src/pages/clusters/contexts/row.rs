//! A context: checkbox, verdict with its cause, name of the cluster, and the lines of the probe.

use super::{
    super::probe::Line,
    rows::{NameFault, Rows},
    state::{Filter, Row, Verdict, failed_item},
};
use crate::{
    parts::{Copy, Glyph, Icon, tw},
    words::{sentence, t},
};
use leptos::prelude::*;
use wire::cluster::{ProbeItem, ProbeVerdict};

/// The row of a context; nothing while the filter leaves it out.
#[component]
pub(super) fn ContextRow(rows: Rows, at: usize, filter: RwSignal<Filter>) -> impl IntoView {
    let is_shown = Memo::new(move |_| rows.matches(at, &filter.get()));
    view! {
        <Show when=move || is_shown.get()>
            <Shown rows=rows at=at/>
        </Show>
    }
}

#[component]
fn Shown(rows: Rows, at: usize) -> impl IntoView {
    let row = Memo::new(move |_| rows.get(at));
    let of_row = move |text: fn(&Row) -> String| row.with_untracked(|row| row.as_ref().map(text));
    let context = of_row(|row| row.context.name.clone()).unwrap_or_default();
    let server = of_row(|row| {
        let context = &row.context;
        let parts = [&context.server, &context.credentials];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.cloned().collect::<Vec<_>>().join(" · ")
    });
    let is_open = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(Row::is_open)));
    let is_selected =
        Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.is_selected)));
    let verdict = Memo::new(move |_| row.with(|row| row.as_ref().map(Row::verdict)));
    let lines = Memo::new(move |_| {
        row.with(|row| {
            row.as_ref()
                .map(|row| row.lines.clone())
                .unwrap_or_default()
        })
    });
    let failure = Memo::new(move |_| row.with(|row| row.as_ref()?.outcome.clone()?.err()));
    let details = t!(probe.title, context = context.clone());
    view! {
        <li class="grid md:grid-cols-[minmax(0,1fr)_200px] items-start gap-x-4 gap-y-1 px-4 py-2 border-b border-line last:border-b-0 text-[13px]">
            <div class="min-w-0">
                <label class="flex items-start gap-2.5 max-md:min-h-10">
                    <input
                        type="checkbox"
                        class="size-4 mt-0.5 shrink-0 accent-span"
                        disabled=move || !is_open.get()
                        prop:checked=is_selected
                        on:change=move |event| rows.select(at, event_target_checked(&event))
                    />
                    <span class="min-w-0 flex flex-wrap items-baseline gap-x-2">
                        <span class="font-medium break-words">{context}</span>
                        <span class="font-mono text-[12px] text-ink-3 break-words min-w-0">{server}</span>
                    </span>
                </label>
                <div class="pl-[26px]">
                    {move || verdict.get().map(|verdict| view! { <VerdictMark verdict=verdict/> })}
                    <p class="text-bad break-words empty:hidden" role="status">{move || failure.get().as_ref().map(sentence)}</p>
                    <Show when=move || lines.with(|lines| !lines.is_empty())>
                        <details class="text-[12.5px]">
                            <summary class="cursor-pointer text-ink-2 max-md:min-h-10 max-md:flex max-md:items-center">{t!(probe.details)}</summary>
                            {move || verdict.get().and_then(|verdict| verdict.message()).map(|message| view! { <Message message=message/> })}
                            <ul class="grid gap-0.5 py-1" aria-label=details.clone()>
                                {move || lines.get().into_iter().map(|line| view! { <Line line=line/> }).collect_view()}
                            </ul>
                        </details>
                    </Show>
                </div>
            </div>
            <Show when=move || is_open.get() && is_selected.get()>
                <NameField rows=rows at=at/>
            </Show>
        </li>
    }
}

/// The name of the cluster in this console.
#[component]
fn NameField(rows: Rows, at: usize) -> impl IntoView {
    let name = Memo::new(move |_| rows.get(at).map(|row| row.name).unwrap_or_default());
    let fault = Memo::new(move |_| rows.name_fault(at));
    let fault_id = format!("context-{at}-name");
    let message = move || {
        fault.get().map(|fault| match fault {
            NameFault::Invalid(error) => error.to_string(),
            NameFault::Taken => t!(clusters.name_taken),
            NameFault::Twice => t!(clusters.name_twice),
        })
    };
    view! {
        <label class="block text-ink-3 max-md:pl-[26px]">
            <span class="sr-only">{t!(clusters.name)}</span>
            <input
                type="text"
                autocomplete="off"
                spellcheck="false"
                class="h-8 max-md:h-10 w-full px-2 font-mono text-[13px] bg-surface border border-field rounded-[4px] text-ink"
                aria-invalid=move || fault.with(Option::is_some).to_string()
                aria-describedby=fault_id.clone()
                prop:value=name
                on:input=move |event| rows.rename(at, event_target_value(&event))
            />
            <span id=fault_id.clone() class="block text-[12px] text-bad break-words empty:hidden">{message}</span>
        </label>
    }
}

/// The verdict: icon, state and cause.
#[component]
fn VerdictMark(verdict: Verdict) -> impl IntoView {
    let (glyph, class, state) = mark(&verdict);
    let cause = cause(&verdict);
    view! {
        <p class="flex items-start gap-2">
            <Icon glyph=glyph class=class/>
            <span class="min-w-0 break-words">
                <span class="font-medium">{state}</span>
                {cause.map(|cause| format!(" — {cause}"))}
            </span>
        </p>
    }
}

/// The message of the cluster or of the network, as it came.
#[component]
fn Message(message: String) -> impl IntoView {
    view! {
        <p class="flex flex-wrap items-center gap-x-3 pt-1">
            <span class="flex-1 min-w-0 font-mono text-[12px] text-ink-2 break-words">{message.clone()}</span>
            <Copy text=message label=t!(probe.copy_message)/>
        </p>
    }
}

/// The icon, its colour and the state of a verdict.
fn mark(verdict: &Verdict) -> (Glyph, &'static str, String) {
    let good = tw("size-3.5 shrink-0 mt-0.5 text-good");
    let bad = tw("size-3.5 shrink-0 mt-0.5 text-bad");
    match verdict {
        Verdict::Added => (Glyph::Good, good, t!(probe.added)),
        Verdict::Rejected(_) => (Glyph::Bad, bad, t!(probe.rejected)),
        Verdict::Probe(ProbeVerdict::Pending) => (
            Glyph::Busy,
            tw("size-3.5 shrink-0 mt-0.5 text-busy turning"),
            t!(probe.checking),
        ),
        Verdict::Probe(ProbeVerdict::Ready) => (Glyph::Good, good, t!(clusters.reachable)),
        Verdict::Probe(ProbeVerdict::Limited(_)) => (
            Glyph::Warn,
            tw("size-3.5 shrink-0 mt-0.5 text-warn"),
            t!(probe.limited),
        ),
        Verdict::Probe(ProbeVerdict::Failed(..)) => {
            let state = match failed_item(verdict) {
                Some(ProbeItem::Name | ProbeItem::Connection | ProbeItem::Version) => {
                    t!(clusters.unreachable)
                }
                Some(ProbeItem::Certificate) => t!(probe.untrusted),
                _ => t!(probe.rejected),
            };
            (Glyph::Bad, bad, state)
        }
    }
}

/// The cause of a verdict, as a sentence.
fn cause(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Added | Verdict::Probe(ProbeVerdict::Pending | ProbeVerdict::Ready) => None,
        Verdict::Rejected(problem) => Some(sentence(problem)),
        Verdict::Probe(ProbeVerdict::Limited(missing)) => Some(match missing {
            Some(permissions) => t!(probe.cause_permissions, permissions = permissions.clone()),
            None => t!(probe.cause_unknown_permissions),
        }),
        Verdict::Probe(ProbeVerdict::Failed(item, _)) => Some(match item {
            ProbeItem::Name => t!(probe.cause_name),
            ProbeItem::Connection => t!(probe.cause_connection),
            ProbeItem::Certificate => t!(probe.cause_certificate),
            ProbeItem::User => t!(probe.cause_user),
            _ => t!(probe.cause_version),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failed_item_has_a_state_and_a_cause_in_words() {
        for (item, state) in [
            (ProbeItem::Name, "Unreachable"),
            (ProbeItem::Connection, "Unreachable"),
            (ProbeItem::Certificate, "Untrusted"),
            (ProbeItem::Version, "Unreachable"),
            (ProbeItem::User, "Rejected"),
        ] {
            let verdict = Verdict::Probe(ProbeVerdict::Failed(item, String::new()));
            assert_eq!(mark(&verdict).2, state, "{item:?}");
            assert!(
                cause(&verdict).is_some_and(|cause| cause.ends_with('.')),
                "{item:?}"
            );
        }
    }
}
