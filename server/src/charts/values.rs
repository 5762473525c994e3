//! The values of a command line: files first, then single values; later values take precedence.

use crate::config::ValueOptions;
use anyhow::{Context as _, anyhow};
use chart::{SetError, SetFlag, Values};
use std::{fs, io::Read as _};

/// Merges all values of the command line, in the order of precedence of Helm.
pub(super) fn read(options: &ValueOptions) -> anyhow::Result<Values> {
    let mut values = Values::empty();
    for file in &options.files {
        let text = content(file).map_err(|reason| anyhow!(reason))?;
        let file_values = Values::from_file(file, &text)?;
        values = values.merge(&file_values);
    }
    for (kind, texts) in [
        (SetFlag::Json, &options.set_json),
        (SetFlag::Typed, &options.set),
        (SetFlag::Strings, &options.set_string),
        (SetFlag::Files(&content), &options.set_file),
        (SetFlag::Literal, &options.set_literal),
    ] {
        let mut apply = |text: &String| kind.apply(text, &mut values);
        texts
            .iter()
            .try_for_each(|text| apply(text).map_err(|error: SetError| error))?;
    }
    Ok(values)
}

/// The text of a file, or of standard input for `-`.
fn content(file: &str) -> Result<String, String> {
    let bytes = if file.trim() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().read_to_end(&mut bytes);
        read.map(|_| bytes)
    } else {
        fs::read(file)
    };
    let bytes = bytes
        .with_context(|| format!("open {file}"))
        .map_err(|error| {
            let text = format!("{error:#}");
            text.split(" (os error")
                .next()
                .unwrap_or(&text)
                .replace(": No such", ": no such")
        })?;
    String::from_utf8(bytes).map_err(|_| format!("{file} is not UTF-8 text"))
}
