//! One template being carried out: its variables, and the place that messages name.
use std::fmt;
use std::sync::Arc;

use crate::ast::{Command, Expr, Invocation, Pipeline};
use crate::error::{Error, Kind, Place};
use crate::function::Fault;
use crate::template::Template;
use crate::value::Value;

/// A value as Go's evaluator holds it: an element of a list of anything is of the type `interface {}`
/// until a pipeline looks inside, and only then has a nil no fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) value: Value,
    /// Whether its type is still `interface {}`.
    pub(super) boxed: bool,
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        Self {
            value,
            boxed: false,
        }
    }
}

impl Cell {
    pub(super) fn type_name(&self) -> &str {
        match (&self.value, self.boxed) {
            (_, true) | (Value::Nil, _) => "interface {}",
            (value, _) => value.type_name(),
        }
    }
}

/// The part of a template that is being carried out.
#[derive(Clone, Copy)]
pub(super) enum At<'t> {
    Start,
    Pipe(&'t Pipeline),
    Command(&'t Command),
    Expr(&'t Expr),
    Invocation(&'t Invocation),
}

impl At<'_> {
    fn offset(self) -> usize {
        match self {
            Self::Start => 0,
            Self::Pipe(pipe) => pipe.at,
            Self::Command(command) => command.at,
            Self::Expr(expr) => expr.at,
            Self::Invocation(invocation) => invocation.at,
        }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => Ok(()),
            Self::Pipe(pipe) => write!(f, "{pipe}"),
            Self::Command(command) => write!(f, "{command}"),
            Self::Expr(expr) => write!(f, "{expr}"),
            Self::Invocation(invocation) => write!(f, "{invocation}"),
        }
    }
}

struct Variable {
    name: Arc<str>,
    cell: Cell,
}

/// One template being carried out.
pub(super) struct Frame<'t> {
    template: &'t Template,
    /// Go's place: where the evaluator looked last.
    pub(super) at: At<'t>,
    variables: Vec<Variable>,
}

impl<'t> Frame<'t> {
    pub(super) fn new(template: &'t Template, data: Value) -> Self {
        let root = Variable {
            name: template.root.clone(),
            cell: Cell::from(data),
        };
        Self {
            template,
            at: At::Start,
            variables: vec![root],
        }
    }

    /// Where the variables stand now, for [`Self::forget`].
    pub(super) fn mark(&self) -> usize {
        self.variables.len()
    }

    /// Forgets the variables declared since a mark.
    pub(super) fn forget(&mut self, mark: usize) {
        self.variables.truncate(mark);
    }

    pub(super) fn declare(&mut self, name: &Arc<str>, cell: Cell) {
        self.variables.push(Variable {
            name: name.clone(),
            cell,
        });
    }

    pub(super) fn set(&mut self, name: &str, cell: Cell) -> Result<(), Error> {
        match self.variables.iter_mut().rev().find(|v| *v.name == *name) {
            Some(variable) => {
                variable.cell = cell;
                Ok(())
            }
            None => self.fail(&format!("undefined variable: {name}")),
        }
    }

    /// Sets a variable by its distance from the last one.
    pub(super) fn set_last(&mut self, back: usize, cell: Cell) {
        let at = self.variables.len().checked_sub(back);
        if let Some(variable) = at.and_then(|at| self.variables.get_mut(at)) {
            variable.cell = cell;
        }
    }

    pub(super) fn get(&self, name: &str) -> Result<Cell, Error> {
        match self.variables.iter().rev().find(|v| *v.name == *name) {
            Some(variable) => Ok(variable.cell.clone()),
            None => self.fail(&format!("undefined variable: {name}")),
        }
    }

    fn place(&self) -> Place<'_> {
        Place {
            file: &self.template.file,
            source: &self.template.source,
            offset: self.at.offset(),
        }
    }

    pub(super) fn fail<T>(&self, reason: &str) -> Result<T, Error> {
        Err(self.error(Kind::Exec, reason))
    }

    pub(super) fn error(&self, kind: Kind, reason: &str) -> Error {
        Error::exec(
            kind,
            &self.place(),
            &self.template.name,
            &self.at.to_string(),
            reason,
        )
    }

    /// A limit that was reached, wherever the evaluator is.
    pub(super) fn limit(&self, fault: Fault) -> Error {
        self.fault("", fault)
    }

    /// A function's fault; `said` are the words before it.
    pub(super) fn fault(&self, said: &str, fault: Fault) -> Error {
        match fault {
            Fault::Message(reason) => self.error(Kind::Exec, &format!("{said}{reason}")),
            Fault::Refused(reason) => self
                .error(Kind::Refused, &format!("{said}{reason}"))
                .refused(reason),
            Fault::Limit(reason) => self.error(Kind::Limit, &reason),
            Fault::Template(inner) => {
                let context = self.at.to_string();
                inner.through(&self.place(), &self.template.name, &context, said)
            }
        }
    }
}
