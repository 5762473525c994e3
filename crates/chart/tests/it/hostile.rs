//! Invalid and malicious charts cause one error with file and line, within limits.
use std::time::{Duration, Instant};

use chart::{Chart, Error, Limits, Values, render_with_limits};

use crate::golden::facts;

fn chart(template: &str) -> Chart {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    Chart::from_files([
        file("Chart.yaml", "apiVersion: v2\nname: bad\nversion: 0.1.0"),
        file("values.yaml", "name: x\n"),
        file("templates/a.yaml", template),
    ])
    .unwrap()
}

fn failure(template: &str) -> Error {
    let limits = Limits {
        output: 1_000_000,
        iterations: 100_000,
        time: Duration::from_secs(5),
        ..Limits::default()
    };
    let start = Instant::now();
    let result = render_with_limits(&chart(template), &Values::empty(), &facts(), limits);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "took {:?}",
        start.elapsed()
    );
    result.map(|manifests| manifests.text().len()).unwrap_err()
}

fn location(error: &Error) -> String {
    let (file, line, _) = error.location().unwrap();
    format!("{file}:{line}")
}

#[test]
fn an_error_of_the_output_names_the_line_of_the_template() {
    let error = failure(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n{{- range $i := until 5 }}\n  k{{ $i }}: v\n{{- end }}\n bad: 1\n",
    );
    assert_eq!(
        location(&error),
        "bad/templates/a.yaml:9",
        "{}",
        error.detail()
    );
    assert!(
        error.detail().contains("yaml: line 10"),
        "Helm's words: {}",
        error.detail()
    );
}

#[test]
fn a_syntax_error_names_the_file_and_line() {
    let error = failure("a: 1\nb: {{ .Values.name ) }}\n");
    assert_eq!(location(&error), "bad/templates/a.yaml:2");
    assert_eq!(error.snippet().unwrap(), "b: {{ .Values.name ) }}");
}

#[test]
fn an_unknown_function_names_the_file_and_line() {
    let error = failure("a: 1\n\nb: {{ nope 1 }}\n");
    assert_eq!(location(&error), "bad/templates/a.yaml:3");
    assert!(
        error.detail().contains("function \"nope\" not defined"),
        "{}",
        error.detail()
    );
}

#[test]
fn a_missing_required_value_fails_with_the_message_of_the_template() {
    let error = failure("a: {{ required \"say a name!\" .Values.nope }}\n");
    assert_eq!(
        error.detail(),
        "execution error at (bad/templates/a.yaml:1:6): say a name!"
    );
}

#[test]
fn a_template_that_includes_itself_fails_at_the_limit() {
    let error =
        failure("{{ define \"x\" }}{{ include \"x\" . }}{{ end }}\n{{ include \"x\" . }}\n");
    assert!(location(&error).starts_with("bad/templates/a.yaml:"));
    assert!(error.detail().contains("nested reference name: x"));
    assert!(error.detail().len() < 10_000);
}

#[test]
fn a_template_that_invokes_itself_fails_at_the_limit() {
    let error =
        failure("{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}\n");
    assert!(error.detail().contains("exceeded maximum template depth"));
}

#[test]
fn a_recursive_tpl_fails_at_the_limit() {
    let error = failure("{{ $t := \"{{ tpl .t . }}\" }}{{ tpl $t (dict \"t\" $t) }}\n");
    assert!(error.detail().len() < 20_000);
}

#[test]
fn unbounded_output_fails_at_the_limit() {
    let grow =
        "{{ $x := \"aaaaaaaaaa\" }}{{ range until 100 }}{{ $x = print $x $x }}{{ end }}{{ $x }}";
    for template in [
        "{{ repeat 2000000000 \"x\" }}",
        "{{ range until 90000 }}{{ repeat 1000 \"x\" }}{{ end }}",
        grow,
        "{{ indent 2000000000 \"x\" }}",
        "{{ randAlphaNum 2000000000 }}",
        "{{ printf \"%2000000000d\" 1 | repeat 1000000 }}",
    ] {
        let error = failure(template);
        assert!(error.detail().contains("limit"), "{}", error.detail());
        assert_eq!(location(&error), "bad/templates/a.yaml:1");
    }
}

#[test]
fn unbounded_loops_fail_at_the_limit() {
    for template in [
        "{{ until 2000000000 }}",
        "{{ range until 90000 }}{{ range until 90000 }}{{ end }}{{ end }}",
        "{{ $l := list 1 2 }}{{ range until 100 }}{{ $l = concat $l $l }}{{ end }}",
    ] {
        let error = failure(template);
        assert!(error.detail().contains("limit"), "{}", error.detail());
    }
}

