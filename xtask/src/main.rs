//! `cargo xtask`: podwright's chores.
#![expect(clippy::print_stdout, reason = "a program for developers that prints its results")]

mod bench;
mod cluster_command;
mod dist;
mod e2e;
mod fuzz;
mod image;
mod invariants;
mod matrix;
mod test;

use std::{
    env,
    fmt::Display,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::{Parser, Subcommand};
use xtask::{
    Error, actionlint,
    control_plane::{self, Release},
    files,
    helm::Helm,
    picture, process, promtool,
    tools::Tool,
};

/// podwright's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", infer_subcommands = false)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build etcd, kube-apiserver and kubectl once, and print their folder
    ControlPlane {
        /// The API server's version, such as 1.30 or 1.30.14
        #[arg(long, value_name = "VERSION", value_parser = Release::find)]
        kubernetes: Option<&'static Release>,
    },
    /// Write the go.mod and go.sum of a Kubernetes version for the tests (xtask/control-plane/VERSION)
    Pin {
        /// A full version, such as 1.30.14
        version: String,
    },
    /// Build Helm 3 and 4 once, and print their paths
    Helm,
    /// Build promtool once, and run it on the alerts and their tests
    Promtool,
    /// Build kustomize and kube-score once, and print their folders
    Tools,
    /// Start a cluster of two nodes until Ctrl-C, and print how to reach it (root; Debian)
    Cluster {
        /// The content of the cluster
        #[arg(default_value = "image")]
        content: cluster_command::Content,
    },
    /// Build the image, install it in a whole cluster and run the checks there (root; Debian)
    E2e {
        /// Only the checks with one of these in their names
        names: Vec<String>,
    },
    /// Build the image with buildah, as target/podwright-image.tar
    Image,
    /// Build podwright as in the image (minutes)
    StaticBinary {
        /// amd64 or arm64; this machine's by default
        #[arg(value_parser = image::Processor::parse, default_value = "")]
        processor: image::Processor,
        /// Copy the binary to this file
        file: Option<PathBuf>,
    },
    /// Build every file of a release (minutes), the same bytes each time (docs/release.md)
    Dist(dist::Options),
    /// Check the workflows in .github with actionlint, which is built once
    Actionlint,
    /// Check the promises of ARCHITECTURE.md about the shape of the code
    Invariants,
    /// Run every test, a part of them on the oldest Kubernetes, and `e2e` where this machine can hold a cluster; print a
    /// table of the suites
    Test {
        /// Run tests/cluster alone, on the API server of this version, such as 1.30 or 1.30.14
        #[arg(long, value_name = "VERSION", value_parser = Release::find)]
        kubernetes: Option<&'static Release>,
        /// Arguments for `cargo test`, such as `--test golden`; then without `e2e`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run tests/cluster on every supported Kubernetes, and write docs/compatibility.md
    Matrix(matrix::Options),
    /// Run the fuzz targets, half a minute each
    Fuzz(fuzz::Options),
    /// Measure podwright beside a bare server and a policy, and write docs/performance.md (needs wrk)
    Bench {
        /// `allocators`, SECONDS ROUNDS, NAME=PROGRAM
        arguments: Vec<String>,
    },
    /// Draw docs/preview-light.svg and docs/preview-dark.svg from the output of `podwright preview`
    Picture,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().chore {
        Chore::ControlPlane { kubernetes: None } => {
            control_plane::assets().map(|assets| print(assets.folder().display()))
        }
        Chore::ControlPlane { kubernetes: Some(release) } => {
            release.folder(root()).map(|folder| print(folder.display()))
        }
        Chore::Pin { version } => control_plane::pin(root(), &version).map(|folder| print(folder.display())),
        Chore::Helm => show_helm().map(print),
        Chore::Promtool => promtool::check(root()).map(|()| ExitCode::SUCCESS),
        Chore::Tools => show_tools().map(print),
        Chore::Cluster { content } => cluster_command::run(root(), content),
        Chore::E2e { names } => e2e::run(root(), &names).map(|checks| code(checks.succeeds())),
        Chore::Image => build_image().map(print),
        Chore::StaticBinary { processor, file } => {
            image::build_static_binary(root(), processor, file.as_deref()).map(|file| print(file.display()))
        }
        Chore::Dist(options) => dist::run(root(), &options).map(print),
        Chore::Actionlint => check_workflows().map(print),
        Chore::Invariants => invariants::run(root()),
        Chore::Test { kubernetes: None, arguments } => test::run(root(), &arguments),
        Chore::Test { kubernetes: Some(release), arguments } => test::run_on(root(), release, &arguments),
        Chore::Matrix(options) => matrix::run(root(), &options),
        Chore::Fuzz(options) => fuzz::run(root(), options),
        Chore::Bench { arguments } => bench::run(root(), arguments),
        Chore::Picture => draw_pictures().map(print),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

pub(crate) fn code(right: bool) -> ExitCode {
    if right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn show_helm() -> Result<String, Error> {
    let [three, four] = [Helm::Three.program()?, Helm::Four.program()?];
    Ok(format!("{}\n{}", three.display(), four.display()))
}

fn show_tools() -> Result<String, Error> {
    let [kustomize, kube_score] = [Tool::Kustomize.folder()?, Tool::KubeScore.folder()?];
    Ok(format!("{}\n{}", kustomize.display(), kube_score.display()))
}

fn build_image() -> Result<String, Error> {
    let archive = image::archive(root());
    let size = image::build(root(), &archive)?;
    Ok(format!("{}: {}, {}", archive.display(), image::TAG, image::mebibytes(size)))
}

fn check_workflows() -> Result<String, Error> {
    // Without these programs, so that the result is the same on every machine.
    let mut actionlint = Command::new(actionlint::program()?);
    actionlint.args(["-color", "-shellcheck=", "-pyflakes="]).current_dir(root());
    process::run(&mut actionlint).map(|()| "the workflows are valid".to_owned())
}

fn draw_pictures() -> Result<String, Error> {
    let pictures = picture::draw(&build_podwright(root())?, root())?;
    for (file, svg) in &pictures {
        files::write(file, svg)?;
    }
    Ok(pictures.iter().map(|(file, _)| file.display().to_string()).collect::<Vec<_>>().join("\n"))
}

/// Prints the result of a chore.
fn print(result: impl Display) -> ExitCode {
    println!("{result}");
    ExitCode::SUCCESS
}

/// Builds `podwright` in this program's own profile; cargo puts it beside this program.
pub(crate) fn build_podwright(root: &Path) -> Result<PathBuf, Error> {
    let this = env::current_exe().map_err(|reason| Error::new(format!("cannot find this program: {reason}")))?;
    let folder = this.parent().unwrap_or(root);
    let release = folder.ends_with("release").then_some("--release");
    let options = ["--quiet", "--locked", "--package", "podwright", "--bin", "podwright"];
    process::run(process::cargo(root, "build").args(options).args(release))?;
    Ok(folder.join("podwright"))
}

/// The repository's root, one folder above this package.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}
