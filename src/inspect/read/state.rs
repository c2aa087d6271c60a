//! The state of podwright in a cluster.

use super::configuration::configuration;
use super::{Places, Scope, Stated, parsed};
use crate::cluster::{ClusterReader, Collection};
use crate::inspect::known::{Known, Unseen};
use crate::inspect::namespaces::{NamespaceState, Namespaces};
use crate::inspect::state::{ClusterState, Profiles};
use crate::inspect::webhook::Entries;

/// The path of the webhook configurations.
const CONFIGURATIONS: &str = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

/// The Namespaces of a page.
const PAGE: u32 = 500;

/// Reads the state of podwright, as far as the user may see it.
///
/// # Errors
/// None is known: podwright's own manifest can be read.
pub async fn cluster_state(
    reader: &ClusterReader,
    scope: &Scope,
    places: &Places,
    stated: Stated,
) -> Result<ClusterState, serde_json::Error> {
    let entries = entries(reader, &places.webhook_configuration).await;
    let profiles = match stated.configuration {
        Some((configuration, source)) => Profiles::seen(configuration, source),
        None => configuration(reader, places, entries.seen()).await,
    };
    let namespaces = Namespaces { stated_profile: stated.namespace_profile, ..namespaces(reader, scope).await };
    ClusterState::new(profiles, entries, namespaces)
}

async fn entries(reader: &ClusterReader, name: &str) -> Known<Entries> {
    let object = || format!("MutatingWebhookConfiguration {name}");
    match reader.object(&format!("{CONFIGURATIONS}/{name}")).await {
        Ok(Some(json)) => parsed(object(), Entries::parse(&json)),
        // Nobody calls podwright then, and that is a fact.
        Ok(None) => Known::Seen(Entries::none(name)),
        Err(failure) => Known::Unseen(Unseen::from_failure(object(), failure)),
    }
}

async fn namespaces(reader: &ClusterReader, scope: &Scope) -> Namespaces {
    let mut namespaces = Namespaces::default();
    let Scope::Namespace(name) = scope else { return all_namespaces(reader).await };
    let object = format!("Namespace {name}");
    let state = match reader.object(&format!("/api/v1/namespaces/{name}")).await {
        Ok(Some(json)) => parsed(object, NamespaceState::parse(&json).map(|(_, state)| state)),
        Ok(None) => Known::Unseen(Unseen::Absent(object)),
        Err(failure) => Known::Unseen(Unseen::from_failure(object, failure)),
    };
    namespaces.read.insert(name.clone(), state);
    namespaces
}

async fn all_namespaces(reader: &ClusterReader) -> Namespaces {
    let mut namespaces = Namespaces::default();
    let path = "/api/v1/namespaces".to_owned();
    let mut pages = reader.pages(Collection { path, page_size: PAGE, ..Collection::default() });
    loop {
        let page = match pages.next().await {
            Ok(Some(page)) => page,
            Ok(None) => return namespaces,
            Err(failure) => {
                namespaces.unlisted = Some(Unseen::from_failure("the Namespaces", failure));
                return namespaces;
            }
        };
        let states = page.items().into_iter().filter_map(|item| NamespaceState::parse(item.get()).ok());
        namespaces.read.extend(states.map(|(name, state)| (name, Known::Seen(state))));
    }
}
