//! What a template may call.
//!
//! A function says what it takes, and the evaluator checks it before the call, so that a wrong
//! argument is reported at the argument. Functions reach back into the evaluator through the
//! [`Machine`] they are given. Start at [`Functions`].
use std::collections::HashMap;
use std::sync::Arc;

use crate::error::Error;
use crate::eval::Machine;
use crate::value::Value;

/// Why a function could not answer.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The function says why, in its own words.
    Message(String),
    /// The author of the template stopped it on purpose.
    Refused(String),
    /// A limit was reached.
    Limit(String),
    /// A template called by the function failed.
    Template(Box<Error>),
}

impl Fault {
    /// A failure in the function's own words.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Template(Box::new(error))
    }
}

/// What a parameter accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// Anything.
    Any,
    /// A string.
    Str,
    /// A whole number.
    Int,
    /// A whole number that is not negative.
    Uint,
    /// A truth value.
    Bool,
    /// A map.
    Map,
    /// A list.
    List,
    /// A float.
    Float,
    /// An object of the type of that name.
    Object(&'static str),
}

impl Param {
    /// Go's name of the type.
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

    /// Whether Go has a nil of the type.
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
            Self::Map => matches!(value, Value::Map(map) if map.of().is_any()),
            Self::List => matches!(value, Value::List(items) if items.of().is_any()),
            Self::Object(name) => {
                matches!(value, Value::Object(object) if object.type_name() == name)
            }
        }
    }
}

/// The parameters of a function: the fixed ones, and what may follow them.
#[derive(Clone, Copy, Debug)]
pub struct Kinds {
    /// The parameters that must be given.
    pub fixed: &'static [Param],
    /// What any further arguments must be.
    pub rest: Option<Param>,
}

impl Kinds {
    /// Exactly these parameters.
    pub const fn exactly(fixed: &'static [Param]) -> Self {
        Self { fixed, rest: None }
    }

    /// These parameters, and any number of one more sort.
    pub const fn then(fixed: &'static [Param], rest: Param) -> Self {
        Self {
            fixed,
            rest: Some(rest),
        }
    }

    pub(crate) fn at(&self, index: usize) -> Option<Param> {
        self.fixed.get(index).copied().or(self.rest)
    }
}

/// Functions that Go's evaluator treats in a way of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    No,
    And,
    Or,
    Call,
    Len,
}

type Run = dyn Fn(&mut Machine, &[Value]) -> Result<Value, Fault> + Send + Sync;

/// One function.
#[derive(Clone)]
pub struct Function {
    pub(crate) takes: Kinds,
    pub(crate) special: Special,
    pub(crate) run: Arc<Run>,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Function")
            .field(&self.takes)
            .finish()
    }
}

/// The functions a template may call, by name.
#[derive(Clone, Default)]
pub struct Functions(HashMap<&'static str, Function>);

impl Functions {
    /// An empty table; the language's own functions are always there.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a function that needs only its arguments.
    pub fn add(
        &mut self,
        name: &'static str,
        takes: Kinds,
        run: impl Fn(&[Value]) -> Result<Value, Fault> + Send + Sync + 'static,
    ) {
        self.add_with(name, takes, move |_, arguments| run(arguments));
    }

    /// Adds a function that calls back into the evaluator or charges its limits.
    pub fn add_with(
        &mut self,
        name: &'static str,
        takes: Kinds,
        run: impl Fn(&mut Machine, &[Value]) -> Result<Value, Fault> + Send + Sync + 'static,
    ) {
        self.0.insert(
            name,
            Function {
                takes,
                special: Special::No,
                run: Arc::new(run),
            },
        );
    }

    /// Marks a function as one that the evaluator treats in a way of its own.
    pub(crate) fn mark(&mut self, name: &str, special: Special) {
        if let Some(function) = self.0.get_mut(name) {
            function.special = special;
        }
    }

    /// Whether there is a function of that name.
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
