//! A replica at work: what the watches tell is shown to `cert::keeper`, and what that decides is written and served.
//!
//! Whoever writes says which version it means; where another replica was faster, what is there is read again, and looked at
//! anew. Without an API server nothing is written, and what is served is served on.

use std::time::{Duration, SystemTime};

use kube::api::{Patch, PatchParams};
use serde_json::Value;
use tokio::sync::watch;

use super::follow::{Seen, pause, tell};
use super::objects::{Kind, Object, of_configuration, of_secret, version_meant};
use super::{Cluster, Failure, answered};
use crate::cert::Name;
use crate::cert::keeper::{self, Bundles, Changes, Data, Decision, Distrust, Lives, Replica, Served};

/// Whose the fields are that are written here.
const MANAGER: &str = "podwright-certificates";

/// However long there is nothing to do: a clock may have been set.
const LONGEST: Duration = Duration::from_secs(60);

/// The word for a write of a `caBundle`, beside those of the steps.
pub const CA_BUNDLE: &str = "ca_bundle";

/// More than any state of the Secret and the bundles needs to be put right.
const AT_ONCE: u32 = 6;

/// Who is told.
pub trait Audience: Send + Sync {
    /// This is to be served from now on.
    ///
    /// # Errors
    /// Where it cannot be.
    fn serve(&self, served: &Served) -> Result<(), String>;

    /// Whether the API server accepts what is served, as far as is known, or why not.
    fn trusted(&self, standing: Result<String, String>);

    /// Something was written, or not: a step's word, or [`CA_BUNDLE`].
    fn wrote(&self, what: &'static str, outcome: Outcome);
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is there.
    Success,
    /// Somebody else was faster.
    Conflict,
    /// The API server is away, or does not allow it.
    Failure,
}

/// One replica's part in keeping the certificates.
pub struct Keeper {
    cluster: Cluster,
    names: Vec<Name>,
    lives: Lives,
}

/// The three objects.
struct Watched {
    secret: watch::Sender<Seen>,
    configurations: [watch::Sender<Seen>; 2],
}

/// What is known of them at one moment.
struct Known {
    secret: Option<Object>,
    configurations: [Option<Object>; 2],
}

impl Keeper {
    /// For a serving certificate with these names.
    pub fn new(cluster: Cluster, names: Vec<Name>, lives: Lives) -> Self {
        Self { cluster, names, lives }
    }

    /// Keeps them, for as long as it is polled.
    pub async fn keep(self, audience: &dyn Audience) {
        let unknown = || watch::Sender::new(Seen::Unknown("the API server has not answered yet".to_owned()));
        let watched = Watched { secret: unknown(), configurations: [unknown(), unknown()] };
        let [mutating, validating] = &watched.configurations;
        tokio::join!(
            self.cluster.follow(Kind::Secret, &watched.secret),
            self.cluster.follow(Kind::Mutating, mutating),
            self.cluster.follow(Kind::Validating, validating),
            self.work(&watched, audience),
        );
    }

