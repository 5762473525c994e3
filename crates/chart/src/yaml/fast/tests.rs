//! Tests that the fast parser and the full parser return the same value or the same part of it.
use super::{part, value};
use crate::yaml::read;

/// Whether the fast parser accepts the text; its value must equal that of the full parser, also without the
/// final newline.
fn is_supported(text: &str) -> bool {
    is_same(text.trim_end_matches('\n'));
    is_same(text)
}

fn is_same(text: &str) -> bool {
    let Some(fast_value) = value(text) else {
        return false;
    };
    let documents = read(text).unwrap_or_else(|error| panic!("{text:?} is no YAML: {error}"));
    let same = documents
        .first()
        .is_some_and(|document| gotmpl::deep_equal(document, &fast_value));
    assert!(
        same && documents.len() == 1,
        "{text:?} is {documents:?}, not {fast_value:?}"
    );
    let includes_key = |key: &str| key == "a" || key == "metadata";
    let part_value = part(text, includes_key).unwrap_or_else(|| panic!("{text:?} is not skimmed"));
    let expected = fast_value.as_map().map_or(fast_value.clone(), |map| {
        let entries = map.entries().into_iter();
        let kept = entries.filter(|(key, _)| includes_key(key));
        kept.map(|(key, value)| (key.to_string(), value))
            .collect::<gotmpl::Map>()
            .into()
    });
    assert!(
        gotmpl::deep_equal(&expected, &part_value),
        "{text:?} is skimmed to {part_value:?}"
    );
    true
}

#[test]
fn common_yaml_is_parsed_by_the_fast_parser() {
    for text in [
        "a: 1\nb: two # words\nc:\n  d: true\n  e: ~\nf:\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"x\"\n  labels: {}\ndata:\n  k: |\n    a\n      b\n\n    c\n  l: |-\n    x\n",
        "- a: 1\n  b: [] # none\n- - x\n  - 'y'\n-\n  c: d\n-\n",
        "list:\n- 1\n- name: http\n  port: 80\nnext: 0x1f\n# end\n",
        "a.b/c-d: v:w\n'q': http://x/y?z#a\nargs:\n  - --flag=a,b\n  - -c\n  - a [b] {c}\n",
        "a: [x, \"y\", 'z', 1, yes, [b], {c: d}] # e\nf: {g: 1, 'h': [ i , j ]}\n- no\n",
        "a: [get, \"*\"]\nb: {c: d, e: {f: 80}}\n",
        "a: [/bin/x, probe, --path=/health, --interval=10s]\nb: {c: d=e}\n",
        "a: |2\n    x\n   y\n\n  z\nb:\n  c: |2-\n      x\n    y\n  d:\n  - |1\n    x\n",
        "a:\n  b: |2-\n\n\n      x\n    y\n  c: 1\n",
        "é: 1\n\n\nu: ✓ é\n",
    ] {
        let falls_back = text.starts_with('é') || text.contains("- no");
        assert_eq!(is_supported(text), !falls_back, "{text}");
    }
}

#[test]
fn scalars_on_several_lines_are_parsed_by_the_fast_parser() {
    for text in [
        "a: x\n  y - z\n\n\nb: 1\n",
        "a: 1\n  2\nb:\n  long text\n   goes on\nc:\n  - d\n    e\n",
        "a: 'it''s\n  a # text\n\n  of: many   \n  lines'  # c\nb: ''''\n",
        "a: \"x\\n\\t\\\"\\\\\\u00e9\"\nb: \"one\\\n  \\ two  \n  three\n\n  four\"\n",
        "a:\n  \"quoted\n  text\"\nb:\n  'x'\nc: 1\n",
        "a: >\n  one\n  two\n\n  three\n   four\n  five\n\nb: >-\n  x\n\n\n",
        "a: \"\n  x\n  \"\nb: \"y\\ \n  z\"\nc: \" \"\n",
    ] {
        assert!(is_supported(text), "{text}");
    }
}

#[test]
fn complex_yaml_falls_back_to_the_full_parser() {
    for text in [
        "a: |\n  x",
        "a: >-\n  x",
        "a: [1,]\n",
        "a: [b: c]\n",
        "a: [1\n",
        "a: [*b]\n",
        "a: {b}\n",
        "a: {1: b}\n",
        "a: [b c]\n",
        "a: [] b\n",
        "a: &x 1\n",
        "a: |\n\n  x\n",
        "a: |+\n  x\n",
        "---\na: 1\n",
        "a:\t1\n",
        "a: b: c\n",
        "yes: 1\n",
        "1: a\n",
        "a: .nan\n",
        "a: 1\n b: 2\n",
        "a:\n  b: 1\n c: 2\n",
        "x\n",
        "- a\nb: 1\n",
        "a: 1\n- b\n",
        "? a\n: b\n",
        "a: \"b\" c\n",
        "a: 'b'c\n",
        "<<: {}\n",
        "a: |\n  x\n # c\n",
        "a: -\n",
        "a: x\n  y: z\n",
        "a: x # c\n  y\n",
        "a: x\n  # c\n  y\n",
        "a: >+\n  x\n",
        "a: >2\n  x\n",
        "a: \"x\n",
        "a: \"\\q\"\n",
        "a: \"\\ud800\"\n",
        "a: 'x\ny'\n",
    ] {
        assert!(!is_supported(text), "{text}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    #[test]
    fn random_texts_have_the_same_value(text in "([ab]|: |:|- |-|  | |\n|\n  |\n- |'|\"|#| #|[|]|[0-9~]|\\||[&*!?,.{}%<>]){0,24}\n") {
        is_supported(&text);
    }

    #[test]
    fn random_lines_have_the_same_value(lines in proptest::collection::vec(
        " {0,4}(- ){0,2}(a: |b:|'c': |\"d\": |# e)?(x|1|yes|null|\\||\\|-|\\[\\]|\\{\\}|'q'|\"r\"|s #t|u: v|\\[a, 'b'\\]|\\{a: 1, b: \\[c\\]\\}|\\[-, 1)?",
        1..7,
    )) {
        is_supported(&(lines.join("\n") + "\n"));
    }

    #[test]
    fn random_long_scalars_have_the_same_value(
        head in "(a: |- |- a: |a:\n  |a: >\n|a: >-\n|a: \"|a: '|- \"|a:\n - ')",
        body in "(x|y z| |\n|\n  |\n   |\n\n  |''|\\\\\n|\\\\\"|\\\\ |\\\\\n  |\\\\u00e9|: |:| #|#|- |\\[|1|\"|'){0,14}",
        tail in "(|\"|'|\" # c|'x| )(\nb: 1)?\n",
    ) {
        is_supported(&(head + &body + &tail));
    }
}
