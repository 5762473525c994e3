//! The choices of a plan, and the table of its fields that other field managers own: whose, both values, and the choice
//! of the operator.
//!
//! A choice is checked by another dry run before the plan can be started. Start at [`Choices`] and [`FieldTable`].

use super::{Button, CrdTable, Recreations, tw};
use crate::words::{count, t};
use leptos::prelude::*;
use wire::{
    ObjectName,
    decision::{
        CrdReview, Decisions, FieldChoice, FieldConflict, FieldDecision, KnownOwner, PlanChoices,
        Recreation,
    },
};

/// What the operator chose, beside what the plan was made with. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Choices {
    plan: StoredValue<PlanChoices>,
    decisions: RwSignal<Decisions>,
}

impl Choices {
    /// The choices of a plan.
    pub(crate) fn new(plan: PlanChoices) -> Self {
        Self {
            decisions: RwSignal::new(plan.decisions.clone()),
            plan: StoredValue::new(plan),
        }
    }

    /// The objects that can only be deleted and created again.
    pub(crate) fn recreations(self) -> Vec<Recreation> {
        self.plan.with_value(|plan| plan.recreations.clone())
    }

    /// The CRDs that are new or differ.
    pub(crate) fn crds(self) -> Vec<CrdReview> {
        self.plan.with_value(|plan| plan.crds.clone())
    }

    /// Whether an object is chosen to be recreated.
    pub(crate) fn recreates(self, object: &ObjectName) -> bool {
        self.decisions.with(|decisions| decisions.recreates(object))
    }

    /// Chooses whether an object is recreated.
    pub(crate) fn recreate(self, object: &ObjectName, is_chosen: bool) {
        self.decisions.update(|decisions| {
            decisions.recreated.retain(|other| other != object);
            if is_chosen {
                decisions.recreated.push(object.clone());
            }
        });
    }

    /// Whether a CRD is chosen to be applied.
    pub(crate) fn applies(self, name: &str) -> bool {
        let decided = self
            .decisions
            .with(|decisions| decisions.crds.get(name).copied());
        decided.unwrap_or_else(|| {
            self.plan.with_value(|plan| {
                let mut crds = plan.crds.iter();
                crds.any(|crd| crd.name == name && crd.is_applied)
            })
        })
    }

    /// Chooses whether a CRD is applied.
    pub(crate) fn apply(self, name: &str, is_chosen: bool) {
        self.decisions.update(|decisions| {
            decisions.crds.insert(name.to_owned(), is_chosen);
        });
    }

    /// The number of missing choices.
    pub(crate) fn undecided(self) -> usize {
        self.decisions.with(|decisions| {
            self.plan.with_value(|plan| {
                let fields = plan.conflicts.iter();
                let fields = fields.filter(|row| chosen(row, decisions).is_none());
                let objects = plan.recreations.iter();
                let objects = objects.filter(|offer| !decisions.recreates(&offer.object));
                fields.count() + objects.count()
            })
        })
    }

    /// Whether the plan was made with other choices.
    pub(crate) fn is_changed(self) -> bool {
        self.decisions.with(|decisions| {
            self.plan.with_value(|plan| {
                let (mut fields, mut objects) = (plan.conflicts.iter(), plan.recreations.iter());
                let mut crds = plan.crds.iter();
                let applies = |crd: &CrdReview| {
                    let decided = decisions.crds.get(&crd.name).copied();
                    decided.unwrap_or(crd.is_applied) && crd.refused.is_none()
                };
                fields.any(|row| chosen(row, decisions) != row.choice)
                    || objects.any(|offer| decisions.recreates(&offer.object) != offer.is_chosen)
                    || crds.any(|crd| applies(crd) != crd.is_applied)
            })
        })
    }

    /// Whether the plan cannot be started: a choice is missing, or was not checked.
    pub(crate) fn blocks(self) -> bool {
        self.undecided() > 0 || self.is_changed()
    }

    /// Why the plan cannot be started; none when the choices do not prevent it.
    pub(crate) fn reason(self) -> Option<String> {
        match self.undecided() {
            0 if self.is_changed() => Some(t!(decision.changed)),
            0 => None,
            missing => Some(count!(decision.undecided, n = missing)),
        }
    }

    fn choose(self, row: &FieldConflict, choice: FieldChoice) {
        self.decisions.update(|decisions| {
            decisions.fields.retain(|decision| !is_of(decision, row));
            decisions.fields.push(FieldDecision {
                object: row.object.clone(),
                path: row.path.clone(),
                manager: row.manager.clone(),
                choice,
            });
        });
    }
}

