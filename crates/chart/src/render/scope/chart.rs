//! `.Chart`: what Chart.yaml says, under Go's names.
use std::collections::BTreeMap;

use gotmpl::{Map, Object, Value};

use crate::model::{Chart, ChartType, Metadata};
use crate::values::from_json;

#[derive(Debug)]
pub(super) struct About {
    fields: BTreeMap<&'static str, Value>,
    json: Value,
}

impl About {
    pub(super) fn new(chart: &Chart, is_root: bool) -> Self {
        let metadata = chart.metadata();
        let mut fields = texts(metadata);
        fields.insert("IsRoot", is_root.into());
        fields.insert("Deprecated", metadata.deprecated.into());
        fields.insert("Keywords", strings(&metadata.keywords));
        fields.insert("Sources", strings(&metadata.sources));
        let annotations: Map = metadata
            .annotations
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str().into()))
            .collect();
        fields.insert("Annotations", annotations.into());
        let maintainers = metadata.maintainers.iter().map(|one| {
            record([
                ("Name", &one.name),
                ("Email", &one.email),
                ("URL", &one.url),
            ])
        });
        fields.insert("Maintainers", Value::list(maintainers));
        let dependencies = metadata.dependencies.iter().map(|one| {
            record([
                ("Name", &one.name),
                ("Version", &one.version),
                ("Repository", &one.repository),
                ("Condition", &one.condition),
                ("Alias", &one.alias),
            ])
        });
        fields.insert("Dependencies", Value::list(dependencies));
        let json = serde_json::to_value(metadata).unwrap_or_default();
        Self {
            fields,
            json: from_json(&json),
        }
    }
}

fn texts(metadata: &Metadata) -> BTreeMap<&'static str, Value> {
    let kind = match metadata.chart_type {
        None => "",
        Some(ChartType::Application) => "application",
        Some(ChartType::Library) => "library",
    };
    [
        ("Name", metadata.name.as_str()),
        ("Version", &metadata.version),
        ("AppVersion", &metadata.app_version),
        ("APIVersion", &metadata.api_version),
        ("Description", &metadata.description),
        ("KubeVersion", &metadata.kube_version),
        ("Home", &metadata.home),
        ("Icon", &metadata.icon),
        ("Condition", &metadata.condition),
        ("Tags", &metadata.tags),
        ("Type", kind),
    ]
    .into_iter()
    .map(|(name, text)| (name, Value::from(text)))
    .collect()
}

fn strings(items: &[String]) -> Value {
    Value::list(items.iter().map(|item| item.as_str().into()))
}

fn record<const N: usize>(fields: [(&'static str, &String); N]) -> Value {
    let map: Map = fields
        .into_iter()
        .map(|(key, text)| (key, text.as_str().into()))
        .collect();
    map.into()
}

impl Object for About {
    fn type_name(&self) -> &'static str {
        "*chart.Metadata"
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields.get(name).cloned()
    }

    fn display(&self) -> String {
        gotmpl::text(&self.json)
    }
}
