//! The certificate controller of one replica: passes the watched objects to `cert::rotation` and carries out its decisions.
//!
//! Each write names the version that it changes. If another replica was faster, the controller reads the object again and
//! decides anew. Without an API server it writes nothing and keeps the served certificate.

use std::time::{Duration, SystemTime};

use kube::api::{Patch, PatchParams};
use serde_json::Value;

use super::backoff::pause;
use super::client::Cluster;
use super::error::{Error, RequestFailure};
use super::objects::{Object, ObjectKind, configuration_patch, patched_version, secret_patch};
use super::observer::{CA_BUNDLE, RotationObserver, Trust, TrustProblem, WriteOutcome};
use super::watch::Watched;
use crate::cert::Name;
use crate::cert::rotation::{Bundles, Decision, Distrust, Lifetimes, Observation, PlannedStep, Replica};

/// The field manager of podwright's writes.
const FIELD_MANAGER: &str = "podwright-certificates";

/// The longest idle pause. The controller then checks again, because the clock may have been changed.
const LONGEST: Duration = Duration::from_secs(60);

/// The limit of writes without a pause. No state of the Secret and the bundles needs more.
const AT_ONCE: u32 = 6;

/// A controller that rotates a cluster's certificates, together with the controllers of other replicas.
pub struct CertificateController {
    cluster: Cluster,
    names: Vec<Name>,
    lifetimes: Lifetimes,
}

impl CertificateController {
    /// Creates a controller for a serving certificate with these names.
    pub fn new(cluster: Cluster, names: Vec<Name>, lifetimes: Lifetimes) -> Self {
        Self { cluster, names, lifetimes }
    }

    /// Watches the objects and acts on them, until the future is dropped.
    pub async fn run(self, observer: &dyn RotationObserver) {
        let objects = WatchedObjects { secret: Watched::new(), configurations: [Watched::new(), Watched::new()] };
        let [mutating, validating] = &objects.configurations;
        let replica = Replica::new(self.names, self.lifetimes);
        let work = Reconciler { cluster: &self.cluster, objects: &objects, observer }.run(replica);
        tokio::join!(
            self.cluster.watch(ObjectKind::Secret, &objects.secret),
            self.cluster.watch(ObjectKind::Mutating, mutating),
            self.cluster.watch(ObjectKind::Validating, validating),
            work,
        );
    }
}

/// The three watched objects.
struct WatchedObjects {
    secret: Watched,
    configurations: [Watched; 2],
}

/// The state of the three objects at one time; `None` for an object that does not exist.
struct Snapshot {
    secret: Option<Object>,
    configurations: [Option<Object>; 2],
}

impl WatchedObjects {
    /// Returns the state of all objects.
    ///
    /// # Errors
    /// If the state of one is unknown: it may need no change.
    fn snapshot(&self) -> Result<Snapshot, Error> {
        let [mutating, validating] = &self.configurations;
        Ok(Snapshot { secret: self.secret.known()?, configurations: [mutating.known()?, validating.known()?] })
    }
}

impl Snapshot {
    fn bundles(&self) -> Bundles {
        let bundles =
            |configuration: &Object| configuration.webhooks().into_iter().map(|webhook| webhook.ca_bundle).collect();
        self.configurations.iter().map(|configuration| configuration.as_ref().map(bundles)).collect()
    }
}

/// The result of acting on one snapshot.
enum Reconciled {
    /// Nothing is due before this time.
    Idle(SystemTime),
    Wrote,
    Failed,
}

/// A failed write, already logged and recorded.
struct WriteFailed;

/// A patch of one object.
struct Write<'a> {
    kind: ObjectKind,
    patch: Patch<Value>,
    watched: &'a Watched,
    /// The word for the observer.
    what: &'static str,
}

/// A worker that acts on snapshots.
struct Reconciler<'a> {
    cluster: &'a Cluster,
    objects: &'a WatchedObjects,
    observer: &'a dyn RotationObserver,
}