#[test]
fn unbounded_values_fail_at_the_limit() {
    for template in [
        "{{ $l := until 40000 }}{{ $all := list }}{{ range until 40000 }}{{ $all = append $all (reverse $l) }}{{ end }}",
        "{{ $d := dict }}{{ range until 3000 }}{{ $_ := set $d (toString .) . }}{{ end }}{{ $all := list }}{{ range until 40000 }}{{ $all = append $all (deepCopy $d) }}{{ end }}",
        "{{ $t := repeat 90000 \"[],\" }}{{ $all := list }}{{ range until 40000 }}{{ $all = append $all (fromYaml (print \"a: [\" $t \"]\")) }}{{ end }}",
        "{{ $all := list }}{{ range until 40000 }}{{ $all = append $all (splitList \"\" (repeat 20 \"abc\")) }}{{ $all = append $all (until 10) }}{{ end }}",
    ] {
        let error = failure(template);
        assert!(error.detail().contains("limit"), "{}", error.detail());
        assert_eq!(location(&error), "bad/templates/a.yaml:1");
    }
}

#[test]
fn widths_in_a_format_do_not_exceed_the_output_limit() {
    for template in [
        "{{ range until 90000 }}{{ printf \"%9999999d\" 1 }}{{ end }}",
        "{{ printf \"%*d%*d%*d\" 1000000 1 1000000 1 1000000 1 }}",
        "{{ range until 90000 }}{{ printf \"%.9999999f\" 1.5 }}{{ end }}",
        "{{ printf \"%9999999v\" (until 90000) }}",
    ] {
        let error = failure(template);
        assert!(error.detail().contains("limit"), "{}", error.detail());
        assert_eq!(location(&error), "bad/templates/a.yaml:1");
    }
}

#[test]
fn unbounded_keys_and_passwords_fail_at_the_deadline() {
    for template in [
        "{{ range until 90000 }}{{ derivePassword 1 \"long\" \"p\" \"u\" \"s\" }}{{ end }}",
        "{{ range until 90000 }}{{ $x := bcrypt \"x\" }}{{ end }}",
        "{{ range until 90000 }}{{ $x := genPrivateKey \"rsa\" }}{{ end }}",
    ] {
        let error = failure(template);
        assert!(
            error.detail().contains("exceeds the time limit"),
            "{}",
            error.detail()
        );
        assert_eq!(location(&error), "bad/templates/a.yaml:1");
    }
}

#[test]
fn large_patterns_and_texts_fail_or_finish_quickly() {
    for template in [
        "{{ regexMatch \"((a{1000}){1000}){1000}\" \"a\" }}",
        "{{ regexMatch \"(a*)*b\" (repeat 100000 \"a\") }}",
        "{{ regexMatch (repeat 100000 \"(\") \"a\" }}",
        "{{ fromJson (repeat 100000 \"[\") | len }}",
        "{{ fromYaml (repeat 100000 \"[\") | len }}",
        "{{ fromYaml (print (repeat 5000 \"- \") \"a\") | len }}",
        "{{ semverCompare (repeat 20000 \">1 || \") \"1.0.0\" }}",
        "{{ toYaml (fromYaml \"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e]\") | len }}",
        "{{ urlParse (repeat 100000 \"%41\") | len }}",
        "{{ date (repeat 10000 \"2006\") 0 | len }}",
        "{{ fromToml (print \"a = \" (repeat 50000 \"[\")) | len }}",
    ] {
        let start = Instant::now();
        let limits = Limits {
            time: Duration::from_secs(5),
            ..Limits::default()
        };
        let result = render_with_limits(&chart(template), &Values::empty(), &facts(), limits);
        assert!(!matches!(result, Err(Error::RenderThread)), "{template}");
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{template} took {:?}",
            start.elapsed()
        );
    }
}

#[test]
fn a_map_that_contains_itself_can_be_printed_and_written() {
    let template = "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}a: {{ len (toYaml $d) }}{{ len (print $d) }}{{ len (toJson $d) }}";
    let limits = Limits::default();
    render_with_limits(&chart(template), &Values::empty(), &facts(), limits).unwrap();
}

#[test]
fn a_deeply_nested_template_is_rejected() {
    let parens = format!("{{{{ {}1{} }}}}", "(".repeat(50_000), ")".repeat(50_000));
    let ifs = format!(
        "{}{}",
        "{{ if 1 }}".repeat(50_000),
        "{{ end }}".repeat(50_000)
    );
    for template in [parens, ifs] {
        let error = failure(&template);
        assert!(
            error.detail().contains("nested too deeply"),
            "{}",
            error.detail()
        );
    }
}