    async fn work(&self, watched: &Watched, audience: &dyn Audience) {
        let mut replica = Replica::new(self.names.clone(), self.lives);
        let mut changed = watched.subscribe();
        let (mut failures, mut writes) = (0, 0_u32);
        loop {
            changed.iter_mut().for_each(|object| drop(object.borrow_and_update()));
            let wait = match watched.known() {
                Err(why) => {
                    audience.trusted(Err(why));
                    LONGEST
                }
                Ok(known) => match self.look(&mut replica, &known, (watched, audience)).await {
                    Done::Nothing(again) => {
                        (failures, writes) = (0, 0);
                        again.duration_since(SystemTime::now()).unwrap_or_default().min(LONGEST)
                    }
                    // Looked at again at once; but who undoes each write at once is not to be answered without a pause.
                    Done::Something => {
                        writes += 1;
                        if writes <= AT_ONCE { Duration::ZERO } else { pause(writes - AT_ONCE) }
                    }
                    Done::Failed => {
                        failures += 1;
                        pause(failures)
                    }
                },
            };
            let [secret, mutating, validating] = &mut changed;
            tokio::select! {
                _ = secret.changed() => {}
                _ = mutating.changed() => {}
                _ = validating.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn look(&self, replica: &mut Replica, known: &Known, (watched, audience): (&Watched, &dyn Audience)) -> Done {
        let (data, bundles) = (known.secret.as_ref().map(Object::data), known.bundles());
        let seen = keeper::Seen { secret: data.as_ref(), bundles: &bundles, now: SystemTime::now() };
        let decision = replica.look(&seen);
        if let Some(served) = &decision.serve
            && let Err(why) = audience.serve(served)
        {
            tracing::error!("the certificate of the Secret cannot be served: {why}");
        }
        audience.trusted(self.standing(&decision, data.as_ref()));
        let again = decision.again;
        let mut done = Done::Nothing(again);
        for wrote in self.write(decision, known, (watched, audience)).await {
            done = match (done, wrote) {
                (Done::Failed, _) | (_, Err(())) => Done::Failed,
                (_, Ok(())) => Done::Something,
            };
        }
        done
    }

    /// Each for itself: a Secret that cannot be written is no reason to leave a bundle wiped.
    async fn write(
        &self,
        decision: Decision,
        known: &Known,
        (watched, audience): (&Watched, &dyn Audience),
    ) -> Vec<Result<(), ()>> {
        let mut wrote = Vec::new();
        if let (Some((step, changes)), Some(secret)) = (decision.secret, &known.secret) {
            tracing::info!("{}: {}", self.cluster.told(Kind::Secret), step.told());
            let changes = changes.map_err(|error| tracing::error!("{error}"));
            wrote.push(match changes {
                Ok(changes) => self.write_secret(secret, &changes, (watched, audience, step.word())).await,
                Err(()) => Err(()),
            });
        }
        let configurations = Kind::CONFIGURATIONS.iter().zip(&known.configurations).zip(&watched.configurations);
        for (bundle, ((kind, configuration), seen)) in decision.bundles.iter().zip(configurations) {
            if let (Some(bundle), Some(configuration)) = (bundle, configuration) {
                tracing::info!("{}: its caBundle is written", self.cluster.told(*kind));
                let patch = of_configuration(configuration.version(), &configuration.entries(), bundle);
                wrote.push(self.patch(*kind, Patch::Strategic(patch), (seen, audience, CA_BUNDLE)).await);
            }
        }
        wrote
    }

    async fn write_secret(
        &self,
        secret: &Object,
        changes: &Changes,
        (watched, audience, what): (&Watched, &dyn Audience, &'static str),
    ) -> Result<(), ()> {
        let patch = Patch::Merge(of_secret(secret.version(), changes));
        self.patch(Kind::Secret, patch, (&watched.secret, audience, what)).await
    }

    async fn patch(
        &self,
        kind: Kind,
        patch: Patch<Value>,
        (seen, audience, what): (&watch::Sender<Seen>, &dyn Audience, &'static str),
    ) -> Result<(), ()> {
        let parameters = PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() };
        let api = self.cluster.api(kind);
        match answered(api.patch(self.cluster.name(kind), &parameters, &patch)).await {
            Ok(object) => {
                tell(seen, Some(Object::new(object)));
                audience.wrote(what, Outcome::Success);
                Ok(())
            }
            Err(Failure::Conflict(why)) if self.is_another(kind, seen, &patch).await => {
                tracing::info!(
                    "{} was written by somebody else meanwhile ({why}); read again",
                    self.cluster.told(kind)
                );
                audience.wrote(what, Outcome::Conflict);
                Err(())
            }
            Err(failure) => {
                tracing::error!("{}", self.cluster.failed("write", kind, &failure));
                audience.wrote(what, Outcome::Failure);
                Err(())
            }
        }
    }

    /// Reads the object again. Where it is the one that was meant, nobody was faster: it cannot be written so, such as a
    /// Secret that is immutable.
    async fn is_another(&self, kind: Kind, seen: &watch::Sender<Seen>, patch: &Patch<Value>) -> bool {
        let Ok(object) = self.cluster.get(kind).await else { return true };
        let is_another = object.as_ref().is_none_or(|object| Some(object.version()) != version_meant(patch));
        tell(seen, object);
        is_another
    }

    /// In a line.
    fn standing(&self, decision: &Decision, data: Option<&Data>) -> Result<String, String> {
        let secret = self.cluster.told(Kind::Secret);
        match &decision.trusted {
            Ok(()) if data.is_none() => {
                Ok(format!("ok: {secret} is not there, so nothing can be renewed; apply the manifests"))
            }
            Ok(()) => Ok("ok: by the caBundle of every webhook configuration that is there".to_owned()),
            Err(Distrust::NothingServed(why)) => Err(format!("{secret}: {why}")),
            Err(Distrust::Configuration(number)) => {
                let kind = Kind::CONFIGURATIONS.get(*number).copied().unwrap_or(Kind::Mutating);
                Err(format!("the caBundle of {} does not verify it", self.cluster.told(kind)))
            }
        }
    }
}

/// What a look led to.
enum Done {
    /// There is nothing to do before this moment.
    Nothing(SystemTime),
    Something,
    Failed,
}

impl Watched {
    fn subscribe(&self) -> [watch::Receiver<Seen>; 3] {
        let [mutating, validating] = &self.configurations;
        [self.secret.subscribe(), mutating.subscribe(), validating.subscribe()]
    }

    /// All of them, or why one is not known: what is not known might be right.
    fn known(&self) -> Result<Known, String> {
        let known = |seen: &watch::Sender<Seen>| match &*seen.borrow() {
            Seen::Unknown(why) => Err(why.clone()),
            Seen::Absent => Ok(None),
            Seen::There(object) => Ok(Some(object.clone())),
        };
        let [mutating, validating] = &self.configurations;
        Ok(Known { secret: known(&self.secret)?, configurations: [known(mutating)?, known(validating)?] })
    }
}

impl Known {
    fn bundles(&self) -> Bundles {
        let bundles =
            |configuration: &Object| configuration.entries().into_iter().map(|entry| entry.ca_bundle).collect();
        self.configurations.iter().map(|configuration| configuration.as_ref().map(bundles)).collect()
    }
}
