//! The lists of components (SBOM) for each binary and for the image, in CycloneDX. cargo-cyclonedx writes them in a copy of
//! the sources; here they lose the traces of this machine and get the release's names and sums.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use xtask::{Error, bail, cache_folder, ensure, files, process};

use super::{
    Asset, Binary, Made,
    json::{items, part, set, text},
    package::archive::sha256,
    release::{Release, TIME, VERSION},
};
use crate::image;

/// The version of cargo-cyclonedx, pinned because another version writes other bytes.
const TOOL: &str = "0.5.9";
/// The repository's folder in the lists.
const ROOT: &str = "file:///podwright";
/// The described component.
const COMPONENT: &str = "/metadata/component";

/// The components of one binary.
#[derive(Debug)]
pub(super) struct Sbom {
    pub(super) processor: &'static str,
    /// A document in CycloneDX, without names and sums of the release.
    pub(super) document: Value,
}

/// Reads the components of each binary from Cargo.lock and the crates' manifests.
pub(super) fn read(root: &Path, binaries: &[Binary], release: &Release) -> Result<Vec<Sbom>, Error> {
    let tool = tool(root)?;
    let copy = root.join("target/dist/sbom");
    image::lay_out(root, &copy)?;
    let read = |binary: &Binary| {
        let mut cyclonedx = Command::new(&tool);
        cyclonedx.args(["cyclonedx", "--quiet", "--format", "json", "--spec-version", "1.5", "--no-build-deps"]);
        cyclonedx.args(["--target", binary.target]).env(TIME, release.time.to_string()).current_dir(&copy);
        process::read(&mut cyclonedx)?;
        let text = files::read(&copy.join("podwright.cdx.json"))?;
        Ok(Sbom { processor: binary.processor, document: without_traces(&text, &copy, release)? })
    };
    binaries.iter().map(read).collect()
}

/// The path of cargo-cyclonedx, installed now if it is missing (minutes).
fn tool(root: &Path) -> Result<PathBuf, Error> {
    let folder = cache_folder()?.join("podwright").join(format!("cargo-cyclonedx-{TOOL}"));
    let program = folder.join("bin/cargo-cyclonedx");
    if !program.is_file() {
        let mut cargo = process::cargo(root, "install");
        // With a target folder of its own, because CARGO_TARGET_DIR may be the second build's.
        cargo.args(["--locked", "--version", TOOL, "--root"]).arg(&folder).arg("cargo-cyclonedx");
        process::run(cargo.env("CARGO_TARGET_DIR", folder.join("target")))?;
        files::empty(&folder.join("target"))?;
    }
    Ok(program)
}

/// Replaces the copy's path, and sets the time; a random number is removed.
fn without_traces(text: &str, copy: &Path, release: &Release) -> Result<Value, Error> {
    let here = format!("file://{}", copy.display());
    let invalid = |reason| Error::new(format!("cannot read cargo-cyclonedx's output: {reason}"));
    let mut document: Value = serde_json::from_str(&text.replace(&here, ROOT)).map_err(invalid)?;
    ensure!(part(&document, COMPONENT).is_object(), "cargo-cyclonedx's output describes no component");
    remove(&mut document, "serialNumber");
    set(at(&mut document, "/metadata")?, "timestamp", release.timestamp()?.into());
    Ok(document)
}

/// The files: one for each binary, and one for the image.
pub(super) fn files(sboms: &[Sbom], made: &Made, release: &Release) -> Result<Vec<Asset>, Error> {
    let asset = |end: String, document: &Value| Asset::new(Release::asset(&end), format!("{document:#}\n"));
    let mut assets: Vec<Asset> = Vec::new();
    for sbom in sboms {
        assets.push(asset(format!("linux-{}.cdx.json", sbom.processor), &of_binary(sbom, made, release)?));
    }
    assets.push(asset("image.cdx.json".to_owned(), &of_image(sboms, &made.digest, release)?));
    Ok(assets)
}

/// The components of one binary, with the sums of the binary and of its archive.
fn of_binary(sbom: &Sbom, made: &Made, release: &Release) -> Result<Value, Error> {
    let name = Release::asset(&format!("linux-{}.tar.gz", sbom.processor));
    let archive = made.assets.iter().find(|asset| asset.name == name);
    let sum = made.sums.iter().find(|(processor, _)| *processor == sbom.processor);
    let (Some(archive), Some((_, sum))) = (archive, sum) else {
        bail!("no archive {name} for its list of components");
    };
    let mut document = sbom.document.clone();
    let component = at(&mut document, COMPONENT)?;
    let address = release.download(&name);
    set(component, "hashes", hashes(sum));
    set(component, "purl", format!("pkg:generic/podwright@{VERSION}?download_url={}", escaped(&address)).into());
    let references = json!([
        {"type": "distribution", "url": address, "hashes": hashes(&sha256(&archive.content))},
        {"type": "vcs", "url": release.home()},
    ]);
    set(component, "externalReferences", references);
    Ok(document)
}

/// The components of all binaries, in a container.
fn of_image(sboms: &[Sbom], digest: &str, release: &Release) -> Result<Value, Error> {
    let Some(Sbom { document, .. }) = sboms.first() else {
        bail!("no binary for the image's list of components");
    };
    let mut document = document.clone();
    let program = part(&document, COMPONENT).clone();
    let sum = digest.trim_start_matches("sha256:");
    let name = release.image.0.rsplit('/').next().unwrap_or_default();
    let place = format!("repository_url={}&tag={VERSION}", escaped(&release.image.0));
    let purl = format!("pkg:oci/{name}@sha256%3A{sum}?{place}");
    let mut dependencies = merged_dependencies(sboms);
    dependencies.insert(&purl, BTreeSet::from([text(part(&program, "/bom-ref"))]));
    let components = std::iter::once(&program).chain(merged_components(sboms).into_values()).cloned().collect();
    let listed = dependencies.iter().map(|(name, needed)| json!({"ref": name, "dependsOn": needed})).collect();
    let container = json!({
        "type": "container", "bom-ref": purl, "name": release.image.0, "version": VERSION, "purl": purl,
        "hashes": hashes(sum), "licenses": part(&program, "/licenses"),
    });
    set(&mut document, "components", components);
    set(&mut document, "dependencies", listed);
    let metadata = at(&mut document, "/metadata")?;
    set(metadata, "component", container);
    // It names the platform of one binary.
    remove(metadata, "properties");
    Ok(document)
}

