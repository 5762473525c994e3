//! Folds the events of a job into the one view that its page shows.

use super::{
    phases::{name, of_part, of_step, phases},
    work::{JobPlan, JobSpec, Told},
};
use crate::error::Error;
use cluster::{KubernetesEvent, ObjectRef, Readiness};
use jiff::Timestamp;
use release::{Event, view::health};
use std::collections::HashMap;
use wire::{
    JobId, Problem,
    job::{
        Awaited, Blocking, EventView, JobKind, JobObject, JobState, JobView, PhaseName, PhaseState,
        PhaseView,
    },
    release::Health,
};

/// What takes no longer than this, in seconds, is not said to hold the job up.
const BLOCKED_AFTER_SECONDS: u64 = 3;
/// Events that a page shows.
const MAX_EVENTS: usize = 30;

/// A job as it goes.
pub(super) struct Progress {
    view: JobView,
    clock: fn() -> Timestamp,
    started: Timestamp,
    /// When each phase began, in milliseconds since the start.
    begun: HashMap<PhaseName, u64>,
    /// Which phase an object belongs to, and its place there.
    places: HashMap<ObjectRef, (usize, usize)>,
    /// When the wait began.
    waiting_since: Option<Timestamp>,
}

impl Progress {
    pub(super) fn new(
        id: JobId,
        order: &JobSpec,
        work: &JobPlan,
        by: &str,
        clock: fn() -> Timestamp,
    ) -> Self {
        let (kind, chart) = match order {
            JobSpec::Install { draft, .. } => (JobKind::Install, Some(draft.chart.clone())),
            JobSpec::Upgrade { draft, .. } => (JobKind::Upgrade, Some(draft.chart.clone())),
            JobSpec::Uninstall { .. } => (JobKind::Uninstall, None),
            JobSpec::Join(_) => (JobKind::Join, None),
            JobSpec::Rotate(_) => (JobKind::Rotate, None),
            JobSpec::Leave(_) => (JobKind::Leave, None),
            JobSpec::Clear(_) => (JobKind::Clear, None),
        };
        let phases = phases(work);
        let mut places = HashMap::new();
        for (phase, one) in phases.iter().enumerate() {
            for (place, object) in one.objects.iter().enumerate() {
                places.insert(object.object.clone(), (phase, place));
            }
        }
        let view = JobView {
            id,
            kind,
            at: order.subject(),
            mesh: order.mesh().cloned(),
            chart,
            state: JobState::Running,
            objects: count(&phases),
            phases,
            blocking: None,
            events: Vec::new(),
            by: by.to_owned(),
            age: 0,
            took: 0,
            in_place: 0,
            backup: None,
        };
        let started = clock();
        Self {
            view,
            clock,
            started,
            begun: HashMap::new(),
            places,
            waiting_since: None,
        }
    }

    /// How the job stands now.
    pub(super) fn view(&self) -> JobView {
        self.view.clone()
    }

    fn elapsed(&self) -> u64 {
        let passed = (self.clock)().as_millisecond() - self.started.as_millisecond();
        u64::try_from(passed).unwrap_or(0)
    }

    /// Takes in what is told, or only the time; whether it is worth writing down.
    pub(super) fn take(&mut self, told: Option<Told>) -> bool {
        let now = self.elapsed();
        if self.view.state == JobState::Running {
            self.view.took = now;
            self.view.age = now / 1000;
        }
        for phase in &mut self.view.phases {
            if phase.state == PhaseState::Running {
                let begun = self.begun.get(&phase.name).copied().unwrap_or(now);
                phase.took = now.saturating_sub(begun);
            }
        }
        match told {
            None => {
                self.age_blocking();
                false
            }
            Some(Told::Release(event)) => self.release(event, now),
            Some(Told::Mesh(event)) => {
                self.mesh(event, now);
                true
            }
            Some(Told::Saves) => {
                self.begin(PhaseName::Backup, now);
                true
            }
            Some(Told::Saved(bytes)) => {
                self.view.backup = u32::try_from(bytes).ok();
                self.finish(PhaseName::Backup);
                true
            }
            Some(Told::Clear(event)) => self.clear(event, now),
        }
    }

    fn release(&mut self, event: Event, now: u64) -> bool {
        match event {
            Event::Started(phase) => {
                self.begin(name(phase), now);
                true
            }
            Event::PhaseDone(phase) => {
                self.finish(name(phase));
                true
            }
            Event::ObjectDone(phase, object) => {
                self.done(name(phase), &object);
                self.view.in_place.is_multiple_of(10)
            }
            Event::Status(standing, events) => {
                self.stand(&standing, &events);
                false
            }
        }
    }

    fn mesh(&mut self, event: ::mesh::Event, now: u64) {
        use ::mesh::Event as E;
        match event {
            E::Started { side, object, .. } => self.begin(of_step(side, &object), now),
            E::ObjectDone { side, object, .. } => {
                let name = of_step(side, &object);
                self.done(name, &object);
                self.view.blocking = None;
                let mut phases = self.view.phases.iter();
                if phases.any(|phase| phase.name == name && phase.done == phase.all) {
                    self.finish(name);
                }
            }
            E::Waiting {
                object, awaited, ..
            } => self.wait(object, awaited),
        }
    }

    fn clear(&mut self, event: ::mesh::cleanup::Event, now: u64) -> bool {
        use ::mesh::cleanup::Event as E;
        match event {
            E::Started(part) => {
                self.begin(of_part(part), now);
                true
            }
            E::Deleted(part, object) => {
                self.done(of_part(part), &object);
                self.view.in_place.is_multiple_of(10)
            }
            E::Waiting(_, held) => {
                let same = self.view.blocking.as_ref();
                if same.is_none_or(|blocking| blocking.object != held.object) {
                    self.wait(held.object.clone(), ::mesh::Awaited::Deleted);
                }
                if let Some(blocking) = &mut self.view.blocking {
                    blocking.reason = held.to_string();
                }
                false
            }
            E::Finished(part) => {
                self.finish(of_part(part));
                self.view.blocking = None;
                true
            }
        }
    }

