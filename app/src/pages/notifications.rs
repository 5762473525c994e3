//! Jobs that ended: a notice on other pages when it happens, and the list in the top bar.
//!
//! The event stream has the last jobs that ended; what is new in it is announced. Start at [`Notifications`].

use super::jobs::list::{badge, glyph, title};
use crate::{
    live::stream,
    parts::{Ago, Glyph, Icon, Link, Menu, Tone, tw},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::{collections::BTreeSet, time::Duration};
use wire::{JobId, job::JobState, live::EndedJob};

/// How many seconds a notice is shown, while neither the pointer nor the focus is on it.
const SHOWN_SECONDS: u32 = 10;
/// How many notices are shown at once: they lie over the page, and the list has all of them.
const MAX_SHOWN: usize = 3;

/// The notices and the list. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Notifications {
    /// The ids that were in the stream before; none before its first message.
    known: StoredValue<Option<BTreeSet<JobId>>>,
    /// The notices that are shown.
    shown: RwSignal<Vec<EndedJob>>,
    /// The number of ends since the list was opened.
    unseen: RwSignal<usize>,
}

impl Notifications {
    /// Follows the stream while the frame is there.
    pub(super) fn provide() -> Self {
        let own = Self {
            known: StoredValue::new(None),
            shown: RwSignal::new(Vec::new()),
            unseen: RwSignal::new(0),
        };
        let path = use_location().pathname;
        let stream = stream();
        Effect::new(move |_| {
            let Some(ended) = stream
                .frame
                .with(|frame| frame.as_ref().map(|frame| frame.ended.clone()))
            else {
                return;
            };
            let known = own.known.get_value();
            let new = new_ends(&ended, known.as_ref());
            own.known
                .set_value(Some(ended.iter().map(|job| job.id.clone()).collect()));
            if new.is_empty() {
                return;
            }
            own.unseen.update(|unseen| *unseen += new.len());
            // The page of the job says so itself.
            let open = path.get_untracked();
            let elsewhere = new
                .into_iter()
                .filter(|job| urls::absolute(&urls::job(&job.id)) != open);
            own.shown.update(|shown| {
                shown.extend(elsewhere);
                keep_important(shown);
            });
        });
        own
    }

    fn dismiss(self, id: &JobId) {
        self.shown.update(|shown| shown.retain(|job| job.id != *id));
    }
}

/// The jobs that ended since the last message; none at the first one.
fn new_ends(ended: &[EndedJob], known: Option<&BTreeSet<JobId>>) -> Vec<EndedJob> {
    let Some(known) = known else {
        return Vec::new();
    };
    let new = ended.iter().filter(|job| !known.contains(&job.id));
    new.cloned().collect()
}

/// Removes what is more than [`MAX_SHOWN`]: the oldest jobs that succeeded, then the oldest.
fn keep_important(shown: &mut Vec<EndedJob>) {
    while shown.len() > MAX_SHOWN {
        let succeeded = |job: &EndedJob| job.state == JobState::Succeeded;
        shown.remove(shown.iter().position(succeeded).unwrap_or(0));
    }
}

fn title_of(job: &EndedJob) -> String {
    title(job.kind, job.subject.name(), job.subject.cluster().as_str())
}

/// The colour of the icon of a state.
fn icon_class(state: &JobState) -> &'static str {
    match badge(state).0 {
        Tone::Good => tw("size-[18px] shrink-0 mt-px text-good"),
        Tone::Bad => tw("size-[18px] shrink-0 mt-px text-bad"),
        Tone::Warn => tw("size-[18px] shrink-0 mt-px text-warn"),
        _ => tw("size-[18px] shrink-0 mt-px text-ink-2"),
    }
}

/// The notices, at the lower right. They take no focus, and screen readers read them when there is a pause.
#[component]
pub(super) fn Notices(of: Notifications) -> impl IntoView {
    view! {
        <div
            class="fixed z-30 right-4 bottom-4 max-md:left-3 max-md:right-3 md:w-[360px] flex flex-col gap-2"
            data-notices=""
            role="status"
            aria-label=t!(notifications.title)
        >
            <For each=move || of.shown.get() key=|job| job.id.clone() let:job>
                <Notice job=job of=of/>
            </For>
        </div>
    }
}

