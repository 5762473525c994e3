//! Container images from scratch, as archives in the OCI image layout: no daemon and no registry.
//!
//! Start at [`Image`] and [`write_archive`].

use crate::{
    Error, command,
    digest::{hex, sha256},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read as _, Write},
    path::{Path, PathBuf},
};

/// The prefix of the media types of the OCI image specification.
const MEDIA_TYPE: &str = "application/vnd.oci.image";

/// A file of an image.
#[derive(Clone, Debug)]
pub(super) enum File {
    /// A copy of a file of the host; a program brings its shared libraries.
    Copy {
        /// The file of the host.
        from: PathBuf,
        /// The absolute path in the image.
        to: String,
    },
    /// A symbolic link.
    Link {
        /// The target.
        target: String,
        /// The absolute path in the image.
        to: String,
    },
}

impl File {
    pub(super) fn copy(from: &Path, to: &str) -> Self {
        Self::Copy {
            from: from.to_owned(),
            to: to.to_owned(),
        }
    }

    pub(super) fn link(target: &str, to: &str) -> Self {
        Self::Link {
            target: target.to_owned(),
            to: to.to_owned(),
        }
    }
}

/// A name of an image and what it runs.
#[derive(Clone, Debug)]
pub(super) struct Image {
    /// The full name with its tag, such as `docker.io/istio/pilot:1.31.1`.
    pub(super) name: String,
    pub(super) entrypoint: Vec<String>,
    /// The layers of the archive that the image has, by their index.
    layers: Vec<usize>,
    /// A numeric user and group such as `1337:1337`; empty for root.
    user: String,
}

impl Image {
    pub(super) fn new(name: impl Into<String>, entrypoint: &[&str], layers: &[usize]) -> Self {
        Self {
            name: name.into(),
            entrypoint: entrypoint.iter().copied().map(str::to_owned).collect(),
            layers: layers.to_vec(),
            user: String::new(),
        }
    }

    pub(super) fn with_user(mut self, user: &str) -> Self {
        user.clone_into(&mut self.user);
        self
    }
}

