//! The list of a plan: its objects by cluster, each with its change; duration, commands and undo.

use super::{ClusterChip, Commands, Diff, Glyph, Icon, ProblemNotice, tw};
use crate::words::{count, duration, t};
use leptos::prelude::*;
use wire::{
    Problem,
    install::DiffLine,
    mesh::{CommandView, PlannedChange, PlannedObject},
};

/// One object of a plan, as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlanRow {
    /// What happens to it.
    pub(crate) change: PlannedChange,
    /// Its kind.
    pub(crate) kind: String,
    /// Its name, with its namespace where it has one.
    pub(crate) name: String,
    /// A note beside it, such as the field managers that it has.
    pub(crate) note: String,
    /// What changes, a line each.
    pub(crate) details: Vec<String>,
    /// The difference, or the object; Secrets are masked.
    pub(crate) lines: Vec<DiffLine>,
    /// Why it cannot be applied.
    pub(crate) problem: Option<Problem>,
}

/// The objects of a plan in one cluster, in the order in which they are changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClusterPlan {
    /// The cluster.
    pub(crate) cluster: String,
    /// Its objects.
    pub(crate) objects: Vec<PlanRow>,
}

/// The objects by cluster, the clusters in the order in which they are changed first.
pub(crate) fn by_cluster(objects: Vec<PlannedObject>) -> Vec<ClusterPlan> {
    let mut plans: Vec<ClusterPlan> = Vec::new();
    for object in objects {
        let cluster = object.cluster.to_string();
        let name = match &object.object.namespace {
            Some(namespace) => format!("{namespace}/{}", object.object.name),
            None => object.object.name.clone(),
        };
        let managers = object.held_by.join(", ");
        let row = PlanRow {
            change: object.change,
            kind: object.object.kind,
            name,
            note: if managers.is_empty() {
                String::new()
            } else {
                t!(mesh.field_managers, managers = managers)
            },
            details: object.details,
            lines: object.lines,
            problem: None,
        };
        match plans.iter_mut().find(|plan| plan.cluster == cluster) {
            Some(plan) => plan.objects.push(row),
            None => plans.push(ClusterPlan {
                cluster,
                objects: vec![row],
            }),
        }
    }
    plans
}

/// The changes of which a plan has some, in a fixed order, each with the number of its objects.
fn totals(plans: &[ClusterPlan]) -> Vec<(PlannedChange, usize)> {
    let all = [
        PlannedChange::Create,
        PlannedChange::Adopt,
        PlannedChange::Update,
        PlannedChange::Keep,
        PlannedChange::Delete,
    ];
    let rows = || plans.iter().flat_map(|plan| &plan.objects);
    let counted = all.map(|change| (change, rows().filter(|row| row.change == change).count()));
    counted.into_iter().filter(|(_, n)| *n > 0).collect()
}

/// The total of one change, such as "4 create".
fn total(change: PlannedChange, n: usize) -> String {
    match change {
        PlannedChange::Create => t!(plan.n_create, n = n),
        PlannedChange::Adopt => t!(plan.n_adopt, n = n),
        PlannedChange::Update => t!(plan.n_change, n = n),
        PlannedChange::Keep => t!(plan.n_keep, n = n),
        PlannedChange::Delete => t!(plan.n_delete, n = n),
    }
}

/// A plan.
#[component]
pub(crate) fn PlanList(
    /// Its name for screen readers.
    #[prop(into)]
    label: String,
    /// The objects by cluster.
    plans: Vec<ClusterPlan>,
    /// The estimated duration in milliseconds.
    #[prop(optional)]
    estimate: Option<u64>,
    /// The equivalent commands.
    #[prop(optional)]
    commands: Vec<CommandView>,
    /// What its undo does.
    #[prop(optional, into)]
    undo: Option<String>,
) -> impl IntoView {
    let totals = totals(&plans).into_iter();
    let summary = totals.map(|(change, n)| total(change, n));
    let summary = summary.collect::<Vec<_>>().join(" · ");
    let is_empty = plans.iter().all(|plan| plan.objects.is_empty());
    let groups = plans.into_iter().filter(|plan| !plan.objects.is_empty());
    let groups = groups
        .map(|plan| view! { <Group plan=plan/> })
        .collect_view();
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=label>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2.5 text-[13px]">
                <h3 class="font-semibold flex-1">{t!(plan.title)}</h3>
                <span class="text-[12px] text-ink-2 tabular">{summary}</span>
                {estimate.map(|milliseconds| view! {
                    <span class="text-[12px] text-ink-3 tabular">{t!(plan.about, duration = duration(milliseconds))}</span>
                })}
            </div>
            {is_empty.then(|| view! { <p class="px-4 py-4 border-t border-line text-[13px] text-ink-2">{t!(plan.nothing)}</p> })}
            {groups}
            {(!commands.is_empty()).then(|| view! { <div class="px-4 py-2.5 border-t border-line"><Commands commands=commands/></div> })}
            {undo.map(|undo| view! {
                <p class="flex gap-2.5 px-4 py-2.5 border-t border-line text-[13px] text-ink-2">
                    <Icon glyph=Glyph::Undo class="size-4 shrink-0 mt-0.5"/>
                    <span class="min-w-0 break-words"><b class="font-semibold text-ink">{t!(plan.undo)}</b> " " {undo}</span>
                </p>
            })}
        </section>
    }
}