#[test]
fn invalid_yaml_output_names_the_template_and_line() {
    let error = failure("a: 1\nb: {{ \"[\" }}\n");
    assert!(location(&error).starts_with("bad/templates/a.yaml:"));
}

#[test]
fn invalid_yaml_values_name_the_line_and_column() {
    let error = Values::parse("a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
    assert!(error.line >= 2, "{error}");
    let error = Values::parse("- 1\n").unwrap_err();
    assert_eq!((error.line, error.column), (1, 1));
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
    assert!(Values::parse(bomb).is_err());
    let deep = "[".repeat(100_000);
    assert!(Values::parse(&deep).is_err());
}

fn with_schema(schema: &str) -> Result<chart::Manifests, Error> {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let chart = Chart::from_files([
        file("Chart.yaml", "apiVersion: v2\nname: bad\nversion: 0.1.0"),
        file("values.yaml", "a: {a: {a: {a: x}}}\n"),
        file("values.schema.json", schema),
    ]);
    render_with_limits(&chart?, &Values::empty(), &facts(), Limits::default())
}

#[test]
fn a_schema_that_refers_to_itself_terminates() {
    for schema in [
        r##"{"$ref": "#"}"##,
        r##"{"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}}, "$ref": "#/definitions/a"}"##,
        r##"{"allOf": [{"$ref": "#"}, {"$ref": "#"}]}"##,
        r##"{"anyOf": [{"not": {"$ref": "#"}}, {"not": {"$ref": "#"}}, {"type": "null"}]}"##,
    ] {
        let start = Instant::now();
        let error = with_schema(schema).map(drop).unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(20), "{schema}");
        assert_eq!(
            location(&error),
            "values.schema.json:1",
            "{}",
            error.detail()
        );
    }
}

#[test]
fn a_schema_reference_outside_of_the_chart_is_rejected() {
    for name in [
        "file:///dev/zero",
        "http://127.0.0.1:1/a.json",
        "other.json",
    ] {
        let error = with_schema(&format!("{{\"$ref\": \"{name}\"}}"))
            .map(drop)
            .unwrap_err();
        assert!(
            error.detail().contains("leads out of the schema"),
            "{}",
            error.detail()
        );
    }
}

#[test]
fn exponential_aliases_in_values_are_rejected_with_their_line() {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..10 {
        let before = format!("*a{}", n - 1);
        let list = vec![before; 9].join(", ");
        bomb = format!("{bomb}a{n}: &a{n} [{list}]\n");
    }
    let start = Instant::now();
    let error = Chart::from_files([
        file("Chart.yaml", "apiVersion: v2\nname: bad\nversion: 0.1.0"),
        file("values.yaml", &bomb),
    ])
    .map(drop)
    .unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(
        location(&error).starts_with("values.yaml:"),
        "{}",
        location(&error)
    );
}

#[test]
fn deep_bodies_in_deep_calls_do_not_exhaust_the_stack() {
    for (open, close) in [("{{ if 1 }}", "{{ end }}"), ("{{ with $ }}", "{{ end }}")] {
        let body = format!(
            "{}{{{{ include \"x\" . }}}}{}",
            open.repeat(90),
            close.repeat(90)
        );
        let error = failure(&format!(
            "{{{{ define \"x\" }}}}{body}{{{{ end }}}}{{{{ include \"x\" . }}}}"
        ));
        assert!(error.detail().contains("limit"), "{}", error.detail());
    }
    let parens = format!("{}include \"x\" .{}", "(".repeat(90), ")".repeat(90));
    let error = failure(&format!(
        "{{{{ define \"x\" }}}}{{{{ {parens} }}}}{{{{ end }}}}{{{{ include \"x\" . }}}}"
    ));
    assert!(error.detail().contains("limit"), "{}", error.detail());
}

#[test]
fn maps_that_contain_each_other_many_times_finish_quickly() {
    let grow = "{{ $d := dict }}{{ range until 60 }}{{ $d = dict \"a\" $d \"b\" $d }}{{ end }}";
    for use_it in [
        "toYaml $d | len",
        "toJson $d | len",
        "deepCopy $d | len",
        "eq (deepEqual $d (dict)) true",
        "merge (deepCopy (dict)) $d | len",
    ] {
        let start = Instant::now();
        let limits = Limits::default();
        let _ = render_with_limits(
            &chart(&format!("{grow}a: {{{{ {use_it} }}}}")),
            &Values::empty(),
            &facts(),
            limits,
        );
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{use_it} took {:?}",
            start.elapsed()
        );
    }
}

