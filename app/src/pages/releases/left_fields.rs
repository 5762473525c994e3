//! The fields that a release leaves to other field managers, each with the button that revokes the decision.

use crate::{
    AppError, api,
    parts::{Button, ProblemNotice},
    words::t,
};
use leptos::prelude::*;
use wire::release::{LeftFieldRow, ReleaseRef, ReleaseView, RevokeRequest};

/// The list of the fields; nothing without one.
#[component]
pub(super) fn LeftFields(
    at: ReleaseRef,
    release: Signal<ReleaseView>,
    /// Reads the page again.
    refresh: Callback<()>,
) -> impl IntoView {
    let rows = Memo::new(move |_| release.with(|release| release.left.clone()));
    let revoke = Action::new(move |row: &LeftFieldRow| {
        let request = RevokeRequest {
            at: at.clone(),
            object: row.object.clone(),
            path: row.path.clone(),
        };
        async move {
            let revoked = api::releases::revoke_left_field(request).await;
            refresh.run(());
            revoked
        }
    });
    let failed = move || revoke.value().get().and_then(Result::err);
    let list = move || {
        let rows = rows.get();
        (!rows.is_empty()).then(|| {
            view! {
                <section class="mb-4 bg-surface border border-line rounded-[10px] text-[13px]" aria-label=t!(decision.left)>
                    <h2 class="text-[15px] font-semibold px-4 pt-3 pb-1">{t!(decision.left)}</h2>
                    <ul>{rows.into_iter().map(|row| view! { <Row row=row revoke=revoke/> }).collect_view()}</ul>
                </section>
            }
        })
    };
    view! {
        {move || failed().map(|AppError(problem)| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })}
        {list}
    }
}

#[component]
fn Row(row: LeftFieldRow, revoke: Action<LeftFieldRow, Result<(), AppError>>) -> impl IntoView {
    let object = format!("{} {}", row.object.kind, row.object.name);
    let left_to = t!(decision.left_to, manager = row.manager.clone());
    let path = row.path.trim_start_matches('.').to_owned();
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 border-t border-line">
            <span class="flex-1 basis-64 min-w-0 break-words">
                {object} " " <span class="font-mono text-[12px]">{path}</span>
            </span>
            <span class="text-ink-2">{left_to}</span>
            <Button
                disabled=revoke.pending()
                press=move || {
                    revoke.dispatch(row.clone());
                }
            >
                {t!(decision.revoke)}
            </Button>
        </li>
    }
}
