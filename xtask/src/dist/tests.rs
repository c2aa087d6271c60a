//! A release of podwright's debug build, as both processors' binary: its files, its sums, and the chart with Helm.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use xtask::{helm::Helm, process, scratch::Scratch};

use super::{Asset, Binary, Made, VERSION, binary, make_empty, pack, release::example};
use crate::root;

/// podwright beside this test, as `cargo test --workspace` builds it, without the part that is for a debugger.
fn podwright(scratch: &Scratch) -> PathBuf {
    let folder = env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
    if !folder.join("podwright").is_file() {
        process::run(process::cargo(root(), "build").args(["--quiet", "--locked", "--bin", "podwright"])).unwrap();
    }
    let small = scratch.path().join("podwright");
    process::run(Command::new("strip").arg("-o").arg(&small).arg(folder.join("podwright"))).unwrap();
    small
}

/// The release as packed, with a small file as the other processor's binary.
fn made(scratch: &Scratch) -> Made {
    let own = crate::image::Processor::own();
    let small = scratch.write("small", "another processor's binary").unwrap();
    let binaries = crate::image::Processor::ALL.map(|processor| {
        let file = if processor == own { podwright(scratch) } else { small.clone() };
        Binary { processor: processor.name, target: processor.target, file }
    });
    pack(root(), &binaries, &example()).unwrap()
}

fn text(made: &Made, name: &str) -> String {
    String::from_utf8(asset(made, name).content.clone()).unwrap()
}

fn asset<'a>(made: &'a Made, name: &str) -> &'a Asset {
    made.assets.iter().find(|asset| asset.name == name).unwrap_or_else(|| panic!("no {name}"))
}

fn tool(program: &Path, arguments: &[&str], folder: &Path) -> String {
    process::read(Command::new(program).args(arguments).current_dir(folder)).unwrap()
}

#[test]
#[ignore = "needs podwright and Helm: cargo xtask test"]
fn a_release_is_whole_and_the_same_twice() {
    let scratch = Scratch::new().unwrap();
    let [mut first, second] = [made(&scratch), made(&scratch)];
    for (one, other) in first.assets.iter().zip(&second.assets) {
        assert!(one.name == other.name && one.content == other.content, "{} differs", one.name);
    }
    let folder = scratch.path().join("dist");
    make_empty(&folder).unwrap();
    first.write(&folder).unwrap();
    let checked = tool(Path::new("sha256sum"), &["--check", "--strict", "SHA256SUMS"], &folder);
    assert_eq!(checked.lines().count(), first.assets.len());
    assert!(first.notes.contains("/podwright --version ") && !first.notes.contains(['{', '}']), "{}", first.notes);
    binaries_have_their_companions(&folder);
    the_plugin_names_the_archives(&first);
    the_manifests_have_the_image(&first);
    helm_reads_the_chart(&first, &folder);
}

fn binaries_have_their_companions(folder: &Path) {
    for processor in ["amd64", "arm64"] {
        let name = format!("podwright-{VERSION}-linux-{processor}");
        let listed = tool(Path::new("tar"), &["-tvzf", &format!("{name}.tar.gz")], folder);
        let files = [
            "podwright",
            "LICENSE",
            "README.md",
            "completions/_podwright",
            "completions/podwright.bash",
            "completions/podwright.fish",
            "man/man1/podwright.1",
            "man/man1/podwright-preview.1",
        ];
        for file in files {
            let line = listed.lines().find(|line| line.ends_with(&format!(" {name}/{file}")));
            let line = line.unwrap_or_else(|| panic!("no {file}: {listed}"));
            let mode = if file == "podwright" { "-rwxr-xr-x 0/0" } else { "-rw-r--r-- 0/0" };
            assert!(line.starts_with(mode), "{line}");
        }
    }
}

