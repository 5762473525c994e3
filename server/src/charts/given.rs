//! The values that a command line gives: files, then single ones, each over those before it.

use anyhow::{Context as _, anyhow};
use chart::{SetError, SetFlag, Values};
use clap::Args;
use std::{fs, io::Read as _};

/// Values from the command line.
#[derive(Args)]
pub(crate) struct Given {
    /// A file of values; `-` reads standard input. The last one wins.
    #[arg(
        short = 'f',
        long = "values",
        value_name = "FILE",
        value_delimiter = ','
    )]
    files: Vec<String>,
    /// Values as `a.b=1,c={x,y}`.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The same where every value is a text.
    #[arg(long, value_name = "KEY=TEXT")]
    set_string: Vec<String>,
    /// The same where every value is JSON.
    #[arg(long, value_name = "KEY=JSON")]
    set_json: Vec<String>,
    /// The same where every value is the content of a file.
    #[arg(long, value_name = "KEY=FILE")]
    set_file: Vec<String>,
    /// One value that is taken as it is written.
    #[arg(long, value_name = "KEY=TEXT")]
    set_literal: Vec<String>,
}

impl Given {
    /// All of them together.
    pub(super) fn values(&self) -> anyhow::Result<Values> {
        let mut values = Values::empty();
        for file in &self.files {
            let text = read(file).map_err(|reason| anyhow!(reason))?;
            let given = Values::from_file(file, &text)?;
            values = values.merge(&given);
        }
        for (kind, texts) in [
            (SetFlag::Json, &self.set_json),
            (SetFlag::Typed, &self.set),
            (SetFlag::Strings, &self.set_string),
            (SetFlag::Files(&read), &self.set_file),
            (SetFlag::Literal, &self.set_literal),
        ] {
            let mut apply = |text: &String| kind.apply(text, &mut values);
            texts
                .iter()
                .try_for_each(|text| apply(text).map_err(|error: SetError| error))?;
        }
        Ok(values)
    }
}

fn read(file: &str) -> Result<String, String> {
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
