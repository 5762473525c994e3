//! `meshspan rotate-key`: generates a new encryption key while no server uses the data directory.

use crate::{address, config};
use anyhow::{Context as _, Result, bail};

/// Generates a new key and prints the number of values that are encrypted with it.
#[expect(
    clippy::print_stdout,
    reason = "the result goes to the person who runs the command"
)]
pub(crate) fn rotate(options: &config::RotateKey) -> Result<()> {
    let folder = config::data_dir(options.data_dir.as_ref());
    if !folder.join("meshspan.db").exists() {
        bail!("{} holds no console database", folder.display());
    }
    let _lock = address::lock(&folder).context("stop the server first, then rotate its key")?;
    let count = console::rotate_key(&folder)?;
    println!(
        "Generated a new key. Values encrypted with it in {}: {count}",
        folder.display()
    );
    println!("Older copies of the data directory still need the old key.");
    Ok(())
}
