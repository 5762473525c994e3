//! The values of a command line: files first, then single values; later values take precedence.

use crate::config::ValueOptions;
use anyhow::{Context as _, anyhow};
use chart::{HelmVersion, SetError, SetFlag, Values};
use std::{fs, io::Read as _};

/// Merges all values of the command line, in the order of precedence of Helm.
pub(super) fn read(options: &ValueOptions, helm: HelmVersion) -> anyhow::Result<Values> {
    let mut values = Values::empty();
    for file in &options.files {
        let text = content(file).map_err(|reason| anyhow!(reason))?;
        warn_of_more_documents(file, &text, helm);
        let file_values = Values::from_file(file, &text, helm)?;
        values = values.merge(&file_values);
    }
    for (kind, texts) in [
        (SetFlag::Json(helm), &options.set_json),
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

/// Warns that Helm 3 takes the first document of a values file only.
pub(super) fn warn_of_more_documents(file: &str, text: &str, helm: HelmVersion) {
    let second = chart::yaml::second_document(text);
    if let Some(line) = second.filter(|_| helm == HelmVersion::V3) {
        eprintln!(
            "warning: {file}, line {line}: Helm 3 takes the first document of a values file; the \
             following ones are ignored"
        );
    }
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
