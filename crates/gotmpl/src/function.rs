//! The functions that a template may call.
//!
//! A function has a [`Signature`]. The evaluator checks the arguments before the call, so that an
//! error names the wrong argument. A function may call the [`Evaluator`] that it is given. Start at
//! [`Functions`].
use std::collections::HashMap;
use std::sync::Arc;

use crate::error::Error;
use crate::eval::Evaluator;
use crate::value::Value;

/// Why a call of a function failed.
#[derive(Clone, Debug)]
pub enum FunctionError {
    /// The function failed with this message.
    Message(String),
    /// The template called `fail` or a similar function.
    Fail(String),
    /// The call exceeds a limit of the rendering.
    Limit(String),
    /// A template that the function executed failed.
    Template(Box<Error>),
}

impl FunctionError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }
}

impl From<Error> for FunctionError {
    fn from(error: Error) -> Self {
        Self::Template(Box::new(error))
    }
}

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// `interface {}`.
    Any,
    /// A string.
    Str,
    /// An int.
    Int,
    /// An unsigned integer.
    Uint,
    /// A truth value.
    Bool,
    /// A map.
    Map,
    /// A list.
    List,
    /// A float.
    Float,
    /// An object of the type with this name.
    Object(&'static str),
}

impl Parameter {
    /// The name of the Go type.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Str => "string",
            Self::Int => "int",
            Self::Uint => "uint32",
            Self::Bool => "bool",
            Self::Map => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Float => "float64",
            Self::Object(name) => name,
        }
    }

    /// Whether the Go type has a nil value.
    pub(crate) fn has_nil(self) -> bool {
        matches!(self, Self::Any | Self::Map | Self::List)
    }

    pub(crate) fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Str => matches!(value, Value::Str(_)),
            Self::Int => matches!(value, Value::Int(_)),
            Self::Uint => false,
            Self::Bool => matches!(value, Value::Bool(_)),
            Self::Float => matches!(value, Value::Float(_)),
            Self::Map => matches!(value, Value::Map(map) if map.element_type().is_any()),
            Self::List => matches!(value, Value::List(items) if items.element_type().is_any()),
            Self::Object(name) => {
                matches!(value, Value::Object(object) if object.type_name() == name)
            }
        }
    }
}

/// The parameters of a function: the fixed ones, and the type of the variadic ones.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// The required parameters.
    pub fixed: &'static [Parameter],
    /// The type of all further arguments; `None` when the function is not variadic.
    pub rest: Option<Parameter>,
}

impl Signature {
    /// A function with exactly these parameters.
    pub const fn exact(fixed: &'static [Parameter]) -> Self {
        Self { fixed, rest: None }
    }

    /// A variadic function: these parameters, and any number of arguments of type `rest`.
    pub const fn variadic(fixed: &'static [Parameter], rest: Parameter) -> Self {
        Self {
            fixed,
            rest: Some(rest),
        }
    }

    pub(crate) fn at(&self, index: usize) -> Option<Parameter> {
        self.fixed.get(index).copied().or(self.rest)
    }
}

/// Functions that Go's evaluator treats specially.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    None,
    And,
    Or,
    Call,
    Len,
}

type Run = dyn Fn(&mut Evaluator, &[Value]) -> Result<Value, FunctionError> + Send + Sync;

/// A function that a template may call.
#[derive(Clone)]
pub struct Function {
    pub(crate) signature: Signature,
    pub(crate) special: Special,
    pub(crate) run: Arc<Run>,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Function")
            .field(&self.signature)
            .finish()
    }
}

/// The functions that a template may call, by name.
#[derive(Clone, Default)]
pub struct Functions(HashMap<&'static str, Function>);

impl Functions {
    /// An empty table; the built-in functions are always available.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a function that uses only its arguments.
    pub fn add(
        &mut self,
        name: &'static str,
        signature: Signature,
        run: impl Fn(&[Value]) -> Result<Value, FunctionError> + Send + Sync + 'static,
    ) {
        self.add_with_evaluator(name, signature, move |_, arguments| run(arguments));
    }

    /// Adds a function that calls the evaluator or charges its limits.
    pub fn add_with_evaluator(
        &mut self,
        name: &'static str,
        signature: Signature,
        run: impl Fn(&mut Evaluator, &[Value]) -> Result<Value, FunctionError> + Send + Sync + 'static,
    ) {
        self.0.insert(
            name,
            Function {
                signature,
                special: Special::None,
                run: Arc::new(run),
            },
        );
    }

    /// Marks a function as one that the evaluator treats specially.
    pub(crate) fn set_special(&mut self, name: &str, special: Special) {
        if let Some(function) = self.0.get_mut(name) {
            function.special = special;
        }
    }

    /// Whether the table has a function with this name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Function> {
        self.0.get(name)
    }
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