/// Writes an archive with images that share layers of files.
pub(super) fn write_archive(
    target: &Path,
    images: &[Image],
    layers: &[Vec<File>],
) -> Result<(), Error> {
    let write = |source| Error::Write {
        path: target.to_owned(),
        source,
    };
    let new = target.with_added_extension("new");
    let mut archive = tar::Builder::new(fs::File::create(&new).map_err(write)?);
    let mut written = Vec::new();
    for files in layers {
        let file = target.with_added_extension("layer");
        let layer = write_layer(&file, files)?;
        let mut header = header(layer.size, 0o644, tar::EntryType::Regular);
        let content = fs::File::open(&file).map_err(write)?;
        let appended = archive.append_data(&mut header, blob_path(&layer.digest), content);
        appended.map_err(write)?;
        fs::remove_file(&file).map_err(write)?;
        written.push(layer);
    }
    let mut add = |name: &str, content: &[u8]| append(&mut archive, name, 0o644, content);
    let mut manifests = Vec::new();
    for image in images {
        let layers: Vec<&Layer> = image
            .layers
            .iter()
            .filter_map(|i| written.get(*i))
            .collect();
        let (config, manifest) = image.documents(&layers);
        let mut descriptor = manifest.descriptor();
        descriptor["annotations"] = json!({
            "io.containerd.image.name": image.name, "org.opencontainers.image.ref.name": image.name,
        });
        manifests.push(descriptor);
        for blob in [config, manifest] {
            add(&blob_path(&blob.digest), &blob.content).map_err(write)?;
        }
    }
    let index = json!({"schemaVersion": 2, "manifests": manifests});
    add("index.json", index.to_string().as_bytes()).map_err(write)?;
    add("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#).map_err(write)?;
    let mut file = archive.into_inner().map_err(write)?;
    file.flush().map_err(write)?;
    fs::rename(&new, target).map_err(write)
}

impl Image {
    /// The configuration and the manifest of an image with these layers.
    fn documents(&self, layers: &[&Layer]) -> (Blob, Blob) {
        let digests: Vec<String> = layers
            .iter()
            .map(|layer| format!("sha256:{}", layer.digest))
            .collect();
        let config = json!({
            "architecture": architecture(), "os": "linux",
            "config": {
                "Entrypoint": self.entrypoint,
                "Env": ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                "WorkingDir": "/",
                "User": self.user,
            },
            "rootfs": {"type": "layers", "diff_ids": digests},
        });
        let config = Blob::new("config.v1+json", config);
        let layers: Vec<Value> = layers.iter().map(|layer| layer.descriptor()).collect();
        let manifest = json!({
            "schemaVersion": 2, "mediaType": format!("{MEDIA_TYPE}.manifest.v1+json"),
            "config": config.descriptor(), "layers": layers,
        });
        (config, Blob::new("manifest.v1+json", manifest))
    }
}

/// Where an archive has a blob.
fn blob_path(digest: &str) -> String {
    format!("blobs/sha256/{digest}")
}

/// The architecture of this host, in the terms of Go.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// A small JSON document of an image.
struct Blob {
    media_type: &'static str,
    content: Vec<u8>,
    digest: String,
}

impl Blob {
    fn new(media_type: &'static str, content: Value) -> Self {
        let content = content.to_string().into_bytes();
        let digest = sha256(&content);
        Self {
            media_type,
            content,
            digest,
        }
    }

    fn descriptor(&self) -> Value {
        descriptor(self.media_type, &self.digest, self.content.len() as u64)
    }
}

/// The uncompressed archive with the files of an image.
struct Layer {
    digest: String,
    size: u64,
}

impl Layer {
    fn descriptor(&self) -> Value {
        descriptor("layer.v1.tar", &self.digest, self.size)
    }
}

fn descriptor(media_type: &str, digest: &str, size: u64) -> Value {
    json!({
        "mediaType": format!("{MEDIA_TYPE}.{media_type}"),
        "digest": format!("sha256:{digest}"),
        "size": size,
    })
}

fn write_layer(target: &Path, files: &[File]) -> Result<Layer, Error> {
    let write = |source| Error::Write {
        path: target.to_owned(),
        source,
    };
    let file = fs::File::create(target).map_err(write)?;
    let mut layer = LayerBuilder {
        archive: tar::Builder::new(file),
        paths: BTreeSet::new(),
    };
    for file in files {
        layer.add(file).map_err(write)?;
    }
    layer.archive.finish().map_err(write)?;
    let mut file = fs::File::open(target).map_err(write)?;
    let mut hash = Sha256::new();
    let size = io::copy(&mut file, &mut hash).map_err(write)?;
    Ok(Layer {
        digest: hex(&hash.finalize()),
        size,
    })
}

struct LayerBuilder {
    archive: tar::Builder<fs::File>,
    /// The paths so far, folders included, so that none is added twice.
    paths: BTreeSet<String>,
}

impl LayerBuilder {
    fn add(&mut self, file: &File) -> io::Result<()> {
        match file {
            File::Link { target, to } => {
                let Some(path) = self.claim(to)? else {
                    return Ok(());
                };
                let mut header = header(0, 0o777, tar::EntryType::Symlink);
                self.archive.append_link(&mut header, path, target)
            }
            File::Copy { from, to } => {
                let Some(path) = self.claim(to)? else {
                    return Ok(());
                };
                let mut content = Vec::new();
                fs::File::open(from)?.read_to_end(&mut content)?;
                append(&mut self.archive, &path, 0o755, &content)?;
                for library in libraries(from, &content) {
                    self.add(&File::copy(Path::new(&library), &library))?;
                }
                Ok(())
            }
        }
    }

    /// The path in the archive, with its folders added; `None` when the path is there already.
    fn claim(&mut self, path: &str) -> io::Result<Option<String>> {
        let path = path.trim_start_matches('/');
        if !self.paths.insert(path.to_owned()) {
            return Ok(None);
        }
        for (end, _) in path.match_indices('/') {
            let folder = path.get(..end).unwrap_or_default();
            if self.paths.insert(folder.to_owned()) {
                let mut header = header(0, 0o755, tar::EntryType::Directory);
                let content: &[u8] = &[];
                self.archive.append_data(&mut header, folder, content)?;
            }
        }
        Ok(Some(path.to_owned()))
    }
}

/// The shared libraries of a program, as `ldd` lists them.
fn libraries(file: &Path, content: &[u8]) -> Vec<String> {
    if !content.starts_with(b"\x7fELF") {
        return Vec::new();
    }
    // ldd fails for a program without shared libraries.
    let listed = command::read("ldd", &[&file.display().to_string()]).unwrap_or_default();
    let words = listed.split_whitespace();
    words
        .filter(|word| word.starts_with('/') && Path::new(word).is_file())
        .map(str::to_owned)
        .collect()
}

fn header(size: u64, mode: u32, entry_type: tar::EntryType) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(entry_type);
    header.set_size(size);
    header.set_mode(mode);
    // The same files give the same archive.
    header.set_mtime(0);
    header
}

fn append(
    archive: &mut tar::Builder<fs::File>,
    path: &str,
    mode: u32,
    content: &[u8],
) -> io::Result<()> {
    let mut header = header(content.len() as u64, mode, tar::EntryType::Regular);
    archive.append_data(&mut header, path, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_has_images_that_share_their_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = folder.path().join("text");
        fs::write(&source, "hello").expect("a file");
        let target = folder.path().join("images.tar");
        let images = [
            Image::new("lab.test/a:1", &["/text", "a"], &[0]),
            Image::new("lab.test/b:1", &["/text", "b"], &[0]).with_user("7:7"),
        ];
        let files = vec![
            File::copy(&source, "/etc/text"),
            File::link("text", "/etc/link"),
        ];
        write_archive(&target, &images, &[files]).expect("an archive");
        let mut archive = tar::Archive::new(fs::File::open(&target).expect("the archive"));
        let mut names = Vec::new();
        let mut index = String::new();
        for entry in archive.entries().expect("entries") {
            let mut entry = entry.expect("an entry");
            let name = entry.path().expect("a path").display().to_string();
            if name == "index.json" {
                entry.read_to_string(&mut index).expect("text");
            }
            names.push(name);
        }
        assert_eq!(
            names
                .iter()
                .filter(|name| name.starts_with("blobs/"))
                .count(),
            5
        );
        let index: Value = serde_json::from_str(&index).expect("JSON");
        let name = index.pointer("/manifests/1/annotations/io.containerd.image.name");
        assert_eq!(name, Some(&json!("lab.test/b:1")));
    }
}
