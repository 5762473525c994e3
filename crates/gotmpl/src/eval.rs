//! Carries out templates.
//!
//! A [`Machine`] is one rendering: the templates, and what is left of the limits. It follows Go's
//! evaluator step by step, so that messages name the same places. Bodies are walked in [`walk`];
//! operands are in [`operand`], fields in [`field`], calls in [`call`]. Functions are handed the
//! machine, so that `include` and `tpl` come back to it.
mod call;
mod field;
mod frame;
mod operand;
mod walk;

use crate::error::Error;
use crate::fmt;
use crate::function::Fault;
use crate::limits::{Budget, Clock, Limits};
use crate::template::{Template, Templates};
use crate::value::Value;
use frame::{Cell, Frame};

/// One rendering.
#[derive(Debug)]
pub struct Machine {
    templates: Templates,
    budget: Budget,
    depth: usize,
    nesting: usize,
}

impl Machine {
    /// A rendering over these templates, within these limits.
    pub fn new(templates: Templates, limits: Limits) -> Self {
        Self {
            templates,
            budget: Budget::new(limits),
            depth: 0,
            nesting: 0,
        }
    }

    /// Carries out a template and gives what it wrote.
    ///
    /// # Errors
    /// With the place and Go's words, when the template fails or reaches a limit.
    pub fn execute(&mut self, name: &str, data: &Value) -> Result<String, Error> {
        let Some(template) = self.templates.get(name) else {
            let quoted = fmt::quote(name);
            let reason = format!("no template {quoted} associated with template \"gotpl\"");
            return Err(Error::nowhere(name, &reason));
        };
        let mut out = String::new();
        self.run(&template, data.clone(), &mut out)?;
        Ok(out)
    }

    /// Reads a text as a template and carries it out, among the templates there are; what it defines
    /// is forgotten afterwards.
    ///
    /// # Errors
    /// With the place and Go's words, when the text is no template, fails or reaches a limit.
    pub fn execute_text(&mut self, name: &str, text: &str, data: &Value) -> Result<String, Error> {
        let before = self.templates.clone();
        let result = match self.templates.parse(name, text) {
            Ok(()) if !self.templates.contains(name) => Ok(String::new()),
            Ok(()) => self.execute(name, data),
            Err(error) => Err(error),
        };
        self.templates = before;
        result
    }

    /// Charges bytes that a function is about to make.
    ///
    /// # Errors
    /// [`Fault::Limit`] when there is no room for them.
    pub fn charge(&mut self, bytes: usize) -> Result<(), Fault> {
        self.budget.write(bytes)
    }

    /// Charges elements of a list that a function is about to make.
    ///
    /// # Errors
    /// [`Fault::Limit`] when there are too many.
    pub fn charge_items(&mut self, items: usize) -> Result<(), Fault> {
        self.budget.turn(items)
    }

    /// Charges values of lists and maps that a function makes or has made.
    ///
    /// # Errors
    /// [`Fault::Limit`] when there are too many.
    pub fn charge_values(&mut self, values: usize) -> Result<(), Fault> {
        self.budget.hold(values)
    }

    /// Asks whether there is still time, for functions that take long.
    ///
    /// # Errors
    /// [`Fault::Limit`] when there is none.
    pub fn in_time(&self) -> Result<(), Fault> {
        self.budget.in_time()
    }

    /// The same for work that is done beside the rendering.
    pub fn clock(&self) -> Clock {
        self.budget.clock()
    }

    /// How many bytes may still be written.
    pub fn room(&self) -> usize {
        self.budget.room()
    }

    /// How deep templates call each other now.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// How deep templates may call each other.
    pub fn deepest(&self) -> usize {
        self.budget.depth()
    }

    fn run(&mut self, template: &Template, data: Value, out: &mut String) -> Result<(), Error> {
        let dot = Cell::from(data.clone());
        let mut frame = Frame::new(template, data);
        self.depth += 1;
        let result = self.walk(&mut frame, &dot, &template.body, out);
        self.depth -= 1;
        result.map(|_| ())
    }
}
