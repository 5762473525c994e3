//! The entries of an index that are skipped, with the reasons.

use crate::{
    parts::Fold,
    words::{count, t},
};
use leptos::prelude::*;
use wire::repository::{IndexSummaryView, SkippedEntry, SkippedEntryReason};

/// The number of skipped entries, and below it the first of them; nothing when none is skipped.
#[component]
pub(super) fn Skipped(seen: IndexSummaryView) -> impl IntoView {
    let listed = u32::try_from(seen.skipped_entries.len()).unwrap_or(u32::MAX);
    let unlisted = seen.skipped.saturating_sub(listed);
    (seen.skipped > 0).then(|| {
        view! {
            <Fold
                key="skipped"
                class="text-[13px]"
                summary_class="text-span cursor-pointer"
                summary=count!(repositories.skipped, n = seen.skipped).into_any()
            >
                <ul class="mt-2 flex flex-col gap-1 text-ink-2">
                    {seen.skipped_entries.into_iter().map(|entry| view! { <Entry entry=entry/> }).collect_view()}
                    {(unlisted > 0).then(|| view! {
                        <li>
                            {if listed == 0 {
                                t!(repositories.skipped_unlisted)
                            } else {
                                count!(repositories.skipped_more, n = unlisted)
                            }}
                        </li>
                    })}
                </ul>
            </Fold>
        }
    })
}

#[component]
fn Entry(entry: SkippedEntry) -> impl IntoView {
    let name = [entry.chart, entry.version]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    view! {
        <li class="min-w-0">
            <span class="font-mono text-[12px] text-ink break-all">{name}</span>
            ": "
            {reason(entry.reason)}
        </li>
    }
}

fn reason(reason: SkippedEntryReason) -> String {
    match reason {
        SkippedEntryReason::ChartName => t!(repositories.skipped_name),
        SkippedEntryReason::Empty => t!(repositories.skipped_empty),
        SkippedEntryReason::OtherName => t!(repositories.skipped_other_name),
        SkippedEntryReason::Version => t!(repositories.skipped_version),
        SkippedEntryReason::ChartType => t!(repositories.skipped_type),
        SkippedEntryReason::Digest => t!(repositories.skipped_digest),
        SkippedEntryReason::NotAChart => t!(repositories.skipped_not_a_chart),
        SkippedEntryReason::TooMany => t!(repositories.skipped_too_many),
    }
}
