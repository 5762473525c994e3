//! `meshspan rotate-key`: another key for what the console remembers, while no server runs on it.

use crate::{address, config};
use anyhow::{Context as _, Result, bail};

/// Makes another key and says what is sealed with it.
#[expect(
    clippy::print_stdout,
    reason = "the answer is for the person who asked"
)]
pub(crate) fn rotate(arguments: &config::RotateKey) -> Result<()> {
    let folder = config::data_dir(arguments.data_dir.as_ref());
    if !folder.join("meshspan.db").exists() {
        bail!("there is no console in {}", folder.display());
    }
    let _lock = address::lock(&folder).context("stop the server first, then rotate its key")?;
    let count = console::rotate_key(&folder)?;
    println!("A new key seals {count} values in {}.", folder.display());
    println!("Copies that were made before still open with the old key.");
    Ok(())
}
