//! `cargo xtask`: podwright's own chores.
#![expect(clippy::print_stdout, reason = "a program for developers: its standard output is what it is for")]

mod bench;
mod cluster_command;
mod demo;
mod e2e;
mod every_test;
mod fuzz;
mod image;
mod invariants;

use std::{env, fs, path::Path, process::ExitCode};

use xtask::helm::Helm;
use xtask::{Error, control_plane, picture};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  control-plane   build etcd, kube-apiserver and kubectl where they are not there yet, and print their folder
  helm            build Helm 3 and 4 where they are not there yet, and print their paths
  cluster [podwright]
                  start a whole cluster of two nodes, with podwright in it or without, and say how to reach it, until
                  Ctrl-C (root; Debian)
  e2e [NAME...]   build the image, install it in a whole cluster, and run every check there (root; Debian)
  image           build the image with buildah, as target/podwright-image.tar
  static-binary [PROCESSOR [FILE]]
                  build podwright as the image has it, for amd64 or arm64 (minutes)
  invariants      hold what ARCHITECTURE.md promises about the shape of the code
  test [ARG...]   run every test, `e2e` at the end where this machine can hold a cluster, and say so where not; with
                  arguments, which go to `cargo test`, no `e2e`
  fuzz [ARG...]   run the fuzz targets, about a minute each; a wrong argument says what there is
  demo [FILE...]  show what podwright makes of the files, or of examples/, on a real API server
  bench [allocators] [SECONDS ROUNDS] [NAME=PROGRAM...]
                  measure podwright beside a bare server and a policy, and write docs/performance.md (needs wrk)
  picture         draw docs/preview-light.svg and docs/preview-dark.svg from what `podwright preview` says";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let outcome = match arguments.next().as_deref() {
        Some("control-plane") => show_control_plane(),
        Some("helm") => show_helm(),
        Some("cluster") => cluster_command::run(root(), &arguments.collect::<Vec<_>>()),
        Some("e2e") => e2e::run(root(), &arguments.collect::<Vec<_>>()),
        Some("image") => build_image(),
        Some("invariants") => invariants::run(root()),
        Some("test") => every_test::run(root(), &arguments.collect::<Vec<_>>()),
        Some("fuzz") => fuzz::run(root(), arguments.collect()),
        Some("demo") => demo::run(root(), arguments.map(Into::into).collect()),
        Some("bench") => bench::run(root(), arguments.collect()),
        Some("static-binary") => build_static_binary(arguments.collect()),
        Some("picture") => draw_pictures(),
        _ => Err(Error::new(USAGE)),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn show_control_plane() -> Result<ExitCode, Error> {
    println!("{}", control_plane::assets()?.folder().display());
    Ok(ExitCode::SUCCESS)
}

fn show_helm() -> Result<ExitCode, Error> {
    for helm in [Helm::Three, Helm::Four] {
        println!("{}", helm.program()?.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn build_image() -> Result<ExitCode, Error> {
    let archive = image::archive(root());
    let size = image::build(root(), &archive)?;
    println!("{}: {}, {}", archive.display(), image::TAG, image::mebibytes(size));
    Ok(ExitCode::SUCCESS)
}

fn build_static_binary(arguments: Vec<String>) -> Result<ExitCode, Error> {
    let processor = image::Processor::parse(arguments.first().map_or("", String::as_str))?;
    let built = image::build_static_binary(root(), processor, arguments.get(1).map(Path::new))?;
    println!("{}", built.display());
    Ok(ExitCode::SUCCESS)
}

fn draw_pictures() -> Result<ExitCode, Error> {
    for (file, svg) in picture::draw(&demo::build(root())?, root())? {
        fs::write(&file, svg).map_err(Error::at("write", &file))?;
        println!("{}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The repository's root: this package is one folder below it.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}
