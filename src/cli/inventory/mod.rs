//! `podwright inventory`: podwright's state of every Pod in a cluster, one line for each workload.
//!
//! Reads with the user's own rights and never writes. A fact that the user may not see is noted on standard error.

mod document;
mod names;
mod notes;
mod progress;
mod table;

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::Args;

use super::error::{Error, WRONG};
use super::io::cluster::{ClusterOptions, PodwrightOptions, namespace_name};
use super::io::output::print;
use crate::cluster::ClusterReader;
use crate::inspect::inventory::State;
use crate::inspect::read::{Scope, Survey, Surveyed, cluster_state, survey};
use crate::inspect::{ClusterState, Known, Unseen};
use progress::ProgressLine;

/// List the Pods that podwright injected, missed or would change now
///
/// Runs the webhook's own code on every live Pod, with the cluster's configuration and webhook entries. Prints one
/// line for each workload, which is the top owner of its Pods, and totals. Changes nothing.
///
/// States: injected (as a new Pod would be), missed (opted in, but not injected), stale (a new Pod would differ), denied
/// (podwright refused the Pod, so it does not exist), left alone (not opted in, opted out, finished).
///
/// Exit codes: 0 done; 1 --fail-on matched; 2 the Pods could not be read.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # Every workload of the current namespace, or of all
  podwright inventory
  podwright inventory -A

  # Restart the workloads with missed or stale Pods
  podwright inventory -n shop -o name | xargs -r kubectl rollout restart -n shop
  podwright inventory -A -o name | xargs -r -L 1 kubectl rollout restart

  # Fail a pipeline if Pods are missed, stale or denied
  podwright inventory -A --fail-on missed,stale,denied

  # See the Pods with another user's rights
  podwright inventory -n shop --as jane")]
pub(super) struct Inventory {
    /// Namespace of the Pods [default: the context's namespace]
    #[arg(long, short, value_name = "NAME", conflicts_with = "all_namespaces", value_parser = namespace_name)]
    namespace: Option<String>,

    /// All Namespaces
    #[arg(long, short = 'A')]
    all_namespaces: bool,

    /// Label selector of the Pods, such as app=shop
    #[arg(long, short = 'l', value_name = "SELECTOR")]
    selector: Option<String>,

    /// Output format; name prints the workloads for kubectl rollout restart
    #[arg(long, short, value_name = "FORMAT", default_value = "table", hide_default_value = true)]
    output: Format,

    /// Exit with 1 if a Pod is in one of these states
    #[arg(long, value_name = "STATES", value_delimiter = ',')]
    fail_on: Vec<FailOn>,

    /// Maximum number of objects in one response of the API server
    #[arg(long, value_name = "COUNT", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    chunk_size: u32,

    #[command(flatten)]
    cluster: ClusterOptions,

    #[command(flatten)]
    podwright: PodwrightOptions,
}

/// The value of `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One line for each workload
    Table,
    /// The same with profiles, versions and all reasons
    Wide,
    /// All rows as JSON
    Json,
    /// All rows as YAML
    Yaml,
    /// The workloads with missed or stale Pods, for kubectl rollout restart
    Name,
}

/// A value of `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Pods that opted in and were not injected
    Missed,
    /// Pods that differ from a new Pod
    Stale,
    /// Pods that podwright refused
    Denied,
    /// Pods whose state you may not see
    Unknown,
}

impl FailOn {
    fn state(self) -> State {
        match self {
            Self::Missed => State::Missed,
            Self::Stale => State::Stale,
            Self::Denied => State::Denied,
            Self::Unknown => State::Unknown,
        }
    }
}

impl Inventory {
    /// Reads the cluster's Pods and prints the inventory.
    pub(super) fn run(self) -> Result<ExitCode, Error> {
        let (output, states) = (self.output, self.fail_on.iter().map(|it| it.state()).collect::<BTreeSet<_>>());
        let all_namespaces = self.all_namespaces;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let found = runtime.block_on(self.read())?;
        let notes = notes::notes(&found.state, &found.surveyed);
        notes.iter().for_each(|note| eprintln!("note: {note}"));
        let inventory = &found.surveyed.inventory;
        match output {
            Format::Table | Format::Wide if inventory.rows().next().is_none() => eprintln!("No Pods found."),
            Format::Table | Format::Wide => {
                print(&table::rendered(inventory, table::Columns { all_namespaces, wide: output == Format::Wide }))?;
            }
            Format::Json => print(&(serde_json::to_string_pretty(&document::document(inventory, &notes))? + "\n"))?,
            Format::Yaml => print(&serde_saphyr::to_string(&document::document(inventory, &notes))?)?,
            Format::Name => {
                let names = names::restartable(inventory, all_namespaces);
                print(&names.lines)?;
                names.note.iter().for_each(|note| eprintln!("note: {note}"));
            }
        }
        let totals = inventory.totals();
        let failed = states.into_iter().any(|state| totals.of(state) > 0);
        Ok(if failed { ExitCode::from(WRONG) } else { ExitCode::SUCCESS })
    }

    async fn read(self) -> Result<Found, Error> {
        let (places, stated) = self.podwright.places()?;
        let reader = self.cluster.connect().await?;
        reader.must_answer().await.map_err(|failure| Error::Unreadable(failure.to_string()))?;
        let scope = scope(&reader, self.all_namespaces, self.namespace);
        let state = cluster_state(&reader, &scope, &places, stated).await?;
        must_exist(&state, &scope)?;
        let wanted = Survey { scope, labels: self.selector, page_size: self.chunk_size };
        let mut line = ProgressLine::new();
        let surveyed = survey(&reader, &wanted, &state, |progress| line.show(progress)).await;
        drop(line);
        let surveyed = surveyed.map_err(|error| Error::Unreadable(error.to_string()))?;
        Ok(Found { state, surveyed })
    }
}

/// The cluster's state, and its Pods.
struct Found {
    state: ClusterState,
    surveyed: Surveyed,
}

/// Fails for a Namespace that does not exist. Otherwise a misspelt name would pass `--fail-on`.
fn must_exist(state: &ClusterState, scope: &Scope) -> Result<(), Error> {
    let Scope::Namespace(name) = scope else { return Ok(()) };
    match state.namespaces.get(name) {
        Known::Unseen(Unseen::Absent(_)) => {
            Err(Error::Unreadable(format!("Namespace {name} does not exist; expected an existing one, or -A for all")))
        }
        _ => Ok(()),
    }
}

fn scope(reader: &ClusterReader, all: bool, namespace: Option<String>) -> Scope {
    match all {
        true => Scope::All,
        false => Scope::Namespace(namespace.unwrap_or_else(|| reader.default_namespace().to_owned())),
    }
}
