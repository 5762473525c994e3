//! A set of templates that can call each other by name.
use std::collections::HashMap;
use std::sync::Arc;

use crate::ast::Body;
use crate::builtin;
use crate::error::Error;
use crate::eval::Machine;
use crate::function::Functions;
use crate::limits::Limits;
use crate::parse::{is_blank, parse};
use crate::value::Value;

/// One template, ready to be carried out.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) name: String,
    pub(crate) file: Arc<str>,
    pub(crate) source: Arc<str>,
    pub(crate) body: Body,
    /// The name of the variable that holds the data.
    pub(crate) root: Arc<str>,
}

/// A set of templates and the functions they may call.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    by_name: HashMap<String, Arc<Template>>,
    functions: Arc<Functions>,
}

impl Templates {
    /// An empty set whose templates may call these functions.
    pub fn new(functions: Functions) -> Self {
        Self {
            by_name: HashMap::new(),
            functions: Arc::new(functions),
        }
    }

    /// Adds the template in this text and all it defines; a later definition replaces an earlier one
    /// unless it is blank.
    ///
    /// # Errors
    /// [`Kind::Parse`](crate::Kind::Parse) with the line, when the text is not a template.
    pub fn parse(&mut self, name: &str, source: &str) -> Result<(), Error> {
        let functions = self.functions.clone();
        let known = |name: &str| functions.get(name).cloned().or_else(|| builtin::get(name));
        let (file, text): (Arc<str>, Arc<str>) = (name.into(), source.into());
        let root: Arc<str> = "$".into();
        for defined in parse(name, source, &known)? {
            let keeps_old = is_blank(&defined.body) && self.by_name.contains_key(&defined.name);
            if keeps_old {
                continue;
            }
            let template = Template {
                name: defined.name.clone(),
                file: file.clone(),
                source: text.clone(),
                body: defined.body,
                root: root.clone(),
            };
            self.by_name.insert(defined.name, Arc::new(template));
        }
        Ok(())
    }

    /// Whether there is a template of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Carries out a template.
    ///
    /// # Errors
    /// With the place and Go's words, when the template fails or reaches a limit.
    pub fn execute(&self, name: &str, data: &Value, limits: Limits) -> Result<String, Error> {
        Machine::new(self.clone(), limits).execute(name, data)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Template>> {
        self.by_name.get(name).cloned()
    }
}

#[cfg(test)]
mod tests;
