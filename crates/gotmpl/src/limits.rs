//! How much work one rendering may cost.
//!
//! A server renders strangers' templates, so everything that can grow has an end. The counters are in
//! [`Budget`]; the evaluator and the functions charge it.
use std::time::{Duration, Instant};

use crate::function::Fault;

/// The bounds of one rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep templates may call each other.
    pub depth: usize,
    /// How many bytes all templates and functions together may write.
    pub output: usize,
    /// How many turns all loops together may take.
    pub iterations: usize,
    /// How long it may take.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 1000,
            output: 64 * 1024 * 1024,
            iterations: 1_000_000,
            time: Duration::from_secs(20),
        }
    }
}

/// How many values of lists and maps functions may make: each costs a few words of memory, and a
/// template may keep them all.
const MOST_VALUES: usize = 8_000_000;

/// What is left of the limits.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    output: usize,
    iterations: usize,
    values: usize,
    steps: usize,
    clock: Clock,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            output: limits.output,
            iterations: limits.iterations,
            values: MOST_VALUES,
            steps: 0,
            clock: Clock::new(limits.time),
        }
    }

    pub(crate) fn depth(&self) -> usize {
        self.limits.depth
    }

    pub(crate) fn room(&self) -> usize {
        self.output
    }

    pub(crate) fn write(&mut self, bytes: usize) -> Result<(), Fault> {
        match self.output.checked_sub(bytes) {
            Some(left) => {
                self.output = left;
                Ok(())
            }
            None => Err(Fault::Limit(format!(
                "output is larger than the limit of {} bytes",
                self.limits.output
            ))),
        }
    }

    pub(crate) fn turn(&mut self, turns: usize) -> Result<(), Fault> {
        match self.iterations.checked_sub(turns) {
            Some(left) => {
                self.iterations = left;
                Ok(())
            }
            None => Err(Fault::Limit(format!(
                "loops take more turns than the limit of {}",
                self.limits.iterations
            ))),
        }
    }

    pub(crate) fn hold(&mut self, values: usize) -> Result<(), Fault> {
        match self.values.checked_sub(values) {
            Some(left) => {
                self.values = left;
                Ok(())
            }
            None => Err(Fault::Limit(format!(
                "lists and maps hold more values than the limit of {MOST_VALUES}"
            ))),
        }
    }

    pub(crate) fn step(&mut self) -> Result<(), Fault> {
        self.steps += 1;
        if self.steps.is_multiple_of(64) {
            self.in_time()
        } else {
            Ok(())
        }
    }

    pub(crate) fn in_time(&self) -> Result<(), Fault> {
        self.clock.in_time()
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock
    }
}

/// When a rendering's time is up, for work that is done beside it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    until: Instant,
    limit: Duration,
}

impl Clock {
    fn new(limit: Duration) -> Self {
        Self {
            until: Instant::now() + limit,
            limit,
        }
    }

    /// Asks whether there is still time.
    ///
    /// # Errors
    /// [`Fault::Limit`] when there is none.
    pub fn in_time(self) -> Result<(), Fault> {
        if Instant::now() > self.until {
            return Err(Fault::Limit(format!(
                "rendering takes longer than the limit of {:?}",
                self.limit
            )));
        }
        Ok(())
    }
}
