//! Reads the controllers of Pods: their owners, and the Pods that podwright denied them.

use std::collections::BTreeMap;

use super::{Scope, Survey};
use crate::cluster::{ClusterReader, Collection, Page};
use crate::inspect::known::Unseen;
use crate::inspect::pod::is_object_name;
use crate::inspect::webhook::Entries;
use crate::inspect::workload::{Controller, Denial, FailedCreate, Owners, WorkloadName, denial_message};

/// A kind of controllers: group, kind, the path of its API, and its resource.
type Kind = (&'static str, &'static str, &'static str, &'static str);

/// The kinds that have owners, so that they are not the top.
const OWNED: [Kind; 3] = [
    ("apps", "ReplicaSet", "/apis/apps/v1", "replicasets"),
    ("", "ReplicationController", "/api/v1", "replicationcontrollers"),
    ("batch", "Job", "/apis/batch/v1", "jobs"),
];

/// The kinds that report denied Pods by events only.
const BY_EVENTS: [Kind; 3] = [
    ("apps", "StatefulSet", "/apis/apps/v1", "statefulsets"),
    ("apps", "DaemonSet", "/apis/apps/v1", "daemonsets"),
    ("batch", "Job", "/apis/batch/v1", "jobs"),
];

/// One reading of a kind.
#[derive(Clone, Copy)]
struct Pass<'l> {
    kind: Kind,
    labels: Option<&'l str>,
    /// Whether denied Pods of these controllers count.
    denials: bool,
}

/// The controllers of a scope.
#[derive(Debug, Default)]
pub(super) struct Controllers {
    pub(super) owners: Owners,
    pub(super) denials: Vec<Denial>,
    /// The kinds that the user may not see.
    pub(super) unseen: Vec<Unseen>,
}

impl Controllers {
    /// Reads the controllers, page by page.
    pub(super) async fn read(reader: &ClusterReader, survey: &Survey, entries: &Entries) -> Self {
        let mut controllers = Self::default();
        let selected = survey.labels.is_some();
        for kind in OWNED {
            controllers.read_kind(reader, Pass { kind, labels: None, denials: !selected }, survey, entries).await;
            // A controller's labels may differ from its Pods', so each of them may be an owner.
            if let Some(labels) = &survey.labels {
                let pass = Pass { kind, labels: Some(labels), denials: true };
                controllers.read_kind(reader, pass, survey, entries).await;
            }
        }
        controllers.read_events(reader, survey, entries).await;
        controllers
    }

    async fn read_kind(&mut self, reader: &ClusterReader, pass: Pass<'_>, survey: &Survey, entries: &Entries) {
        let (_, name, version, resource) = pass.kind;
        let path = survey.scope.path(version, resource);
        let labels = pass.labels.map(str::to_owned);
        let mut pages = reader.pages(Collection { path, labels, ..survey.collection() });
        loop {
            match pages.next().await {
                Ok(Some(page)) => self.take_page(pass, &page, entries),
                Ok(None) => return,
                Err(failure) => return self.unseen.push(Unseen::from_failure(format!("{name}s"), failure)),
            }
        }
    }

    fn take_page(&mut self, pass: Pass<'_>, page: &Page, entries: &Entries) {
        let (group, kind, ..) = pass.kind;
        for item in page.items() {
            let Ok(controller) = Controller::parse(item.get()) else { continue };
            if !controller.is_in_use() {
                continue;
            }
            self.owners.take((group, kind), &controller);
            let message = controller.failures().find_map(|message| denial_message(message, entries));
            if let Some(message) = message.filter(|_| pass.denials) {
                let own = WorkloadName::new(group, kind, controller.name());
                self.deny(&controller, own, message);
            }
        }
    }

    fn deny(&mut self, controller: &Controller<'_>, own: WorkloadName, message: String) {
        let pods = controller.missing(&own.kind);
        if pods > 0 {
            let namespace = controller.namespace().to_owned();
            let workload = self.owners.above(&namespace, own);
            self.denials.push(Denial { namespace, workload, pods, message });
        }
    }

    /// Reads the events about Pods that could not be created. They end after an hour, so the controller must still lack Pods.
    async fn read_events(&mut self, reader: &ClusterReader, survey: &Survey, entries: &Entries) {
        let path = survey.scope.path("/api/v1", "events");
        let fields = Some("reason=FailedCreate".to_owned());
        let mut pages = reader.pages(Collection { path, fields, labels: None, page_size: survey.page_size });
        let mut denied = BTreeMap::new();
        loop {
            match pages.next().await {
                Ok(Some(page)) => {
                    let events = page.items().into_iter().filter_map(|item| FailedCreate::parse(item.get()).ok());
                    let events = events.filter_map(|event| event.denial(entries));
                    denied.extend(events.map(|(namespace, own, message)| ((namespace, own), message)));
                }
                Ok(None) => break,
                Err(failure) => {
                    self.unseen.push(Unseen::from_failure("Events", failure));
                    break;
                }
            }
        }
        for ((namespace, own), message) in denied {
            self.check(reader, survey, (namespace, own, message)).await;
        }
    }

    /// Takes a denial by an event, if its controller still lacks Pods.
    async fn check(
        &mut self,
        reader: &ClusterReader,
        survey: &Survey,
        (namespace, own, message): (String, WorkloadName, String),
    ) {
        let kind = BY_EVENTS.into_iter().find(|(group, kind, ..)| own.is(group, kind));
        let Some((_, _, version, resource)) = kind else { return };
        // Anybody who may write events can give any name, which would become a part of the field selector.
        if !is_object_name(&own.name) {
            return;
        }
        let path = Scope::Namespace(namespace).path(version, resource);
        let fields = Some(format!("metadata.name={}", own.name));
        let mut pages = reader.pages(Collection { path, fields, ..survey.collection() });
        let Ok(Some(page)) = pages.next().await else { return };
        for controller in page.items().into_iter().filter_map(|item| Controller::parse(item.get()).ok()) {
            self.deny(&controller, own.clone(), message.clone());
        }
    }
}