fn is_of(decision: &FieldDecision, row: &FieldConflict) -> bool {
    decision.object == row.object && decision.path == row.path && decision.manager == row.manager
}

/// The choice of a row: that of the operator, else the one of the plan.
fn chosen(row: &FieldConflict, decisions: &Decisions) -> Option<FieldChoice> {
    let mut decided = decisions.fields.iter();
    let decided = decided.find(|decision| is_of(decision, row));
    decided.map(|decision| decision.choice).or(row.choice)
}

/// Why a field is left to its manager unless the operator decides otherwise.
fn default_reason(row: &FieldConflict) -> Option<String> {
    if row.is_remembered {
        return Some(t!(decision.remembered, manager = row.manager.clone()));
    }
    Some(match row.known? {
        KnownOwner::Istiod => t!(decision.known_istiod),
        KnownOwner::Autoscaler => t!(decision.known_autoscaler),
        KnownOwner::CaInjector => t!(decision.known_ca_injector),
        KnownOwner::CloudAdmission => t!(decision.known_cloud),
    })
}

/// Everything that the operator has to choose in a plan, and the button that checks the choices; nothing without one.
#[component]
pub(crate) fn PlanChoiceTables(
    /// The choices.
    choices: Choices,
    /// Makes the plan again with the choices.
    check: Callback<Decisions>,
    /// Whether that is under way.
    #[prop(into)]
    checking: Signal<bool>,
    /// Whether the operator just checked choices: they take the focus then.
    focused: bool,
) -> impl IntoView {
    let is_empty = choices.plan.with_value(|plan| {
        plan.conflicts.is_empty() && plan.recreations.is_empty() && plan.crds.is_empty()
    });
    if is_empty {
        return ().into_any();
    }
    let group = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let Some(group) = group.get().filter(|_| focused) {
            let _ = group.focus();
        }
    });
    view! {
        <div node_ref=group tabindex="-1" role="group" aria-label=t!(decision.choices)>
            <FieldTable choices=choices/>
            <Recreations choices=choices/>
            <CrdTable choices=choices/>
            <CheckChoices choices=choices check=check checking=checking/>
        </div>
    }
    .into_any()
}

/// The table of the fields; nothing without one.
#[component]
fn FieldTable(choices: Choices) -> impl IntoView {
    let rows = choices.plan.with_value(|plan| plan.conflicts.clone());
    if rows.is_empty() {
        return ().into_any();
    }
    let count = count!(decision.fields_n, n = rows.len());
    view! {
        <section class="mb-4 bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(decision.fields)>
            <div class="flex flex-wrap items-baseline gap-x-3 px-4 pt-3 pb-1">
                <h2 class="text-[15px] font-semibold flex-1">{t!(decision.fields)}</h2>
                <span class="text-[12px] text-ink-3 tabular">{count}</span>
            </div>
            <table role="table" class="choice-table" aria-label=t!(decision.fields)>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader">{t!(decision.field)}</th>
                        <th role="columnheader">{t!(decision.owner)}</th>
                        <th role="columnheader">{t!(decision.theirs)}</th>
                        <th role="columnheader">{t!(decision.ours)}</th>
                        <th role="columnheader">{t!(decision.choice)}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    {rows.into_iter().enumerate().map(|(index, row)| view! { <Row row=row index=index choices=choices/> }).collect_view()}
                </tbody>
            </table>
            <p class="px-4 py-2.5 border-t border-line text-[12.5px] text-ink-2">{t!(decision.note)}</p>
        </section>
    }
    .into_any()
}

#[component]
fn Row(row: FieldConflict, index: usize, choices: Choices) -> impl IntoView {
    let reason = default_reason(&row);
    let label = t!(
        decision.choice_of,
        field = row.path.clone(),
        object = row.object.to_string()
    );
    let cell = "font-mono text-[12px] max-h-24 overflow-auto";
    view! {
        <tr role="row">
            <td role="cell" data-label=t!(decision.field)>
                <span class="block min-w-0">
                    <span class="block text-[12px] text-ink-3">{format!("{} {}", row.object.kind, row.object.name)}</span>
                    <span class="block font-mono text-[12px]">{row.path.trim_start_matches('.').to_owned()}</span>
                </span>
            </td>
            <td role="cell" data-label=t!(decision.owner)><span class="font-mono text-[12px]">{row.manager.clone()}</span></td>
            <td role="cell" data-label=t!(decision.theirs)><span class=cell>{row.theirs.clone()}</span></td>
            <td role="cell" data-label=t!(decision.ours)><span class=cell>{row.ours.clone()}</span></td>
            <td role="cell" data-label=t!(decision.choice)>
                <span class="block min-w-0">
                    <Radios row=row index=index label=label choices=choices/>
                    {reason.map(|reason| view! { <span class="block mt-1 text-[12px] text-ink-3">{reason}</span> })}
                </span>
            </td>
        </tr>
    }
}

