//! Builds what the browser loads: wasm, its loader, css, icons and fonts.

use crate::{Outcome, cache, css, front, profile::Profile};
use std::{fs, io::Write as _, path::Path};

/// `cargo xtask site [--release]`: dev unless asked otherwise.
pub(crate) fn site(arguments: &[String]) -> Outcome {
    build(Profile::from_arguments(arguments).0)
}

/// Builds the whole site; only what changed is built again.
pub(crate) fn build(profile: Profile) -> Outcome {
    styles()?;
    front::build(profile)?;
    compress(&cache::site().join("pkg"), profile)
}

/// Compiles the css and copies the assets.
pub(crate) fn styles() -> Outcome {
    css::write(&cache::site())?;
    copy(&cache::root().join("public"), &cache::site())
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Writes `FILE.br` beside each file of `pkg` that is newer than its compressed twin. A dev build has
/// none: compressing takes longer than loading from the same machine.
fn compress(pkg: &Path, profile: Profile) -> Outcome {
    for name in ["meshspan.wasm", "meshspan.js", "meshspan.css"] {
        let source = pkg.join(name);
        let twin = pkg.join(format!("{name}.br"));
        if profile.is_dev() {
            if twin.is_file() {
                fs::remove_file(twin)?;
            }
            continue;
        }
        let changed = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
        if changed(&twin) >= changed(&source) && twin.is_file() {
            continue;
        }
        let bytes = fs::read(&source)?;
        let parameters = brotli::enc::BrotliEncoderParams::default();
        let mut small = Vec::new();
        brotli::BrotliCompress(&mut bytes.as_slice(), &mut small, &parameters)?;
        fs::File::create(&twin)?.write_all(&small)?;
        eprintln!(
            "xtask: {name} {} bytes, {} after brotli",
            bytes.len(),
            small.len()
        );
    }
    Ok(())
}