#[component]
fn Group(plan: ClusterPlan) -> impl IntoView {
    let label = plan.cluster.clone();
    let number = count!(plan.objects, n = plan.objects.len());
    view! {
        <div role="group" aria-label=label>
            <p class="flex items-center gap-2.5 px-4 py-2 border-t border-line bg-sunken text-[13px] font-medium">
                <ClusterChip name=plan.cluster/>
                <span class="text-[12px] font-normal text-ink-2 tabular whitespace-nowrap">{number}</span>
            </p>
            {plan.objects.into_iter().map(|row| view! { <Row row=row/> }).collect_view()}
        </div>
    }
}

/// The sign, the colour and the word of a change.
fn mark(change: PlannedChange) -> (&'static str, &'static str, String) {
    match change {
        PlannedChange::Create => (
            "+",
            tw("w-[74px] shrink-0 text-[12px] font-medium whitespace-nowrap text-good"),
            t!(plan.create),
        ),
        PlannedChange::Adopt => (
            "→",
            tw("w-[74px] shrink-0 text-[12px] font-medium whitespace-nowrap text-lock"),
            t!(plan.adopt),
        ),
        PlannedChange::Update => (
            "~",
            tw("w-[74px] shrink-0 text-[12px] font-medium whitespace-nowrap text-busy"),
            t!(plan.change),
        ),
        PlannedChange::Keep => (
            "=",
            tw("w-[74px] shrink-0 text-[12px] font-medium whitespace-nowrap text-ink-2"),
            t!(plan.keep),
        ),
        PlannedChange::Delete => (
            "−",
            tw("w-[74px] shrink-0 text-[12px] font-medium whitespace-nowrap text-bad"),
            t!(plan.delete),
        ),
    }
}

#[component]
fn Row(row: PlanRow) -> impl IntoView {
    let open = RwSignal::new(false);
    let label = format!("{} {}", row.kind, row.name);
    let lines = StoredValue::new(row.lines);
    let has_lines = lines.with_value(|lines| !lines.is_empty());
    let (sign, class, word) = mark(row.change);
    let cells = view! {
        <span class=class><span class="font-mono" aria-hidden="true">{sign} " "</span>{word} " "</span>
        <span class="font-mono text-[11.5px] text-ink-2 md:w-[170px] md:shrink-0 truncate">{row.kind} " "</span>
        <span class="font-mono flex-1 min-w-0 break-words max-md:basis-full max-md:order-last">{row.name}</span>
        <span class="text-[12px] text-ink-3 break-words min-w-0 md:max-w-[40%] max-md:basis-full max-md:order-last">{row.note}</span>
    };
    let head = if has_lines {
        view! {
            <button
                type="button"
                class="w-full flex flex-wrap md:flex-nowrap items-center gap-x-3 gap-y-0.5 px-4 py-2 text-left text-[13px] hover:bg-sunken"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {cells}
                <Icon glyph=Glyph::Chevron class="size-3 shrink-0 text-ink-3"/>
            </button>
        }
        .into_any()
    } else {
        view! {
            <p class="flex flex-wrap md:flex-nowrap items-center gap-x-3 gap-y-0.5 px-4 py-2 text-[13px]">
                {cells} <span class="size-3 shrink-0"></span>
            </p>
        }
        .into_any()
    };
    let details = row.details.into_iter();
    let details = details.map(|line| view! { <li class="break-words">{line}</li> });
    let details = details.collect::<Vec<_>>();
    view! {
        <div class="border-t border-line">
            {head}
            {(!details.is_empty()).then(|| view! { <ul class="px-4 pb-2 md:pl-[102px] font-mono text-[12px] text-ink-2">{details}</ul> })}
            {row.problem.map(|problem| view! { <div class="px-4 pb-3"><ProblemNotice problem=problem/></div> })}
            <Show when=move || open.get()>
                <Diff lines=lines.get_value() label=label.clone()/>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{ClusterName, ObjectName};

    fn object(cluster: &str, name: &str, change: PlannedChange) -> PlannedObject {
        PlannedObject {
            cluster: ClusterName::new(cluster).expect("a name"),
            object: ObjectName {
                kind: "ConfigMap".into(),
                api_version: "v1".into(),
                namespace: Some("shop".into()),
                name: name.into(),
            },
            change,
            held_by: Vec::new(),
            details: Vec::new(),
            lines: Vec::new(),
        }
    }

    #[test]
    fn objects_are_grouped_by_cluster_in_the_order_in_which_they_are_changed() {
        let plans = by_cluster(vec![
            object("west", "a", PlannedChange::Create),
            object("east", "b", PlannedChange::Keep),
            object("west", "c", PlannedChange::Create),
        ]);
        let named: Vec<(&str, Vec<&str>)> = plans
            .iter()
            .map(|plan| {
                let names = plan.objects.iter().map(|row| row.name.as_str());
                (plan.cluster.as_str(), names.collect())
            })
            .collect();
        assert_eq!(
            named,
            [("west", vec!["shop/a", "shop/c"]), ("east", vec!["shop/b"])]
        );
        assert_eq!(
            totals(&plans),
            [(PlannedChange::Create, 2), (PlannedChange::Keep, 1)]
        );
    }
}
