//! Whether there is room for another connection, which those that are there are told: while there is none, who came beyond
//! its address's share makes room for who waits at the door. And whether there is room for another request: each connection has room for
//! one, and those that have more at once share what is left.
//!
//! Ends no connection itself: each looks after itself, and only this knows how many they are.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::server::connection::guests::Guests;
use crate::server::connection::limits::{Limits, MORE_REQUESTS};

/// How long all places have to be not taken for others to be another crowd: also the time between two warnings.
const SAME_CROWD: Duration = Duration::from_secs(2);

/// A listener's connections, as many as there may be; clones are the same house.
#[derive(Clone)]
pub(crate) struct House {
    most: usize,
    /// How long who asks for nothing may stay while others wait.
    crowded: Duration,
    /// Whether everybody goes in turns in a crowd, whatever its address has.
    in_turns: bool,
    guests: Guests,
    room: watch::Sender<Room>,
    more_requests: Arc<Semaphore>,
}

/// What the connections are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// Who is idle may stay. There may have been a crowd before.
    Left(Option<Crowd>),
    /// Others wait, or soon will.
    Wanted(Crowd),
}

/// Since when others wait, and when it was that all places were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowd {
    since: Instant,
    full: Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Full {
    Still,
    Until(Instant),
}

/// Whom a listener lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Open,
    /// Whoever comes is to be looked at: only an address that has no more than its share is let in.
    Watched,
    Shut,
}

/// What a count changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    /// That there is room, or that the same crowd is back.
    Room,
    Crowd,
}

impl Told {
    fn of(before: Room, now: Room) -> Self {
        match now {
            _ if before.is_wanted() == now.is_wanted() => Self::Nothing,
            Room::Wanted(crowd) if !before.had(crowd) => Self::Crowd,
            _ => Self::Room,
        }
    }
}

impl Crowd {
    /// Whether it is there, or was a moment ago: who comes as soon as there is room was waiting for it.
    fn lasts(&self) -> bool {
        match self.full {
            Full::Still => true,
            Full::Until(end) => end.elapsed() < SAME_CROWD,
        }
    }

    /// The same, where not all places are taken any more.
    fn not_full(self) -> Self {
        match self.full {
            Full::Still => Self { full: Full::Until(Instant::now()), ..self },
            Full::Until(_) => self,
        }
    }
}

impl Room {
    pub(crate) fn is_wanted(&self) -> bool {
        matches!(self, Self::Wanted(_))
    }

    fn had(&self, crowd: Crowd) -> bool {
        matches!(self, Self::Left(Some(last)) if last.since == crowd.since)
    }
}

impl House {
    pub(crate) fn new(limits: &Limits) -> Self {
        let more_requests = Arc::new(Semaphore::new(MORE_REQUESTS));
        let Limits { connections: most, crowded, .. } = *limits;
        let room = watch::Sender::new(Room::Left(None));
        Self { most, crowded, in_turns: false, guests: Guests::default(), room, more_requests }
    }

    /// The same without shares, where nobody is turned away either.
    pub(crate) fn in_turns(self) -> Self {
        Self { in_turns: true, ..self }
    }

    /// Who is there.
    pub(crate) fn guests(&self) -> &Guests {
        &self.guests
    }

    /// How many connections an address may have in a crowd.
    pub(crate) fn share(&self) -> usize {
        if self.in_turns { 0 } else { self.guests.share_of(self.most) }
    }

    /// Whether others wait, or soon will.
    pub(crate) fn wants_room(&self) -> bool {
        self.crowd().is_some()
    }

    /// Of those who wait.
    fn crowd(&self) -> Option<Crowd> {
        match *self.room.borrow() {
            // Nobody has to come or go for it to be over.
            Room::Wanted(crowd) if crowd.lasts() => Some(crowd),
            _ => None,
        }
    }

    /// How long anybody may be waited for.
    pub(crate) fn patience(&self) -> Duration {
        if self.wants_room() { self.crowded } else { Duration::MAX }
    }

    /// Whether others wait although whoever asks for nothing has had the time to go: those that are busy are in the way.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy_from().is_some_and(|from| from <= Instant::now())
    }

    /// When it is, where others wait.
    fn busy_from(&self) -> Option<Instant> {
        self.crowd().map(|crowd| crowd.since + 2 * self.crowded)
    }

    /// Returns once it is.
    pub(crate) async fn busy(&self) {
        let mut room = self.room();
        // Cannot fail: this holds the sender.
        while room.wait_for(Room::is_wanted).await.is_ok() {
            match self.busy_from() {
                Some(from) if from <= Instant::now() => return,
                Some(from) => sleep_until(from).await,
                // Over, or will be said to be; it may come back before that.
                None => sleep(self.crowded).await,
            }
        }
    }

    /// Who may come, where there are so many.
    pub(crate) fn door(&self, connections: usize) -> Door {
        if self.in_turns || !self.is_busy() {
            return if connections < self.most { Door::Open } else { Door::Shut };
        }
        // Some more than there may be: who waits behind thousands in the kernel's queue would wait until those had places.
        if connections < self.most + self.an_eighth() { Door::Watched } else { Door::Shut }
    }

    /// To be told whenever one comes or goes.
    pub(crate) fn count(&self, connections: usize) {
        let mut told = Told::Nothing;
        self.room.send_if_modified(|room| {
            let before = *room;
            *room = self.counted(before, connections);
            told = Told::of(before, *room);
            told != Told::Nothing
        });
        // Not in there, where every request would wait for whoever reads the log.
        if told == Told::Crowd {
            self.warn_of_a_crowd(connections);
        }
    }

    /// To be told when nobody can come any more, and so nobody waits.
    pub(crate) fn close(&self) {
        self.room.send_replace(Room::Left(None));
    }

    /// Telling wakes every connection. So that this is not the price of each one that comes and goes at the limit, "wanted"
    /// holds until an eighth is free, or there was room for a while.
    fn counted(&self, told: Room, connections: usize) -> Room {
        match told {
            Room::Left(last) if connections >= self.most => {
                let same = last.filter(Crowd::lasts);
                Room::Wanted(Crowd { since: same.map_or_else(Instant::now, |last| last.since), full: Full::Still })
            }
            Room::Wanted(crowd) if connections >= self.most => Room::Wanted(Crowd { full: Full::Still, ..crowd }),
            Room::Wanted(crowd) => {
                let crowd = crowd.not_full();
                let over = connections <= self.most - self.an_eighth() || !crowd.lasts();
                if over { Room::Left(Some(crowd)) } else { Room::Wanted(crowd) }
            }
            Room::Left(_) => told,
        }
    }

    fn an_eighth(&self) -> usize {
        self.most.div_ceil(8)
    }

    fn warn_of_a_crowd(&self, connections: usize) {
        let (address, of_it) = self.guests.greatest().unzip();
        tracing::warn!(
            connections,
            most_are_from = address.map(tracing::field::display),
            how_many = of_it,
            "as many connections as may be: others wait, and an address that has more than its share gives some back"
        );
    }

    /// Room for a request on a connection that has another one in flight, where there is any.
    pub(crate) fn another_request(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.more_requests).try_acquire_owned().ok()
    }

    /// For a connection, which must not outlive this.
    pub(crate) fn room(&self) -> watch::Receiver<Room> {
        self.room.subscribe()
    }

    /// Returns once a client that takes longer than this is in the way of others.
    pub(crate) async fn in_the_way_after(&self, time: Duration) {
        sleep(time).await;
        // Cannot fail: this holds the sender.
        let _ = self.room().wait_for(Room::is_wanted).await;
    }
}

#[cfg(test)]
mod tests;
