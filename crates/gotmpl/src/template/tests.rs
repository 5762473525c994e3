//! Tests of the template language without Helm's functions.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
use super::Templates;
use crate::{Budget, Error, ErrorKind, Functions, Limits, Map, Parameter, Signature, Value};
use std::sync::{Arc, Mutex};

fn data() -> Value {
    let inner: Map = [("b", Value::from(2.5)), ("nil", Value::Nil)]
        .into_iter()
        .collect();
    let map: Map = [
        ("a", inner.into()),
        (
            "list",
            Value::list([Value::Int(1), "two".into(), Value::Nil]),
        ),
        ("text", "<hi>".into()),
    ]
    .into_iter()
    .collect();
    map.into()
}

fn run(text: &str) -> Result<String, Error> {
    let mut functions = Functions::new();
    functions.add("upper", Signature::exact(&[Parameter::Str]), |a| {
        Ok(a.first()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_uppercase()
            .into())
    });
    functions.add_with_evaluator(
        "include",
        Signature::exact(&[Parameter::Str, Parameter::Any]),
        |evaluator, a| {
            let name = a.first().and_then(Value::as_str).unwrap_or_default();
            Ok(evaluator
                .execute(name, a.get(1).unwrap_or(&Value::Nil))?
                .into())
        },
    );
    let mut templates = Templates::new(functions);
    let budget = Budget::new(Limits::default());
    templates.parse("t", text, &budget)?;
    templates.execute("t", &data(), &budget)
}

fn assert_output(text: &str, expected: &str) {
    assert_eq!(run(text).unwrap(), expected, "{text}");
}

fn assert_error(text: &str, expected: &str) {
    assert_eq!(run(text).unwrap_err().to_string(), expected, "{text}");
}

#[test]
fn trim_markers_remove_the_spaces_on_their_side() {
    assert_output("a \n {{- 1 -}} \n b {{ 2 }} c", "a1b 2 c");
    assert_output("a {{- /* words */ -}} b{{/* more */}} c", "ab c");
    assert_output("{{ -1 }}{{- 2}}", "-12");
}

#[test]
fn a_missing_key_is_no_value_and_has_no_fields() {
    assert_output("{{ .nope }}", "<no value>");
    assert_output("{{ ((.nope).x).y }}", "<no value>");
    assert_error(
        "a\n{{ .nope.x }}",
        "template: t:2:8: executing \"t\" at <.nope.x>: nil pointer evaluating interface {}.x",
    );
}

#[test]
fn variables_have_the_scope_of_their_body() {
    assert_output(
        "{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ end }}{{ $x }}",
        "1",
    );
    assert_output(
        "{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}",
        "2",
    );
    assert_output(
        "{{ range $i, $e := .list }}{{ $i }}{{ $e }} {{ end }}{{ $.text }}",
        "01 1two 2<no value> <hi>",
    );
}

#[test]
fn a_piped_value_is_the_last_argument() {
    assert_output(
        "{{ .text | html | printf \"%s-%s\" \"a\" }}",
        "a-&lt;hi&gt;",
    );
    assert_output("{{ printf \"%d %v\" 3 .a.b }}", "3 2.5");
    assert_error(
        "{{ .a.b | upper }}",
        "template: t:1:10: executing \"t\" at <upper>: wrong type for value; expected string; got float64",
    );
}

#[test]
fn blank_definitions_do_not_replace_others() {
    assert_output(
        "{{ define \"x\" }}[{{ . }}]{{ end }}{{ template \"x\" 1 }}{{ include \"x\" 2 }}",
        "[1][2]",
    );
    assert_output("{{ block \"y\" 5 }}<{{ . }}>{{ end }}", "<5>");
    assert_error(
        "{{ define \"x\" }}1{{ end }}{{ define \"x\" }}2{{ end }}",
        "template: t:1: template: multiple definition of template \"x\"",
    );
}

#[test]
fn parse_errors_name_the_line() {
    for (text, expected) in [
        (
            "a\n{{ nope }}",
            "template: t:2: function \"nope\" not defined",
        ),
        ("{{ if 1 }}", "template: t:1: unexpected EOF"),
        ("{{ end }}", "template: t:1: unexpected {{end}}"),
        ("{{ \"a }}", "template: t:1: unterminated quoted string"),
        ("{{ $x }}", "template: t:1: undefined variable \"$x\""),
        ("{{ break }}", "template: t:1: {{break}} outside {{range}}"),
        ("{{ (1 }}", "template: t:1: unclosed left paren"),
        ("{{/* a", "template: t:1: unclosed comment"),
    ] {
        let error = run(text).unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), error.kind),
            (expected, ErrorKind::Parse)
        );
    }
}

