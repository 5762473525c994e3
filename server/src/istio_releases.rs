//! The facts about the releases of Istio, from a file or from this program.

use anyhow::{Context as _, Result, anyhow};
use console::IstioReleases;
use std::{path::Path, sync::Arc};

/// The facts of a file; those of this program without one.
///
/// # Errors
/// When the file cannot be read, or what is wrong in it.
pub(crate) fn read(file: Option<&Path>) -> Result<Arc<IstioReleases>> {
    let Some(file) = file else {
        return Ok(Arc::new(IstioReleases::built_in()));
    };
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let releases = IstioReleases::parse(&text);
    let releases =
        releases.map_err(|reason| anyhow!("{name} has no facts about Istio: {reason}"))?;
    Ok(Arc::new(releases))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_an_error_names_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("istio.json");
        let text = r#"{"as_of": "2027-02-01", "minors": [{"minor": "1.32"}]}"#;
        std::fs::write(&file, text).expect("written");
        let read_back = read(Some(&file)).expect("facts");
        assert_eq!(read_back.as_of.to_string(), "2027-02-01");
        std::fs::write(&file, "{}").expect("written");
        let error = format!("{:#}", read(Some(&file)).expect_err("no facts"));
        assert!(
            error.contains("istio.json") && error.contains("as_of"),
            "{error}"
        );
        let missing = format!(
            "{:#}",
            read(Some(&folder.path().join("none"))).expect_err("no file")
        );
        assert!(missing.contains("cannot read"), "{missing}");
    }
}
