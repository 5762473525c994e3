//! What `helm template` prints of manifests.
//!
//! Start at [`Manifests::print`].
use std::fmt::Write;

use super::{HookEvent, Manifests, split};
use crate::ignore::Pattern;

/// What is printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrintOptions {
    /// The files below crds/ too.
    pub crds: bool,
    /// Which hooks.
    pub hooks: HookSelection,
    /// Only options comes of templates that match one of these, named from the root of the chart.
    pub show_only: Vec<String>,
}

/// Which hooks are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HookSelection {
    /// All of them.
    #[default]
    All,
    /// All but the tests.
    NoTests,
    /// None.
    None,
}

/// No template of that name has written anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("could not find template {wanted} in chart")]
pub struct TemplateNotFound {
    /// What was asked for.
    pub wanted: String,
}

impl Manifests {
    /// What `helm template` prints.
    ///
    /// # Errors
    /// When nothing was written by a template that is asked for.
    pub fn print(&self, options: &PrintOptions) -> Result<String, TemplateNotFound> {
        let all = self.print_all(options);
        if options.show_only.is_empty() {
            return Ok(all);
        }
        let documents = split(&all);
        let mut out = String::new();
        for wanted in &options.show_only {
            let pattern = Pattern::parse(wanted);
            let mut missing = true;
            for document in &documents {
                let matches = |name: &str| pattern.as_ref().is_some_and(|p| p.matches(name));
                if source(document).is_some_and(matches) {
                    let _ = write!(out, "---\n{document}\n");
                    missing = false;
                }
            }
            if missing {
                return Err(TemplateNotFound {
                    wanted: wanted.clone(),
                });
            }
        }
        Ok(out)
    }

    fn print_all(&self, options: &PrintOptions) -> String {
        let mut manifest = String::new();
        if options.crds {
            for crd_file in &self.crd_files {
                let _ = write!(
                    manifest,
                    "---\n# Source: {}\n{}\n",
                    crd_file.file, crd_file.text
                );
            }
        }
        for object in &self.objects {
            object.write(&mut manifest);
        }
        let mut out = format!("{}\n", manifest.trim());
        for hook in &self.hooks {
            let is_test = hook.events.contains(&HookEvent::Test);
            match options.hooks {
                HookSelection::None => break,
                HookSelection::NoTests if is_test => {}
                HookSelection::All | HookSelection::NoTests => hook.manifest.write(&mut out),
            }
        }
        out
    }
}

/// The template that wrote a document, without the name of the chart.
fn source(document: &str) -> Option<&str> {
    document
        .match_indices("# Source: ")
        .find_map(|(at, found)| {
            let line = document.get(at + found.len()..)?.lines().next()?;
            let (chart, name) = line.split_once('/')?;
            (!chart.is_empty() && !name.is_empty()).then_some(name)
        })
}
