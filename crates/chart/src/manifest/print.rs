//! Prints manifests as `helm template` does.
//!
//! Start at [`Manifests::print`].
use std::fmt::Write;

use super::{HookEvent, Manifest, Manifests, split};
use crate::ignore::Pattern;

/// Options of [`Manifests::print`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrintOptions {
    /// Whether to print the files below crds/.
    pub crds: bool,
    /// The hooks to print.
    pub hooks: HookSelection,
    /// Prints only templates that match one of these patterns, relative to the root of the chart.
    pub show_only: Vec<String>,
}

/// The hooks to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HookSelection {
    /// All hooks.
    #[default]
    All,
    /// All hooks except tests.
    NoTests,
    /// No hooks.
    None,
}

/// No template with this name has output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("could not find template {template} in chart")]
pub struct TemplateNotFound {
    /// The requested template.
    pub template: String,
}

impl Manifests {
    /// The output of `helm template`.
    ///
    /// # Errors
    /// When a requested template has no output.
    pub fn print(&self, options: &PrintOptions) -> Result<String, TemplateNotFound> {
        let all = self.print_all(options);
        if options.show_only.is_empty() {
            return Ok(all);
        }
        let documents = split(&all);
        let mut out = String::new();
        for template in &options.show_only {
            let pattern = Pattern::parse(template);
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
                    template: template.clone(),
                });
            }
        }
        Ok(out)
    }

    fn print_all(&self, options: &PrintOptions) -> String {
        let hooks = self.hooks.iter().map(|hook| &hook.manifest);
        let printed = self.objects.iter().chain(hooks);
        let mut out = String::with_capacity(printed.map(Manifest::printed_length).sum());
        if options.crds {
            for crd_file in &self.crd_files {
                let _ = write!(out, "---\n# Source: {}\n{}\n", crd_file.file, crd_file.text);
            }
        }
        for object in &self.objects {
            object.write(&mut out);
        }
        // The first line is a separator.
        out.truncate(out.trim_end().len());
        out.push('\n');
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

/// The template of a document, without the name of the chart.
fn source(document: &str) -> Option<&str> {
    document
        .match_indices("# Source: ")
        .find_map(|(at, found)| {
            let line = document.get(at + found.len()..)?.lines().next()?;
            let (chart, name) = line.split_once('/')?;
            (!chart.is_empty() && !name.is_empty()).then_some(name)
        })
}
