//! A simulated cluster: a Secret with a version, configurations that API servers use late, and replicas with their own clocks.

use super::*;

/// The longest delay until API servers use a new configuration, and until Kubernetes sends no more requests to a replica.
const LATE: Duration = Duration::from_secs(3);

pub(super) struct Simulation {
    pub(super) now: SystemTime,
    pub(super) secret: SecretData,
    version: u64,
    pub(super) bundles: Bundles,
    bundles_version: u64,
    changed: SystemTime,
    /// The previous bundles, each with its first moment.
    history: Vec<(SystemTime, Bundles)>,
    pub(super) replicas: Vec<Member>,
    pub(super) steps: Vec<&'static str>,
    pub(super) lost: usize,
    lifetimes: Lifetimes,
}

pub(super) struct Member {
    replica: Replica,
    /// The time by which its clock is ahead, and that by which it is behind.
    skew: (Duration, Duration),
    served: Option<Served>,
    ready_since: Option<SystemTime>,
    again: SystemTime,
    /// The state of its last look, which need not be repeated before `again`.
    looked_at: Option<(u64, u64)>,
    reach: Reach,
}

/// The state that all replicas look at before one of them writes.
struct Common {
    secret: SecretData,
    bundles: Bundles,
    /// The versions of the two.
    state: (u64, u64),
}

/// The connection of a replica to the API server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Connected,
    /// It reads and writes nothing, but API servers still call it.
    CutOff,
}

impl Simulation {
    pub(super) fn new(lifetimes: Lifetimes, skews: &[(u64, u64)]) -> Self {
        let bundles = untrusting();
        let history = vec![(start(), bundles.clone())];
        let mut cluster = Self {
            now: start(),
            secret: SecretData::new(),
            version: 0,
            bundles,
            bundles_version: 0,
            changed: start(),
            history,
            replicas: Vec::new(),
            steps: Vec::new(),
            lost: 0,
            lifetimes,
        };
        let seconds = Duration::from_secs;
        cluster.replicas =
            skews.iter().map(|(ahead, behind)| cluster.member((seconds(*ahead), seconds(*behind)))).collect();
        cluster
    }

    fn member(&self, skew: (Duration, Duration)) -> Member {
        let replica = Replica::new(names(), self.lifetimes);
        Member {
            replica,
            skew,
            served: None,
            ready_since: None,
            again: self.now,
            looked_at: None,
            reach: Reach::Connected,
        }
    }

    /// Restarts a replica, which forgets everything.
    pub(super) fn restart(&mut self, number: usize) {
        let number = number % self.replicas.len();
        self.replicas[number] = self.member(self.replicas[number].skew);
    }

    /// Cuts a replica off from the API server.
    pub(super) fn cut_off(&mut self, number: usize) {
        self.replicas[number].reach = Reach::CutOff;
        self.replicas[number].again = self.now + DAY * 10_000;
    }

    /// Returns the end of a replica's certificate, after which it is not ready any more.
    pub(super) fn end_of(&self, number: usize) -> SystemTime {
        self.replicas[number].served.as_ref().unwrap().serving.certificate.not_after()
    }

    /// Lets time pass: second by second while there is work, in leaps while there is none.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            let busy_until = self.now + Duration::from_secs(45);
            while self.now < busy_until {
                self.second();
            }
            let next = self.replicas.iter().map(|member| member.again).min().unwrap_or(end);
            self.now = self.now.max(next.min(end));
        }
    }

    /// Lets all replicas decide on the same state, so that they race. The first write wins; the losers look again.
    pub(super) fn second(&mut self) {
        for _ in 0..3 {
            let seen = Common { secret: self.secret.clone(), bundles: self.bundles.clone(), state: self.state() };
            for number in 0..self.replicas.len() {
                let member = &self.replicas[number];
                let news = member.looked_at != Some(seen.state) || member.again <= self.now;
                if news && member.reach == Reach::Connected {
                    self.look(number, &seen);
                }
            }
        }
        if self.changed + LATE * 3 >= self.now {
            self.check_called_replicas();
        }
        self.now += Duration::from_secs(1);
    }

    /// Changes the Secret from outside.
    pub(super) fn damage(&mut self, change: impl FnOnce(&mut SecretData)) {
        change(&mut self.secret);
        self.version += 1;
        self.changed = self.now;
    }

    fn state(&self) -> (u64, u64) {
        (self.version, self.bundles_version)
    }

    fn look(&mut self, number: usize, Common { secret, bundles, state }: &Common) {
        let (now, member) = (self.now, &mut self.replicas[number]);
        let clock = now + member.skew.0 - member.skew.1;
        let decision = member.replica.decide(&Observation { secret: Some(secret), bundles, now: clock });
        let idle =
            decision.secret.is_none() && decision.serve.is_none() && decision.bundles.iter().all(Option::is_none);
        if !idle {
            self.changed = now;
        }
        member.served = decision.serve.or(member.served.take());
        member.looked_at = Some(*state);
        member.again = decision.again + member.skew.1 - member.skew.0;
        member.ready_since = decision.trusted.ok().map(|()| member.ready_since.unwrap_or(now));
        if let Some(PlannedStep { step, changes }) = decision.secret {
            if self.version == state.0 {
                self.secret = applied(std::mem::take(&mut self.secret), &changes.unwrap());
                self.version += 1;
                self.steps.push(step.word());
            } else {
                self.lost += 1;
            }
        }
        for (index, wanted) in decision.bundles.into_iter().enumerate() {
            // Each configuration has a version of its own.
            if self.bundles[index] == bundles[index]
                && let (Some(entries), Some(wanted)) = (&mut self.bundles[index], wanted)
            {
                entries.iter_mut().for_each(|entry| *entry = wanted.clone());
                self.bundles_version += 1;
                self.history.push((now, self.bundles.clone()));
            }
        }
    }

    /// Checks that API servers accept the certificate of every replica that they call.
    pub(super) fn check_called_replicas(&self) {
        for (number, member) in self.replicas.iter().enumerate() {
            let called = member.ready_since.is_some_and(|since| since + LATE <= self.now);
            let Some(served) = member.served.as_ref().filter(|_| called) else { continue };
            for bundles in self.used_bundles() {
                for entry in bundles.iter().flatten().flatten() {
                    let accepted =
                        Certificate::all_of(entry).iter().any(|ca| served.serving.certificate.is_signed_by(ca));
                    let valid = served.serving.certificate.check_validity(self.now);
                    assert!(accepted && valid.is_ok(), "replica {number} is refused after {:?}: {valid:?}", self.steps);
                }
            }
        }
    }

    /// Returns the bundles that an API server may use: those of the last seconds, and the last one before.
    fn used_bundles(&self) -> impl Iterator<Item = &Bundles> {
        let late = self.now - LATE;
        let first = self.history.iter().rposition(|(at, _)| *at <= late).unwrap_or(0);
        self.history[first..].iter().map(|(_, bundles)| bundles)
    }

    /// Reports whether all replicas serve the Secret's certificate and are ready.
    pub(super) fn agrees(&self) -> bool {
        let leaf =
            |member: &Member| member.served.as_ref().map(|served| served.serving.certificate_pem().as_bytes().to_vec());
        self.replicas
            .iter()
            .all(|member| member.ready_since.is_some() && leaf(member).as_ref() == self.secret.get(SERVING))
    }
}
