//! The objects of a review, grouped by kind and folded: what needs attention is unfolded.

use crate::{
    parts::{Diff, Glyph, Icon, Pill, ProblemNotice, Tone},
    words::{count, t},
};
use leptos::prelude::*;
use wire::install::{Change, ObjectDiff};

fn change_label(change: &Change) -> (Tone, String) {
    match change {
        Change::Create => (Tone::Good, t!(change.create)),
        Change::Update => (Tone::Busy, t!(change.update)),
        Change::Adopt => (Tone::Busy, t!(change.adopt)),
        Change::Keep => (Tone::Plain, t!(change.keep)),
        Change::Delete => (Tone::Bad, t!(change.delete)),
        Change::CreateInNewNamespace => (Tone::Plain, t!(change.in_new_namespace)),
        Change::CreateOfNewKind => (Tone::Plain, t!(change.of_new_kind)),
        Change::Hook => (Tone::Plain, t!(change.hook)),
        Change::Recreate => (Tone::Warn, t!(change.recreate)),
        Change::Undecided => (Tone::Warn, t!(change.undecided)),
        Change::Refused(_) => (Tone::Bad, t!(change.rejected)),
    }
}

/// Whether an operator has to look at a change: it is refused, or changes what exists.
fn needs_attention(change: &Change) -> bool {
    matches!(
        change,
        Change::Recreate
            | Change::Undecided
            | Change::Refused(_)
            | Change::Update
            | Change::Adopt
            | Change::Delete
    )
}

/// The objects of one kind, in the order in which they are applied.
#[derive(Clone, Debug, PartialEq)]
struct KindGroup {
    kind: String,
    objects: Vec<ObjectDiff>,
}

impl KindGroup {
    /// The labels of its changes, each with the number of its objects.
    fn changes(&self) -> Vec<(Tone, String, usize)> {
        let mut counted: Vec<(Tone, String, usize)> = Vec::new();
        for object in &self.objects {
            let (tone, label) = change_label(&object.change);
            match counted.iter_mut().find(|(_, known, _)| *known == label) {
                Some((_, _, number)) => *number += 1,
                None => counted.push((tone, label, 1)),
            }
        }
        counted
    }

    fn needs_attention(&self) -> bool {
        let mut objects = self.objects.iter();
        objects.any(|object| needs_attention(&object.change))
    }
}

/// The objects by kind, the kinds in the order in which they are applied first.
fn by_kind(objects: Vec<ObjectDiff>) -> Vec<KindGroup> {
    let mut groups: Vec<KindGroup> = Vec::new();
    for object in objects {
        let kind = object.object.kind.clone();
        match groups.iter_mut().find(|group| group.kind == kind) {
            Some(group) => group.objects.push(object),
            None => groups.push(KindGroup {
                kind,
                objects: vec![object],
            }),
        }
    }
    groups
}

/// The objects by kind, each with its change.
#[component]
pub(crate) fn Manifests(
    /// The objects, in the order in which they are applied.
    objects: Vec<ObjectDiff>,
) -> impl IntoView {
    let total = objects.len();
    let (to_see, rest): (Vec<ObjectDiff>, Vec<ObjectDiff>) = objects
        .iter()
        .cloned()
        .partition(|object| needs_attention(&object.change));
    let (attention, has_rest) = (to_see.len(), !rest.is_empty());
    let only = RwSignal::new(false);
    let all = StoredValue::new(by_kind(objects));
    let to_see = StoredValue::new(by_kind(to_see));
    let groups = move || {
        let groups = if only.get() { to_see } else { all };
        let groups = groups.get_value().into_iter();
        groups
            .map(|group| view! { <Group group=group/> })
            .collect_view()
    };
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-2.5 border-b border-line text-[13px]">
            <span class="flex-1 text-ink-2 tabular">
                {if attention == 0 { count!(change.no_attention, n = total) } else { count!(change.attention, n = attention) }}
            </span>
            <label class="inline-flex items-center gap-2">
                <input
                    type="checkbox"
                    role="switch"
                    disabled=attention == 0 || !has_rest
                    prop:checked=only
                    on:change=move |event| only.set(event_target_checked(&event))
                />
                {t!(change.only_attention)}
            </label>
        </div>
        <div>{groups}</div>
    }
}