#[component]
fn Notice(job: EndedJob, of: Notifications) -> impl IntoView {
    let (pointed, focused) = (RwSignal::new(false), RwSignal::new(false));
    let id = StoredValue::new(job.id.clone());
    let left = StoredValue::new(SHOWN_SECONDS);
    Effect::new(move |_| {
        let tick = move || {
            if pointed.get_untracked() || focused.get_untracked() {
                left.set_value(SHOWN_SECONDS);
                return;
            }
            left.update_value(|left| *left = left.saturating_sub(1));
            if left.get_value() == 0 {
                of.dismiss(&id.get_value());
            }
        };
        let ticking = set_interval_with_handle(tick, Duration::from_secs(1));
        on_cleanup(move || {
            if let Ok(ticking) = ticking {
                ticking.clear();
            }
        });
    });
    let state = badge(&job.state).1;
    view! {
        <div
            class="flex gap-3 px-4 py-3 bg-raised border border-line rounded-[10px] shadow-float text-[13px]"
            on:mouseenter=move |_| pointed.set(true)
            on:mouseleave=move |_| pointed.set(false)
            on:focusin=move |_| focused.set(true)
            on:focusout=move |_| focused.set(false)
        >
            <Icon glyph=glyph(&job.state) class=icon_class(&job.state)/>
            <div class="flex-1 min-w-0">
                <p class="font-medium break-words">{title_of(&job)}</p>
                <p class="flex flex-wrap gap-x-3 text-ink-2">
                    {state}
                    <Link href=urls::job(&job.id) attr:class="text-span font-medium hover:underline">{t!(notifications.open_job)}</Link>
                </p>
            </div>
            <button
                type="button"
                class="inline-flex items-center justify-center size-6 max-md:size-10 rounded-[6px] text-ink-2 hover:bg-sunken"
                aria-label=t!(notifications.dismiss)
                title=t!(notifications.dismiss)
                on:click=move |_| of.dismiss(&id.get_value())
            >
                <Icon glyph=Glyph::Close/>
            </button>
        </div>
    }
}

/// The button in the top bar, and the list of the last jobs that ended.
#[component]
pub(super) fn NotificationMenu(of: Notifications) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get() {
            of.unseen.set(0);
        }
    });
    let label = Signal::derive(move || match of.unseen.get() {
        0 => t!(notifications.title),
        unseen => count!(notifications.unseen, n = unseen),
    });
    let number = move || Some(of.unseen.get()).filter(|unseen| *unseen > 0);
    let button = ViewFn::from(move || {
        view! {
            <Icon glyph=Glyph::Bell/>
            {number().map(|number| view! { <span class="tabular" aria-hidden="true">{number}</span> })}
        }
    });
    view! {
        <Menu label=label open=open button=button>
            <h2 class="px-3.5 pt-1 pb-1.5 text-[13px] font-semibold">{t!(notifications.title)}</h2>
            {ended_jobs()}
            <p class="px-3.5 pt-2 pb-1 border-t border-line text-[13px]">
                <Link href=urls::JOBS attr:class="text-span font-medium hover:underline">{t!(notifications.all_jobs)}</Link>
            </p>
        </Menu>
    }
}

/// The last jobs that ended, the newest first.
fn ended_jobs() -> impl IntoView {
    let row = |job: EndedJob| {
        let ended = job.ended;
        view! {
            <li>
                <Link href=urls::job(&job.id) attr:class="flex gap-2.5 px-3.5 py-2 text-[13px] hover:bg-sunken">
                    <Icon glyph=glyph(&job.state) class=icon_class(&job.state)/>
                    <span class="flex-1 min-w-0">
                        <span class="block font-medium break-words">{title_of(&job)}</span>
                        <span class="block text-[12px] text-ink-3 tabular">
                            {badge(&job.state).1} " · " <Ago at=ended/>
                        </span>
                    </span>
                </Link>
            </li>
        }
    };
    let live = stream();
    move || {
        let ended = live.frame.get().map(|frame| frame.ended);
        let ended = ended.unwrap_or_default();
        if ended.is_empty() {
            return view! { <p class="px-3.5 pb-2 text-[13px] text-ink-3">{t!(notifications.none)}</p> }
                .into_any();
        }
        view! { <ul class="pb-1">{ended.into_iter().map(row).collect_view()}</ul> }.into_any()
    }
}

#[cfg(test)]
mod tests;
