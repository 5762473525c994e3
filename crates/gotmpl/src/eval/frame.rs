//! One template execution: its variables, and the node that error messages name.
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::ast::{Command, Expr, Invocation, Pipeline};
use crate::error::{Error, ErrorKind, FunctionError, Position};
use crate::template::Template;
use crate::value::Value;

/// Go's reflect.Value: an element of a `[]interface {}` has the static type `interface {}` until a
/// pipeline unwraps it; only a nil of that type is an error when a field is read.
#[derive(Clone, Debug, Default)]
pub(super) struct ReflectValue {
    pub(super) value: Value,
    /// Whether the static type is `interface {}`.
    pub(super) is_interface: bool,
}

impl From<Value> for ReflectValue {
    fn from(value: Value) -> Self {
        Self {
            value,
            is_interface: false,
        }
    }
}

impl ReflectValue {
    pub(super) fn type_name(&self) -> &str {
        match (&self.value, self.is_interface) {
            (_, true) | (Value::Nil, _) => "interface {}",
            (value, _) => value.type_name(),
        }
    }
}

/// A reference to the node that is being evaluated.
#[derive(Clone, Copy)]
pub(super) enum NodeRef<'t> {
    Start,
    Pipe(&'t Pipeline),
    Command(&'t Command),
    Expr(&'t Expr),
    Invocation(&'t Invocation),
}

impl NodeRef<'_> {
    fn offset(self) -> usize {
        match self {
            Self::Start => 0,
            Self::Pipe(pipe) => pipe.offset,
            Self::Command(command) => command.offset,
            Self::Expr(expr) => expr.offset,
            Self::Invocation(invocation) => invocation.offset,
        }
    }
}

impl fmt::Display for NodeRef<'_> {
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
    value: ReflectValue,
}

/// One template execution.
pub(super) struct Frame<'t> {
    template: &'t Template,
    /// Go's current node: the last node that the evaluator visited.
    pub(super) node: NodeRef<'t>,
    /// The command whose result is piped into the current one.
    pub(super) piped_from: Option<&'t Command>,
    variables: Vec<Variable>,
}

impl<'t> Frame<'t> {
    pub(super) fn new(template: &'t Template, data: Value) -> Self {
        let root = Variable {
            name: template.root.clone(),
            value: ReflectValue::from(data),
        };
        Self {
            template,
            node: NodeRef::Start,
            piped_from: None,
            variables: vec![root],
        }
    }

    /// A part of the source of the template.
    pub(super) fn source(&self, at: &Range<usize>) -> &'t str {
        self.template.source.get(at.clone()).unwrap_or_default()
    }

    /// The current number of variables, for [`Self::pop`].
    pub(super) fn mark(&self) -> usize {
        self.variables.len()
    }

    /// Removes the variables declared since a mark.
    pub(super) fn pop(&mut self, mark: usize) {
        self.variables.truncate(mark);
    }

    pub(super) fn declare(&mut self, name: &Arc<str>, value: ReflectValue) {
        self.variables.push(Variable {
            name: name.clone(),
            value,
        });
    }

    pub(super) fn set(&mut self, name: &str, value: ReflectValue) -> Result<(), Error> {
        match self.variables.iter_mut().rev().find(|v| *v.name == *name) {
            Some(variable) => {
                variable.value = value;
                Ok(())
            }
            None => self.fail(&format!("undefined variable: {name}")),
        }
    }

    /// Sets a variable by its distance from the top of the stack.
    pub(super) fn set_top(&mut self, back: usize, value: ReflectValue) {
        let at = self.variables.len().checked_sub(back);
        if let Some(variable) = at.and_then(|at| self.variables.get_mut(at)) {
            variable.value = value;
        }
    }

    pub(super) fn get(&self, name: &str) -> Result<ReflectValue, Error> {
        match self.variables.iter().rev().find(|v| *v.name == *name) {
            Some(variable) => Ok(variable.value.clone()),
            None => self.fail(&format!("undefined variable: {name}")),
        }
    }

    fn position(&self) -> Position<'_> {
        Position {
            file: &self.template.file,
            source: &self.template.source,
            offset: self.node.offset(),
        }
    }

    pub(super) fn fail<T>(&self, reason: &str) -> Result<T, Error> {
        Err(self.error(ErrorKind::Exec, reason))
    }

    pub(super) fn error(&self, kind: ErrorKind, reason: &str) -> Error {
        Error::exec(
            kind,
            &self.position(),
            &self.template.name,
            &self.node.to_string(),
            reason,
        )
    }

    /// An error for an exceeded limit, at the current node.
    pub(super) fn limit_error(&self, error: FunctionError) -> Error {
        self.function_error("", error)
    }

    /// The error of a function, with a prefix.
    pub(super) fn function_error(&self, prefix: &str, error: FunctionError) -> Error {
        match error {
            FunctionError::Message(reason) => self
                .error(ErrorKind::Exec, &format!("{prefix}{reason}"))
                .without_trace(),
            FunctionError::Fail(reason) => self
                .error(ErrorKind::Fail, &format!("{prefix}{reason}"))
                .with_reason(reason),
            FunctionError::Limit(reason) => self.error(ErrorKind::Limit, &reason),
            FunctionError::Template(inner) => {
                let context = self.node.to_string();
                inner.called_from(&self.position(), &self.template.name, &context, prefix)
            }
        }
    }
}
