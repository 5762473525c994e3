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
    /// A truth value.
    Bool,
    /// A map.
    Map,
    /// A list.
    List,
    /// A float.
    Float,
}

impl Param {
    /// Go's name of the type.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Str => "string",
            Self::Int => "int",
            Self::Bool => "bool",
            Self::Map => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Float => "float64",
        }
    }

    pub(crate) fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Str => matches!(value, Value::Str(_)),
            Self::Int => matches!(value, Value::Int(_)),
            Self::Bool => matches!(value, Value::Bool(_)),
            Self::Float => matches!(value, Value::Float(_)),
            Self::Map => value.as_map().is_some(),
            Self::List => value.as_list().is_some(),
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

type Run = dyn Fn(&mut Machine, &[Value]) -> Result<Value, Fault> + Send + Sync;

/// One function.
#[derive(Clone)]
pub struct Function {
    pub(crate) takes: Kinds,
    pub(crate) run: Arc<Run>,
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
                run: Arc::new(run),
            },
        );
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
