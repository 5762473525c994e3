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
    assert_eq!(paths, ["a.name"]);
    let whole = r##"{"properties": {"a": {"$ref": "#"}, "name": {"type": "string"}}}"##;
    assert_eq!(self::fields(&with_schema(whole), "").len(), 1);
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
