//! The limits of one rendering.
//!
//! A server renders untrusted templates, so depth, output, iterations and time are bounded.
//! [`Budget`] has the counters; the evaluator and the functions charge it.
use std::time::{Duration, Instant};

use crate::error::FunctionError;

/// The limits of one rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The maximum depth of nested template calls.
    pub depth: usize,
    /// The maximum number of bytes that all templates and functions may write together.
    pub output: usize,
    /// The maximum number of iterations of all loops together.
    pub iterations: usize,
    /// The maximum duration.
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

/// The maximum number of values in lists and maps that functions may create: a template may keep
/// all of them in memory.
const MAX_VALUES: usize = 8_000_000;

/// The remaining budget of a rendering.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    output: usize,
    iterations: usize,
    values: usize,
    steps: usize,
    deadline: Deadline,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            output: limits.output,
            iterations: limits.iterations,
            values: MAX_VALUES,
            steps: 0,
            deadline: Deadline::new(limits.time),
        }
    }

    pub(crate) fn depth(&self) -> usize {
        self.limits.depth
    }

    pub(crate) fn remaining_output(&self) -> usize {
        self.output
    }

    pub(crate) fn charge_output(&mut self, bytes: usize) -> Result<(), FunctionError> {
        match self.output.checked_sub(bytes) {
            Some(remaining) => {
                self.output = remaining;
                Ok(())
            }
            None => Err(FunctionError::Limit(format!(
                "output exceeds the limit of {} bytes",
                self.limits.output
            ))),
        }
    }

    pub(crate) fn charge_iterations(&mut self, iterations: usize) -> Result<(), FunctionError> {
        match self.iterations.checked_sub(iterations) {
            Some(remaining) => {
                self.iterations = remaining;
                Ok(())
            }
            None => Err(FunctionError::Limit(format!(
                "loops exceed the limit of {} iterations",
                self.limits.iterations
            ))),
        }
    }

    pub(crate) fn charge_values(&mut self, values: usize) -> Result<(), FunctionError> {
        match self.values.checked_sub(values) {
            Some(remaining) => {
                self.values = remaining;
                Ok(())
            }
            None => Err(FunctionError::Limit(format!(
                "lists and maps exceed the limit of {MAX_VALUES} values"
            ))),
        }
    }

    pub(crate) fn charge_step(&mut self) -> Result<(), FunctionError> {
        self.steps += 1;
        if self.steps.is_multiple_of(64) {
            self.check_deadline()
        } else {
            Ok(())
        }
    }

    pub(crate) fn check_deadline(&self) -> Result<(), FunctionError> {
        self.deadline.check()
    }

    pub(crate) fn deadline(&self) -> Deadline {
        self.deadline
    }
}

/// The time at which a rendering must end.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    at: Instant,
    limit: Duration,
}

impl Deadline {
    fn new(limit: Duration) -> Self {
        Self {
            at: Instant::now() + limit,
            limit,
        }
    }

    /// Checks that the deadline has not passed.
    ///
    /// # Errors
    /// [`FunctionError::Limit`] when the deadline has passed.
    pub fn check(self) -> Result<(), FunctionError> {
        if Instant::now() > self.at {
            return Err(FunctionError::Limit(format!(
                "rendering exceeds the time limit of {:?}",
                self.limit
            )));
        }
        Ok(())
    }
}
