//! Fuzzes templates: the result is an output or an error, within limits.
#![no_main]

use std::time::{Duration, Instant};

use chart::{Capabilities, Chart, Error, Facts, Limits, ReleaseFacts, Values, render_with_limits};
use libfuzzer_sys::fuzz_target;

fn facts() -> Facts {
    Facts {
        release: ReleaseFacts {
            name: "rel".into(),
            namespace: "ns".into(),
            revision: 1,
            upgrade: false,
        },
        capabilities: Capabilities {
            kube_version: "v1.31.0".into(),
            api_versions: ["v1".to_owned()].into(),
        },
        now: jiff::Timestamp::UNIX_EPOCH,
        seed: chart::Seed::new([1; 32]),
        lookup: chart::Lookup::none(),
        helm: chart::HelmVersion::V3,
    }
}

fuzz_target!(|template: &str| {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let chart = Chart::from_files([
        file("Chart.yaml", "apiVersion: v2\nname: f\nversion: 0.1.0"),
        file("values.yaml", "a: {b: [1, x, null]}\ns: text\nn: 3\n"),
        file("templates/a.yaml", template),
    ])
    .expect("the chart around the template is good");
    let limits = Limits {
        output: 1 << 20,
        iterations: 10_000,
        time: Duration::from_secs(2),
        ..Limits::default()
    };
    let start = Instant::now();
    let result = render_with_limits(&chart, &Values::empty(), &facts(), limits);
    assert!(
        !matches!(result, Err(Error::RenderThread)),
        "rendering panicked"
    );
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "rendering did not end in time"
    );
});
