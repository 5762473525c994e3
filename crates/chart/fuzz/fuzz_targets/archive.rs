//! Fuzzes archives, packed and unpacked: the result is a chart or an error, within small limits.
#![no_main]

use std::io::Write;

use chart::{ArchiveLimits, Chart};
use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = ArchiveLimits {
        compressed: 1 << 20,
        total: 4 << 20,
        file: 1 << 20,
        files: 100,
        ratio: 100,
    };
    let _ = Chart::from_archive(bytes, &limits);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("a list of bytes takes all");
    let packed = packed.finish().expect("a list of bytes takes all");
    let Ok(chart) = Chart::from_archive(&packed, &limits) else {
        return;
    };
    for file in chart.files() {
        assert!(!file.name.starts_with('/') && !file.name.split('/').any(|part| part == ".."));
    }
});
