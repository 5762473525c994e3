//! Executes bodies: text, actions, branches, loops and template calls.
use super::Evaluator;
use super::frame::{Frame, NodeRef, ReflectValue};
use crate::ast::{Body, Branch, Invocation, Node, Pipeline};
use crate::error::{Error, ErrorKind};
use crate::fmt;
use crate::go_version::GoVersion;
use crate::value::{List, Map, Value};

/// The maximum number of nested bodies and pipelines over all templates.
const MAX_DEPTH: usize = 20_000;

/// The control flow after a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Proceed,
    Break,
    Continue,
}

/// Whether a branch changes dot.
#[derive(Clone, Copy)]
enum BranchKind {
    If,
    With,
}

/// The elements of a range.
enum Iterable {
    List(List),
    Map(Map),
    /// The integers from 0 below this one, which has their type.
    Integers(Value),
}

impl Evaluator {
    pub(super) fn walk<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        body: &'t Body,
        out: &mut String,
    ) -> Result<Flow, Error> {
        for node in body {
            let flow = match node {
                Node::Text(at, line) => {
                    let text = frame.source(at);
                    self.write(frame, out, text)?;
                    self.record_text(text, *line);
                    Flow::Proceed
                }
                Node::Action(pipe) => {
                    let operand = self.pipeline(frame, dot, pipe)?;
                    if pipe.variables.is_empty() {
                        let start = out.len();
                        self.print(frame, out, pipe, &operand.value)?;
                        self.record_output(out, start, pipe.line);
                    }
                    Flow::Proceed
                }
                Node::If(branch) => self.walk_branch(frame, dot, branch, BranchKind::If, out)?,
                Node::With(branch) => {
                    self.walk_branch(frame, dot, branch, BranchKind::With, out)?
                }
                Node::Range(branch) => self.range(frame, dot, branch, out)?,
                Node::Template(invocation) => {
                    let start = out.len();
                    self.invoke(frame, dot, invocation, out)?;
                    self.record_output(out, start, invocation.line);
                    Flow::Proceed
                }
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if flow != Flow::Proceed {
                return Ok(flow);
            }
        }
        Ok(Flow::Proceed)
    }

    fn write(&mut self, frame: &Frame, out: &mut String, text: &str) -> Result<(), Error> {
        self.budget
            .charge_output(text.len())
            .map_err(|error| frame.limit_error(error.into()))?;
        out.push_str(text);
        Ok(())
    }

    /// Writes the value of an action.
    fn print<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        out: &mut String,
        pipe: &'t Pipeline,
        value: &Value,
    ) -> Result<(), Error> {
        frame.node = NodeRef::Pipe(pipe);
        match value {
            Value::Nil => self.write(frame, out, "<no value>"),
            Value::Str(text) => self.write(frame, out, text),
            Value::Object(object) => {
                let text = match object.action_text() {
                    Some(text) => text,
                    None => self.printed(frame, value)?,
                };
                self.write(frame, out, &text)
            }
            other => {
                let text = self.printed(frame, other)?;
                self.write(frame, out, &text)
            }
        }
    }

    /// The text of a value within the remaining output.
    fn printed(&self, frame: &Frame, value: &Value) -> Result<String, Error> {
        self.text(value, 0)
            .map_err(|error| frame.limit_error(error))
    }

    fn walk_branch<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        branch: &'t Branch,
        kind: BranchKind,
        out: &mut String,
    ) -> Result<Flow, Error> {
        let mark = frame.mark();
        let operand = self.pipeline(frame, dot, &branch.pipe)?;
        self.nesting += 1;
        let flow = if operand.value.is_true() {
            match kind {
                BranchKind::With => self.walk(frame, &operand, &branch.then, out)?,
                BranchKind::If => self.walk(frame, dot, &branch.then, out)?,
            }
        } else if let Some(else_body) = &branch.else_body {
            self.walk(frame, dot, else_body, out)?
        } else {
            Flow::Proceed
        };
        self.nesting -= 1;
        frame.pop(mark);
        Ok(flow)
    }

    fn range<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        branch: &'t Branch,
        out: &mut String,
    ) -> Result<Flow, Error> {
        let outer = frame.mark();
        let operand = self.pipeline(frame, dot, &branch.pipe)?;
        let mark = frame.mark();
        let is_integer = is_integer(&operand.value, self.templates.go_version());
        if is_integer && branch.pipe.variables.len() > 1 {
            let value = fmt::text(&operand.value);
            let reason = format!("can't use {value} to iterate over more than one variable");
            return frame.fail(&reason);
        }
        let iterable = match iterable(&operand.value) {
            Ok(iterable) => iterable,
            Err(()) if is_integer => {
                let is_empty = operand.value.as_integer().is_some_and(|count| count <= 0);
                (!is_empty).then(|| Iterable::Integers(operand.value.clone()))
            }
            Err(()) => {
                let reason = format!("range can't iterate over {}", fmt::text(&operand.value));
                return frame.fail(&reason);
            }
        };
        let mut flow = Flow::Proceed;
        match (iterable, &branch.else_body) {
            (Some(Iterable::List(items)), _) => {
                let is_interface = items.element_type().is_any();
                for (index, item) in items.iter().enumerate() {
                    let item = ReflectValue {
                        value: item.clone(),
                        is_interface,
                    };
                    let index = Value::Int(index as i64);
                    if self.iterate(frame, branch, index, item, mark, out)? {
                        break;
                    }
                }
            }
            (Some(Iterable::Map(map)), _) => {
                let is_interface = map.element_type().is_any();
                for (key, value) in map.entries() {
                    let item = ReflectValue {
                        value,
                        is_interface,
                    };
                    if self.iterate(frame, branch, Value::Str(key), item, mark, out)? {
                        break;
                    }
                }
            }
            (Some(Iterable::Integers(end)), _) => {
                let count = end.as_integer().unwrap_or_default();
                for number in 0..count {
                    let item = ReflectValue::from(number_like(&end, number));
                    if self.iterate(frame, branch, Value::Nil, item, mark, out)? {
                        break;
                    }
                }
            }
            (None, Some(else_body)) => flow = self.walk(frame, dot, else_body, out)?,
            (None, None) => {}
        }
        frame.pop(outer);
        Ok(flow)
    }

    /// One iteration of a loop; returns whether the loop ends.
    fn iterate<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        branch: &'t Branch,
        index: Value,
        item: ReflectValue,
        mark: usize,
        out: &mut String,
    ) -> Result<bool, Error> {
        self.budget
            .charge_iterations(1)
            .map_err(|error| frame.limit_error(error.into()))?;
        match (branch.pipe.variables.as_slice(), branch.pipe.assigns) {
            ([], _) => {}
            ([variable], true) => frame.set(variable, item.clone())?,
            ([first, second, ..], true) => {
                frame.set(first, ReflectValue::from(index))?;
                frame.set(second, item.clone())?;
            }
            ([_], false) => frame.set_top(1, item.clone()),
            (_, false) => {
                frame.set_top(1, item.clone());
                frame.set_top(2, ReflectValue::from(index));
            }
        }
        let flow = self.walk(frame, &item, &branch.then, out)?;
        frame.pop(mark);
        Ok(flow == Flow::Break)
    }

    fn invoke<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        invocation: &'t Invocation,
        out: &mut String,
    ) -> Result<(), Error> {
        frame.node = NodeRef::Invocation(invocation);
        let Some(template) = self.templates.get(&invocation.name) else {
            let quoted = fmt::quote(&invocation.name);
            let reason = format!("template {quoted} not defined");
            let similar = self.templates.similar_name(&invocation.name);
            return Err(frame.error(ErrorKind::Exec, &reason).with_similar(similar));
        };
        if self.depth >= self.budget.depth() {
            let reason = format!("exceeded maximum template depth ({})", self.budget.depth());
            return Err(frame.error(ErrorKind::Limit, &reason));
        }
        let data = match &invocation.pipe {
            Some(pipe) => self.pipeline(frame, dot, pipe)?.value,
            None => Value::Nil,
        };
        self.run(&template, data, out)
    }

    /// Evaluates a pipeline and assigns its variables.
    pub(super) fn pipeline<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &ReflectValue,
        pipe: &'t Pipeline,
    ) -> Result<ReflectValue, Error> {
        frame.node = NodeRef::Pipe(pipe);
        self.nesting += 1;
        if self.nesting > MAX_DEPTH {
            let reason = format!("nesting exceeds the limit of {MAX_DEPTH}");
            return Err(frame.error(ErrorKind::Limit, &reason));
        }
        let mut piped = None;
        let mut previous = None;
        for command in &pipe.commands {
            frame.piped_from = previous.replace(command);
            let operand = self.command(frame, dot, command, piped)?;
            piped = Some(ReflectValue::from(operand.value));
        }
        self.nesting -= 1;
        let operand = piped.unwrap_or_default();
        for name in &pipe.variables {
            if pipe.assigns {
                frame.set(name, operand.clone())?;
            } else {
                frame.declare(name, operand.clone());
            }
        }
        Ok(operand)
    }
}