#[test]
fn public_types_are_send_and_sync() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Error>();
    crosses::<Chart>();
    crosses::<Values>();
    crosses::<chart::Manifests>();
}

/// A word of the template language, an action or a text.
fn word() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::strategy::Strategy;
    let words = [
        "{{",
        "}}",
        "{{-",
        "-}}",
        "{{ if .Values.name }}",
        "{{ else }}",
        "{{ end }}",
        "{{ range $i, $e := until 3 }}",
        "{{ with .Values }}",
        "{{ define \"d\" }}",
        "{{ template \"d\" . }}",
        "{{ include \"d\" . }}",
        "{{ break }}",
        "{{ block \"b\" . }}",
        "{{ $x := list 1 nil }}",
        "{{ $x = dict }}",
        "$x",
        ":=",
        "|",
        "(",
        ")",
        ".a.b",
        ".",
        "\"s\"",
        "1",
        "-1",
        "1.5",
        "nil",
        "true",
        "printf \"%*[1]d\"",
        "index",
        "dict",
        "list",
        "eq",
        "lt",
        "len",
        "slice",
        "tpl",
        "toYaml",
        "fromYaml",
        "merge",
        "regexFind \"(\"",
        "trunc -3",
        "substr",
        "wrap 0",
        "repeat 3",
        "date \"2006\"",
        "semver",
        "urlParse",
        "dig",
        "and",
        "or",
        "not",
        "a: b",
        "/* c */",
        "`r`",
        "'c'",
        "\n",
        "{{ . }}",
        "{{ $ | toJson }}",
    ];
    proptest::sample::select(words.to_vec()).prop_map(str::to_owned)
}

proptest::proptest! {
    #[test]
    fn parsers_never_panic(text in "[ -~\n]{0,60}", inside in "[a-z.$ |()\"'`:={}-]{0,30}") {
        let template = format!("{{{{{inside}}}}}{text}");
        let result = render_with_limits(&chart(&template), &Values::empty(), &facts(), Limits::default());
        proptest::prop_assert!(!matches!(result, Err(Error::RenderThread)));
        let _ = Values::parse(&text);
    }

    #[test]
    fn sequences_of_known_words_never_panic(words in proptest::collection::vec(word(), 1..24)) {
        let template = words.join(" ");
        let limits = Limits { output: 100_000, iterations: 10_000, ..Limits::default() };
        let result = render_with_limits(&chart(&template), &Values::empty(), &facts(), limits);
        proptest::prop_assert!(!matches!(result, Err(Error::RenderThread)), "{}", template);
    }

    #[test]
    fn parsed_yaml_round_trips(text in "([a-c]|: |:|- |\n|  |\n  |'|\"|#|\\[|\\]|\\{|\\}|, |\\||>|&a |\\*a|!|~|[0-9]|é|\\\\){0,24}") {
        if let Ok(value) = chart::yaml::read_first(&text)
            && let Some(written) = chart::yaml::write(&value)
        {
            let again = chart::yaml::read_first(&written).unwrap();
            proptest::prop_assert!(gotmpl::deep_equal(&value, &again), "{:?} by {:?}", value, written);
        }
    }

    #[test]
    fn an_edited_value_is_read_back(value in "[ -~é\n]{0,20}", key in "[a-z]{1,3}") {
        let before = "a: 1 # one\nb:\n  c: {d: 2}\n";
        let scalar = chart::yaml::Scalar::Text(value.clone());
        let after = chart::yaml::edit::set(before, &["b", &key], &scalar).unwrap();
        let read = Values::parse(&after).unwrap().to_json();
        proptest::prop_assert_eq!(read["b"][&key].as_str(), Some(value.as_str()));
    }
}

#[test]
fn truncated_texts_never_panic() {
    let text = "a: |+\n  é\n\n     b\n   \nc:\n- >-2\n    d\n\t e\r\n- [x, 'y\n z', \"w\\n\"]\nf: |\n   \u{85}g\n";
    for (at, _) in text.char_indices() {
        for blank in [
            "", " ", "\"\\", "'", "      ", "\t", "\r", "\u{2028}", "\0", "|", "|\n", ">\n  ",
        ] {
            let cut = format!("{}{blank}", text.get(..at).unwrap());
            drop(chart::yaml::read(&cut));
            drop(Values::parse(&cut));
            drop(chart::yaml::edit::set(
                &cut,
                &["a"],
                &chart::yaml::Scalar::Bool(true),
            ));
            drop(chart::yaml::edit::set(
                &cut,
                &["z", "y"],
                &chart::yaml::Scalar::Bool(true),
            ));
            drop(chart::yaml::edit::unset(&cut, &["c"]));
        }
    }
}
