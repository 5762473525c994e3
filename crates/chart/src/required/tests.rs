//! The required values of charts, by their templates and by their messages.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{RequiredValue, keys_of_expression};
use crate::form::{Form, form};
use crate::model::Chart;
use crate::{Capabilities, Facts, HelmVersion, Lookup, ReleaseFacts, Seed, Values, yaml::Scalar};
use gotmpl::{Budget, Limits};

fn chart(files: &[(&str, &str)]) -> Chart {
    let metadata = ("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 0.1.0");
    let files = files.iter().chain([&metadata]);
    Chart::from_files(files.map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())))
        .unwrap()
}

fn facts() -> Facts {
    Facts {
        release: ReleaseFacts {
            name: "web".into(),
            namespace: "default".into(),
            revision: 1,
            upgrade: false,
        },
        capabilities: Capabilities {
            kube_version: "v1.36.3".into(),
            api_versions: ["v1".to_owned()].into(),
        },
        now: jiff::Timestamp::UNIX_EPOCH,
        seed: Seed::new([7; 32]),
        lookup: Lookup::none(),
        helm: HelmVersion::V3,
    }
}

fn required(chart: &Chart, text: &str) -> Vec<RequiredValue> {
    crate::required_values(chart, &Values::parse(text).unwrap(), &facts()).unwrap()
}

/// The paths of the missing values with their messages.
fn missing(values: &[RequiredValue]) -> Vec<(String, &str)> {
    let missing = values.iter().filter(|value| value.is_missing);
    let path = |value: &RequiredValue| value.path.clone().unwrap_or_default().join(".");
    missing
        .map(|value| (path(value), value.message.as_str()))
        .collect()
}

fn form_of(chart: &Chart, text: &str) -> Form {
    form(chart, text, &Budget::new(Limits::default())).unwrap()
}

#[test]
fn all_missing_values_are_found_in_one_rendering() {
    let chart = chart(&[
        ("values.yaml", "db: {host: '', port: 0}\n"),
        (
            "templates/a.yaml",
            "a: {{ required \"give a host\" .Values.db.host }}\nb: {{ .Values.zone | required \"give a zone\" }}\n\
             c: {{ required \"give a port\" .Values.db.port }}\n",
        ),
        (
            "templates/b.yaml",
            "{{- $root := . }}\nd: {{ required \"give a name\" (index $root.Values \"app-name\" \"first\") }}\n",
        ),
        (
            "templates/c.yaml",
            "{{ include \"say\" (dict \"root\" .) }}\n",
        ),
        (
            "templates/_say.tpl",
            "{{ define \"say\" }}{{ required \"give words\" .root.Values.words }}{{ end }}",
        ),
    ]);
    let found = required(&chart, "zone: east\napp-name: {}\n");
    let mut found = missing(&found);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("app-name.first".to_owned(), "give a name"),
            ("db.host".to_owned(), "give a host"),
            ("words".to_owned(), "give words"),
        ]
    );
}

#[test]
fn a_rendering_has_its_required_values_and_stops_at_a_missing_one() {
    let chart = chart(&[(
        "templates/a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ required \"give a name\" .Values.name }}}\n",
    )]);
    let render = |text: &str| crate::render(&chart, &Values::parse(text).unwrap(), &facts());
    let manifests = render("name: web").unwrap();
    assert_eq!(manifests.required.len(), 1);
    assert_eq!(
        manifests.required[0].path.as_deref(),
        Some(&["name".to_owned()][..])
    );
    assert!(!manifests.required[0].is_missing);
    assert_eq!(render("").unwrap_err().failed_call(), Some("give a name"));
}

#[test]
fn a_subchart_has_its_values_below_its_name_and_the_globals_at_the_top() {
    let chart = chart(&[
        (
            "charts/db/Chart.yaml",
            "apiVersion: v2\nname: db\nversion: 0.1.0",
        ),
        (
            "charts/db/templates/a.yaml",
            "a: {{ required \"give a password\" .Values.auth.password }}\nb: {{ required \"give a zone\" .Values.global.zone }}\n",
        ),
        ("charts/db/values.yaml", "auth: {password: ''}\n"),
    ]);
    let found = required(&chart, "");
    assert_eq!(
        missing(&found),
        [
            ("db.auth.password".to_owned(), "give a password"),
            ("global.zone".to_owned(), "give a zone"),
        ]
    );
}

#[test]
fn an_expression_with_two_paths_or_none_has_no_path() {
    for (source, keys) in [
        (".Values.a.b", Some("a.b")),
        ("$.Values.a", Some("a")),
        ("default .Values.b .Values.a", None),
        (".host", None),
        ("$values.host", None),
        (".Values", None),
        ("index .Values \"a-b\" 0", Some("a-b")),
        ("(index .Values.a \"b-c\").d", None),
        (".Values.a | trim", Some("a")),
    ] {
        let found = keys_of_expression(source).map(|keys| keys.join("."));
        assert_eq!(found.as_deref(), keys, "{source}");
    }
}

#[test]
fn a_message_names_the_field_that_its_template_does_not_name() {
    let chart = chart(&[(
        "values.yaml",
        "db:\n  host: ''\n  port: 5432\nname: ''\nmode: fast\n",
    )]);
    for (message, path) in [
        ("db.host must not be empty", Some("db.host")),
        ("A valid .Values.db.host entry required!", Some("db.host")),
        ("set `Values.cache.size`, please.", Some("cache.size")),
        ("the name is missing", Some("name")),
        ("the mode is wrong", None),
        ("something else", None),
        ("", None),
    ] {
        let mut required = [RequiredValue::of_failure(message)];
        form_of(&chart, "").require(&chart, &mut required, "");
        let found = required[0].path.as_ref().map(|path| path.join("."));
        assert_eq!(found.as_deref(), path, "{message}");
    }
}

#[test]
fn a_required_value_without_a_field_gets_one_and_keeps_it_when_it_is_set() {
    let chart = chart(&[
        ("values.yaml", "db: {host: ''}\nlist: []\nname: web\n"),
        (
            "templates/a.yaml",
            "a: {{ required \"give a zone\" .Values.zone.id }}{{ required \"give a host\" .Values.db.host }}\n\
             {{ required \"a list\" .Values.list }}{{ required \"below\" .Values.db }}\n",
        ),
    ]);
    for (text, value) in [
        ("zone: {}\n", None),
        ("zone: {id: east}\n", Some(Scalar::Text("east".into()))),
    ] {
        let mut form = form_of(&chart, text);
        let before = form.fields.len();
        form.require(&chart, &mut required(&chart, text), text);
        assert_eq!(form.fields.len(), before + 1, "{:?}", form.fields);
        let field = form.fields.last().unwrap();
        assert_eq!(field.path.join("."), "zone.id");
        assert_eq!((field.required, &field.value), (true, &value));
        assert_eq!(field.description.as_deref(), Some("give a zone"));
        let named = |name: &str| {
            form.fields
                .iter()
                .find(|field| field.path.join(".") == name)
        };
        assert!(named("db.host").unwrap().required);
        assert!(!named("name").unwrap().required);
    }
}
