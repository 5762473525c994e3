//! Archives of an HTTP index that lie in an OCI registry, as in Bitnami's index: `oci://host/path:tag`.
//!
//! The registry is dialled as every host that an index names: with the credentials of the repository at
//! its own origin only, and elsewhere at public addresses. The digest of the index is verified by the caller.

use crate::{Address, BadAddress, Entry, Error, Transport, client::Client, oci::Registry};
use url::Url;

/// The scheme of such an archive.
const SCHEME: &str = "oci://";

/// The chart in a registry that an entry names.
pub(crate) struct OciArchive {
    registry: Url,
    path: String,
    /// The tag, or the version of the entry.
    tag: String,
}

impl OciArchive {
    /// Whether the address of an entry is that of a registry.
    pub(crate) fn is_named_by(entry: &Entry) -> bool {
        let url = entry.urls.first();
        url.is_some_and(|url| url.starts_with(SCHEME))
    }

    /// The archive of an entry. `base` is the address of the index: at its host the registry is reached
    /// with its scheme, elsewhere over TLS.
    pub(crate) fn of(base: &Url, entry: &Entry) -> Result<Self, BadAddress> {
        let url = entry.urls.first().and_then(|url| url.strip_prefix(SCHEME));
        let rest = url.ok_or(BadAddress::Scheme)?;
        let (parent, name) = rest.rsplit_once('/').ok_or(BadAddress::Path)?;
        let (name, tag) = name.split_once(':').unwrap_or((name, &entry.version));
        let (address, tag) = (format!("{parent}/{name}"), tag.to_owned());
        let host = address.split('/').next().unwrap_or_default();
        let port = base
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let own_host = format!("{}{port}", base.host_str().unwrap_or_default());
        let transport = match base.scheme() {
            "http" if host == own_host => Transport::Plain,
            _ => Transport::Tls,
        };
        match Address::parse(&format!("{SCHEME}{address}"), transport)? {
            Address::Oci { registry, path } => Ok(Self {
                registry,
                path,
                tag,
            }),
            Address::Http(_) => Err(BadAddress::Scheme),
        }
    }

    /// Fetches the archive, and its provenance file when it is wanted.
    pub(crate) async fn fetch(
        &self,
        client: &Client,
        with_provenance: bool,
    ) -> Result<(Vec<u8>, Option<Vec<u8>>), Error> {
        let client = client.for_origin(&self.registry);
        let client = client.map_err(|source| Error::Fetch {
            url: self.registry.to_string(),
            source,
        })?;
        let registry = Registry::new(client, self.registry.clone());
        let manifest = registry.find(&self.path, &self.tag).await?;
        let archive = registry.archive(&manifest).await?;
        let provenance = if with_provenance {
            registry.provenance(&manifest).await?
        } else {
            None
        };
        Ok((archive, provenance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_an_archive_in_a_registry_has_a_tag_or_the_version() {
        let base = Url::parse("http://charts.example:8080/stable/").expect("a URL");
        for (url, expected) in [
            (
                "oci://registry.example/team/nginx:1.2.3",
                ("https://registry.example/", "team/nginx", "1.2.3"),
            ),
            (
                "oci://registry.example:5000/nginx",
                ("https://registry.example:5000/", "nginx", "9.9.9"),
            ),
            (
                "oci://charts.example:8080/nginx:1",
                ("http://charts.example:8080/", "nginx", "1"),
            ),
            (
                "oci://charts.example/nginx:1",
                ("https://charts.example/", "nginx", "1"),
            ),
        ] {
            let entry = Entry {
                version: "9.9.9".to_owned(),
                urls: vec![url.to_owned()],
                ..Entry::default()
            };
            let found = OciArchive::of(&base, &entry).expect("an address");
            let found = (
                found.registry.as_str(),
                found.path.as_str(),
                found.tag.as_str(),
            );
            assert_eq!(found, expected);
        }
        let entry = Entry {
            urls: vec!["nginx-1.2.3.tgz".to_owned()],
            ..Entry::default()
        };
        assert!(!OciArchive::is_named_by(&entry));
    }
}
