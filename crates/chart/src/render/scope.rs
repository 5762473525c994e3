//! The scope of a template: `.Values`, `.Release`, `.Chart`, `.Capabilities`, `.Files`,
//! `.Subcharts`.
mod capabilities;
mod chart;
mod files;
mod go_struct;
mod values;

use std::sync::Arc;

use gotmpl::{Budget, Map, Value};
use wire::HelmVersion;

use crate::error::Error;
use crate::facts::Facts;
use crate::model::Chart;
use crate::values::Values;
use values::VALUES;

/// A template with its scope.
pub(super) struct ScopedTemplate {
    pub(super) path: String,
    pub(super) base: String,
    pub(super) text: Arc<str>,
    pub(super) scope: Map,
}

/// All templates of a chart and its subcharts.
///
/// # Errors
/// [`Error::Limit`] when the texts exceed the memory limit.
pub(super) fn templates(
    chart: &Chart,
    values: &Values,
    facts: &Facts,
    budget: &Budget,
) -> Result<Vec<ScopedTemplate>, Error> {
    let release: Map = [
        ("Name", Value::from(facts.release.name.as_str())),
        ("Namespace", facts.release.namespace.as_str().into()),
        ("IsUpgrade", facts.release.upgrade.into()),
        ("IsInstall", (!facts.release.upgrade).into()),
        ("Revision", i64::from(facts.release.revision).into()),
        ("Service", "Helm".into()),
    ]
    .into_iter()
    .collect();
    let scope_builder = ScopeBuilder {
        release,
        capabilities: capabilities::object(&facts.capabilities, facts.helm),
        helm: facts.helm,
        budget,
    };
    let mut found = Vec::new();
    scope_builder.collect(chart, &values.map(), chart.name(), true, &mut found)?;
    Ok(found)
}

/// The value of `.Template`.
pub(super) fn template(template: &ScopedTemplate) -> Map {
    [
        ("Name", Value::from(template.path.as_str())),
        ("BasePath", template.base.as_str().into()),
    ]
    .into_iter()
    .collect::<Map>()
    .with_element_type(VALUES)
}

struct ScopeBuilder<'b> {
    release: Map,
    capabilities: Value,
    helm: HelmVersion,
    budget: &'b Budget,
}

impl ScopeBuilder<'_> {
    fn collect(
        &self,
        chart: &Chart,
        values: &Map,
        path: &str,
        is_root: bool,
        found: &mut Vec<ScopedTemplate>,
    ) -> Result<Map, Error> {
        let subcharts = Map::new();
        let scope = Map::new().with_element_type(VALUES);
        scope.set("Chart", chart::chart_value(chart, is_root, self.helm));
        scope.set(
            "Files",
            Value::Object(Arc::new(files::Files::from_chart(chart))),
        );
        scope.set("Release", self.release.clone());
        scope.set("Capabilities", self.capabilities.clone());
        scope.set("Values", values.with_element_type(VALUES));
        scope.set("Subcharts", subcharts.clone());
        for child in chart.subcharts() {
            let subchart_values = table(values, child.name()).unwrap_or_default();
            let path = format!("{path}/charts/{}", child.name());
            subcharts.set(
                child.name(),
                self.collect(child, &subchart_values, &path, false, found)?,
            );
        }
        let base = format!("{path}/templates");
        for file in chart.templates() {
            let name = file.name.rsplit('/').next().unwrap_or_default();
            if chart.metadata().is_library() && !name.starts_with('_') {
                continue;
            }
            self.budget.charge_memory(file.data.len())?;
            found.push(ScopedTemplate {
                path: format!("{path}/{}", file.name),
                base: base.clone(),
                text: file.shared_text(),
                scope: scope.clone(),
            });
        }
        Ok(scope)
    }
}

/// The values of a subchart. Helm treats dots in its name as a path.
fn table(values: &Map, name: &str) -> Option<Map> {
    let mut values = values.clone();
    for key in name.split('.') {
        values = match values.get(key) {
            Some(Value::Map(inner)) => inner,
            _ => return None,
        };
    }
    Some(values)
}
