//! The images of a mesh lab, as archives in the user's cache.
//!
//! Start at [`provide`]. The names are those that charts use by default, so that the charts of Istio and of
//! bookinfo run without other values; nothing is pulled.

use super::{
    container_image::{File, Image, write_archive},
    programs::{ISTIO_VERSIONS, MeshPrograms},
};
use crate::{Error, command, digest::sha256, go::cache};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

/// The image of CoreDNS.
pub(super) const COREDNS: &str = "lab.meshspan.test/coredns:1";

/// The image that holds the namespaces of a pod.
pub(super) const PAUSE: &str = "lab.meshspan.test/pause:1";

/// The tag of the images of bookinfo.
const BOOKINFO_TAG: &str = "1.20.3";

/// The services of bookinfo: image and argument of the program.
const BOOKINFO: [(&str, &str); 6] = [
    ("productpage-v1", "productpage"),
    ("details-v1", "details"),
    ("ratings-v1", "ratings"),
    ("reviews-v1", "reviews-v1"),
    ("reviews-v2", "reviews-v2"),
    ("reviews-v3", "reviews-v3"),
];

/// Programs that `iptables` is, by the name under which it is called.
const IPTABLES: [&str; 6] = [
    "iptables",
    "iptables-save",
    "iptables-restore",
    "ip6tables",
    "ip6tables-save",
    "ip6tables-restore",
];

/// The version of the format of the archives: another one builds them again.
const FORMAT: &str = "2";

/// The archives of the images.
#[derive(Clone, Debug)]
pub(super) struct Images {
    /// What a node needs before its first pod.
    pub(super) base: PathBuf,
    pub(super) others: Vec<PathBuf>,
}

/// An archive to build.
struct Archive {
    name: &'static str,
    images: Vec<Image>,
    layers: Vec<Vec<File>>,
}

/// Finds the archives, or builds those whose files have changed.
///
/// # Errors
/// [`Error::Missing`] when a program of the system is not installed, [`Error::Write`].
pub(super) fn provide(programs: &MeshPrograms) -> Result<Images, Error> {
    let mut paths = Vec::new();
    for archive in archives(programs)? {
        paths.push(archive.provide()?);
    }
    let mut paths = paths.into_iter();
    Ok(Images {
        base: paths.next().unwrap_or_default(),
        others: paths.collect(),
    })
}

fn archives(programs: &MeshPrograms) -> Result<[Archive; 3], Error> {
    let bookinfo = File::copy(&programs.bookinfo, "/bookinfo");
    let part = |(image, part): (&str, &str)| {
        let name = format!("docker.io/istio/examples-bookinfo-{image}:{BOOKINFO_TAG}");
        Image::new(name, &["/bookinfo", part], &[0])
    };
    Ok([
        Archive {
            name: "base",
            images: vec![
                Image::new(PAUSE, &["/bookinfo", "pause"], &[0]),
                Image::new(COREDNS, &["/coredns"], &[1]),
            ],
            layers: vec![
                vec![bookinfo.clone()],
                vec![File::copy(&MeshPrograms::coredns(), "/coredns")],
            ],
        },
        Archive {
            name: "bookinfo",
            images: BOOKINFO.map(part).to_vec(),
            layers: vec![vec![bookinfo]],
        },
        istio(programs)?,
    ])
}

/// The images of istiod and of the proxy in each version; all proxies share the layer with Envoy.
fn istio(programs: &MeshPrograms) -> Result<Archive, Error> {
    let mut archive = Archive {
        name: "istio",
        images: Vec::new(),
        layers: vec![proxy_files(programs)?],
    };
    for version in ISTIO_VERSIONS {
        let mut add = |image: &str, program: &str, shared: &[usize], user: &str| {
            let path = format!("/usr/local/bin/{program}");
            let name = format!("docker.io/istio/{image}:{version}");
            let layers = [shared, &[archive.layers.len()]].concat();
            archive
                .images
                .push(Image::new(name, &[&path], &layers).with_user(user));
            let program = MeshPrograms::istio(version, program);
            archive.layers.push(vec![File::copy(&program, &path)]);
        };
        // istiod's pod requires a numeric user that is not root.
        add("pilot", "pilot-discovery", &[], "1337:1337");
        add("proxyv2", "pilot-agent", &[0], "");
    }
    Ok(archive)
}

/// The files of all proxies: Envoy and its bootstrap, and iptables for the redirection of traffic.
fn proxy_files(programs: &MeshPrograms) -> Result<Vec<File>, Error> {
    let bootstrap = "tools/packaging/common/envoy_bootstrap.json";
    let mut files = vec![
        File::copy(&programs.envoy, "/usr/local/bin/envoy"),
        File::copy(
            &programs.istio_source.join(bootstrap),
            "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
        ),
        File::copy(Path::new("/etc/protocols"), "/etc/protocols"),
    ];
    let missing = |reason: &str| Error::Missing {
        reason: format!("{reason}; `cargo xtask lab mesh up` installs Debian's iptables"),
    };
    let multi = "xtables-nft-multi";
    let program = command::find(multi).ok_or_else(|| missing("xtables-nft-multi is missing"))?;
    files.push(File::copy(&program, &format!("/usr/sbin/{multi}")));
    files.extend(IPTABLES.map(|name| File::link(multi, &format!("/usr/sbin/{name}"))));
    let extensions = extensions();
    if extensions.is_empty() {
        return Err(missing("the extensions of iptables are missing"));
    }
    files.extend(extensions);
    Ok(files)
}

/// The extensions of iptables, at the path where the program looks for them.
fn extensions() -> Vec<File> {
    let libraries = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let folders = libraries.map(|entry| entry.path().join("xtables"));
    let files = folders.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    files
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "so"))
        .map(|path| File::copy(&path, &path.display().to_string()))
        .collect()
}

impl Archive {
    fn provide(&self) -> Result<PathBuf, Error> {
        let folder = cache().join("images");
        let write = |source| Error::Write {
            path: folder.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(write)?;
        let target = folder.join(format!("{}-{}.tar", self.name, self.key()));
        if target.is_file() {
            return Ok(target);
        }
        eprintln!("lab: building the image {} …", self.name);
        let prefix = format!("{}-", self.name);
        for old in fs::read_dir(&folder).map_err(write)?.flatten() {
            if old.file_name().to_string_lossy().starts_with(&prefix) {
                let _ = fs::remove_file(old.path());
            }
        }
        write_archive(&target, &self.images, &self.layers)?;
        Ok(target)
    }

    /// A checksum of what the archive is built from: names, sizes and times of its files.
    fn key(&self) -> String {
        let mut text = format!("{FORMAT}{:?}{:?}", self.images, self.layers);
        for file in self.layers.iter().flatten() {
            let File::Copy { from, .. } = file else {
                continue;
            };
            let Ok(metadata) = fs::metadata(from) else {
                continue;
            };
            let modified = metadata.modified().ok();
            let modified = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            let _ = write!(text, "{} {modified:?}", metadata.len());
        }
        sha256(text.as_bytes()).chars().take(16).collect()
    }
}
