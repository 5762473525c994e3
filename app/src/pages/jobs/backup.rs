//! The backup of a job: its download, and its deletion after a confirmation.

use crate::{
    AppError, api,
    parts::{Button, Dialog, Download, Kind, ProblemNotice},
    urls,
    words::t,
};
use leptos::prelude::*;
use wire::JobId;

/// The backup of the deleted resources; it disappears when it is deleted.
#[component]
pub(super) fn Backup(job: JobId, bytes: u32) -> impl IntoView {
    let deleting = RwSignal::new(false);
    let from = urls::job_backup(&job);
    let job = StoredValue::new(job);
    let delete = Action::new(move |(): &()| api::jobs::delete_backup(job.get_value()));
    let is_deleted = move || matches!(delete.value().get(), Some(Ok(())));
    let failed = move || delete.value().get().and_then(Result::err);
    view! {
        <Show when=move || !is_deleted()>
            <section
                class="flex flex-wrap items-center gap-3 mb-4 px-5 py-3 bg-surface border border-line rounded-[10px] text-[13px]"
                aria-label=t!(job.backup)
            >
                <p class="flex-1 min-w-[200px]">{t!(job.backup_saved, n = bytes.div_ceil(1024))}</p>
                <Download from=from.clone()>{t!(job.download_backup)}</Download>
                <Button press=move || deleting.set(true)>{t!(job.delete_backup)}</Button>
            </section>
            <Dialog open=deleting title=t!(job.delete_backup)>
                <p class="text-ink-2 mb-4">{t!(job.delete_backup_note)}</p>
                {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
                <div class="flex justify-end mt-4">
                    <Button
                        kind=Kind::Danger
                        disabled=delete.pending()
                        press=move || {
                            delete.dispatch(());
                        }
                    >
                        {t!(job.delete_backup)}
                    </Button>
                </div>
            </Dialog>
        </Show>
    }
}
