//! The Istio CRDs on a cluster: the number of custom resources by namespace, and the releases that use them.

use crate::{
    parts::{Notice, Tone},
    words::{count, t},
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use wire::mesh::{CrdReleaseView, CrdView};

/// The number of custom resources by namespace.
fn by_namespace(objects: &[(String, u32)]) -> String {
    let counts = objects.iter().map(|(namespace, count)| {
        if namespace.is_empty() {
            t!(mesh.cluster_scoped, n = *count)
        } else {
            format!("{namespace} {count}")
        }
    });
    counts.collect::<Vec<_>>().join(", ")
}

/// Each release once, with the number of its custom resources of all CRDs.
fn releases(crds: &[CrdView]) -> Vec<CrdReleaseView> {
    let mut releases: BTreeMap<(String, String), CrdReleaseView> = BTreeMap::new();
    for release in crds.iter().flat_map(|crd| &crd.users) {
        let key = (release.namespace.clone(), release.release.clone());
        let total = releases.entry(key).or_insert_with(|| CrdReleaseView {
            objects: 0,
            ..release.clone()
        });
        total.objects += release.objects;
        total.installed |= release.installed;
    }
    releases.into_values().collect()
}

/// The releases that use the CRDs, the CRDs with custom resources, and the names of the others.
#[component]
pub(super) fn Crds(crds: Vec<CrdView>) -> impl IntoView {
    let releases = releases(&crds);
    let (used, unused): (Vec<_>, Vec<_>) = crds
        .into_iter()
        .partition(|crd| !crd.objects.is_empty() || crd.unreadable.is_some());
    let row = |crd: CrdView| {
        let resources = match crd.unreadable {
            Some(reason) => t!(mesh.crd_unreadable, reason = reason),
            None => by_namespace(&crd.objects),
        };
        view! {
            <li class="flex flex-wrap gap-x-3 px-4 py-1.5 border-b border-line">
                <span class="font-mono text-[12px] flex-1 min-w-[180px] break-words">{crd.name}</span>
                <span class="text-ink-2 break-words">{resources}</span>
            </li>
        }
    };
    view! {
        {releases.into_iter().map(|release| view! { <Release release=release/> }).collect_view()}
        <div class="border border-line rounded-[10px] min-w-0 text-[13px]" role="group" aria-label=t!(mesh.crds)>
            <ul>{used.into_iter().map(row).collect_view()}</ul>
            <details>
                <summary class="cursor-pointer px-4 py-2 text-ink-2">{t!(mesh.crds_without_resources, n = unused.len())}</summary>
                <ul class="px-4 pb-2 max-h-[200px] overflow-auto font-mono text-[12px] text-ink-2">
                    {unused.into_iter().map(|crd| view! { <li class="break-words">{crd.name}</li> }).collect_view()}
                </ul>
            </details>
        </div>
    }
}

/// A release that uses the CRDs: an installed one stops working when they are deleted.
#[component]
fn Release(release: CrdReleaseView) -> impl IntoView {
    let CrdReleaseView {
        release,
        namespace,
        objects,
        installed,
    } = release;
    if installed {
        let text = count!(
            mesh.used_by,
            n = objects,
            release = release,
            namespace = namespace
        );
        return view! { <Notice tone=Tone::Warn><p>{text}</p></Notice> }.into_any();
    }
    let text = count!(mesh.created_by, n = objects, release = release);
    view! { <p class="text-[13px] text-ink-2">{text}</p> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_listed_once_with_all_its_custom_resources() {
        let user = |objects, installed| CrdReleaseView {
            release: "shop".into(),
            namespace: "web".into(),
            objects,
            installed,
        };
        let crd = |user| CrdView {
            name: "gateways.networking.istio.io".into(),
            objects: Vec::new(),
            users: vec![user],
            unreadable: None,
        };
        let crds = [crd(user(2, false)), crd(user(3, true))];
        assert_eq!(releases(&crds), [user(5, true)]);
    }
}
