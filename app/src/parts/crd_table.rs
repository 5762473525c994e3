//! The CRDs of a chart that are new or differ from those in the cluster, each applied by choice.

use super::Choices;
use crate::words::{count, sentence, t};
use leptos::prelude::*;
use wire::decision::{CrdRefusal, CrdReview};

/// What differs, a line each.
fn changes(crd: &CrdReview) -> Vec<String> {
    if crd.is_new {
        return vec![t!(decision.crd_new)];
    }
    let mut lines = Vec::new();
    if !crd.versions_added.is_empty() {
        let versions = crd.versions_added.join(", ");
        lines.push(t!(decision.crd_versions_added, versions = versions));
    }
    if !crd.versions_removed.is_empty() {
        let versions = crd.versions_removed.join(", ");
        lines.push(t!(decision.crd_versions_removed, versions = versions));
    }
    if crd.fields_added > 0 {
        lines.push(count!(decision.crd_fields_added, n = crd.fields_added));
    }
    if !crd.fields_lost.is_empty() {
        let number = crd.more_fields_lost + u32::try_from(crd.fields_lost.len()).unwrap_or(0);
        let fields = crd.fields_lost.join(", ");
        lines.push(count!(
            decision.crd_fields_lost,
            n = number,
            fields = fields
        ));
    }
    if let Some((before, after)) = &crd.conversion {
        lines.push(t!(
            decision.crd_conversion,
            before = before.clone(),
            after = after.clone()
        ));
    }
    if lines.is_empty() {
        lines.push(t!(decision.crd_other));
    }
    if let Some(resources) = crd.resources {
        lines.push(count!(decision.crd_resources, n = resources));
    }
    lines
}

fn refusal(refused: &CrdRefusal) -> String {
    match refused {
        CrdRefusal::StoredVersions(versions) => {
            t!(decision.crd_stored, versions = versions.join(", "))
        }
        CrdRefusal::Downgrade { from, to } => {
            t!(decision.crd_downgrade, from = from.clone(), to = to.clone())
        }
        CrdRefusal::Rejected(problem) => sentence(problem),
    }
}

/// The table of the CRDs; nothing without one.
#[component]
pub(crate) fn CrdTable(
    /// The choices.
    choices: Choices,
) -> impl IntoView {
    let rows = choices.crds();
    if rows.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="mb-4 bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(decision.crds)>
            <h2 class="text-[15px] font-semibold px-4 pt-3 pb-1">{t!(decision.crds)}</h2>
            <p class="px-4 pb-2 text-[12.5px] text-ink-2">{t!(decision.crds_note)}</p>
            <table role="table" class="choice-table" aria-label=t!(decision.crds)>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader">{t!(decision.crd)}</th>
                        <th role="columnheader">{t!(decision.crd_versions)}</th>
                        <th role="columnheader">{t!(decision.crd_change)}</th>
                        <th role="columnheader">{t!(decision.choice)}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows.into_iter().map(|row| view! { <Row crd=row choices=choices/> }).collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

#[component]
fn Row(crd: CrdReview, choices: Choices) -> impl IntoView {
    let lines = changes(&crd);
    let refused = crd.refused.as_ref().map(refusal);
    let (is_refused, name) = (refused.is_some(), crd.name.clone());
    let label = t!(decision.crd_apply_of, crd = name.clone());
    view! {
        <tr role="row">
            <td role="cell" data-label=t!(decision.crd)><span class="font-mono text-[12px]">{crd.name.clone()}</span></td>
            <td role="cell" data-label=t!(decision.crd_versions)>{crd.versions.join(", ")}</td>
            <td role="cell" data-label=t!(decision.crd_change)>
                <span class="block min-w-0">
                    {lines.into_iter().map(|line| view! { <span class="block">{line}</span> }).collect_view()}
                    {refused.map(|reason| view! { <span class="block text-bad">{reason}</span> })}
                </span>
            </td>
            <td role="cell" data-label=t!(decision.choice)>
                <label class="inline-flex items-center gap-2 max-md:min-h-10 whitespace-nowrap">
                    <input
                        type="checkbox"
                        aria-label=label
                        disabled=is_refused
                        prop:checked=choices.applies(&name)
                        on:change=move |event| choices.apply(&name, event_target_checked(&event))
                    />
                    {t!(decision.crd_apply)}
                </label>
            </td>
        </tr>
    }
}
