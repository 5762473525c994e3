//! Folds the progress of a job into the one view that its page shows.

use crate::{error::Error, jobs::Job};
use ::release::{Event, WaitReason, view::health};
use cluster::{KubernetesEvent, ObjectRef, Readiness};
use jiff::Timestamp;
use std::collections::HashMap;
use wire::{
    JobId, Problem, ReleaseName,
    job::{
        Awaited, Blocking, EventView, JobObject, JobState, JobView, PhaseName, PhaseState,
        PhaseView,
    },
    release::Health,
};

/// An object that is waited for no longer than this, in seconds, is not shown as blocking.
const BLOCKED_AFTER_SECONDS: u64 = 3;
/// Events that a page shows.
const MAX_EVENTS: usize = 30;

/// The progress of a running job.
#[derive(Clone)]
pub(super) struct Progress {
    view: JobView,
    clock: fn() -> Timestamp,
    started: Timestamp,
    /// When each phase started, in milliseconds since the start of the job.
    phase_starts: HashMap<(Option<ReleaseName>, PhaseName), u64>,
    /// The release of the events, in a job on several releases.
    part: Option<ReleaseName>,
    /// The phase of each object, and its position there.
    positions: HashMap<ObjectRef, (usize, usize)>,
    /// When the wait of each release for its objects began.
    waiting_since: HashMap<Option<ReleaseName>, Timestamp>,
    /// The release that waits for the blocking object.
    blocked_part: Option<ReleaseName>,
}

impl Progress {
    /// The progress of a job that is about to run.
    pub(super) fn new<J: Job>(
        id: JobId,
        job: &J,
        plan: &J::Plan,
        operator: &str,
        clock: fn() -> Timestamp,
    ) -> Self {
        let phases = J::phases(plan);
        let mut positions = HashMap::new();
        for (phase, view) in phases.iter().enumerate() {
            for (position, object) in view.objects.iter().enumerate() {
                positions.insert(object.object.clone(), (phase, position));
            }
        }
        let view = JobView {
            id,
            kind: J::KIND,
            subject: job.subject(),
            mesh: job.mesh().cloned(),
            chart: job.chart().cloned(),
            state: JobState::Running,
            objects: count(&phases),
            phases,
            blocking: None,
            events: Vec::new(),
            notes: Vec::new(),
            started_by: operator.to_owned(),
            age: 0,
            elapsed_ms: 0,
            completed: 0,
            backup: None,
            logs: 0,
        };
        Self {
            view,
            clock,
            started: clock(),
            phase_starts: HashMap::new(),
            part: None,
            positions,
            waiting_since: HashMap::new(),
            blocked_part: None,
        }
    }

    /// The view of the job now.
    pub(super) fn view(&self) -> JobView {
        self.view.clone()
    }

    fn elapsed(&self) -> u64 {
        let passed = (self.clock)().as_millisecond() - self.started.as_millisecond();
        u64::try_from(passed).unwrap_or(0)
    }

    /// Brings durations up to date.
    pub(super) fn tick(&mut self) {
        let now = self.elapsed();
        if self.view.state == JobState::Running {
            self.view.elapsed_ms = now;
            self.view.age = now / 1000;
        }
        for phase in &mut self.view.phases {
            if phase.state == PhaseState::Running {
                let started = self
                    .phase_starts
                    .get(&(phase.part.clone(), phase.name))
                    .copied()
                    .unwrap_or(now);
                phase.elapsed_ms = now.saturating_sub(started);
            }
        }
        self.age_blocking();
    }

    /// Folds one event into the view.
    pub(super) fn apply(&mut self, event: Event) {
        self.tick();
        match event {
            Event::Started(phase) => self.start_phase(phase),
            Event::ObjectDone { phase, object, .. } => self.object_done(phase, &object),
            Event::Waiting { object, reason } => self.wait(object, reason),
            Event::Status(objects, events) => self.status(&objects, &events),
            Event::Finished(phase) => self.finish_phase(phase),
            Event::Note(note) => self.view.notes.push(note),
            // It is stored beside the view.
            Event::Log(_) => {}
        }
    }

