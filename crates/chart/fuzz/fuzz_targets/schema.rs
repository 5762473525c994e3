//! Fuzzes schemas: the form and the validation end within limits.
#![no_main]

use std::time::{Duration, Instant};

use chart::{Budget, Chart, Limits, Values, form, validate};
use libfuzzer_sys::fuzz_target;

const VALUES: &str = "a: {b: [1, x, null], c: {a: {}}}\ns: text\nn: 3\n";

fuzz_target!(|schema: &str| {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let chart = Chart::from_files([
        file("Chart.yaml", "apiVersion: v2\nname: f\nversion: 0.1.0"),
        file("values.yaml", VALUES),
        file("values.schema.json", schema),
    ]);
    let Ok(chart) = chart else { return };
    let limits = Limits {
        time: Duration::from_secs(2),
        ..Limits::default()
    };
    let start = Instant::now();
    let budget = Budget::new(limits);
    let _ = form(&chart, VALUES, &budget);
    let _ = validate(&chart, &Values::empty(), &budget);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "the schema did not end in time"
    );
});
