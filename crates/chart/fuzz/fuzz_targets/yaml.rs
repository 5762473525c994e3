//! Fuzzes YAML: the result is a value or an error, the fast and the full parser agree, and a
//! written value parses to the same value.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(value) = chart::yaml::read_first(text) else {
        return;
    };
    if let Ok(all) = chart::yaml::read(text) {
        // An empty text is nil and has no documents.
        let nil = gotmpl::Value::Nil;
        let whole = all.first().unwrap_or(&nil);
        assert!(gotmpl::deep_equal(&value, whole), "{value:?} is {whole:?}");
    }
    // Infinity and characters that YAML does not allow cannot be written.
    let Some(written) = chart::yaml::write(&value) else {
        return;
    };
    let again = chart::yaml::read_first(&written).expect("what was written is YAML");
    assert!(
        gotmpl::deep_equal(&value, &again),
        "{value:?} became {again:?} by {written:?}"
    );
});