    fn wait(&mut self, object: ObjectRef, awaited: ::mesh::Awaited) {
        use ::mesh::Awaited as A;
        self.waiting_since = Some((self.clock)());
        self.view.blocking = Some(Blocking {
            object,
            note: String::new(),
            reason: String::new(),
            awaited: Some(match awaited {
                A::Token => Awaited::Token,
                A::TokenAccepted => Awaited::TokenKnown,
                A::TokenRevoked => Awaited::TokenForgotten,
                A::Synced => Awaited::TakenUp,
                A::Deleted => Awaited::Gone,
            }),
            waited: 0,
            stalled: false,
        });
    }

    fn begin(&mut self, name: PhaseName, now: u64) {
        self.begun.entry(name).or_insert(now);
        if let Some(phase) = self.view.phases.iter_mut().find(|phase| phase.name == name) {
            phase.state = PhaseState::Running;
        }
    }

    fn finish(&mut self, name: PhaseName) {
        if let Some(phase) = self.view.phases.iter_mut().find(|phase| phase.name == name) {
            phase.state = PhaseState::Done;
            phase.done = phase.all;
        }
        if name == PhaseName::Ready {
            self.view.blocking = None;
        }
    }

    fn done(&mut self, name: PhaseName, object: &ObjectRef) {
        self.view.in_place = (self.view.in_place + 1).min(self.view.objects.max(1));
        let mut phases = self.view.phases.iter_mut();
        let Some(phase) = phases.find(|phase| phase.name == name) else {
            return;
        };
        phase.done = (phase.done + 1).min(phase.all.max(1));
        // By its phase: two clusters have objects of the same name.
        let mut objects = phase.objects.iter_mut();
        if let Some(found) = objects.find(|one| one.object == *object) {
            found.health = Some(Health::Ready);
        }
    }

    fn object(&mut self, object: &ObjectRef) -> Option<&mut JobObject> {
        let (phase, place) = self.places.get(object)?;
        self.view.phases.get_mut(*phase)?.objects.get_mut(*place)
    }

    fn stand(&mut self, standing: &[(ObjectRef, Readiness)], events: &[KubernetesEvent]) {
        let now = (self.clock)();
        let since = *self.waiting_since.get_or_insert(now);
        let waited = u64::try_from(now.as_second() - since.as_second()).unwrap_or(0);
        let mut ready = 0;
        for (object, readiness) in standing {
            ready += u32::from(readiness.is_ready());
            if let Some(found) = self.object(object) {
                found.health = Some(health(readiness));
                readiness.note().clone_into(&mut found.note);
            }
        }
        if let Some(phase) = self
            .view
            .phases
            .iter_mut()
            .find(|p| p.name == PhaseName::Ready)
        {
            phase.done = ready;
            phase.all = u32::try_from(standing.len()).unwrap_or(u32::MAX);
        }
        let worst = standing
            .iter()
            .max_by_key(|(_, readiness)| match readiness {
                Readiness::Ready { .. } => 0,
                Readiness::Waiting { .. } => 1,
                Readiness::Failed { .. } => 2,
            });
        self.view.blocking = worst
            .filter(|(_, readiness)| holds_up(readiness, waited))
            .map(|(object, readiness)| Blocking {
                object: object.clone(),
                note: readiness.note().to_owned(),
                reason: readiness.reason().to_owned(),
                awaited: None,
                waited,
                stalled: matches!(readiness, Readiness::Failed { .. }),
            });
        let view = |event: &KubernetesEvent| EventView {
            warning: event.warning,
            reason: event.reason.clone(),
            about: format!("{}/{}", event.kind.to_lowercase(), event.name),
            message: event.message.clone(),
            count: event.count,
            age: u64::try_from(now.as_second() - event.at).unwrap_or(0),
        };
        self.view.events = events.iter().take(MAX_EVENTS).map(view).collect();
    }

    fn age_blocking(&mut self) {
        let now = (self.clock)();
        if let (Some(blocking), Some(since)) = (&mut self.view.blocking, self.waiting_since) {
            blocking.waited = u64::try_from(now.as_second() - since.as_second()).unwrap_or(0);
        }
    }

    /// Ends the job.
    pub(super) fn end(&mut self, failure: Option<&Error>, shutting_down: bool) {
        self.view.took = self.elapsed();
        self.view.state = match failure {
            None => JobState::Succeeded,
            Some(error) if error.is_cancelled() && shutting_down => JobState::Interrupted {
                step: self.view.in_place,
                steps: self.view.objects,
            },
            Some(error) => JobState::Failed(Problem::from(error)),
        };
        let failed = failure.is_some();
        for phase in &mut self.view.phases {
            if phase.state == PhaseState::Running {
                phase.state = if failed {
                    PhaseState::Failed
                } else {
                    PhaseState::Done
                };
            }
        }
        if !failed {
            self.view.blocking = None;
        }
    }
}

/// How many objects all phases have.
fn count(phases: &[PhaseView]) -> u32 {
    phases.iter().map(|phase| phase.all).sum()
}

/// Whether an object is said to hold the job up: at once when it is stalled, else after a while.
fn holds_up(readiness: &Readiness, waited: u64) -> bool {
    match readiness {
        Readiness::Ready { .. } => false,
        Readiness::Waiting { .. } => waited >= BLOCKED_AFTER_SECONDS,
        Readiness::Failed { .. } => true,
    }
}
