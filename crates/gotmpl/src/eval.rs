//! Carries out templates.
//!
//! A [`Machine`] is one rendering: the templates, the functions and what is left of the limits. It
//! walks the tree here; operands and fields are in [`operand`], calls in [`call`]. Functions are
//! handed the machine, so that `include` and `tpl` come back to it.
mod call;
mod frame;
mod operand;

use std::sync::Arc;

use crate::ast::{Body, Branch, Invocation, Node, Pipeline};
use crate::error::{Error, Kind};
use crate::fmt;
use crate::function::{Fault, Functions};
use crate::limits::{Budget, Limits};
use crate::template::{Template, Templates};
use crate::value::{Map, Value};
use frame::{Cell, Frame};

/// How many bodies and pipelines may be open at once, over all templates.
const DEEPEST: usize = 20_000;

/// One rendering.
#[derive(Debug)]
pub struct Machine {
    templates: Templates,
    functions: Arc<Functions>,
    budget: Budget,
    depth: usize,
    nesting: usize,
}

impl Machine {
    /// A rendering over these templates, within these limits.
    pub fn new(templates: Templates, limits: Limits) -> Self {
        let functions = templates.functions();
        Self {
            templates,
            functions,
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
            return Err(Error::nowhere(
                name,
                &format!(
                    "no template {} associated with template \"gotpl\"",
                    fmt::quote(name)
                ),
            ));
        };
        let mut out = String::new();
        self.run(&template, data, &mut out)?;
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

    /// How deep templates call each other now.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// How deep templates may call each other.
    pub fn deepest(&self) -> usize {
        self.budget.depth()
    }

    fn run(&mut self, template: &Template, data: &Value, out: &mut String) -> Result<(), Error> {
        let mut frame = Frame::new(template, data);
        self.depth += 1;
        let result = self.walk(&mut frame, &Cell::from(data.clone()), &template.body, out);
        self.depth -= 1;
        result.map(|_| ())
    }

    fn walk(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        body: &Body,
        out: &mut String,
    ) -> Result<Flow, Error> {
        for node in body {
            let flow = match node {
                Node::Text(text) => {
                    self.write(frame, 0, out, text)?;
                    Flow::On
                }
                Node::Action(pipe) => {
                    let value = self.pipeline(frame, dot, pipe)?;
                    if pipe.variables.is_empty() {
                        let text = printed(&value);
                        self.write(frame, pipe.at, out, &text)?;
                    }
                    Flow::On
                }
                Node::If(branch) => self.choose(frame, dot, branch, Chooses::If, out)?,
                Node::With(branch) => self.choose(frame, dot, branch, Chooses::With, out)?,
                Node::Range(branch) => self.range(frame, dot, branch, out)?,
                Node::Template(invocation) => {
                    self.invoke(frame, dot, invocation, out)?;
                    Flow::On
                }
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn write(
        &mut self,
        frame: &Frame,
        at: usize,
        out: &mut String,
        text: &str,
    ) -> Result<(), Error> {
        self.budget
            .write(text.len())
            .map_err(|fault| frame.fault(at, "output", "", fault))?;
        out.push_str(text);
        Ok(())
    }

    fn choose(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        branch: &Branch,
        chooses: Chooses,
        out: &mut String,
    ) -> Result<Flow, Error> {
        let mark = frame.mark();
        let value = self.pipeline(frame, dot, &branch.pipe)?;
        self.nesting += 1;
        let flow = if value.is_true() {
            match chooses {
                Chooses::With => self.walk(frame, &Cell::from(value), &branch.then, out)?,
                Chooses::If => self.walk(frame, dot, &branch.then, out)?,
            }
        } else if let Some(otherwise) = &branch.otherwise {
            self.walk(frame, dot, otherwise, out)?
        } else {
            Flow::On
        };
        self.nesting -= 1;
        frame.forget(mark);
        Ok(flow)
    }

    fn range(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        branch: &Branch,
        out: &mut String,
    ) -> Result<Flow, Error> {
        let outer = frame.mark();
        let value = self.pipeline_value(frame, dot, &branch.pipe)?;
        if !branch.pipe.assigns {
            for name in &branch.pipe.variables {
                frame.declare(name, Value::Nil);
            }
        }
        let mark = frame.mark();
        let Some(turns) = turns(&value) else {
            let reason = format!("range can't iterate over {}", fmt::text(&value));
            let (at, context) = last_of(&branch.pipe);
            return Err(frame.error(at, &context, &reason));
        };
        let mut flow = Flow::On;
        if turns.is_empty()
            && let Some(otherwise) = &branch.otherwise
        {
            flow = self.walk(frame, dot, otherwise, out)?;
        }
        for (key, item) in turns {
            self.budget.turn(1).map_err(|fault| {
                frame.fault(branch.pipe.at, &branch.pipe.to_string(), "", fault)
            })?;
            let item = Cell {
                value: item,
                element: true,
            };
            match branch.pipe.variables.as_slice() {
                [one] => frame.set(one, item.clone()),
                [first, second] => {
                    frame.set(first, Cell::from(key));
                    frame.set(second, item.clone());
                }
                _ => {}
            }
            let went = self.walk(frame, &item, &branch.then, out)?;
            frame.forget(mark);
            if went == Flow::Break {
                break;
            }
        }
        frame.forget(outer);
        Ok(flow)
    }

    fn invoke(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        invocation: &Invocation,
        out: &mut String,
    ) -> Result<(), Error> {
        let shown = || invocation.to_string();
        let Some(template) = self.templates.get(&invocation.name) else {
            let reason = format!("template {} not defined", fmt::quote(&invocation.name));
            return Err(frame.error(invocation.at, &shown(), &reason));
        };
        if self.depth >= self.budget.depth() {
            let reason = format!("exceeded maximum template depth ({})", self.budget.depth());
            return Err(frame.error_of(Kind::Limit, invocation.at, &shown(), &reason));
        }
        let data = match &invocation.pipe {
            Some(pipe) => self.pipeline(frame, dot, pipe)?,
            None => Value::Nil,
        };
        self.run(&template, &data, out)
    }

    /// The value of a pipeline, kept in its variables.
    fn pipeline(&mut self, frame: &mut Frame, dot: &Cell, pipe: &Pipeline) -> Result<Value, Error> {
        let value = self.pipeline_value(frame, dot, pipe)?;
        for name in &pipe.variables {
            if pipe.assigns {
                frame.set(name, Cell::from(value.clone()));
            } else {
                frame.declare(name, value.clone());
            }
        }
        Ok(value)
    }

    fn pipeline_value(
        &mut self,
        frame: &mut Frame,
        dot: &Cell,
        pipe: &Pipeline,
    ) -> Result<Value, Error> {
        self.nesting += 1;
        if self.nesting > DEEPEST {
            let reason = format!("nested deeper than the limit of {DEEPEST}");
            return Err(frame.error_of(Kind::Limit, pipe.at, &pipe.to_string(), &reason));
        }
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(frame, dot, command, value)?);
        }
        self.nesting -= 1;
        Ok(value.unwrap_or_default())
    }
}

/// What `if` and `with` do with dot.
#[derive(Clone, Copy)]
enum Chooses {
    If,
    With,
}

/// Whether a body ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

/// The operand that is looked at last, which Go names when a pipeline's value is of no use.
fn last_of(pipe: &Pipeline) -> (usize, String) {
    let last = pipe
        .commands
        .last()
        .and_then(|command| command.arguments.last());
    last.map_or_else(
        || (pipe.at, pipe.to_string()),
        |expr| (expr.at, expr.to_string()),
    )
}

/// What an action writes for its value.
fn printed(value: &Value) -> String {
    match value {
        Value::Nil => "<no value>".to_owned(),
        other => fmt::text(other),
    }
}

/// The keys and elements a range goes over; `None` when it cannot.
fn turns(value: &Value) -> Option<Vec<(Value, Value)>> {
    let of_map = |map: &Map| {
        map.entries()
            .into_iter()
            .map(|(key, item)| (key.into(), item))
            .collect()
    };
    match value {
        Value::Nil => Some(Vec::new()),
        Value::Map(map) => Some(of_map(map)),
        Value::List(items) => Some(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| (Value::Int(index as i64), item.clone()))
                .collect(),
        ),
        Value::Object(object) => turns(&object.underlying()?),
        _ => None,
    }
}
