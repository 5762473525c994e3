//! The forms of charts with a schema, with values alone, and with both.

use super::{Field, FieldKind, Form, MAX_FIELDS, form};
use crate::model::Chart;
use crate::yaml::Scalar;
use gotmpl::{Budget, Limits};

const SCHEMA: &str = r##"{"type": "object", "required": ["zone"], "properties": {
    "zone": {"type": "string", "title": "Zone"},
    "size": {"$ref": "#/definitions/size"},
    "mesh": {"type": "object", "properties": {
        "join": {"type": ["boolean", "null"], "description": "Join it"},
        "mode": {"enum": ["strict", "open"]}}},
    "alpha": {"type": "integer", "default": 3},
    "list": {"type": "array"}},
    "definitions": {"size": {"type": "number"}}}"##;

fn chart() -> Chart {
    with_schema(SCHEMA)
}

fn with_schema(schema: &str) -> Chart {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    Chart::from_files([
        file("Chart.yaml", "name: a\nversion: 0.1.0"),
        file("values.yaml", "size: 1.5\n"),
        file("values.schema.json", schema),
    ])
    .unwrap()
}

fn form_of(chart: &Chart, text: &str) -> Form {
    form(chart, text, &Budget::new(Limits::default())).unwrap()
}

fn fields(chart: &Chart, text: &str) -> Vec<Field> {
    form_of(chart, text).fields
}

#[test]
fn a_schema_that_refers_to_itself_has_no_fields_for_itself() {
    let own = r##"{"$ref": "#/definitions/d"}"##;
    let schema = format!(
        r#"{{"properties": {{"a": {own}}}, "definitions": {{"d": {{"properties":
        {{"a": {own}, "b": {own}, "c": {own}, "name": {{"type": "string"}}}}}}}}}}"#
    );
    let fields = fields(&with_schema(&schema), "");
    let paths: Vec<String> = fields.iter().map(|field| field.path.join(".")).collect();
    assert_eq!(paths, ["a.name", "size"]);
    let whole = r##"{"properties": {"a": {"$ref": "#"}, "name": {"type": "string"}}}"##;
    assert_eq!(self::fields(&with_schema(whole), "").len(), 2);
}

#[test]
fn a_form_has_a_maximum_number_of_fields() {
    // Each definition refers twice to the next one: 2^14 paths.
    let definitions: Vec<String> = (0..14)
        .map(|at| {
            let next = format!(r##"{{"$ref": "#/definitions/d{}"}}"##, at + 1);
            format!(r#""d{at}": {{"properties": {{"a": {next}, "b": {next}}}}}"#)
        })
        .collect();
    let schema = format!(
        r##"{{"$ref": "#/definitions/d0", "properties": {{"x": {{"$ref": "#/definitions/d1"}}}},
        "definitions": {{{}, "d14": {{"type": "string"}}}}}}"##,
        definitions.join(", ")
    );
    let form = form_of(&with_schema(&schema), "");
    assert!(form.is_truncated);
    assert_eq!(form.fields.len(), MAX_FIELDS);
}

#[test]
fn the_texts_of_a_form_have_a_maximum_size() {
    let field = format!(
        r#"{{"type": "string", "description": "{}"}}"#,
        "x".repeat(100_000)
    );
    let properties: Vec<String> = (0..100)
        .map(|at| format!(r##""p{at}": {{"$ref": "#/definitions/long"}}"##))
        .collect();
    let schema = format!(
        r#"{{"properties": {{{}}}, "definitions": {{"long": {field}}}}}"#,
        properties.join(", ")
    );
    let form = form_of(&with_schema(&schema), "");
    assert!(
        form.is_truncated && form.fields.len() == 41,
        "{}",
        form.fields.len()
    );
}

#[test]
fn fields_have_the_order_of_the_schema() {
    let fields = fields(&chart(), "mesh: {join: true}\n");
    let paths: Vec<String> = fields.iter().map(|field| field.path.join(".")).collect();
    assert_eq!(paths, ["zone", "size", "mesh.join", "mesh.mode", "alpha"]);
    assert!(fields[0].required && fields[0].title.as_deref() == Some("Zone"));
    assert_eq!(fields[1].default, Some(Scalar::Number(1.5)));
    assert_eq!(
        (&fields[2].kind, &fields[2].value),
        (&FieldKind::Boolean, &Some(Scalar::Bool(true)))
    );
    assert_eq!(fields[2].group(), ["mesh"]);
    assert_eq!(
        fields[3].kind,
        FieldKind::Enum(vec!["strict".into(), "open".into()])
    );
    assert_eq!(fields[4].default, Some(Scalar::Integer(3)));
}

const COMMENTED: &str = r#"
# The lines above a gap belong to no value.

# How many pods run.
# More are started under load.
replicas: 2
## @param image.tag [default: latest] The tag of the image
## @param image.pull When the image is pulled
image:
  tag: "1.0"   # behind the value
  pull: null
  # -- not this line
  # -- (string) The registry
  registry: docker.io
  url: "http://a #b"
tls: {enabled: false}
ratio: 0.5 # of the traffic
hosts: [a, b]
labels: {}
"#;

#[test]
fn a_chart_without_a_schema_has_the_fields_of_its_default_values_with_their_comments() {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let files = [
        file("Chart.yaml", "name: a\nversion: 0.1.0"),
        file("values.yaml", COMMENTED),
    ];
    let chart = Chart::from_files(files).unwrap();
    let form = form_of(&chart, "image: {tag: v2}\n");
    assert!(form.is_inferred);
    let rows: Vec<(String, FieldKind, &str)> = form
        .fields
        .iter()
        .map(|field| {
            let help = field.description.as_deref().unwrap_or_default();
            (field.path.join("."), field.kind.clone(), help)
        })
        .collect();
    let row = |path: &str, kind, help| (path.to_owned(), kind, help);
    assert_eq!(
        rows,
        [
            row(
                "replicas",
                FieldKind::Integer,
                "How many pods run. More are started under load."
            ),
            row("image.tag", FieldKind::Text, "The tag of the image"),
            row("image.pull", FieldKind::Text, "When the image is pulled"),
            row("image.registry", FieldKind::Text, "The registry"),
            row("image.url", FieldKind::Text, ""),
            row("tls.enabled", FieldKind::Boolean, ""),
            row("ratio", FieldKind::Number, "of the traffic"),
        ]
    );
    assert_eq!(form.fields[1].value, Some(Scalar::Text("v2".into())));
    assert_eq!(form.fields[2].default, Some(Scalar::Null));
}

#[test]
fn values_that_the_schema_does_not_have_follow_their_group() {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let schema = r#"{"properties": {
        "mesh": {"properties": {"join": {"type": "boolean"}}}, "size": {"type": "number"},
        "labels": {"type": "object"}}}"#;
    let values = "labels: {app: a}\nextra: 1\nmesh:\n  # Whether it joins.\n  join: true\n  mode: open\nother: {a: b}\n";
    let files = [
        file("Chart.yaml", "name: a\nversion: 0.1.0"),
        file("values.yaml", values),
        file("values.schema.json", schema),
    ];
    let form = form_of(&Chart::from_files(files).unwrap(), "");
    assert!(!form.is_inferred);
    let paths: Vec<String> = form
        .fields
        .iter()
        .map(|field| field.path.join("."))
        .collect();
    assert_eq!(
        paths,
        ["mesh.join", "mesh.mode", "size", "extra", "other.a"]
    );
    assert_eq!(
        form.fields[0].description.as_deref(),
        Some("Whether it joins.")
    );
}