/// Every component once, by its reference.
fn merged_components(sboms: &[Sbom]) -> BTreeMap<&str, &Value> {
    let all = sboms.iter().flat_map(|sbom| items(part(&sbom.document, "/components")));
    all.map(|component| (text(part(component, "/bom-ref")), component)).collect()
}

/// The dependencies of every component on any platform.
fn merged_dependencies(sboms: &[Sbom]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut merged: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for dependency in sboms.iter().flat_map(|sbom| items(part(&sbom.document, "/dependencies"))) {
        merged
            .entry(text(part(dependency, "/ref")))
            .or_default()
            .extend(items(part(dependency, "/dependsOn")).map(text));
    }
    merged
}

/// The part at a pointer, to change it.
fn at<'a>(document: &'a mut Value, pointer: &str) -> Result<&'a mut Value, Error> {
    let missing = || Error::new(format!("cargo-cyclonedx's output has no {pointer}"));
    document.pointer_mut(pointer).ok_or_else(missing)
}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().and_then(|fields| fields.remove(name));
}

fn hashes(sum: &str) -> Value {
    json!([{"alg": "SHA-256", "content": sum}])
}

/// A text as a value in a package URL.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace(':', "%3A").replace('/', "%2F")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::super::{Asset, Made, release::example};
    use super::{Sbom, files, without_traces};

    /// cargo-cyclonedx's output in `folder` for a platform with one crate of its own.
    fn sbom(processor: &'static str, folder: &str) -> Sbom {
        let [root, own] = [format!("path+file://{folder}#podwright@1"), format!("registry#{processor}@1")];
        let output = json!({
            "bomFormat": "CycloneDX", "serialNumber": "urn:uuid:1",
            "metadata": {
                "timestamp": "now", "properties": [{"value": processor}],
                "component": {"type": "application", "bom-ref": root, "name": "podwright", "licenses": ["Apache-2.0"]},
            },
            "components": [{"bom-ref": "registry#shared@1"}, {"bom-ref": own}],
            "dependencies": [{"ref": root, "dependsOn": ["registry#shared@1", own]}],
        });
        let document = without_traces(&output.to_string(), Path::new(folder), &example()).unwrap();
        Sbom { processor, document }
    }

    fn written(folder: &str) -> Vec<(String, Value)> {
        let archive = |processor| Asset::new(super::Release::asset(&format!("linux-{processor}.tar.gz")), "packed");
        let sums = ["amd64", "arm64"].map(|processor| (processor, format!("sum of {processor}"))).to_vec();
        let assets = ["amd64", "arm64"].map(archive).into();
        let made =
            Made { assets, sums, digest: "sha256:0f".to_owned(), notes: String::new(), variables: String::new() };
        let sboms = ["amd64", "arm64"].map(|processor| sbom(processor, folder));
        let files = files(&sboms, &made, &example()).unwrap();
        files.into_iter().map(|file| (file.name, serde_json::from_slice(&file.content).unwrap())).collect()
    }

    #[test]
    fn the_folder_changes_no_byte() {
        let files = written("/home/a/b");
        assert_eq!(files, written("/c"));
        assert!(files.iter().all(|(_, file)| file["serialNumber"].is_null() && !file.to_string().contains("/home")));
    }

    #[test]
    fn a_binary_has_its_sum_and_its_archive() {
        let (name, file) = &written("/a")[1];
        assert!(name.ends_with("-linux-arm64.cdx.json"), "{name}");
        let component = &file["metadata"]["component"];
        assert_eq!(component["hashes"][0]["content"], "sum of arm64");
        let [address, purl] =
            [&component["externalReferences"][0]["url"], &component["purl"]].map(|text| text.as_str().unwrap());
        assert!(
            address.ends_with("-linux-arm64.tar.gz") && purl.contains("download_url=https%3A%2F%2Fgithub.com"),
            "{purl}"
        );
        assert_eq!(file["metadata"]["timestamp"], "2026-01-01T00:00:00Z");
    }

    #[test]
    fn the_image_has_the_components_of_every_binary_once() {
        let (name, file) = &written("/a")[2];
        assert!(name.ends_with("-image.cdx.json"), "{name}");
        let names: Vec<&str> =
            file["components"].as_array().unwrap().iter().map(|one| one["bom-ref"].as_str().unwrap()).collect();
        assert_eq!(
            names,
            ["path+file:///podwright#podwright@1", "registry#amd64@1", "registry#arm64@1", "registry#shared@1"]
        );
        let container = &file["metadata"]["component"];
        assert_eq!(container["hashes"][0]["content"], "0f");
        let needed = |name: &Value| {
            let all = file["dependencies"].as_array().unwrap();
            all.iter().find(|one| one["ref"] == *name).unwrap()["dependsOn"].clone()
        };
        assert_eq!(needed(&container["bom-ref"]), json!([names[0]]));
        assert_eq!(needed(&json!(names[0])), json!(names[1..]));
        assert!(file["metadata"]["properties"].is_null());
    }
}
