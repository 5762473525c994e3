//! The CRDs that a release brought: kept, or deleted after a backup. [`Chosen`] is pure and is tested without a browser.

use crate::words::{count, t};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wire::release::{CrdBlocker, CrdOrigin, UninstallCrd};

/// The names of the CRDs that are deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen(BTreeSet<String>);

impl Chosen {
    /// The names.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }

    /// What is deleted besides the resources of the release.
    pub(super) fn note(&self) -> Option<String> {
        let n = self.0.len();
        (n > 0).then(|| count!(release.uninstall_with_crds, n = n))
    }

    fn set(&mut self, name: &str, on: bool) {
        if on {
            self.0.insert(name.to_owned());
        } else {
            self.0.remove(name);
        }
    }

    /// Chooses each CRD whose deletion is offered, or none.
    fn set_all(&mut self, crds: &[UninstallCrd], on: bool) {
        let offered = crds.iter().filter(|crd| on && crd.blocker.is_none());
        self.0 = offered.map(|crd| crd.name.clone()).collect();
    }
}

/// The number of custom resources by namespace, or why the CRD cannot be deleted.
fn describe(crd: &UninstallCrd) -> String {
    match &crd.blocker {
        None => resources(&crd.resources),
        Some(CrdBlocker::Missing) => t!(release.crd_missing),
        Some(CrdBlocker::UsedBy(releases)) => {
            let used = t!(release.crd_used_by, releases = releases.join(", "));
            format!("{}. {used}", resources(&crd.resources))
        }
        Some(CrdBlocker::UsageUnknown(releases)) if releases.is_empty() => {
            t!(release.crd_usage_unknown)
        }
        Some(CrdBlocker::UsageUnknown(releases)) => {
            t!(release.crd_usage_unread, releases = releases.join(", "))
        }
        Some(CrdBlocker::Unreadable(reason)) => {
            t!(release.crd_unreadable, reason = reason.clone())
        }
    }
}

fn resources(by_namespace: &[(String, u32)]) -> String {
    let total: u32 = by_namespace.iter().map(|(_, n)| *n).sum();
    if total == 0 {
        return t!(release.crd_no_resources);
    }
    let counts = by_namespace.iter().map(|(namespace, n)| {
        if namespace.is_empty() {
            t!(release.crd_cluster_scoped, n = *n)
        } else {
            format!("{namespace} {n}")
        }
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    count!(release.crd_resources, n = total, counts = counts)
}

/// The CRDs with a checkbox each, and one for all that can be deleted.
#[component]
pub(super) fn Crds(crds: Vec<UninstallCrd>, chosen: RwSignal<Chosen>) -> impl IntoView {
    let offered = crds.iter().filter(|crd| crd.blocker.is_none()).count();
    let rows = crds.clone();
    let crds = StoredValue::new(crds);
    let all = move || chosen.get().0.len() == offered;
    view! {
        <fieldset class="grid gap-2 min-w-0">
            <legend class="font-medium">{t!(release.crds)}</legend>
            <p class="text-ink-2">{t!(release.crds_note)}</p>
            {(offered > 1).then(|| view! {
                <label class="flex items-start gap-2">
                    <input
                        type="checkbox"
                        class="size-4 accent-span shrink-0 mt-px"
                        prop:checked=all
                        on:change=move |event| {
                            let on = event_target_checked(&event);
                            crds.with_value(|crds| chosen.update(|chosen| chosen.set_all(crds, on)));
                        }
                    />
                    <span>{count!(release.delete_all_crds, n = offered)}</span>
                </label>
            })}
            <ul class="border border-line rounded-[10px] max-h-[260px] overflow-auto" tabindex="0" aria-label=t!(release.crds)>
                {rows.into_iter().map(|crd| view! { <Crd crd=crd chosen=chosen/> }).collect_view()}
            </ul>
        </fieldset>
    }
}

#[component]
fn Crd(crd: UninstallCrd, chosen: RwSignal<Chosen>) -> impl IntoView {
    let origin = match crd.origin {
        CrdOrigin::Folder => None,
        CrdOrigin::Hook => Some(t!(release.crd_of_hook)),
        CrdOrigin::Template => Some(t!(release.crd_of_template)),
    };
    let text = describe(&crd);
    let is_blocked = crd.blocker.is_some();
    let label = t!(release.delete_crd_of, crd = crd.name.clone());
    let name = StoredValue::new(crd.name.clone());
    let checked = move || name.with_value(|name| chosen.get().0.contains(name));
    view! {
        <li class="px-4 py-2 border-b border-line last:border-b-0">
            <label class="flex items-start gap-2">
                <input
                    type="checkbox"
                    class="size-4 accent-span shrink-0 mt-px"
                    aria-label=label
                    disabled=is_blocked
                    prop:checked=checked
                    on:change=move |event| {
                        let on = event_target_checked(&event);
                        name.with_value(|name| chosen.update(|chosen| chosen.set(name, on)));
                    }
                />
                <span class="min-w-0">
                    <span class="block font-mono text-[12px] break-words">{crd.name}</span>
                    <span class="block text-ink-2 break-words">{text}</span>
                    {origin.map(|origin| view! { <span class="block text-[12px] text-ink-3">{origin}</span> })}
                </span>
            </label>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crd(name: &str, blocker: Option<CrdBlocker>) -> UninstallCrd {
        UninstallCrd {
            name: name.into(),
            kind: "Shop".into(),
            origin: CrdOrigin::Folder,
            resources: vec![(String::new(), 1), ("web".into(), 2)],
            blocker,
        }
    }

    #[test]
    fn only_crds_that_are_offered_are_chosen_with_all_others() {
        let used = CrdBlocker::UsedBy(vec!["web/other".into()]);
        let crds = [crd("a", None), crd("b", Some(used)), crd("c", None)];
        let mut chosen = Chosen::default();
        assert_eq!((chosen.names().len(), chosen.note()), (0, None));
        chosen.set_all(&crds, true);
        assert_eq!(chosen.names(), ["a", "c"]);
        chosen.set("a", false);
        assert_eq!(chosen.names(), ["c"]);
        chosen.set_all(&crds, false);
        assert!(chosen.names().is_empty());
    }

    #[test]
    fn custom_resources_are_counted_by_namespace_also_when_a_release_uses_them() {
        let counts = "3 custom resources: cluster-scoped 1, web 2";
        assert_eq!(describe(&crd("a", None)), counts);
        let used = CrdBlocker::UsedBy(vec!["web/other".into()]);
        let text = format!("{counts}. Kept: used by web/other");
        assert_eq!(describe(&crd("a", Some(used))), text);
    }
}