fn the_plugin_names_the_archives(made: &Made) {
    let plugin: Value = serde_saphyr::from_str(&text(made, "podwright.yaml")).unwrap();
    assert_eq!(plugin["spec"]["version"], format!("v{VERSION}"));
    // krew refuses a longer one.
    assert!(plugin["spec"]["shortDescription"].as_str().unwrap().len() <= 50);
    let platforms = plugin["spec"]["platforms"].as_array().unwrap();
    assert_eq!(platforms.len(), 2);
    for platform in platforms {
        let uri = platform["uri"].as_str().unwrap();
        let archive = asset(made, uri.rsplit('/').next().unwrap());
        assert_eq!(platform["sha256"], super::sha256(&archive.content));
        assert!(archive.name.contains(platform["selector"]["matchLabels"]["arch"].as_str().unwrap()));
        assert_eq!(uri, example().download(&archive.name));
    }
}

fn the_manifests_have_the_image(made: &Made) {
    let image = format!("image: {}@{}\n", example().image_with_tag(), made.digest);
    assert!(text(made, "install.yaml").contains(&image));
}

/// Helm finds no fault in the package, and renders it with the release's image.
fn helm_reads_the_chart(made: &Made, folder: &Path) {
    let helm = Helm::Three.program().unwrap();
    let package = format!("podwright-{VERSION}.tgz");
    tool(&helm, &["lint", "--strict", &package], folder);
    let rendered = tool(&helm, &["template", "podwright", &package, "--kube-version", "1.37.2"], folder);
    let image = format!("{}@{}", example().image_with_tag(), made.digest);
    assert!(rendered.contains(&image), "{rendered}");
    let chart: Value = serde_saphyr::from_str(&tool(&helm, &["show", "chart", &package], folder)).unwrap();
    let annotation = |name: &str| -> Value {
        let text = chart["annotations"][format!("artifacthub.io/{name}")].as_str().unwrap();
        serde_saphyr::from_str(text).unwrap()
    };
    assert_eq!(annotation("images")[0]["image"], image);
    assert!(annotation("changes").as_array().unwrap().len() > 50);
    assert_eq!(annotation("links")[0]["url"], example().page("README.md"));
    let page = tool(&helm, &["show", "readme", &package], folder);
    assert!(page.contains("oci://ghcr.io/acme/charts/podwright --version"), "{page}");
    assert!(!page.contains("](../"), "{page}");
}

/// The publishing job accepts the lines of release.env, and no other variable.
#[test]
fn the_publishing_job_accepts_only_the_variables_of_release_env() {
    let workflow = fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap();
    let (_, rest) = workflow.split_once("grep --extended-regexp --line-regexp").unwrap();
    let pattern = rest.split('\'').nth(1).unwrap();
    let ours = super::variables(&example(), &format!("sha256:{}", "0a".repeat(32)));
    let scratch = Scratch::new().unwrap();
    let foreign = "BASH_ENV=/tmp/x\nIMAGE=registry.example.com/podwright\nVERSION=0.1.0; true\nCHARTS=oci://ghcr.io.example.com/a\n";
    scratch.write("release.env", &format!("{ours}{foreign}")).unwrap();
    let grep = ["--extended-regexp", "--line-regexp", pattern, "release.env"];
    assert_eq!(tool(Path::new("grep"), &grep, scratch.path()), ours);
}

#[test]
fn only_an_earlier_result_is_removed() {
    let scratch = Scratch::new().unwrap();
    let file = scratch.write("mine", "").unwrap();
    let error = make_empty(scratch.path()).unwrap_err().to_string();
    assert!(error.contains("expected an empty folder") && file.exists(), "{error}");
    scratch.write("SHA256SUMS", "").unwrap();
    make_empty(scratch.path()).unwrap();
    assert!(!file.exists() && fs::exists(scratch.path()).unwrap());
}

#[test]
fn a_binary_for_this_machine_is_needed() {
    assert!(binary::own(&[]).unwrap_err().to_string().contains(crate::image::Processor::own().name));
}
