//! The limits of one validation, and its compiled patterns.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use gotmpl::Budget;
use regex::Regex;

use super::path::Path;
use crate::funcs::go_regex;

/// The maximum number of evaluated schemas; a schema that refers to itself many times reaches it.
const MAX_EVALUATIONS: usize = 2_000_000;
/// The maximum nesting depth; a schema that refers to itself for the same value reaches it.
const MAX_DEPTH: usize = 500;
/// The maximum number of compiled patterns that are kept.
const MAX_PATTERNS: usize = 100;
/// The size of a violation without its texts, in bytes, by estimate.
const VIOLATION_SIZE: usize = 128;

/// The limits of one validation.
pub(super) struct Guard<'b> {
    budget: &'b Budget,
    remaining: Cell<usize>,
    depth: Cell<usize>,
    stopped: RefCell<Option<String>>,
    patterns: RefCell<HashMap<String, Option<Rc<Regex>>>>,
}

impl<'b> Guard<'b> {
    pub(super) fn new(budget: &'b Budget) -> Self {
        Self {
            budget,
            remaining: Cell::new(MAX_EVALUATIONS),
            depth: Cell::new(0),
            stopped: RefCell::new(None),
            patterns: RefCell::new(HashMap::new()),
        }
    }

    pub(super) fn budget(&self) -> &'b Budget {
        self.budget
    }

    /// Begins the evaluation of a schema; false when the validation has to stop.
    pub(super) fn enter(&self) -> bool {
        if self.depth.get() > MAX_DEPTH || self.remaining.get() == 0 || self.is_stopped() {
            self.stop("schema refers to itself without an end");
            return false;
        }
        self.charge_steps(1);
        self.remaining.set(self.remaining.get() - 1);
        self.depth.set(self.depth.get() + 1);
        true
    }

    /// Ends the evaluation of a schema that [`Self::enter`] began.
    pub(super) fn leave(&self) {
        self.depth.set(self.depth.get() - 1);
    }

    /// Counts steps; the validation stops at the deadline.
    pub(super) fn charge_steps(&self, count: usize) {
        if let Err(limit) = self.budget.charge_steps(count) {
            self.stop(&limit.to_string());
        }
    }

    /// Charges a violation with texts of this size; the validation stops at the memory limit.
    pub(super) fn charge_violation(&self, path: &Path<'_>, text_size: usize) {
        let bytes = path.len().saturating_add(text_size);
        let bytes = bytes.saturating_add(VIOLATION_SIZE);
        if let Err(limit) = self.budget.charge_memory(bytes) {
            self.stop(&limit.to_string());
        }
    }

    /// Whether the validation stops, so that loops end.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.borrow().is_some()
    }

    pub(super) fn stop(&self, reason: &str) {
        let mut stopped = self.stopped.borrow_mut();
        stopped.get_or_insert_with(|| reason.to_owned());
    }

    /// Why the validation stopped.
    pub(super) fn take_reason(&self) -> Option<String> {
        self.stopped.take()
    }

    pub(super) fn pattern(&self, pattern: &str) -> Option<Rc<Regex>> {
        let mut patterns = self.patterns.borrow_mut();
        if let Some(known) = patterns.get(pattern) {
            return known.clone();
        }
        if patterns.len() >= MAX_PATTERNS {
            patterns.clear();
        }
        let compiled = go_regex(pattern).ok().map(Rc::new);
        patterns.insert(pattern.to_owned(), compiled.clone());
        compiled
    }
}
