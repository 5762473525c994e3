//! Provenance files (.prov): a signed text that names the archive and its digest.
//!
//! What is checked is the digest: the archive that came is the one the file speaks of. Who signed it is
//! not checked, and is not said to be.

use crate::Digest;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Why a provenance file does not vouch for an archive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProvenance {
    /// There is none.
    #[error("it comes without a provenance file")]
    Missing,
    /// It is not a clear-signed text that names files.
    #[error("its provenance file cannot be read")]
    Unreadable,
    /// It speaks of other files.
    #[error("its provenance file does not name {0}")]
    NotNamed(String),
    /// It names another digest.
    #[error("its provenance file names the digest {0}")]
    Differs(Digest),
}

#[derive(Deserialize)]
struct Files {
    files: BTreeMap<String, String>,
}

/// Checks that `prov` names the file `name` with this digest. For a registry, where files have no names,
/// any of its files will do.
///
/// # Errors
/// [`BadProvenance`].
pub(crate) fn check(prov: &[u8], name: Option<&str>, digest: &Digest) -> Result<(), BadProvenance> {
    let files = files(prov).ok_or(BadProvenance::Unreadable)?;
    let named = match name {
        Some(name) => files.files.get(name),
        None => files
            .files
            .values()
            .next()
            .filter(|_| files.files.len() == 1),
    };
    let named =
        named.ok_or_else(|| BadProvenance::NotNamed(name.unwrap_or("one file").to_owned()))?;
    match Digest::read(named) {
        Ok(named) if named == *digest => Ok(()),
        Ok(named) => Err(BadProvenance::Differs(named)),
        Err(_) => Err(BadProvenance::Unreadable),
    }
}

/// The files of the signed text: its last document.
fn files(prov: &[u8]) -> Option<Files> {
    let text = std::str::from_utf8(prov).ok()?.replace("\r\n", "\n");
    let signed = text.split_once("-----BEGIN PGP SIGNED MESSAGE-----\n")?.1;
    let (headers, rest) = signed.split_once("\n\n")?;
    if headers.lines().any(|line| !line.starts_with("Hash:")) {
        return None;
    }
    let body = rest.split_once("\n-----BEGIN PGP SIGNATURE-----")?.0;
    let (_, last) = body.rsplit_once("\n...\n")?;
    serde_saphyr::from_str(last).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prov(files: &str) -> Vec<u8> {
        let text = format!(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nname: shop\nversion: 1.0.0\n\n...\n\
             {files}-----BEGIN PGP SIGNATURE-----\n\nwsBc\n-----END PGP SIGNATURE-----\n"
        );
        text.into_bytes()
    }

    #[test]
    fn the_digest_of_the_named_file_decides() {
        let digest = Digest::of(b"archive");
        let good = prov(&format!("files:\n  shop-1.0.0.tgz: {digest}\n"));
        assert_eq!(check(&good, Some("shop-1.0.0.tgz"), &digest), Ok(()));
        assert_eq!(check(&good, None, &digest), Ok(()));
        let other = Digest::of(b"another");
        assert_eq!(
            check(&good, Some("shop-1.0.0.tgz"), &other),
            Err(BadProvenance::Differs(digest.clone()))
        );
        assert!(matches!(
            check(&good, Some("web.tgz"), &digest),
            Err(BadProvenance::NotNamed(_))
        ));
    }

    #[test]
    fn what_cannot_be_read_vouches_for_nothing() {
        let digest = Digest::of(b"archive");
        let unsigned = format!("files:\n  shop-1.0.0.tgz: {digest}\n");
        for text in [
            unsigned.clone().into_bytes(),
            Vec::new(),
            vec![0xff, 0xfe],
            prov("files:\n  shop-1.0.0.tgz: md5:00\n"),
            prov(""),
            [prov("nothing: here\n"), unsigned.into_bytes()].concat(),
        ] {
            assert!(check(&text, Some("shop-1.0.0.tgz"), &digest).is_err());
        }
    }
}
