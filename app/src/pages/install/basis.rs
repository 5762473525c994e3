//! The step Target of an upgrade: what is upgraded from which revision to which chart. It cannot be changed.

use super::{steps::Step, wizard};
use crate::{
    parts::{Button, ButtonLink, ClusterChip, Kind},
    urls,
    words::t,
};
use leptos::prelude::*;
use wire::{
    Namespace, ReleaseName, install::DraftView, release::ReleaseRef, upgrade::UpgradeBasis,
};

/// The release that a draft upgrades.
pub(super) fn upgraded_release(draft: &DraftView) -> Option<ReleaseRef> {
    draft.upgrade.as_ref()?;
    Some(ReleaseRef {
        cluster: draft.cluster.clone()?,
        namespace: Namespace::new(draft.namespace.clone()).ok()?,
        release: ReleaseName::new(draft.release.clone()).ok()?,
    })
}

/// The basis of an upgrade, and its target.
#[component]
pub(super) fn Basis(
    /// What is upgraded.
    basis: UpgradeBasis,
) -> impl IntoView {
    let wizard = wizard();
    let draft = wizard.draft.get_untracked();
    let choices = upgraded_release(&draft).map(|at| urls::upgrade(&at));
    let from = t!(
        upgrade.revision,
        version = basis.version,
        n = basis.revision.0
    );
    let to = t!(
        upgrade.revision,
        version = draft.chart.version.clone(),
        n = basis.revision.0 + 1
    );
    let row = |title: String, content: AnyView| {
        view! {
            <div class="grid grid-cols-[140px_minmax(0,1fr)] gap-3 px-5 py-2.5 border-b border-line last:border-b-0">
                <dt class="text-ink-3">{title}</dt>
                <dd class="min-w-0 break-words">{content}</dd>
            </div>
        }
    };
    let text = |text: String| view! { <span class="tabular">{text}</span> }.into_any();
    let cluster = draft
        .cluster
        .map(|name| view! { <ClusterChip name=name.to_string()/> });
    view! {
        <dl class="bg-surface border border-line rounded-[10px] text-[13px]">
            {row(t!(install.cluster), cluster.into_any())}
            {row(t!(install.namespace), text(draft.namespace))}
            {row(t!(install.release), text(draft.release))}
            {row(t!(upgrade.from), text(from))}
            {row(t!(upgrade.to), text(to))}
        </dl>
        <p class="mt-3 text-[12px] text-ink-3">{t!(upgrade.target_fixed)} " " {t!(upgrade.kept_crds)}</p>
        <div class="flex flex-wrap justify-end gap-3 mt-4 bg-surface border border-line rounded-[10px] px-4 py-3 sticky bottom-0 z-10 shadow-float" data-sticky-footer="">
            {choices.map(|to| view! { <ButtonLink to=to>{t!(upgrade.other_version)}</ButtonLink> })}
            <Button kind=Kind::Go press=move || wizard.go.run(Step::Checks)>{t!(install.run_checks)}</Button>
        </div>
    }
}
