//! Tests of this module.

use super::*;

#[test]
fn only_wanted_metrics_are_parsed() {
    let text = "# TYPE a counter\na{x=\"1\",y=\"b \\\"c\\\" \\\\ \\n\"} 12 1700000000\nb{broken 3\n\na 1e3 # {id=\"7\"} 2\n";
    let read: Vec<_> = metrics(text, &["a"])
        .map(|read| read.expect("well-formed"))
        .collect();
    assert_eq!(read[0].label("x"), "1");
    assert_eq!(read[0].label("y"), "b \"c\" \\ \n");
    assert_eq!((read[0].value, read[1].value), (12.0, 1000.0));
    assert_eq!((read.len(), read[1].label("x")), (2, ""));
}

#[test]
fn a_malformed_line_is_named() {
    for line in [
        "a{x=\"1\" 3",
        "a{x=1} 3",
        "a{x=\"1\"}",
        "a{x=\"1\"} many",
        "a{x=\"\\t\"} 1",
    ] {
        let text = format!("a 1\n{line}\n");
        let read: Result<Vec<_>, _> = metrics(&text, &["a"]).collect();
        assert_eq!(read, Err(MalformedMetrics(2)), "{line}");
    }
}
