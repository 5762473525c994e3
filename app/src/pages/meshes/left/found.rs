//! The definitions that are still there: how many objects, where, and who uses them.

use crate::{
    parts::{Notice, Tone},
    words::say,
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use wire::mesh::{CrdReleaseView, CrdView};

fn places(objects: &[(String, u32)]) -> String {
    let words = objects.iter().map(|(namespace, count)| {
        if namespace.is_empty() {
            say!(mesh.cluster_wide, n = count)
        } else {
            format!("{namespace} {count}")
        }
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Each release once, with all the objects that are its.
fn users(definitions: &[CrdView]) -> Vec<CrdReleaseView> {
    let mut all: BTreeMap<(String, String), CrdReleaseView> = BTreeMap::new();
    for user in definitions.iter().flat_map(|one| &one.users) {
        let key = (user.namespace.clone(), user.release.clone());
        let known = all.entry(key).or_insert_with(|| CrdReleaseView {
            objects: 0,
            ..user.clone()
        });
        known.objects += user.objects;
        known.installed |= user.installed;
    }
    all.into_values().collect()
}

/// Definitions with objects one by one, the others by name only, and releases that use them.
#[component]
pub(super) fn Definitions(definitions: Vec<CrdView>) -> impl IntoView {
    let users = users(&definitions);
    let (full, empty): (Vec<_>, Vec<_>) = definitions
        .into_iter()
        .partition(|one| !one.objects.is_empty() || one.unreadable.is_some());
    let row = |one: CrdView| {
        let where_ = match one.unreadable {
            Some(why) => say!(mesh.unread, why = why),
            None => places(&one.objects),
        };
        view! {
            <li class="flex flex-wrap gap-x-3 px-4 py-1.5 border-b border-line">
                <span class="font-mono text-[12px] flex-1 min-w-[180px] break-words">{one.name}</span>
                <span class="text-ink-2 break-words">{where_}</span>
            </li>
        }
    };
    view! {
        {users.into_iter().map(|user| view! { <User user=user/> }).collect_view()}
        <div class="border border-line rounded-[10px] min-w-0 text-[13px]" role="group" aria-label=say!(mesh.definitions)>
            <ul>{full.into_iter().map(row).collect_view()}</ul>
            <details>
                <summary class="cursor-pointer px-4 py-2 text-ink-2">{say!(mesh.definitions_empty, n = empty.len())}</summary>
                <ul class="px-4 pb-2 max-h-[200px] overflow-auto font-mono text-[12px] text-ink-2">
                    {empty.into_iter().map(|one| view! { <li class="break-words">{one.name}</li> }).collect_view()}
                </ul>
            </details>
        </div>
    }
}

/// A release that uses them: one that stands breaks when they go.
#[component]
fn User(user: CrdReleaseView) -> impl IntoView {
    let (release, namespace, n) = (user.release, user.namespace, user.objects);
    if user.installed {
        let says = say!(
            mesh.used_by,
            release = release,
            namespace = namespace,
            n = n
        );
        return view! { <Notice tone=Tone::Warn><p>{says}</p></Notice> }.into_any();
    }
    let says = say!(mesh.brought_by, release = release, n = n);
    view! { <p class="text-[13px] text-ink-2">{says}</p> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_named_once_with_all_its_objects() {
        let user = |objects, installed| CrdReleaseView {
            release: "shop".into(),
            namespace: "web".into(),
            objects,
            installed,
        };
        let definition = |user| CrdView {
            name: "gateways.networking.istio.io".into(),
            objects: Vec::new(),
            users: vec![user],
            unreadable: None,
        };
        let all = [definition(user(2, false)), definition(user(3, true))];
        assert_eq!(users(&all), [user(5, true)]);
    }
}