#[test]
fn a_block_that_is_not_closed_is_shown_where_it_begins() {
    for (text, line) in [
        ("a\n{{ if 1 }}\nb\n", 2),
        ("{{ range .list }}\n{{ with . }}\n{{ end }}\n", 1),
        ("{{ if 1 }}\n{{ else }}\n{{ with 2 }}\n", 3),
        ("\n\n{{ define \"x\" }}\n{{ if 1 }}{{ end }}\n", 3),
        ("\n{{ block \"x\" . }}\n", 2),
    ] {
        let error = run(text).unwrap_err();
        let end = text.matches('\n').count() + 1;
        let expected = format!("template: t:{end}: unexpected EOF");
        assert_eq!(error.to_string(), expected, "{text}");
        assert_eq!(error.line, line, "{text}");
        assert_eq!(Some(error.snippet.as_str()), text.lines().nth(line - 1));
    }
}

#[test]
fn a_missing_template_is_reported_at_its_call_with_the_most_similar_name() {
    for (call, column) in [
        ("{{ include \"web.lables\" . }}", 3),
        ("{{ template \"web.lables\" }}", 12),
    ] {
        let text = format!("{{{{ define \"web.labels\" }}}}{{{{ end }}}}\n\n{call}\n");
        let error = run(&text).unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("t", 3), "{error}");
        assert_eq!(error.column, Some(column), "{error}");
        assert_eq!(error.snippet, call);
        assert_eq!(error.similar.as_deref(), Some("web.labels"));
    }
    let error = run("{{ include \"quite.other\" . }}").unwrap_err();
    assert_eq!(error.similar, None);
}

#[test]
fn each_line_of_the_output_has_the_line_of_the_template_that_it_begins_on() {
    let source = "a\n{{ range .list -}}\nb: {{ . }}\n{{ end }}\n{{- define \"x\" }}\n1\n2\n{{ end }}\nc{{ template \"x\" }}\n{{ \"p\\nq\" }}\nd\n";
    let mut templates = Templates::new(Functions::new());
    let budget = Budget::new(Limits::default());
    templates.parse("t", source, &budget).unwrap();
    let mut evaluator = crate::Evaluator::new(templates, budget);
    let (out, lines) = evaluator.execute_with_lines("t", &data()).unwrap();
    let of_output: Vec<(&str, u32)> = out.split('\n').zip(lines.iter().copied()).collect();
    assert_eq!(
        of_output,
        [
            ("a", 1),
            ("b: 1", 2),
            ("b: two", 4),
            ("b: <no value>", 4),
            ("", 4),
            ("c", 9),
            ("1", 9),
            ("2", 9),
            ("", 9),
            ("p", 10),
            ("q", 10),
            ("d", 11),
            ("", 12),
        ]
    );
    assert_eq!(lines.len(), out.matches('\n').count() + 1);
}

#[test]
fn an_error_inside_an_include_lists_all_calls() {
    let error =
        run("{{ define \"x\" }}\n{{ index .list 9 }}{{ end }}\n{{ include \"x\" . }}").unwrap_err();
    assert_eq!((error.line, error.outermost.as_str()), (2, "t:3:3"));
    assert_eq!(error.snippet, "{{ index .list 9 }}{{ end }}");
    assert!(
        error
            .to_string()
            .contains("error calling include: template: t:2:3:"),
        "{error}"
    );
}

#[test]
fn the_source_of_the_last_argument_of_a_call_is_observed() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut functions = Functions::new();
    functions.add(
        "want",
        Signature::exact(&[Parameter::Str, Parameter::Any]),
        |a| Ok(a[1].clone()),
    );
    let observed = seen.clone();
    functions.observe_source("want", move |arguments, source| {
        let message = arguments[0].as_str().unwrap().to_owned();
        observed.lock().unwrap().push((message, source.to_owned()));
    });
    let mut templates = Templates::new(functions);
    let budget = Budget::new(Limits::default());
    let source = "{{ want \"a\" .a.b }}{{ .list | want (print \"b\" | print) | print }}{{ print (want \"c\" (print .text)) }}";
    templates.parse("t", source, &budget).unwrap();
    templates.execute("t", &data(), &budget).unwrap();
    let seen = seen.lock().unwrap().clone();
    let seen: Vec<(&str, &str)> = seen.iter().map(|(a, b)| (&**a, &**b)).collect();
    assert_eq!(seen, [("a", ".a.b"), ("b", ".list"), ("c", "print .text")]);
}