#[component]
fn Radios(row: FieldConflict, index: usize, label: String, choices: Choices) -> impl IntoView {
    let row = StoredValue::new(row);
    let current = move || {
        choices
            .decisions
            .with(|decisions| row.with_value(|row| chosen(row, decisions)))
    };
    let radio = move |choice: FieldChoice, text: String| {
        let class = move || {
            if current() == Some(choice) {
                tw(
                    "relative inline-flex items-center h-7 max-md:h-10 px-2.5 text-[12.5px] font-medium whitespace-nowrap cursor-pointer border-r border-line-strong last:border-r-0 bg-span-soft text-span has-[:focus-visible]:outline outline-2 outline-offset-[-2px]",
                )
            } else {
                tw(
                    "relative inline-flex items-center h-7 max-md:h-10 px-2.5 text-[12.5px] font-medium whitespace-nowrap cursor-pointer border-r border-line-strong last:border-r-0 bg-surface text-ink-2 hover:bg-sunken has-[:focus-visible]:outline outline-2 outline-offset-[-2px]",
                )
            }
        };
        view! {
            <label class=class>
                <input
                    type="radio"
                    class="absolute inset-0 size-full opacity-0 cursor-pointer"
                    name=format!("field-{index}")
                    prop:checked=move || current() == Some(choice)
                    on:change=move |_| row.with_value(|row| choices.choose(row, choice))
                />
                {text}
            </label>
        }
    };
    view! {
        <span role="radiogroup" class="inline-flex rounded-[6px] border border-line-strong overflow-hidden" aria-label=label>
            {radio(FieldChoice::Leave, t!(decision.leave))}
            {radio(FieldChoice::Take, t!(decision.take))}
        </span>
    }
}

/// The button that checks changed choices by another dry run.
#[component]
fn CheckChoices(
    choices: Choices,
    check: Callback<Decisions>,
    checking: Signal<bool>,
) -> impl IntoView {
    let label = move || {
        if checking.get() {
            t!(decision.checking)
        } else {
            t!(decision.check)
        }
    };
    let press = move || check.run(choices.decisions.get_untracked());
    let is_ready = move || choices.undecided() == 0 && choices.is_changed();
    view! {
        <div class="flex flex-wrap items-center justify-end gap-3 mb-4 text-[12.5px] text-ink-2">
            {move || choices.reason()}
            <Button disabled=Signal::derive(move || !is_ready() || checking.get()) press=press>{label}</Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::ObjectName;

    fn row(path: &str, choice: Option<FieldChoice>) -> FieldConflict {
        FieldConflict {
            object: ObjectName {
                kind: "ConfigMap".into(),
                api_version: "v1".into(),
                namespace: None,
                name: "a".into(),
            },
            path: path.into(),
            manager: "clerk".into(),
            theirs: "1".into(),
            ours: "2".into(),
            known: None,
            choice,
            is_remembered: false,
        }
    }

    fn plan(conflicts: Vec<FieldConflict>, decisions: Decisions) -> PlanChoices {
        PlanChoices {
            conflicts,
            decisions,
            ..PlanChoices::default()
        }
    }

    #[test]
    fn a_plan_is_blocked_until_every_choice_is_made_and_checked() {
        let owner = Owner::new();
        owner.set();
        let (open, left) = (row(".a", None), row(".b", Some(FieldChoice::Leave)));
        let rows = vec![open.clone(), left.clone()];
        let choices = Choices::new(plan(rows, Decisions::default()));
        assert_eq!((choices.undecided(), choices.is_changed()), (1, false));
        assert!(choices.blocks());
        choices.choose(&open, FieldChoice::Take);
        assert_eq!((choices.undecided(), choices.is_changed()), (0, true));
        assert!(choices.blocks(), "it was not checked");
        let checked = row(".a", Some(FieldChoice::Take));
        let rows = vec![checked, left.clone()];
        let choices = Choices::new(plan(rows, choices.decisions.get()));
        assert!(!choices.blocks());
        assert_eq!(choices.reason(), None);
        choices.choose(&left, FieldChoice::Leave);
        assert!(!choices.blocks(), "as before");
        choices.choose(&left, FieldChoice::Take);
        assert!(choices.blocks());
    }
}
