//! One template being carried out: its variables, and its place in messages.
use std::sync::Arc;

use crate::error::{Error, Kind, Place};
use crate::function::Fault;
use crate::template::Template;
use crate::value::Value;

/// A value and where it came from: a nil that is an element of a list has no fields, while the
/// fields of any other nil are nil.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) value: Value,
    pub(super) element: bool,
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        Self {
            value,
            element: false,
        }
    }
}

struct Variable {
    name: Arc<str>,
    cell: Cell,
}

/// One template being carried out.
pub(super) struct Frame<'a> {
    template: &'a Template,
    variables: Vec<Variable>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(template: &'a Template, data: &Value) -> Self {
        let root = Variable {
            name: "$".into(),
            cell: Cell::from(data.clone()),
        };
        Self {
            template,
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

    pub(super) fn declare(&mut self, name: &str, value: Value) {
        self.variables.push(Variable {
            name: name.into(),
            cell: value.into(),
        });
    }

    pub(super) fn set(&mut self, name: &str, cell: Cell) {
        if let Some(variable) = self.variables.iter_mut().rev().find(|v| &*v.name == name) {
            variable.cell = cell;
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Cell> {
        self.variables
            .iter()
            .rev()
            .find(|v| &*v.name == name)
            .map(|v| &v.cell)
    }

    fn place(&self, at: usize) -> Place<'_> {
        Place {
            file: &self.template.file,
            source: &self.template.source,
            offset: at,
        }
    }

    pub(super) fn error(&self, at: usize, context: &str, reason: &str) -> Error {
        self.error_of(Kind::Exec, at, context, reason)
    }

    pub(super) fn error_of(&self, kind: Kind, at: usize, context: &str, reason: &str) -> Error {
        Error::exec(kind, &self.place(at), &self.template.name, context, reason)
    }

    /// A function's fault, at the place of its call.
    pub(super) fn fault(&self, at: usize, context: &str, said: &str, fault: Fault) -> Error {
        match fault {
            Fault::Message(reason) => self.error(at, context, &format!("{said}{reason}")),
            Fault::Refused(reason) => {
                let whole = format!("{said}{reason}");
                self.error_of(Kind::Refused, at, context, &whole)
                    .refused(reason)
            }
            Fault::Limit(reason) => self.error_of(Kind::Limit, at, context, &reason),
            Fault::Template(inner) => {
                inner.through(&self.place(at), &self.template.name, context, said)
            }
        }
    }
}