    /// The next events are those of this release.
    pub(super) fn start_part(&mut self, release: &ReleaseName) {
        self.tick();
        self.part = Some(release.clone());
        self.waiting_since.remove(&self.part);
        self.view.blocking = None;
    }

    /// Folds an event of one of several releases into the view.
    pub(super) fn apply_of(&mut self, release: &ReleaseName, event: Event) {
        if self.part.as_ref() != Some(release) {
            self.part = Some(release.clone());
        }
        self.apply(event);
    }

    /// The blocking object, when it blocks the release of the events.
    fn own_blocking(&self) -> Option<&Blocking> {
        let blocking = self.view.blocking.as_ref();
        blocking.filter(|_| self.blocked_part == self.part)
    }

    fn block(&mut self, blocking: Blocking) {
        self.view.blocking = Some(blocking);
        self.blocked_part.clone_from(&self.part);
    }

    /// Notes the size of the backup, in bytes.
    pub(super) fn backup_saved(&mut self, bytes: usize) {
        self.view.backup = u32::try_from(bytes).ok();
    }

    /// Notes the number of logs that are stored.
    pub(super) fn logs_stored(&mut self, number: u32) {
        self.view.logs = number;
    }

    fn wait(&mut self, object: ObjectRef, reason: WaitReason) {
        let awaited = Some(reason.awaited);
        let is_own = self.own_blocking().is_some();
        if let Some(blocking) = self.view.blocking.as_mut().filter(|_| is_own)
            && blocking.object == object
            && blocking.awaited == awaited
        {
            blocking.reason = reason.detail;
            return;
        }
        self.waiting_since.insert(self.part.clone(), (self.clock)());
        self.block(Blocking {
            object,
            note: String::new(),
            reason: reason.detail,
            awaited,
            waited: 0,
            stalled: false,
        });
    }

    fn phase(&mut self, name: PhaseName) -> Option<&mut PhaseView> {
        let mut phases = self.view.phases.iter_mut();
        phases.find(|phase| phase.name == name && phase.part == self.part)
    }

    fn start_phase(&mut self, name: PhaseName) {
        let now = self.elapsed();
        let key = (self.part.clone(), name);
        self.phase_starts.entry(key).or_insert(now);
        if let Some(phase) = self.phase(name) {
            phase.state = PhaseState::Running;
        }
        let blocking = self.view.blocking.as_ref();
        if blocking.is_some_and(|blocking| blocking.awaited == Some(Awaited::LeaseEnd)) {
            self.view.blocking = None;
        }
    }

    fn finish_phase(&mut self, name: PhaseName) {
        if let Some(phase) = self.phase(name) {
            phase.state = PhaseState::Done;
            phase.done = phase.total;
        }
        let blocking = self.own_blocking();
        let ends_wait =
            |blocking: &Blocking| name == PhaseName::Ready || blocking.awaited.is_some();
        if blocking.is_some_and(ends_wait) {
            self.view.blocking = None;
        }
    }

    fn object_done(&mut self, name: PhaseName, object: &ObjectRef) {
        self.view.completed = (self.view.completed + 1).min(self.view.objects.max(1));
        let ends_wait = self
            .own_blocking()
            .is_some_and(|blocking| match blocking.awaited {
                // Several objects are deleted at a time.
                Some(Awaited::Deleted) => blocking.object == *object,
                awaited => awaited.is_some(),
            });
        if ends_wait {
            self.view.blocking = None;
        }
        let Some(phase) = self.phase(name) else {
            return;
        };
        phase.done = (phase.done + 1).min(phase.total.max(1));
        // By its phase: two clusters have objects of the same name.
        let mut objects = phase.objects.iter_mut();
        if let Some(found) = objects.find(|known| known.object == *object) {
            found.health = Some(Health::Ready);
        }
    }

