//! The signatures of functions and methods.
//!
//! The evaluator checks the arguments of a call against them. Start at [`Signature`].

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
