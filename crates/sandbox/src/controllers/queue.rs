//! The work queue of a controller: the objects that it has to reconcile, each of them once.
//!
//! A key that is added twice is processed once. A key may be due later, and an object whose
//! reconciliation takes long is processed less often. Start at [`WorkQueue::add`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use crate::object_map::ObjectKey;

/// A reconciliation of at least this duration delays the next one of the same object.
const EXPENSIVE: Duration = Duration::from_millis(2);

/// The share of the time that one object may take is at most one of this number.
const TIME_SHARE: u32 = 10;

/// The maximum delay of an expensive object.
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// The objects that a controller has to reconcile.
#[derive(Debug, Default)]
pub(super) struct WorkQueue {
    ready: VecDeque<ObjectKey>,
    is_ready: BTreeSet<ObjectKey>,
    due: BTreeMap<ObjectKey, Instant>,
    by_time: BTreeSet<(Instant, ObjectKey)>,
    /// Until when the objects of expensive reconciliations pause.
    paused: BTreeMap<ObjectKey, Instant>,
}

impl WorkQueue {
    /// Adds an object that changed.
    pub(super) fn add(&mut self, key: ObjectKey, now: Instant) {
        match self.paused.get(&key).copied() {
            Some(end) if end > now => {
                let end = self.due.get(&key).map_or(end, |due| end.min(*due));
                self.schedule(key, end);
            }
            _ => {
                self.paused.remove(&key);
                if self.is_ready.insert(key.clone()) {
                    self.ready.push_back(key);
                }
            }
        }
    }

    /// The next object to reconcile.
    pub(super) fn next(&mut self) -> Option<ObjectKey> {
        let key = self.ready.pop_front()?;
        self.is_ready.remove(&key);
        self.unschedule(&key);
        Some(key)
    }

    /// Notes how long the reconciliation of an object took, and when the object is due again.
    pub(super) fn finish(&mut self, key: ObjectKey, took: Duration, again: Option<Duration>) {
        let now = Instant::now();
        let pause = (took >= EXPENSIVE).then(|| (took * TIME_SHARE).min(MAX_PAUSE));
        if let Some(pause) = pause {
            self.paused.insert(key.clone(), now + pause);
        }
        if let Some(again) = again {
            self.schedule(key, now + again.max(pause.unwrap_or_default()));
        }
    }

    /// Makes the objects ready whose time has come.
    pub(super) fn release_due(&mut self, now: Instant) {
        while let Some((due, key)) = self.by_time.first().cloned() {
            if due > now {
                return;
            }
            self.unschedule(&key);
            self.paused.remove(&key);
            self.add(key, now);
        }
    }

    /// When the next object is due; now, if one is ready.
    pub(super) fn next_due(&self, now: Instant) -> Option<Instant> {
        if self.ready.is_empty() {
            self.by_time.first().map(|(due, _)| *due)
        } else {
            Some(now)
        }
    }

    fn schedule(&mut self, key: ObjectKey, due: Instant) {
        self.unschedule(&key);
        self.due.insert(key.clone(), due);
        self.by_time.insert((due, key));
    }

    fn unschedule(&mut self, key: &ObjectKey) {
        if let Some((key, due)) = self.due.remove_entry(key) {
            self.by_time.remove(&(due, key));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{ObjectKey, WorkQueue};

    fn key(name: &str) -> ObjectKey {
        ObjectKey::new("pods", "shop", name)
    }

    #[test]
    fn an_object_that_changes_twice_is_processed_once() {
        let (mut queue, now) = (WorkQueue::default(), Instant::now());
        for name in ["a", "b", "a"] {
            queue.add(key(name), now);
        }
        assert_eq!(queue.next(), Some(key("a")));
        assert_eq!(queue.next(), Some(key("b")));
        assert_eq!(queue.next(), None);
    }

    #[test]
    fn an_object_is_processed_again_when_it_is_due() {
        let mut queue = WorkQueue::default();
        queue.finish(key("a"), Duration::ZERO, Some(Duration::from_secs(5)));
        let now = Instant::now();
        queue.release_due(now);
        assert_eq!(queue.next(), None);
        assert!(queue.next_due(now).is_some_and(|due| due > now));
        queue.release_due(now + Duration::from_secs(6));
        assert_eq!(queue.next(), Some(key("a")));
    }

    #[test]
    fn an_expensive_object_pauses_and_is_not_forgotten() {
        let mut queue = WorkQueue::default();
        queue.finish(key("a"), Duration::from_millis(50), None);
        let now = Instant::now();
        queue.add(key("a"), now);
        assert_eq!(queue.next(), None);
        queue.release_due(now + Duration::from_millis(501));
        assert_eq!(queue.next(), Some(key("a")));
    }
}
