//! Executes templates.
//!
//! An [`Evaluator`] is one rendering: the templates and the remaining budget. It follows Go's
//! evaluator step by step, so that error messages name the same positions. [`walk`] executes
//! bodies, [`lines`] records the lines of its output, [`operand`] evaluates operands, [`field`] fields
//! and [`call`] calls. Functions receive
//! the evaluator, so that `include` and `tpl` can execute templates.
mod call;
mod field;
mod frame;
mod lines;
mod operand;
mod walk;

use crate::error::{Error, FunctionError};
use crate::fmt;
use crate::go_version::GoVersion;
use crate::limits::{Budget, Deadline};
use crate::template::{Template, Templates};
use crate::value::Value;
use frame::{Frame, ReflectValue};

/// One rendering of templates.
#[derive(Debug)]
pub struct Evaluator {
    templates: Templates,
    budget: Budget,
    depth: usize,
    nesting: usize,
    /// The line of the outermost template that each line of its output begins on, when it is recorded.
    lines: Option<Vec<u32>>,
}

impl Templates {
    /// Executes a template.
    ///
    /// # Errors
    /// With the position and Go's message, when the template fails or exceeds a limit.
    pub fn execute(&self, name: &str, data: &Value, budget: &Budget) -> Result<String, Error> {
        Evaluator::new(self.clone(), budget.clone()).execute(name, data)
    }
}

impl Evaluator {
    /// A rendering of these templates within a budget.
    pub fn new(templates: Templates, budget: Budget) -> Self {
        Self {
            templates,
            budget,
            depth: 0,
            nesting: 0,
            lines: None,
        }
    }

    /// The version of Go whose language is executed.
    pub(crate) fn go_version(&self) -> GoVersion {
        self.templates.go_version()
    }

    /// Executes a template and returns its output.
    ///
    /// # Errors
    /// With the position and Go's message, when the template fails or exceeds a limit.
    pub fn execute(&mut self, name: &str, data: &Value) -> Result<String, Error> {
        let Some(template) = self.templates.get(name) else {
            let quoted = fmt::quote(name);
            let reason = format!("no template {quoted} associated with template \"gotpl\"");
            let error = Error::without_position(name, &reason);
            return Err(error.with_similar(self.templates.similar_name(name)));
        };
        self.execute_template(&template, data)
    }

    /// Executes a template and returns its output, and for each line of the output the line of the
    /// template that it begins on, from 1; lines that an action writes are on the line of the action. At
    /// most a million lines are recorded.
    ///
    /// # Errors
    /// With the position and Go's message, when the template fails or exceeds a limit.
    pub fn execute_with_lines(
        &mut self,
        name: &str,
        data: &Value,
    ) -> Result<(String, Vec<u32>), Error> {
        self.lines = Some(vec![1]);
        let out = self.execute(name, data);
        let lines = self.lines.take().unwrap_or_default();
        Ok((out?, lines))
    }

    fn execute_template(&mut self, template: &Template, data: &Value) -> Result<String, Error> {
        let mut out = String::new();
        self.run(template, data.clone(), &mut out)?;
        Ok(out)
    }

    /// Parses and executes a text as a template, together with the existing templates; its
    /// definitions are removed afterwards. The text itself is executed, also when it is blank and a
    /// template of that name exists.
    ///
    /// # Errors
    /// With the position and Go's message, when the text is not a template, fails or exceeds a
    /// limit.
    pub fn execute_text(&mut self, name: &str, text: &str, data: &Value) -> Result<String, Error> {
        let memory = self.budget.remaining_memory();
        // Without an action, the text is its own output.
        if !text.contains("{{") && text.len() < memory / 2 && self.charge(text.len()).is_ok() {
            return Ok(text.to_owned());
        }
        let added = self.templates.add(name, text.into(), &self.budget);
        let syntax_trees = memory.saturating_sub(self.budget.remaining_memory());
        let result = added.and_then(|added| {
            let own = added.own.clone();
            let result = own.map_or(Ok(String::new()), |own| self.execute_template(&own, data));
            self.templates.restore(added);
            result
        });
        self.budget.release_memory(syntax_trees);
        result
    }

    /// Charges bytes that a function is about to write.
    ///
    /// # Errors
    /// [`FunctionError::Limit`] when the output limit is exceeded.
    pub fn charge(&self, bytes: usize) -> Result<(), FunctionError> {
        Ok(self.budget.charge_output(bytes)?)
    }

    /// Charges elements of a list that a function is about to create.
    ///
    /// # Errors
    /// [`FunctionError::Limit`] when the limit is exceeded.
    pub fn charge_items(&self, items: usize) -> Result<(), FunctionError> {
        Ok(self.budget.charge_iterations(items)?)
    }

    /// Charges bytes of values that a function creates.
    ///
    /// # Errors
    /// [`FunctionError::Limit`] when the memory limit is exceeded.
    pub fn charge_memory(&self, bytes: usize) -> Result<(), FunctionError> {
        Ok(self.budget.charge_memory(bytes)?)
    }

    /// Checks that a function may allocate bytes for a short time.
    ///
    /// # Errors
    /// [`FunctionError::Limit`] when the memory limit would be exceeded.
    pub fn reserve_memory(&self, bytes: usize) -> Result<(), FunctionError> {
        Ok(self.budget.reserve_memory(bytes)?)
    }

    /// The budget of the rendering, for functions that charge memory or time.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The text of a value, as `print` writes it, when `used` bytes of text exist beside it.
    ///
    /// # Errors
    /// [`FunctionError::Limit`] when the output limit would be exceeded.
    pub fn text(&self, value: &Value, used: usize) -> Result<String, FunctionError> {
        self.within_output(|capacity| fmt::text_within(value, capacity.saturating_sub(used)))
    }

    /// A text that `print` writes within the remaining output.
    pub(crate) fn within_output(
        &self,
        print: impl FnOnce(usize) -> Result<String, fmt::Overflow>,
    ) -> Result<String, FunctionError> {
        print(self.remaining_output()).map_err(|fmt::Overflow| {
            let limit = self.budget.charge_output(usize::MAX).err();
            FunctionError::Limit(limit.map(|limit| limit.to_string()).unwrap_or_default())
        })
    }

    /// Checks the deadline, for functions that take long.
    ///
    /// # Errors
    /// [`FunctionError::Limit`] when the deadline has passed.
    pub fn check_deadline(&self) -> Result<(), FunctionError> {
        Ok(self.budget.check_deadline()?)
    }

    /// The deadline of the rendering, for work on other threads.
    pub fn deadline(&self) -> Deadline {
        self.budget.deadline()
    }

    /// The number of bytes that may still be written.
    pub fn remaining_output(&self) -> usize {
        self.budget.remaining_output()
    }

    /// The current depth of nested template calls.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The maximum depth of nested template calls.
    pub fn max_depth(&self) -> usize {
        self.budget.depth()
    }

    fn run(&mut self, template: &Template, data: Value, out: &mut String) -> Result<(), Error> {
        let dot = ReflectValue::from(data.clone());
        let mut frame = Frame::new(template, data);
        self.depth += 1;
        let result = self.walk(&mut frame, &dot, &template.body, out);
        self.depth -= 1;
        result.map(|_| ())
    }
}
