//! Turns locales/*.json into the module that holds every word of the console.

use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};
use std::{env, error::Error, path::PathBuf};

#[expect(
    clippy::disallowed_methods,
    reason = "this is how cargo and a build script talk"
)]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?).join("i18n");
    let words = TranslationsInfos::parse(
        Config::new("en")?.parse_options(ParseOptions::new().interpolate_display(true)),
    )?;
    words.emit_warnings();
    words.emit_errors();
    words.rerun_if_locales_changed();
    words.generate_i18n_module(folder)?;
    Ok(())
}
