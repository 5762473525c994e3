//! The steps of a setup as a page shows them: their groups, the current step, and the selected one. Pure.
//!
//! Start at [`grouped`] and [`selected`].

use wire::mesh::{StepDuration, StepKind, StepRef, StepState, StepView};

/// A step in the query of the page, such as `join-west`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::pages::meshes) struct StepKey(String);

impl StepKey {
    /// The key of a step.
    pub(super) fn of(step: &StepRef) -> Self {
        let kind = match step.kind {
            StepKind::Checks => "checks",
            StepKind::ControlPlane => "control-plane",
            StepKind::Join => "join",
            StepKind::RemoteChart => "injector",
            StepKind::Sample => "sample",
            StepKind::Details => "details",
            StepKind::Verify => "verification",
        };
        match step.kind {
            // A mesh has one of each of these.
            StepKind::Checks | StepKind::Verify => Self(kind.to_owned()),
            _ => Self(format!("{kind}-{}", step.cluster)),
        }
    }

    /// The key as it is in the query.
    pub(in crate::pages::meshes) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for StepKey {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// A group of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum StepGroup {
    Prepare,
    ControlPlane,
    Remotes,
    Verify,
}

impl StepGroup {
    /// The group of a kind of step.
    fn of(kind: StepKind) -> Self {
        match kind {
            StepKind::Checks => Self::Prepare,
            StepKind::ControlPlane => Self::ControlPlane,
            StepKind::Join | StepKind::RemoteChart => Self::Remotes,
            StepKind::Sample | StepKind::Details | StepKind::Verify => Self::Verify,
        }
    }
}

/// The steps by group, in order; each with its index among all of them.
pub(super) fn grouped(steps: &[StepView]) -> Vec<(StepGroup, Vec<usize>)> {
    let mut groups: Vec<(StepGroup, Vec<usize>)> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let group = StepGroup::of(step.step.kind);
        match groups.last_mut() {
            Some((last, indices)) if *last == group => indices.push(index),
            _ => groups.push((group, vec![index])),
        }
    }
    groups
}

/// The step that comes now: the running one, else the first that is neither complete nor pending, else the first that
/// is not complete; the last one of a complete setup.
fn current(steps: &[StepView]) -> Option<usize> {
    let first = |is: fn(&StepState) -> bool| steps.iter().position(|step| is(&step.state));
    first(|state| matches!(state, StepState::Running(_)))
        .or_else(|| first(|state| !state.is_complete() && *state != StepState::Pending))
        .or_else(|| first(|state| !state.is_complete()))
        .or_else(|| steps.len().checked_sub(1))
}

/// The step that the query names; else the current one.
pub(super) fn selected(steps: &[StepView], key: Option<&StepKey>) -> Option<usize> {
    let named = key.and_then(|key| {
        let mut steps = steps.iter();
        steps.position(|step| StepKey::of(&step.step) == *key)
    });
    named.or_else(|| current(steps))
}

/// The expected milliseconds of all steps that are not complete; none unless each of them that runs a job has an
/// estimate.
pub(super) fn remaining(steps: &[StepView]) -> Option<u64> {
    let open = steps.iter().filter(|step| !step.state.is_complete());
    let jobs = open.filter(|step| !matches!(step.step.kind, StepKind::Checks | StepKind::Verify));
    let estimates: Option<Vec<u64>> = jobs
        .map(|step| match step.duration {
            Some(StepDuration::Estimated(milliseconds)) => Some(milliseconds),
            _ => None,
        })
        .collect();
    estimates
        .filter(|all| !all.is_empty())
        .map(|all| all.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::{super::tests::step, *};
    use wire::{Code, Problem};

    fn steps(states: [StepState; 4]) -> Vec<StepView> {
        let kinds = [
            StepKind::Checks,
            StepKind::ControlPlane,
            StepKind::RemoteChart,
            StepKind::Join,
        ];
        let steps = kinds.into_iter().zip(states);
        steps.map(|(kind, state)| step(kind, state)).collect()
    }

    #[test]
    fn the_current_step_is_the_running_one_else_the_first_that_can_run_or_has_a_problem() {
        use StepState::{Done, NextStep, Pending};
        let job = || StepState::Running(wire::JobId::new("0123456789abcdef").expect("an id"));
        let silent = || StepState::Unknown(Problem::new(Code::Unreachable));
        let of = |states| selected(&steps(states), None);
        assert_eq!(of([Done, NextStep, Pending, Pending]), Some(1));
        // A join may run before the charts of its remote.
        assert_eq!(of([Done, Done, NextStep, job()]), Some(3));
        assert_eq!(of([Done, silent(), Pending, Pending]), Some(1));
        assert_eq!(of([Done, Done, Done, Done]), Some(3));
        assert_eq!(selected(&[], None), None);
    }

    #[test]
    fn the_query_names_the_selected_step_and_an_unknown_name_is_ignored() {
        use StepState::{Done, NextStep, Pending};
        let steps = steps([Done, NextStep, Pending, Pending]);
        for (index, step) in steps.iter().enumerate() {
            let key = StepKey::of(&step.step);
            assert_eq!(selected(&steps, Some(&key)), Some(index), "{key:?}");
        }
        let removed = StepKey::from("join-south".to_owned());
        assert_eq!(selected(&steps, Some(&removed)), Some(1));
    }

    #[test]
    fn steps_of_one_kind_of_work_are_a_group() {
        use StepState::Pending;
        let groups = grouped(&steps([Pending, Pending, Pending, Pending]));
        assert_eq!(
            groups,
            [
                (StepGroup::Prepare, vec![0]),
                (StepGroup::ControlPlane, vec![1]),
                (StepGroup::Remotes, vec![2, 3]),
            ]
        );
    }

    #[test]
    fn the_remaining_time_is_known_only_when_each_open_step_has_an_estimate() {
        use StepState::{Done, NextStep, Pending};
        let mut steps = steps([Done, Done, NextStep, Pending]);
        assert_eq!(remaining(&steps), None);
        steps[2].duration = Some(StepDuration::Estimated(50_000));
        assert_eq!(remaining(&steps), None);
        steps[3].duration = Some(StepDuration::Estimated(4_000));
        // What a complete step took is over.
        steps[1].duration = Some(StepDuration::Measured(70_000));
        assert_eq!(remaining(&steps), Some(54_000));
        steps[2].state = Done;
        steps[3].state = Done;
        assert_eq!(remaining(&steps), None);
    }
}
