//! Malicious charts stay within the limits of memory and time: each is rendered, validated or shown
//! as a form, and the peak of the allocator is measured.
//!
//! A test binary of its own, because the allocator counts the whole process.

#![expect(clippy::print_stdout, reason = "the peaks are the result")]

use std::time::{Duration, Instant};

use chart::{
    Budget, Capabilities, Chart, Error, Facts, Limits, Lookup, ReleaseFacts, Seed, Values,
    coalesce_values, form, render_with_limits, validate,
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The maximum peak in bytes: the memory limit, the output limit, and what an estimate leaves out.
const MAX_PEAK: usize = 768 << 20;
/// The maximum time: the limit, and the longest step between two checks.
const MAX_TIME: Duration = Duration::from_secs(10);

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
        helm: chart::HelmVersion::V3,
    }
}

fn limits() -> Limits {
    Limits {
        time: Duration::from_secs(2),
        ..Limits::default()
    }
}

fn chart(files: &[(&str, &str)]) -> Chart {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let metadata = file("Chart.yaml", "apiVersion: v2\nname: bad\nversion: 0.1.0");
    let others = files.iter().map(|(name, text)| file(name, text));
    Chart::from_files(std::iter::once(metadata).chain(others)).expect("a chart")
}

fn render(chart: &Chart) -> Result<(), Error> {
    render_with_limits(chart, &Values::empty(), &facts(), limits()).map(drop)
}

fn with_template(template: &str) -> Chart {
    chart(&[("templates/a.yaml", template)])
}

fn with_schema(schema: &str, values: &str) -> Chart {
    chart(&[("values.schema.json", schema), ("values.yaml", values)])
}

/// Runs one attempt; returns whether it harms.
fn harms(name: &str, attempt: impl FnOnce()) -> bool {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let start = Instant::now();
    attempt();
    let (time, peak) = (start.elapsed(), MEMORY.peak_usage() - before);
    println!("{:>5} MiB {time:>8.1?}  {name}", peak >> 20);
    peak > MAX_PEAK || time > MAX_TIME
}

/// Templates that would take more memory or time than a server has.
const TEMPLATES: [&str; 28] = [
    r#"{{ splitList "" (repeat 30000000 "a") | len }}"#,
    r#"{{ split "" (repeat 30000000 "a") | len }}"#,
    r#"{{ splitn "a" 30000000 (repeat 30000000 "a") | len }}"#,
    r#"{{ regexSplit "" (repeat 900000 "a") -1 | len }}"#,
    r#"{{ regexFindAll "." (repeat 900000 "a") -1 | len }}"#,
    r#"{{ regexReplaceAll ".*[^A-Z]|[A-Z]" (repeat 3000000 "A") "b" | len }}"#,
    r#"{{ $s := repeat 20000000 "a" }}{{ quote $s $s $s $s $s $s $s $s $s $s $s $s $s $s | len }}"#,
    r#"{{ $s := repeat 20000000 "a" }}{{ $l := list }}{{ range until 1000 }}{{ $l = append $l $s }}{{ end }}{{ toYaml $l | len }}"#,
    r#"{{ $s := repeat 20000000 "a" }}{{ $l := list }}{{ range until 1000 }}{{ $l = append $l $s }}{{ end }}{{ toPrettyJson $l | len }}"#,
    r#"{{ $s := repeat 20000000 "a" }}{{ $l := list }}{{ range until 1000 }}{{ $l = append $l $s }}{{ end }}{{ toToml (dict "a" $l) | len }}"#,
    r#"{{ $s := repeat 20000000 "a" }}{{ $l := list }}{{ range until 1000 }}{{ $l = append $l $s }}{{ end }}{{ $l }}"#,
    r#"{{ $s := repeat 20000000 "a" }}{{ $l := list }}{{ range until 1000 }}{{ $l = append $l $s }}{{ end }}{{ toStrings (list $l $l $l) | len }}"#,
    r#"{{ $s := repeat 20000000 "a" }}{{ $l := list }}{{ range until 1000 }}{{ $l = append $l $s }}{{ end }}{{ join "," $l | len }}"#,
    r#"{{ $d := dict }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ print $d | len }}"#,
    r#"{{ $d := dict }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ html $d $d $d | len }}"#,
    r"{{ $l := until 900000 }}{{ uniq $l | len }}",
    r"{{ $l := until 900000 }}{{ range $l }}{{ if has -1 $l }}{{ end }}{{ end }}",
    r"{{ $l := until 900000 }}{{ chunk 1 $l | len }}{{ chunk 1 $l | len }}{{ chunk 1 $l | len }}",
    r#"{{ $d := dict }}{{ range until 990000 }}{{ $_ := set $d (print "a" .) . }}{{ $_ := set $d (print "b" .) . }}{{ $_ := set $d (print "c" .) . }}{{ $_ := set $d (print "d" .) . }}{{ end }}"#,
    r"{{ $b := dict }}{{ range until 20000 }}{{ $_ := set $b (print .) . }}{{ end }}{{ $all := list }}{{ range until 900 }}{{ $all = append $all (merge (dict) $b) }}{{ end }}",
    r#"{{ fromJson (print "{\"a\":[" (repeat 10000000 "0,") "0]}") | len }}"#,
    r#"{{ fromYaml (print "a:\n" (repeat 900000 "- 0\n")) | len }}"#,
    r#"{{ fromToml (print "a = [" (repeat 10000000 "0,") "0]") | len }}"#,
    r#"{{ tpl (repeat 5000000 "{{1}}") . | len }}"#,
    r#"{{ tpl (print "{{ list " (repeat 5000000 "1 ") "}}") . | len }}"#,
    r#"{{ range until 900000 }}{{ $x := tpl "{{ $x := repeat 100 `a` }}{{ $x }}" $ }}{{ end }}"#,
    r#"{{ print "a:\n" (repeat 900000 "- {a: 1}\n") }}"#,
    r#"{{ range until 300 }}{{ $p := randAlphaNum 20 }}{{ end }}{{ $s := repeat 16000 "a" }}{{ range until 900000 }}{{ $x := upper $s }}{{ end }}"#,
];

