//! Provenance files (.prov): a signed text with the name and the digest of the archive.
//!
//! The digest of the archive is verified against the file. The signature is not verified, and the console
//! does not claim that it is.

use crate::Digest;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The reason why a provenance file does not match an archive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProvenanceMismatch {
    /// There is no provenance file.
    #[error("the provenance file is missing")]
    Missing,
    /// The provenance file is not a clear-signed text with a list of files.
    #[error("the provenance file is invalid")]
    Unreadable,
    /// The provenance file does not list the archive.
    #[error("the provenance file does not list {0}")]
    NotListed(String),
    /// The provenance file has another digest.
    #[error("the provenance file has the digest {0}")]
    DigestDiffers(Digest),
}

#[derive(Deserialize)]
struct Files {
    files: BTreeMap<String, String>,
}

/// Verifies that `prov` lists the file `name` with this digest. Without a name, as for a registry, it must
/// list exactly one file.
///
/// # Errors
/// [`ProvenanceMismatch`].
pub(crate) fn check(
    prov: &[u8],
    name: Option<&str>,
    digest: &Digest,
) -> Result<(), ProvenanceMismatch> {
    let files = files(prov).ok_or(ProvenanceMismatch::Unreadable)?;
    let listed = match name {
        Some(name) => files.files.get(name),
        None => files
            .files
            .values()
            .next()
            .filter(|_| files.files.len() == 1),
    };
    let listed = listed
        .ok_or_else(|| ProvenanceMismatch::NotListed(name.unwrap_or("one file").to_owned()))?;
    match Digest::parse(listed) {
        Ok(listed) if listed == *digest => Ok(()),
        Ok(listed) => Err(ProvenanceMismatch::DigestDiffers(listed)),
        Err(_) => Err(ProvenanceMismatch::Unreadable),
    }
}

/// The list of files in the signed text: its last YAML document.
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
    fn the_digest_of_the_listed_file_must_match() {
        let digest = Digest::of(b"archive");
        let valid = prov(&format!("files:\n  shop-1.0.0.tgz: {digest}\n"));
        assert_eq!(check(&valid, Some("shop-1.0.0.tgz"), &digest), Ok(()));
        assert_eq!(check(&valid, None, &digest), Ok(()));
        let other = Digest::of(b"another");
        assert_eq!(
            check(&valid, Some("shop-1.0.0.tgz"), &other),
            Err(ProvenanceMismatch::DigestDiffers(digest.clone()))
        );
        assert!(matches!(
            check(&valid, Some("web.tgz"), &digest),
            Err(ProvenanceMismatch::NotListed(_))
        ));
    }

    #[test]
    fn an_invalid_provenance_file_matches_nothing() {
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