/// The elements of a range: `None` when there are none, an error when the value cannot be iterated.
fn iterable(value: &Value) -> Result<Option<Iterable>, ()> {
    match value {
        Value::Nil => Ok(None),
        Value::Map(map) if map.is_empty() => Ok(None),
        Value::Map(map) => Ok(Some(Iterable::Map(map.clone()))),
        Value::List(items) if items.is_empty() => Ok(None),
        Value::List(items) => Ok(Some(Iterable::List(items.clone()))),
        Value::Object(object) => match object.underlying() {
            Some(inner) => iterable(&inner),
            None => Err(()),
        },
        _ => Err(()),
    }
}

/// Whether a range over the value has its integers, in this version of Go.
fn is_integer(value: &Value, version: GoVersion) -> bool {
    version >= GoVersion::Go124
        && matches!(
            value,
            Value::Int(_) | Value::Int64(_) | Value::Byte(_) | Value::Uint64(_)
        )
}

/// A number of the type of another one.
fn number_like(end: &Value, number: i64) -> Value {
    match end {
        Value::Int64(_) => Value::Int64(number),
        Value::Byte(_) => Value::Byte(u8::try_from(number).unwrap_or_default()),
        Value::Uint64(_) => Value::Uint64(number.unsigned_abs()),
        _ => Value::Int(number),
    }
}