/// A schema whose values are few and whose validation would not end.
fn schemas() -> Vec<(&'static str, String, String)> {
    let own = r##"{"$ref": "#/definitions/d"}"##;
    let recursive = format!(
        r#"{{"properties": {{"a": {own}, "b": {own}, "c": {own}}}, "definitions": {{"d": {{"properties":
        {{"a": {own}, "b": {own}, "c": {own}, "n": {{"type": "string"}}}}}}}}}}"#
    );
    let options: Vec<String> = (0..100_000).map(|at| format!(r#""o{at}""#)).collect();
    let items = format!("l: [{}]", vec!["x"; 100_000].join(","));
    let options = format!(
        r#"{{"properties": {{"l": {{"items": {{"enum": [{}]}}}}}}}}"#,
        options.join(",")
    );
    let keys: Vec<String> = (0..30_000).map(|at| format!("k{at}: 1")).collect();
    let patterns: Vec<String> = (0..3_000)
        .map(|at| format!(r#""^x{at}[a-z]+$": {{"type": "integer"}}"#))
        .collect();
    let patterns = format!(r#"{{"patternProperties": {{{}}}}}"#, patterns.join(","));
    let ids: Vec<String> = (0..20_000)
        .map(|at| format!(r##""p{at}": {{"$ref": "#missing-{at}"}}"##))
        .collect();
    let ids = format!(
        r##"{{"definitions": {{{}, "z": {{"$id": "#none"}}}}}}"##,
        ids.join(",")
    );
    let violations = format!(
        r#"{{"properties": {{"l": {{"items": {{"allOf": [{}]}}}}}}}}"#,
        vec![r#"{"const": 1}"#; 100].join(",")
    );
    let wide: Vec<String> = (0..200_000)
        .map(|at| format!(r#""p{at}": {{"type": "string"}}"#))
        .collect();
    let wide = format!(r#"{{"properties": {{{}}}}}"#, wide.join(","));
    let endless = r##"{"allOf": [{"anyOf": [{"oneOf": [{"not": {"$ref": "#"}}]}]}]}"##.to_owned();
    vec![
        ("references to itself", recursive, String::new()),
        (
            "references to itself for the same value",
            endless,
            String::new(),
        ),
        ("a long enum for many values", options, items.clone()),
        ("many patterns for many keys", patterns, keys.join("\n")),
        ("many references by id", ids, String::new()),
        ("many violations", violations, items),
        ("many properties", wide, String::new()),
    ]
}

/// A chart whose one subchart is used under many names.
fn with_aliases() -> Chart {
    let names: Vec<String> = (0..5_000)
        .map(|at| format!("- {{name: sub, version: 0.1.0, alias: s{at}}}"))
        .collect();
    let metadata = format!(
        "apiVersion: v2\nname: bad\nversion: 0.1.0\ndependencies:\n{}\n",
        names.join("\n")
    );
    let values: Vec<String> = (0..2_000).map(|at| format!("k{at}: {at}")).collect();
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    Chart::from_files([
        file("Chart.yaml", &metadata),
        file(
            "charts/sub/Chart.yaml",
            "apiVersion: v2\nname: sub\nversion: 0.1.0",
        ),
        file("charts/sub/values.yaml", &values.join("\n")),
        file("charts/sub/templates/a.yaml", &"# text\n".repeat(10_000)),
    ])
    .expect("a chart")
}

#[test]
fn malicious_charts_stay_within_memory_and_time() {
    let mut harmed = Vec::new();
    let mut tried = 0;
    let mut attempt = |name: &str, work: &dyn Fn()| {
        tried += 1;
        if harms(name, work) {
            harmed.push(name.to_owned());
        }
    };
    for template in TEMPLATES {
        let chart = with_template(template);
        attempt(template, &|| {
            let result = render(&chart);
            assert!(!matches!(result, Err(Error::RenderThread)), "{template}");
        });
    }
    for (name, schema, values) in schemas() {
        let chart = with_schema(&schema, &values);
        attempt(&format!("form: {name}"), &|| {
            let _ = form(&chart, &values, &Budget::new(limits()));
        });
        attempt(&format!("validation: {name}"), &|| {
            let _ = validate(&chart, &Values::empty(), &Budget::new(limits()));
        });
    }
    let aliased = with_aliases();
    attempt("many aliases", &|| drop(render(&aliased)));
    attempt("values of many aliases", &|| {
        let _ = coalesce_values(&aliased, &Values::empty(), &Budget::new(limits()));
    });
    let actions = with_template(&"{{1}}".repeat(1_000_000));
    attempt("many actions", &|| drop(render(&actions)));
    println!("{tried} malicious charts tried, {} harmed", harmed.len());
    assert!(harmed.is_empty(), "harmed by {harmed:#?}");
}
