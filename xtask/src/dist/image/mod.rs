//! The image for all processors as one OCI archive, written without a daemon: an OCI layout whose index names one image
//! index. Every image is one layer with podwright.

mod dockerfile;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]
mod tests;

use std::path::Path;

use serde_json::{Map, Value, json};
use xtask::{Error, files};

use super::{
    Binary,
    json::{part, text, with},
    package::archive::{Entry, gzip, sha256, tar},
    release::{Release, VERSION},
};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// An archive with an image index.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) archive: Vec<u8>,
    /// The digest of the image index, `sha256:…`: the same after a push.
    pub(super) digest: String,
}

/// Builds the image of these binaries as the Dockerfile describes it.
pub(super) fn build(root: &Path, binaries: &[Binary], release: &Release) -> Result<Image, Error> {
    let config = dockerfile::config(&files::read(&root.join("Dockerfile"))?, VERSION)?;
    let annotations = annotations(&config, release)?;
    let mut blobs = Blobs::default();
    let mut manifests = Vec::new();
    for binary in binaries {
        manifests.push(blobs.image(binary, &config, release)?);
    }
    let index = json!({
        "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests, "annotations": annotations,
    });
    let index = blobs.add_json(INDEX, &index);
    let digest = text(part(&index, "/digest")).to_owned();
    // Names for the tools that load the archive: skopeo and buildah read the first, containerd the second.
    let names = json!({
        "org.opencontainers.image.ref.name": VERSION, "io.containerd.image.name": release.image_with_tag(),
    });
    let index = with(index, "annotations", names);
    Ok(Image { archive: blobs.archive(&index, release)?, digest })
}

/// The image's labels again, because registries read annotations of an index; and the addresses of this release.
fn annotations(config: &Value, release: &Release) -> Result<Value, Error> {
    let mut annotations = part(config, "/Labels").as_object().cloned().unwrap_or_default();
    let own = [("source", release.home()), ("created", release.timestamp()?)];
    annotations.extend(own.map(|(name, value)| (format!("org.opencontainers.image.{name}"), Value::from(value))));
    Ok(Value::Object(annotations))
}

/// The files of an OCI layout below `blobs`.
#[derive(Default)]
struct Blobs(Vec<Entry>);

impl Blobs {
    /// Adds a file and returns its descriptor.
    fn add(&mut self, media_type: &str, content: Vec<u8>) -> Value {
        let sum = sha256(&content);
        let descriptor = json!({"mediaType": media_type, "digest": format!("sha256:{sum}"), "size": content.len()});
        self.0.push(Entry::file(format!("blobs/sha256/{sum}"), content));
        descriptor
    }

    fn add_json(&mut self, media_type: &str, value: &Value) -> Value {
        self.add(media_type, value.to_string().into_bytes())
    }

    /// Adds the image of one binary and returns its descriptor for the index.
    fn image(&mut self, binary: &Binary, config: &Value, release: &Release) -> Result<Value, Error> {
        let layer = tar(vec![Entry::program("podwright", binary.content()?)], release.time)?;
        let created = release.timestamp()?;
        let image = json!({
            "architecture": binary.processor, "os": "linux", "created": created, "config": config,
            "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", sha256(&layer))]},
            "history": [{"created": created, "created_by": "cargo xtask dist"}],
        });
        let layer = self.add(LAYER, gzip(&layer)?);
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": self.add_json(CONFIG, &image), "layers": [layer],
        });
        let platform = json!({"architecture": binary.processor, "os": "linux"});
        Ok(with(self.add_json(MANIFEST, &manifest), "platform", platform))
    }

    /// The archive of all files, with `index` as its entry point.
    fn archive(self, index: &Value, release: &Release) -> Result<Vec<u8>, Error> {
        let entry_point = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [index]});
        let layout: Map<String, Value> = Map::from_iter([("imageLayoutVersion".to_owned(), "1.0.0".into())]);
        let mut entries = self.0;
        entries.push(Entry::file("index.json", entry_point.to_string()));
        entries.push(Entry::file("oci-layout", Value::Object(layout).to_string()));
        tar(entries, release.time)
    }
}
