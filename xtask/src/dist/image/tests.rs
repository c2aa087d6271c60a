//! The archive is a whole OCI layout, and buildah reads the same configuration from it as from the Dockerfile.

use std::{collections::BTreeMap, io::Read, path::Path, process::Command};

use serde_json::{Value, json};
use xtask::{files, process, scratch::Scratch};

use super::{super::release::example, Binary, Image, build, dockerfile, sha256};
use crate::root;

/// The image of two small programs.
fn small(scratch: &Scratch) -> Image {
    let binary = |processor| {
        let file = scratch.write(processor, &format!("#!{processor}")).unwrap();
        Binary { processor, target: "", file }
    };
    build(root(), &["amd64", "arm64"].map(binary), &example()).unwrap()
}

fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(archive);
    let file = |mut entry: tar::Entry<'_, &[u8]>| {
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.path().unwrap().display().to_string(), content)
    };
    archive.entries().unwrap().map(|entry| file(entry.unwrap())).collect()
}

/// The JSON file of a descriptor, whose digest and size it must have.
fn blob(files: &BTreeMap<String, Vec<u8>>, descriptor: &Value) -> Vec<u8> {
    let digest = descriptor["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap();
    let content = &files[&format!("blobs/sha256/{digest}")];
    assert_eq!(sha256(content), digest);
    assert_eq!(descriptor["size"], content.len());
    content.clone()
}

fn json_blob(files: &BTreeMap<String, Vec<u8>>, descriptor: &Value) -> Value {
    serde_json::from_slice(&blob(files, descriptor)).unwrap()
}

#[test]
fn the_index_leads_to_both_binaries() {
    let image = small(&Scratch::new().unwrap());
    let files = unpacked(&image.archive);
    let entry_point: Value = serde_json::from_slice(&files["index.json"]).unwrap();
    let named = &entry_point["manifests"][0];
    assert_eq!(named["digest"], image.digest.as_str());
    assert_eq!(named["annotations"]["io.containerd.image.name"], example().image_with_tag().as_str());
    let index = json_blob(&files, named);
    assert_eq!(index["annotations"]["org.opencontainers.image.source"], "https://github.com/Acme/podwright");
    for (descriptor, processor) in index["manifests"].as_array().unwrap().iter().zip(["amd64", "arm64"]) {
        assert_eq!(descriptor["platform"], json!({"architecture": processor, "os": "linux"}));
        let manifest = json_blob(&files, descriptor);
        let config = json_blob(&files, &manifest["config"]);
        assert_eq!(config["architecture"], processor);
        let mut layer = Vec::new();
        flate2::read::GzDecoder::new(&blob(&files, &manifest["layers"][0])[..]).read_to_end(&mut layer).unwrap();
        assert_eq!(config["rootfs"]["diff_ids"][0], format!("sha256:{}", sha256(&layer)));
        assert_eq!(unpacked(&layer), BTreeMap::from([("podwright".to_owned(), format!("#!{processor}").into_bytes())]));
    }
    // Layer, configuration and manifest of each; the index; and the layout's own two files.
    assert_eq!(files.len(), 2 * 3 + 1 + 2);
}

#[test]
fn the_same_binaries_give_the_same_bytes() {
    let [one, other] = [(); 2].map(|()| small(&Scratch::new().unwrap()));
    assert_eq!(one.archive, other.archive);
}

#[test]
fn an_unknown_instruction_is_refused() {
    let with =
        |line: &str| format!("FROM rust AS build\nFROM scratch\nCOPY --from=build /podwright /podwright\n{line}\n");
    assert_eq!(dockerfile::config(&with("USER 1"), "1").unwrap(), json!({"User": "1", "Labels": {}}));
    for wrong in ["VOLUME /data", "COPY . .", "LABEL a=b", "CMD serve"] {
        let error = dockerfile::config(&with(wrong), "1").unwrap_err().to_string();
        assert!(error.contains(wrong.split(' ').next_back().unwrap()), "{error}");
    }
}

/// buildah with its storage in a folder.
fn buildah(folder: &Path, arguments: &[&str]) -> String {
    let mut buildah = Command::new("buildah");
    buildah.arg("--root").arg(folder.join("storage")).arg("--runroot").arg(folder.join("run"));
    buildah.args(["--storage-driver", "vfs"]).args(arguments).current_dir(root());
    process::read(&mut buildah).unwrap()
}

/// The configuration of an image in buildah's storage, without buildah's own additions.
fn config(folder: &Path, image: &str) -> Value {
    let inspected: Value =
        serde_json::from_str(&buildah(folder, &["inspect", "--type", "image", image.trim()])).unwrap();
    let mut config = inspected["OCIv1"]["config"].clone();
    config["Labels"].as_object_mut().unwrap().remove("io.buildah.version");
    config.as_object_mut().unwrap().remove("Env");
    config
}

#[test]
#[ignore = "needs buildah and root: cargo xtask test"]
fn with_buildah_the_archive_equals_the_dockerfiles_image() {
    let scratch = Scratch::new().unwrap();
    let folder = scratch.path();
    let archive = folder.join("image.tar");
    files::write(&archive, small(&scratch).archive).unwrap();
    files::make(&folder.join("stage")).unwrap();
    files::write(&folder.join("stage/podwright"), "").unwrap();
    let context = format!("build={}", folder.join("stage").display());
    let version = format!("VERSION={}", super::VERSION);
    let built = buildah(folder, &["bud", "--quiet", "--build-context", &context, "--build-arg", &version, "."]);
    for processor in ["amd64", "arm64"] {
        let from = format!("oci-archive:{}", archive.display());
        let pulled = buildah(folder, &["pull", "--quiet", "--arch", processor, &from]);
        assert_eq!(config(folder, &pulled), config(folder, &built), "{processor}");
    }
}
