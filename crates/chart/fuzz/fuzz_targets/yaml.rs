//! Any text as YAML: it is read or refused, the quick reader reads what the whole one reads, and
//! what was read is written and read back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(value) = chart::yaml::read_first(text) else {
        return;
    };
    if let Ok(all) = chart::yaml::read(text) {
        // An empty text is nil and holds no document.
        let nil = gotmpl::Value::Nil;
        let whole = all.first().unwrap_or(&nil);
        assert!(gotmpl::deep_equal(&value, whole), "{value:?} is {whole:?}");
    }
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
