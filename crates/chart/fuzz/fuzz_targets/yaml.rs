//! Any text as YAML: it is read or refused, and what was read is written and read back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(value) = chart::yaml::read_first(text) else {
        return;
    };
    // Not everything can be written: infinity, and characters that YAML does not allow.
    let Some(written) = chart::yaml::write(&value) else {
        return;
    };
    let again = chart::yaml::read_first(&written).expect("what was written is YAML");
    assert!(
        gotmpl::deep_equal(&value, &again),
        "{value:?} became {again:?} by {written:?}"
    );
});
