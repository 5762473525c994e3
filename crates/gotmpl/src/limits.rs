//! The limits of one piece of work on a chart.
//!
//! A server renders untrusted templates, so depth, output, iterations, memory and time are bounded.
//! A [`Budget`] has the counters; the evaluator, the functions and the work around a rendering charge
//! the same one. Memory is charged before it is allocated, because a thread cannot be cancelled.
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::error::FunctionError;

/// The limits of one piece of work on a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The maximum depth of nested template calls.
    pub depth: usize,
    /// The maximum number of bytes that all templates and functions may write together.
    pub output: usize,
    /// The maximum number of iterations of all loops together.
    pub iterations: usize,
    /// The maximum number of bytes of all values, syntax trees and texts together, by estimate.
    pub memory: usize,
    /// The maximum duration.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 1000,
            output: 64 << 20,
            iterations: 1_000_000,
            memory: 256 << 20,
            time: Duration::from_secs(20),
        }
    }
}

/// The estimated size of an element of a list, in bytes: a value, and the header of its text.
pub const ITEM_SIZE: usize = 48;
/// The estimated size of an entry of a map, in bytes: a key, a value and their share of a node.
pub const ENTRY_SIZE: usize = 112;

/// The number of steps between two checks of the deadline.
const STEPS_PER_CHECK: usize = 64;

/// A limit was exceeded; the text names the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitExceeded(String);

impl fmt::Display for LimitExceeded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for LimitExceeded {}

impl From<LimitExceeded> for FunctionError {
    fn from(error: LimitExceeded) -> Self {
        Self::Limit(error.0)
    }
}

/// What is left of the limits of one piece of work; clones share the counters.
#[derive(Clone, Debug)]
pub struct Budget(Rc<Counters>);

#[derive(Debug)]
struct Counters {
    limits: Limits,
    output: Cell<usize>,
    iterations: Cell<usize>,
    memory: Cell<usize>,
    steps: Cell<usize>,
    deadline: Deadline,
}

impl Budget {
    /// The whole of these limits; the time runs from now.
    pub fn new(limits: Limits) -> Self {
        Self(Rc::new(Counters {
            limits,
            output: Cell::new(limits.output),
            iterations: Cell::new(limits.iterations),
            memory: Cell::new(limits.memory),
            steps: Cell::new(0),
            deadline: Deadline::new(limits.time),
        }))
    }

    /// The maximum depth of nested template calls.
    pub fn depth(&self) -> usize {
        self.0.limits.depth
    }

    /// The number of bytes that may still be written.
    pub fn remaining_output(&self) -> usize {
        self.0.output.get()
    }

    /// The number of bytes that may still be allocated.
    pub fn remaining_memory(&self) -> usize {
        self.0.memory.get()
    }

    /// Charges bytes that are about to be written.
    ///
    /// # Errors
    /// When the limit is exceeded.
    pub fn charge_output(&self, bytes: usize) -> Result<(), LimitExceeded> {
        let Limits { output, .. } = self.0.limits;
        let exceeded = || format!("output exceeds the limit of {output} bytes");
        charge(&self.0.output, bytes, exceeded)
    }

    /// Charges iterations of loops.
    ///
    /// # Errors
    /// When the limit is exceeded.
    pub fn charge_iterations(&self, count: usize) -> Result<(), LimitExceeded> {
        let Limits { iterations, .. } = self.0.limits;
        let exceeded = || format!("loops exceed the limit of {iterations} iterations");
        charge(&self.0.iterations, count, exceeded)
    }

    /// Charges bytes that are about to be allocated and may be kept.
    ///
    /// # Errors
    /// When the limit is exceeded.
    pub fn charge_memory(&self, bytes: usize) -> Result<(), LimitExceeded> {
        let exceeded = || memory_exceeded(&self.0.limits);
        charge(&self.0.memory, bytes, exceeded)
    }

    /// Checks that bytes may be allocated for a short time, without charging them.
    ///
    /// # Errors
    /// When the limit would be exceeded.
    pub fn reserve_memory(&self, bytes: usize) -> Result<(), LimitExceeded> {
        if bytes > self.0.memory.get() {
            return Err(LimitExceeded(memory_exceeded(&self.0.limits)));
        }
        Ok(())
    }

    /// Gives back bytes that were charged and are freed.
    pub fn release_memory(&self, bytes: usize) {
        let all = self.0.memory.get().saturating_add(bytes);
        self.0.memory.set(all.min(self.0.limits.memory));
    }

    /// Counts a small step; checks the deadline now and then.
    ///
    /// # Errors
    /// When the deadline has passed.
    pub fn charge_step(&self) -> Result<(), LimitExceeded> {
        self.charge_steps(1)
    }

    /// Counts many small steps; checks the deadline now and then.
    ///
    /// # Errors
    /// When the deadline has passed.
    pub fn charge_steps(&self, count: usize) -> Result<(), LimitExceeded> {
        let before = self.0.steps.get();
        let after = before.wrapping_add(count);
        self.0.steps.set(after);
        if before / STEPS_PER_CHECK == after / STEPS_PER_CHECK {
            Ok(())
        } else {
            self.check_deadline()
        }
    }

    /// Checks that the deadline has not passed.
    ///
    /// # Errors
    /// When it has.
    pub fn check_deadline(&self) -> Result<(), LimitExceeded> {
        self.0.deadline.check()
    }

    /// The deadline, for work on other threads.
    pub fn deadline(&self) -> Deadline {
        self.0.deadline
    }
}

fn charge(
    remaining: &Cell<usize>,
    amount: usize,
    exceeded: impl FnOnce() -> String,
) -> Result<(), LimitExceeded> {
    match remaining.get().checked_sub(amount) {
        Some(rest) => {
            remaining.set(rest);
            Ok(())
        }
        None => Err(LimitExceeded(exceeded())),
    }
}

fn memory_exceeded(limits: &Limits) -> String {
    format!(
        "values and texts exceed the memory limit of {} bytes",
        limits.memory
    )
}

/// The time at which a piece of work must end.
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
    /// When it has.
    pub fn check(self) -> Result<(), LimitExceeded> {
        if Instant::now() > self.at {
            return Err(LimitExceeded(format!(
                "rendering exceeds the time limit of {:?}",
                self.limit
            )));
        }
        Ok(())
    }
}
