//! `.Chart`: the fields of Chart.yaml under their Go names.
use gotmpl::{ElementType, List, Map, Value};
use wire::HelmVersion;

use super::go_struct::GoStruct;
use crate::json::from_json;
use crate::model::{Chart, ChartType, Metadata};

/// The value of `.Chart`; `is_root` is false for subcharts. Helm 4 gives templates a map.
pub(super) fn chart_value(chart: &Chart, is_root: bool, helm: HelmVersion) -> Value {
    let mut fields = fields(chart.metadata());
    fields.push(("IsRoot", "IsRoot", is_root.into()));
    if helm == HelmVersion::V4 {
        return map(fields.into_iter().map(|(go, _, value)| match go {
            "Maintainers" => (go, maintainer_maps(chart.metadata())),
            "Dependencies" => (go, dependency_maps(chart.metadata())),
            "Keywords" => (go, list(&chart.metadata().keywords)),
            "Sources" => (go, list(&chart.metadata().sources)),
            _ => (go, value),
        }));
    }
    // JSON omits empty fields except IsRoot.
    let json_fields = fields.into_iter().map(|(go, json, value)| {
        let json = if value.is_true() || go == "IsRoot" {
            json
        } else {
            ""
        };
        (go, json, value)
    });
    GoStruct::new("struct { chart.Metadata; IsRoot bool }", json_fields).into()
}

type Field = (&'static str, &'static str, Value);

/// The fields in Helm's order.
fn fields(metadata: &Metadata) -> Vec<Field> {
    let kind = match metadata.chart_type {
        None => "",
        Some(ChartType::Application) => "application",
        Some(ChartType::Library) => "library",
    };
    let annotations: Map = metadata
        .annotations
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str().into()))
        .collect();
    vec![
        ("Name", "name", metadata.name.as_str().into()),
        ("Home", "home", metadata.home.as_str().into()),
        ("Sources", "sources", strings(&metadata.sources)),
        ("Version", "version", metadata.version.as_str().into()),
        (
            "Description",
            "description",
            metadata.description.as_str().into(),
        ),
        ("Keywords", "keywords", strings(&metadata.keywords)),
        ("Maintainers", "maintainers", maintainers(metadata)),
        ("Icon", "icon", metadata.icon.as_str().into()),
        (
            "APIVersion",
            "apiVersion",
            metadata.api_version.as_str().into(),
        ),
        ("Condition", "condition", metadata.condition.as_str().into()),
        ("Tags", "tags", metadata.tags.as_str().into()),
        (
            "AppVersion",
            "appVersion",
            metadata.app_version.as_str().into(),
        ),
        ("Deprecated", "deprecated", metadata.deprecated.into()),
        (
            "Annotations",
            "annotations",
            annotations.with_element_type(ElementType::Str).into(),
        ),
        (
            "KubeVersion",
            "kubeVersion",
            metadata.kube_version.as_str().into(),
        ),
        ("Dependencies", "dependencies", dependencies(metadata)),
        ("Type", "type", kind.into()),
    ]
}

fn maintainers(metadata: &Metadata) -> Value {
    let all = metadata.maintainers.iter().map(|maintainer| {
        record(
            "*chart.Maintainer",
            [
                ("Name", "name", maintainer.name.as_str().into()),
                ("Email", "email", maintainer.email.as_str().into()),
                ("URL", "url", maintainer.url.as_str().into()),
            ],
        )
    });
    List::new(all.collect(), ElementType::Typed("[]*chart.Maintainer")).into()
}

fn dependencies(metadata: &Metadata) -> Value {
    let all = metadata.dependencies.iter().map(|dependency| {
        record(
            "*chart.Dependency",
            [
                ("Name", "name", dependency.name.as_str().into()),
                ("Version", "version", dependency.version.as_str().into()),
                (
                    "Repository",
                    "repository",
                    dependency.repository.as_str().into(),
                ),
                (
                    "Condition",
                    "condition",
                    dependency.condition.as_str().into(),
                ),
                ("Tags", "tags", strings(&dependency.tags)),
                ("Alias", "alias", dependency.alias.as_str().into()),
            ],
        )
    });
    List::new(all.collect(), ElementType::Typed("[]*chart.Dependency")).into()
}

fn map(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    fields.into_iter().collect::<Map>().into()
}

/// The maintainers as maps, which Helm 4 gives to templates.
fn maintainer_maps(metadata: &Metadata) -> Value {
    let all = metadata.maintainers.iter().map(|maintainer| {
        map([
            ("Name", maintainer.name.as_str().into()),
            ("Email", maintainer.email.as_str().into()),
            ("URL", maintainer.url.as_str().into()),
        ])
    });
    Value::list(all)
}

/// The dependencies as maps, which Helm 4 gives to templates.
fn dependency_maps(metadata: &Metadata) -> Value {
    let all = metadata.dependencies.iter().map(|dependency| {
        map([
            ("Name", dependency.name.as_str().into()),
            ("Version", dependency.version.as_str().into()),
            ("Repository", dependency.repository.as_str().into()),
            ("Condition", dependency.condition.as_str().into()),
            ("Tags", list(&dependency.tags)),
            ("Enabled", dependency.enabled.into()),
            (
                "ImportValues",
                Value::list(dependency.import_values.iter().map(from_json)),
            ),
            ("Alias", dependency.alias.as_str().into()),
        ])
    });
    Value::list(all)
}

/// A `[]interface {}` of strings.
fn list(items: &[String]) -> Value {
    Value::list(items.iter().map(|item| Value::from(item.as_str())))
}

/// A struct whose empty fields JSON omits, except the repository.
fn record<const N: usize>(type_name: &'static str, fields: [Field; N]) -> Value {
    let json_fields = fields.map(|(go, json, value)| {
        let json = if value.is_true() || go == "Repository" {
            json
        } else {
            ""
        };
        (go, json, value)
    });
    GoStruct::new(type_name, json_fields).into()
}

fn strings(items: &[String]) -> Value {
    Value::strings(items.iter().map(String::as_str))
}
