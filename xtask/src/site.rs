//! Builds what the browser loads: wasm, its loader, css, icons and fonts.

use crate::{Outcome, cache, css, front};
use std::{fs, io::Write as _, path::Path};

/// `cargo xtask site [--release]`.
pub(crate) fn site(arguments: &[String]) -> Outcome {
    build(arguments.iter().any(|argument| argument == "--release"))
}

/// Builds the whole site; only what changed is built again.
pub(crate) fn build(release: bool) -> Outcome {
    css::write(&cache::site())?;
    copy(&cache::root().join("public"), &cache::site())?;
    front::build(release)?;
    compress(&cache::site().join("pkg"), release)
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

/// Writes `FILE.br` beside each file of `pkg` that is newer than its compressed twin.
fn compress(pkg: &Path, release: bool) -> Outcome {
    for name in ["meshspan.wasm", "meshspan.js", "meshspan.css"] {
        let source = pkg.join(name);
        let twin = pkg.join(format!("{name}.br"));
        let changed = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
        if changed(&twin) >= changed(&source) && twin.is_file() {
            continue;
        }
        let bytes = fs::read(&source)?;
        let quality = if release { 11 } else { 5 };
        let parameters = brotli::enc::BrotliEncoderParams {
            quality,
            ..Default::default()
        };
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
