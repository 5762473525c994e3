//! The functions that a template may call.
//!
//! A function has a [`Signature`]. The evaluator checks the arguments before the call, so that an
//! error names the wrong argument. A function may call the [`Evaluator`] that it is given. Start at
//! [`Functions`].
use std::collections::HashMap;
use std::sync::Arc;

use crate::error::FunctionError;
use crate::eval::Evaluator;
use crate::signature::{Signature, Special};
use crate::value::Value;

type Run = dyn Fn(&mut Evaluator, &[Value]) -> Result<Value, FunctionError> + Send + Sync;
type ObserveSource = dyn Fn(&[Value], &str) + Send + Sync;

/// A function that a template may call.
#[derive(Clone)]
pub struct Function {
    pub(crate) name: &'static str,
    pub(crate) signature: Signature,
    pub(crate) special: Special,
    pub(crate) run: Arc<Run>,
    /// Receives the arguments of each call before it, and the source of the last one.
    pub(crate) observe_source: Option<Arc<ObserveSource>>,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Function")
            .field(&self.signature)
            .finish()
    }
}

type Observe = dyn Fn(&str, &[Value], &Value) + Send + Sync;

/// The functions that a template may call, by name.
#[derive(Clone, Default)]
pub struct Functions {
    by_name: HashMap<&'static str, Arc<Function>>,
    observer: Option<Arc<Observe>>,
}

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
        self.by_name.insert(
            name,
            Arc::new(Function {
                name,
                signature,
                special: Special::None,
                run: Arc::new(run),
                observe_source: None,
            }),
        );
    }

    /// Marks a function as one that the evaluator treats specially.
    pub(crate) fn set_special(&mut self, name: &str, special: Special) {
        if let Some(function) = self.by_name.get_mut(name) {
            Arc::make_mut(function).special = special;
        }
    }

    /// Calls `observe` with each result of a function; a name that is not in the table is ignored.
    pub fn observe(&mut self, name: &str, observe: impl Fn(&Value) + Send + Sync + 'static) {
        if let Some(function) = self.by_name.get_mut(name) {
            let function = Arc::make_mut(function);
            let run = function.run.clone();
            function.run = Arc::new(move |evaluator, arguments| {
                let result = run(evaluator, arguments)?;
                observe(&result);
                Ok(result)
            });
        }
    }

    /// Calls `observe` before each call of a function, with its arguments and the source of the last one:
    /// `.Values.host` in `required "a host" .Values.host` and in `.Values.host | required "a host"`.
    pub fn observe_source(
        &mut self,
        name: &str,
        observe: impl Fn(&[Value], &str) + Send + Sync + 'static,
    ) {
        if let Some(function) = self.by_name.get_mut(name) {
            Arc::make_mut(function).observe_source = Some(Arc::new(observe));
        }
    }

    /// Calls `observe` with the name, the arguments and the result of each call, also of the built-in
    /// functions.
    pub fn observe_calls(
        &mut self,
        observe: impl Fn(&str, &[Value], &Value) + Send + Sync + 'static,
    ) {
        self.observer = Some(Arc::new(observe));
    }

    /// Reports a call to the observer.
    pub(crate) fn report(&self, name: &str, arguments: &[Value], result: &Value) {
        if let Some(observe) = &self.observer {
            observe(name, arguments, result);
        }
    }

    /// Whether the table has a function with this name.
    pub fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Function>> {
        self.by_name.get(name)
    }
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.by_name.keys()).finish()
    }
}
