//! The choices of a plan: what the operator chose, beside what the plan was made with.
//!
//! A changed choice is checked by another dry run before the plan can be started. Start at [`Choices`].

use crate::words::{count, t};
use leptos::prelude::*;
use wire::{
    ObjectName,
    decision::{
        CrdReview, Decisions, FieldChoice, FieldConflict, FieldDecision, PlanChoices, Recreation,
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

    /// Whether there is nothing to choose.
    pub(super) fn is_empty(self) -> bool {
        self.plan.with_value(|plan| {
            plan.conflicts.is_empty() && plan.recreations.is_empty() && plan.crds.is_empty()
        })
    }

    /// The decisions as they are chosen now.
    pub(super) fn decisions(self) -> Decisions {
        self.decisions.get_untracked()
    }

    /// The fields that other managers own.
    pub(super) fn conflicts(self) -> Vec<FieldConflict> {
        self.plan.with_value(|plan| plan.conflicts.clone())
    }

    /// What is chosen for a field.
    pub(super) fn chosen(self, row: &FieldConflict) -> Option<FieldChoice> {
        self.decisions.with(|decisions| chosen(row, decisions))
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

    pub(super) fn choose(self, row: &FieldConflict, choice: FieldChoice) {
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
            is_stored: false,
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
