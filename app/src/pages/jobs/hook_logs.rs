//! The logs of the hooks of a job. Each read has a line in the audit, so that they are read on request; those of tests and
//! of a job that failed are shown at once.

use crate::{
    AppError, api,
    parts::{Button, Copy, Loading, ProblemNotice},
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    JobId,
    job::{HookLog, JobKind, JobState, JobView},
};

/// Whether the logs are shown at once.
fn shows_at_once(job: &JobView) -> bool {
    job.kind == JobKind::Test || matches!(job.state, JobState::Failed(_))
}

/// The logs of the hooks of a job; nothing without any.
#[component]
pub(super) fn StoredLogs(
    /// The id of the job.
    id: StoredValue<JobId>,
    /// The job.
    job: Memo<JobView>,
) -> impl IntoView {
    let has_logs = Memo::new(move |_| job.with(|job| job.logs > 0));
    move || has_logs.get().then(|| view! { <HookLogs id=id job=job/> })
}

#[component]
fn HookLogs(id: StoredValue<JobId>, job: Memo<JobView>) -> impl IntoView {
    let number = Memo::new(move |_| job.with(|job| job.logs));
    let at_once = Memo::new(move |_| job.with(shows_at_once));
    let read = Action::new(move |(): &()| api::jobs::job_logs(id.get_value()));
    let was_read = Memo::new(move |_| read.version().get() > 0);
    Effect::new(move |_| {
        number.track();
        if at_once.get() || was_read.get_untracked() {
            read.dispatch(());
        }
    });
    let content = move || match read.value().get() {
        None if read.pending().get() => {
            view! { <div class="px-4"><Loading subject=t!(logs.title)/></div> }.into_any()
        }
        None => ().into_any(),
        Some(Err(AppError(problem))) => {
            view! { <div class="p-4"><ProblemNotice problem=problem/></div> }.into_any()
        }
        Some(Ok(logs)) => logs
            .into_iter()
            .map(|log| view! { <Log log=log/> })
            .collect_view()
            .into_any(),
    };
    view! {
            <section class="mb-4 bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(logs.title)>
                <div class="flex items-center gap-3 px-4 min-h-10 py-1 text-[13px]">
                    <h2 class="flex-1 font-medium">{move || count!(logs.number, n = number.get())}</h2>
                    <Button
                        disabled=read.pending()
                        press=move || {
                            read.dispatch(());
                        }
                    >
                        {move || if was_read.get() { t!(action.refresh) } else { t!(logs.show) }}
                    </Button>
                </div>
                {content}
            </section>
    }
}

/// The log of one container.
#[component]
fn Log(log: HookLog) -> impl IntoView {
    let place = if log.pod.is_empty() {
        String::new()
    } else {
        t!(logs.place, pod = log.pod, container = log.container)
    };
    let cut = log.is_cut.then(|| t!(logs.cut));
    let label = t!(logs.of, hook = log.hook.to_string());
    let (copy, text) = match log.text {
        Ok(text) if text.is_empty() => (None, view! { <p class="px-4 pb-4 text-[13px] text-ink-3">{t!(logs.empty)}</p> }.into_any()),
        Ok(text) => {
            let copied = text.clone();
            let lines = view! {
                <pre
                    class="mx-4 mb-4 p-3 max-h-[40vh] overflow-auto bg-sunken border border-line rounded-[6px] font-mono text-[12px] leading-relaxed whitespace-pre-wrap break-all"
                    tabindex="0"
                    role="region"
                    aria-label=label.clone()
                >
                    {text}
                </pre>
            };
            (Some(copied), lines.into_any())
        }
        Err(reason) => (None, view! { <p class="px-4 pb-4 text-[13px] text-ink-2 break-words">{t!(logs.unread, reason = reason)}</p> }.into_any()),
    };
    view! {
        <div class="border-t border-line">
            <div class="flex flex-wrap items-center gap-2 px-4 py-2 text-[12px] text-ink-3">
                <span class="font-mono text-ink break-all">{log.hook.to_string()}</span>
                <span class="break-all">{place}</span>
                <span>{cut}</span>
                {copy.map(|text| view! { <span class="ml-auto"><Copy text=text label=t!(object.copy_log)/></span> })}
            </div>
            {text}
        </div>
    }
}