/// The objects of one kind; those that need attention are unfolded.
#[component]
fn Group(group: KindGroup) -> impl IntoView {
    let open = group.needs_attention();
    let changes = group.changes();
    let KindGroup { kind, objects } = group;
    let number = count!(change.resources, n = objects.len());
    let pills = changes.into_iter().map(|(tone, label, number)| {
        view! { <Pill tone=tone>{label} <span class="tabular">{number}</span></Pill> }
    });
    view! {
        <details class="border-b border-line last:border-b-0" open=open>
            <summary class="flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2 text-[13px] cursor-pointer hover:bg-sunken">
                <Icon glyph=Glyph::Chevron class="size-3 shrink-0 text-ink-3"/>
                <span class="font-medium max-md:grow max-w-full md:w-[240px] truncate">{kind}</span>
                <span class="max-md:sr-only md:flex-1 text-ink-3 tabular whitespace-nowrap">{number}</span>
                <span class="flex flex-wrap gap-1.5">{pills.collect_view()}</span>
            </summary>
            <div class="border-t border-line">
                {objects.into_iter().map(|object| view! { <Object object=object/> }).collect_view()}
            </div>
        </details>
    }
}

#[component]
fn Object(object: ObjectDiff) -> impl IntoView {
    let (tone, label) = change_label(&object.change);
    let problem = match &object.change {
        Change::Refused(problem) => Some(problem.clone()),
        _ => None,
    };
    let open = RwSignal::new(problem.is_some());
    let diff_label = object.object.to_string();
    let lines = StoredValue::new(object.lines);
    view! {
        <div class="border-b border-line last:border-b-0">
            <button
                type="button"
                class="w-full flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2 text-left text-[13px] hover:bg-sunken"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span class="font-mono text-[11.5px] text-ink-3 md:w-[210px] truncate">{object.object.kind.clone()}</span>
                <span class="font-mono flex-1 min-w-0 break-words max-md:order-last max-md:basis-full">{object.object.name.clone()}</span>
                <Pill tone=tone>{label}</Pill>
            </button>
            {problem.map(|problem| view! { <div class="px-5 pb-3"><ProblemNotice problem=problem/></div> })}
            <Show when=move || open.get() && !lines.with_value(Vec::is_empty)>
                <Diff lines=lines.get_value() label=diff_label.clone()/>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::ObjectName;

    fn object(kind: &str, name: &str, change: Change) -> ObjectDiff {
        ObjectDiff {
            object: ObjectName {
                kind: kind.into(),
                api_version: "v1".into(),
                namespace: Some("shop".into()),
                name: name.into(),
            },
            change,
            lines: Vec::new(),
        }
    }

    #[test]
    fn objects_are_grouped_by_kind_in_the_order_in_which_they_are_applied() {
        let groups = by_kind(vec![
            object("ConfigMap", "a", Change::Create),
            object("Deployment", "b", Change::Update),
            object("ConfigMap", "c", Change::Keep),
        ]);
        let kinds: Vec<(&str, usize, bool)> = groups
            .iter()
            .map(|group| {
                let number = group.objects.len();
                (group.kind.as_str(), number, group.needs_attention())
            })
            .collect();
        assert_eq!(kinds, [("ConfigMap", 2, false), ("Deployment", 1, true)]);
        let changes = groups.first().map(KindGroup::changes).unwrap_or_default();
        let numbers: Vec<usize> = changes.iter().map(|(_, _, number)| *number).collect();
        assert_eq!(numbers, [1, 1]);
    }
}