impl Reconciler<'_> {
    async fn run(self, mut replica: Replica) {
        let [mutating, validating] = &self.objects.configurations;
        let (mut secret, mut mutating, mut validating) =
            (self.objects.secret.subscribe(), mutating.subscribe(), validating.subscribe());
        let mut pace = Pace::default();
        loop {
            for object in [&mut secret, &mut mutating, &mut validating] {
                object.mark_unchanged();
            }
            let wait = match self.objects.snapshot() {
                Ok(snapshot) => pace.wait(self.reconcile(&mut replica, &snapshot).await),
                Err(error) => {
                    self.observer.trusted(Err(TrustProblem::Unknown(error)));
                    LONGEST
                }
            };
            tokio::select! {
                _ = secret.changed() => {}
                _ = mutating.changed() => {}
                _ = validating.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn reconcile(&self, replica: &mut Replica, snapshot: &Snapshot) -> Reconciled {
        let [mutating, _] = &snapshot.configurations;
        self.observer.entries(mutating.as_ref().map(Object::webhooks).as_deref());
        let (data, bundles) = (snapshot.secret.as_ref().map(Object::data), snapshot.bundles());
        let observation = Observation { secret: data.as_ref(), bundles: &bundles, now: SystemTime::now() };
        let decision = replica.decide(&observation);
        if let Some(served) = &decision.serve {
            self.observer.serve(served);
        }
        self.observer.trusted(self.trust(&decision, data.is_some()));
        let again = decision.again;
        let results = self.write_all(decision, snapshot).await;
        match results.as_slice() {
            [] => Reconciled::Idle(again),
            results if results.iter().all(Result::is_ok) => Reconciled::Wrote,
            _ => Reconciled::Failed,
        }
    }

    /// Writes each object independently, so that bundles are restored even if the Secret cannot be written.
    async fn write_all(&self, decision: Decision, snapshot: &Snapshot) -> Vec<Result<(), WriteFailed>> {
        let mut results = Vec::new();
        if let (Some(planned), Some(secret)) = (decision.secret, &snapshot.secret) {
            results.push(self.write_secret(planned, secret).await);
        }
        let configurations = snapshot.configurations.iter().zip(&self.objects.configurations);
        let configurations = ObjectKind::CONFIGURATIONS.into_iter().zip(configurations);
        for (bundle, (kind, (configuration, watched))) in decision.bundles.iter().zip(configurations) {
            if let (Some(bundle), Some(configuration)) = (bundle, configuration) {
                tracing::info!("{}: writing the caBundle", self.cluster.title(kind));
                let patch = configuration_patch(configuration.version(), &configuration.webhooks(), bundle);
                results
                    .push(self.write(Write { kind, patch: Patch::Strategic(patch), watched, what: CA_BUNDLE }).await);
            }
        }
        results
    }

    async fn write_secret(&self, planned: PlannedStep, secret: &Object) -> Result<(), WriteFailed> {
        let (kind, what) = (ObjectKind::Secret, planned.step.word());
        tracing::info!("{}: {}", self.cluster.title(kind), planned.step);
        let changes = planned.changes.map_err(|error| {
            tracing::error!("{error}");
            WriteFailed
        })?;
        let patch = Patch::Merge(secret_patch(secret.version(), &changes));
        self.write(Write { kind, patch, watched: &self.objects.secret, what }).await
    }

    async fn write(&self, write: Write<'_>) -> Result<(), WriteFailed> {
        let parameters = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
        let (api, name) = (self.cluster.api(write.kind), self.cluster.name(write.kind));
        let failure = match self.cluster.answered(api.patch(name, &parameters, &write.patch)).await {
            Ok(object) => {
                write.watched.set(Some(Object::new(object)));
                self.observer.wrote(write.what, WriteOutcome::Success);
                return Ok(());
            }
            Err(failure) => failure,
        };
        match failure {
            RequestFailure::Conflict(why) if self.was_changed(&write).await => {
                let object = self.cluster.title(write.kind);
                tracing::info!("another writer changed {object} first ({why}); reading it again");
                self.observer.wrote(write.what, WriteOutcome::Conflict);
            }
            failure => {
                tracing::error!("{}", self.cluster.request_error("write", write.kind, failure));
                self.observer.wrote(write.what, WriteOutcome::Failure);
            }
        }
        Err(WriteFailed)
    }

    /// Reads the object again and reports whether its version differs. If it is the same, there was no other writer: the API
    /// server refuses this change, such as one of an immutable Secret.
    async fn was_changed(&self, write: &Write<'_>) -> bool {
        let Ok(object) = self.cluster.get(write.kind).await else { return true };
        let changed = object.as_ref().is_none_or(|object| Some(object.version()) != patched_version(&write.patch));
        write.watched.set(object);
        changed
    }

    fn trust(&self, decision: &Decision, has_secret: bool) -> Result<Trust, TrustProblem> {
        let secret = || self.cluster.title(ObjectKind::Secret);
        match &decision.trusted {
            Ok(()) if has_secret => Ok(Trust::Complete),
            Ok(()) => Ok(Trust::NoSecret(secret())),
            Err(Distrust::NothingServed(problem)) => {
                Err(TrustProblem::NothingServed { secret: secret(), problem: problem.clone() })
            }
            Err(Distrust::Configuration(index)) => {
                let kind = ObjectKind::CONFIGURATIONS.get(*index).copied().unwrap_or(ObjectKind::Mutating);
                Err(TrustProblem::CaBundle(self.cluster.title(kind)))
            }
        }
    }
}

/// The pauses between snapshots.
#[derive(Default)]
struct Pace {
    failures: u32,
    writes: u32,
}

impl Pace {
    fn wait(&mut self, reconciled: Reconciled) -> Duration {
        match reconciled {
            Reconciled::Idle(again) => {
                *self = Self::default();
                again.duration_since(SystemTime::now()).unwrap_or_default().min(LONGEST)
            }
            // Check again at once, unless another writer undoes each write.
            Reconciled::Wrote => {
                self.writes += 1;
                if self.writes <= AT_ONCE { Duration::ZERO } else { pause(self.writes - AT_ONCE) }
            }
            Reconciled::Failed => {
                self.failures += 1;
                pause(self.failures)
            }
        }
    }
}
