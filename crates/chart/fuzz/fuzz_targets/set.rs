//! Fuzzes assignments of `--set` and similar options: the result is a change or an error, within
//! limits.
#![no_main]

use std::time::{Duration, Instant};

use chart::{SetFlag, Values};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let read = |name: &str| Ok(name.to_owned());
    for kind in [
        SetFlag::Typed,
        SetFlag::Strings,
        SetFlag::Json(chart::HelmVersion::V3),
        SetFlag::Json(chart::HelmVersion::V4),
        SetFlag::Files(&read),
        SetFlag::Literal,
    ] {
        let mut values = Values::from_file("values.yaml", "a: {b: [1, x, null]}\nl: [1]\n", chart::HelmVersion::V3)
            .expect("the values before it are good");
        let start = Instant::now();
        let _ = kind.apply(text, &mut values);
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "an assignment did not end in time"
        );
        let _ = values.to_json();
    }
});
