//! Bodies: text, actions, choices, loops and calls of templates.
use super::Machine;
use super::frame::{At, Cell, Frame};
use crate::ast::{Body, Branch, Invocation, Node, Pipeline};
use crate::error::{Error, Kind};
use crate::fmt;
use crate::value::{List, Map, Value};

/// How many bodies and pipelines may be open at once, over all templates.
const DEEPEST: usize = 20_000;

/// Whether a body ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    Break,
    Continue,
}

/// What `if` and `with` do with dot.
#[derive(Clone, Copy)]
enum Chooses {
    If,
    With,
}

/// What a range goes over.
enum Turns {
    List(List),
    Map(Map),
}

impl Machine {
    pub(super) fn walk<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        body: &'t Body,
        out: &mut String,
    ) -> Result<Flow, Error> {
        for node in body {
            let flow = match node {
                Node::Text(text) => {
                    self.write(frame, out, text)?;
                    Flow::On
                }
                Node::Action(pipe) => {
                    let cell = self.pipeline(frame, dot, pipe)?;
                    if pipe.variables.is_empty() {
                        self.print(frame, out, pipe, &cell.value)?;
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

    fn write(&mut self, frame: &Frame, out: &mut String, text: &str) -> Result<(), Error> {
        self.budget
            .write(text.len())
            .map_err(|fault| frame.limit(fault))?;
        out.push_str(text);
        Ok(())
    }

    /// What an action writes for its value.
    fn print<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        out: &mut String,
        pipe: &'t Pipeline,
        value: &Value,
    ) -> Result<(), Error> {
        frame.at = At::Pipe(pipe);
        match value {
            Value::Nil => self.write(frame, out, "<no value>"),
            Value::Str(text) => self.write(frame, out, text),
            Value::Object(object) => {
                let text = object.written().unwrap_or_else(|| fmt::text(value));
                self.write(frame, out, &text)
            }
            other => self.write(frame, out, &fmt::text(other)),
        }
    }

    fn choose<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        branch: &'t Branch,
        chooses: Chooses,
        out: &mut String,
    ) -> Result<Flow, Error> {
        let mark = frame.mark();
        let cell = self.pipeline(frame, dot, &branch.pipe)?;
        self.nesting += 1;
        let flow = if cell.value.is_true() {
            match chooses {
                Chooses::With => self.walk(frame, &cell, &branch.then, out)?,
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

    fn range<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        branch: &'t Branch,
        out: &mut String,
    ) -> Result<Flow, Error> {
        let outer = frame.mark();
        let cell = self.pipeline(frame, dot, &branch.pipe)?;
        let mark = frame.mark();
        let Ok(turns) = turns(&cell.value) else {
            let reason = format!("range can't iterate over {}", fmt::text(&cell.value));
            return frame.fail(&reason);
        };
        let mut flow = Flow::On;
        match (turns, &branch.otherwise) {
            (Some(Turns::List(items)), _) => {
                let boxed = items.of().is_any();
                for (index, item) in items.iter().enumerate() {
                    let item = Cell {
                        value: item.clone(),
                        boxed,
                    };
                    let index = Value::Int(index as i64);
                    if self.turn(frame, branch, index, item, mark, out)? {
                        break;
                    }
                }
            }
            (Some(Turns::Map(map)), _) => {
                let boxed = map.of().is_any();
                for (key, value) in map.entries() {
                    let item = Cell { value, boxed };
                    if self.turn(frame, branch, Value::Str(key), item, mark, out)? {
                        break;
                    }
                }
            }
            (None, Some(otherwise)) => flow = self.walk(frame, dot, otherwise, out)?,
            (None, None) => {}
        }
        frame.forget(outer);
        Ok(flow)
    }

    /// One turn of a loop; whether the loop ends with it.
    fn turn<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        branch: &'t Branch,
        index: Value,
        item: Cell,
        mark: usize,
        out: &mut String,
    ) -> Result<bool, Error> {
        self.budget.turn(1).map_err(|fault| frame.limit(fault))?;
        match (branch.pipe.variables.as_slice(), branch.pipe.assigns) {
            ([], _) => {}
            ([one], true) => frame.set(one, item.clone())?,
            ([first, second, ..], true) => {
                frame.set(first, Cell::from(index))?;
                frame.set(second, item.clone())?;
            }
            ([_], false) => frame.set_last(1, item.clone()),
            (_, false) => {
                frame.set_last(1, item.clone());
                frame.set_last(2, Cell::from(index));
            }
        }
        let flow = self.walk(frame, &item, &branch.then, out)?;
        frame.forget(mark);
        Ok(flow == Flow::Break)
    }

    fn invoke<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        invocation: &'t Invocation,
        out: &mut String,
    ) -> Result<(), Error> {
        frame.at = At::Invocation(invocation);
        let Some(template) = self.templates.get(&invocation.name) else {
            let quoted = fmt::quote(&invocation.name);
            return frame.fail(&format!("template {quoted} not defined"));
        };
        if self.depth >= self.budget.depth() {
            let reason = format!("exceeded maximum template depth ({})", self.budget.depth());
            return Err(frame.error(Kind::Limit, &reason));
        }
        let data = match &invocation.pipe {
            Some(pipe) => self.pipeline(frame, dot, pipe)?.value,
            None => Value::Nil,
        };
        self.run(&template, data, out)
    }

    /// The value of a pipeline, kept in its variables.
    pub(super) fn pipeline<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        dot: &Cell,
        pipe: &'t Pipeline,
    ) -> Result<Cell, Error> {
        frame.at = At::Pipe(pipe);
        self.nesting += 1;
        if self.nesting > DEEPEST {
            let reason = format!("nested deeper than the limit of {DEEPEST}");
            return Err(frame.error(Kind::Limit, &reason));
        }
        let mut piped = None;
        for command in &pipe.commands {
            let cell = self.command(frame, dot, command, piped)?;
            piped = Some(Cell::from(cell.value));
        }
        self.nesting -= 1;
        let cell = piped.unwrap_or_default();
        for name in &pipe.variables {
            if pipe.assigns {
                frame.set(name, cell.clone())?;
            } else {
                frame.declare(name, cell.clone());
            }
        }
        Ok(cell)
    }
}

/// What a range goes over: nothing at all, or elements; an error when it cannot.
fn turns(value: &Value) -> Result<Option<Turns>, ()> {
    match value {
        Value::Nil => Ok(None),
        Value::Map(map) if map.is_empty() => Ok(None),
        Value::Map(map) => Ok(Some(Turns::Map(map.clone()))),
        Value::List(items) if items.is_empty() => Ok(None),
        Value::List(items) => Ok(Some(Turns::List(items.clone()))),
        Value::Object(object) => match object.underlying() {
            Some(inner) => turns(&inner),
            None => Err(()),
        },
        _ => Err(()),
    }
}