    fn object(&mut self, object: &ObjectRef) -> Option<&mut JobObject> {
        let (phase, position) = self.positions.get(object)?;
        self.view.phases.get_mut(*phase)?.objects.get_mut(*position)
    }

    fn status(&mut self, statuses: &[(ObjectRef, Readiness)], events: &[KubernetesEvent]) {
        let now = (self.clock)();
        let since = *self.waiting_since.entry(self.part.clone()).or_insert(now);
        let waited = u64::try_from(now.as_second() - since.as_second()).unwrap_or(0);
        let mut ready = 0;
        for (object, readiness) in statuses {
            ready += u32::from(readiness.is_ready());
            if let Some(found) = self.object(object) {
                found.health = Some(health(readiness));
                readiness.note().clone_into(&mut found.note);
            }
        }
        if let Some(phase) = self.phase(PhaseName::Ready) {
            phase.done = ready;
            phase.total = u32::try_from(statuses.len()).unwrap_or(u32::MAX);
        }
        let worst = statuses
            .iter()
            .max_by_key(|(_, readiness)| match readiness {
                Readiness::Ready { .. } => 0,
                Readiness::Waiting { .. } => 1,
                Readiness::Failed { .. } => 2,
            });
        match worst.filter(|(_, readiness)| is_blocking(readiness, waited)) {
            Some((object, readiness)) => self.block(Blocking {
                object: object.clone(),
                note: readiness.note().to_owned(),
                reason: readiness.reason().to_owned(),
                awaited: None,
                waited,
                stalled: matches!(readiness, Readiness::Failed { .. }),
            }),
            None if self.own_blocking().is_some() => self.view.blocking = None,
            None => {}
        }
        let view = |event: &KubernetesEvent| EventView {
            warning: event.warning,
            reason: event.reason.clone(),
            object: format!("{}/{}", event.kind.to_lowercase(), event.name),
            message: event.message.clone(),
            count: event.count,
            age: u64::try_from(now.as_second() - event.at).unwrap_or(0),
        };
        self.view.events = events.iter().take(MAX_EVENTS).map(view).collect();
    }

    fn age_blocking(&mut self) {
        let now = (self.clock)();
        let since = self.waiting_since.get(&self.blocked_part);
        if let (Some(blocking), Some(since)) = (&mut self.view.blocking, since) {
            blocking.waited = u64::try_from(now.as_second() - since.as_second()).unwrap_or(0);
        }
    }

    /// Ends the job.
    pub(super) fn end(&mut self, failure: Option<&Error>, shutting_down: bool) {
        self.view.elapsed_ms = self.elapsed();
        self.view.state = match failure {
            None => JobState::Succeeded,
            Some(error) if error.is_cancelled() && shutting_down => JobState::Interrupted {
                step: self.view.completed,
                steps: self.view.objects,
            },
            Some(error) => JobState::Failed(Problem::from(error)),
        };
        let failed = failure.is_some();
        let unfinished = if self.view.state.is_stopped() {
            PhaseState::Stopped
        } else {
            PhaseState::Failed
        };
        for phase in &mut self.view.phases {
            if phase.state == PhaseState::Running {
                phase.state = if failed { unfinished } else { PhaseState::Done };
            }
        }
        if !failed {
            self.view.blocking = None;
        }
    }
}

/// The number of objects of all phases.
fn count(phases: &[PhaseView]) -> u32 {
    phases.iter().map(|phase| phase.total).sum()
}

/// Whether an object is shown as blocking: at once when it failed, else after a while.
fn is_blocking(readiness: &Readiness, waited: u64) -> bool {
    match readiness {
        Readiness::Ready { .. } => false,
        Readiness::Waiting { .. } => waited >= BLOCKED_AFTER_SECONDS,
        Readiness::Failed { .. } => true,
    }
}
