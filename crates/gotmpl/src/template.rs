//! A set of templates that call each other by name.
use std::collections::HashMap;
use std::sync::Arc;

use crate::ast::Body;
use crate::builtin;
use crate::error::Error;
use crate::function::Functions;
use crate::go_version::GoVersion;
use crate::limits::Budget;
use crate::parse::{is_blank, parse};

/// A parsed template.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) name: String,
    pub(crate) file: Arc<str>,
    pub(crate) source: Arc<str>,
    pub(crate) body: Body,
    /// The name of the variable that holds the data.
    pub(crate) root: Arc<str>,
}

/// The templates of a source that was added to a set.
#[derive(Debug, Default)]
pub(crate) struct Added {
    /// The template of the source itself, also where a blank source does not replace another template of
    /// that name.
    pub(crate) own: Option<Arc<Template>>,
    /// The added names, each with the template that it had before.
    replaced: Vec<(String, Option<Arc<Template>>)>,
}

/// A set of templates and the functions that they may call.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    by_name: HashMap<String, Arc<Template>>,
    functions: Arc<Functions>,
    go_version: GoVersion,
}

impl Templates {
    /// An empty set with these functions.
    pub fn new(functions: Functions) -> Self {
        Self {
            by_name: HashMap::new(),
            functions: Arc::new(functions),
            go_version: GoVersion::default(),
        }
    }

    /// The set with the language of this version of Go.
    #[must_use]
    pub fn with_go_version(mut self, version: GoVersion) -> Self {
        self.go_version = version;
        self
    }

    pub(crate) fn go_version(&self) -> GoVersion {
        self.go_version
    }

    /// Adds the template in this source and its definitions; a later definition replaces an earlier
    /// one unless it is blank. The budget is charged with the size of the source and its syntax tree.
    ///
    /// # Errors
    /// [`ErrorKind::Parse`](crate::ErrorKind::Parse) with the line, when the source is not a
    /// template; [`ErrorKind::Limit`](crate::ErrorKind::Limit) when the memory limit is exceeded.
    pub fn parse(
        &mut self,
        name: &str,
        source: impl Into<Arc<str>>,
        budget: &Budget,
    ) -> Result<(), Error> {
        self.add(name, source.into(), budget).map(drop)
    }

    /// Adds a source as [`Templates::parse`] does, until [`Templates::restore`].
    pub(crate) fn add(
        &mut self,
        name: &str,
        source: Arc<str>,
        budget: &Budget,
    ) -> Result<Added, Error> {
        let functions = self.functions.clone();
        let functions = |name: &str| functions.get(name).cloned().or_else(|| builtin::get(name));
        let file: Arc<str> = name.into();
        let root: Arc<str> = "$".into();
        let mut added = Added::default();
        for defined in parse(name, &source, &functions, budget)? {
            let keeps_old =
                is_blank(&defined.body, &source) && self.by_name.contains_key(&defined.name);
            let template = Arc::new(Template {
                name: defined.name.clone(),
                file: file.clone(),
                source: source.clone(),
                body: defined.body,
                root: root.clone(),
            });
            if defined.name == name {
                added.own = Some(template.clone());
            }
            if !keeps_old {
                let before = self.by_name.insert(defined.name.clone(), template);
                added.replaced.push((defined.name, before));
            }
        }
        Ok(added)
    }

    /// Removes the templates that were added, and puts those back that they replaced.
    pub(crate) fn restore(&mut self, added: Added) {
        for (name, before) in added.replaced.into_iter().rev() {
            match before {
                Some(template) => self.by_name.insert(name, template),
                None => self.by_name.remove(&name),
            };
        }
    }

    /// The most similar name of a template, when there is one that may be meant.
    pub(crate) fn similar_name(&self, name: &str) -> Option<String> {
        let similarity = |other: &str| strsim::jaro_winkler(name, other);
        let names = self.by_name.keys().map(|other| (similarity(other), other));
        let best = names.max_by(|(a, first), (b, second)| a.total_cmp(b).then(second.cmp(first)));
        best.filter(|(similarity, _)| *similarity > 0.85)
            .map(|(_, name)| name.clone())
    }

    /// Whether the set has a template with this name.
    pub fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The functions that the templates may call.
    pub(crate) fn functions(&self) -> &Functions {
        &self.functions
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Template>> {
        self.by_name.get(name).cloned()
    }
}

#[cfg(test)]
mod tests;
