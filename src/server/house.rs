//! Whether there is room for another connection, which those that are there are told: while there is none, who asks for
//! nothing makes room for who waits at the door. And whether there is room for another request: each connection has room for
//! one, and those that have more at once share what is left.
//!
//! Ends no connection itself, and never asks for the end of one whose request is there whole: each looks after itself, and
//! only this knows how many they are.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep};

use super::answer::Share;
use super::guests::Guests;
use super::limits::{Limits, MORE_REQUESTS};

/// A listener's connections, as many as there may be; clones are the same house.
#[derive(Clone)]
pub(super) struct House {
    most: usize,
    /// How long who asks for nothing may stay while others wait.
    crowded: Duration,
    guests: Guests,
    room: watch::Sender<Room>,
    more_requests: Arc<Semaphore>,
}

/// What a request has of its connection, which it carries along.
#[derive(Clone, Default)]
pub(super) struct Place {
    /// For its answer.
    pub(super) share: Share,
    /// Whether there is no room for it beside the others that its connection has in flight.
    pub(super) crowded: bool,
    /// Whether its headers were more than we take, and are not there any more.
    pub(super) head_too_large: bool,
}

/// What the connections are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// Who is idle may stay.
    Left(Option<Crowd>),
    /// Others wait, or soon will, since then.
    Wanted(Instant),
}

/// The last time that others waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crowd {
    since: Instant,
    until: Instant,
}

impl Room {
    pub(super) fn is_wanted(&self) -> bool {
        matches!(self, Self::Wanted(_))
    }
}

impl House {
    pub(super) fn new(limits: &Limits) -> Self {
        let more_requests = Arc::new(Semaphore::new(MORE_REQUESTS));
        let Limits { connections: most, crowded, .. } = *limits;
        Self { most, crowded, guests: Guests::default(), room: watch::Sender::new(Room::Left(None)), more_requests }
    }

    /// Who is there.
    pub(super) fn guests(&self) -> &Guests {
        &self.guests
    }

    /// How many may be there.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Whether others wait, or soon will.
    pub(super) fn wants_room(&self) -> bool {
        self.room.borrow().is_wanted()
    }

    /// Whether others wait although whoever asks for nothing has had the time to go: those that are busy are in the way.
    pub(super) fn is_busy(&self) -> bool {
        match *self.room.borrow() {
            Room::Left(_) => false,
            Room::Wanted(since) => since.elapsed() >= 2 * self.crowded,
        }
    }

    /// Whether one more may come, where there are so many.
    pub(super) fn takes_another(&self, connections: usize) -> bool {
        connections < self.most
    }

    /// To be told whenever one comes or goes.
    pub(super) fn count(&self, connections: usize) {
        // Telling wakes every connection. So that this is not the price of each one that comes and goes at the limit,
        // "full" holds until an eighth is free.
        let enough = self.most - self.most.div_ceil(8);
        let told = *self.room.borrow();
        match told {
            Room::Left(last) if connections >= self.most => {
                let since = self.waited_since(last).unwrap_or_else(|| {
                    self.warn_of_a_crowd(connections);
                    Instant::now()
                });
                self.room.send_replace(Room::Wanted(since));
            }
            Room::Wanted(since) if connections <= enough => {
                self.room.send_replace(Room::Left(Some(Crowd { since, until: Instant::now() })));
            }
            _ => {}
        }
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

    /// Since when others wait, who are the same as a moment ago: who comes as soon as there is room was waiting for it.
    fn waited_since(&self, last: Option<Crowd>) -> Option<Instant> {
        last.filter(|last| last.until.elapsed() < self.crowded).map(|last| last.since)
    }

    /// Room for a request on a connection that has another one in flight, where there is any.
    pub(super) fn another_request(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.more_requests).try_acquire_owned().ok()
    }

    /// For a connection, which must not outlive this.
    pub(super) fn room(&self) -> watch::Receiver<Room> {
        self.room.subscribe()
    }

    /// Returns once a client that takes longer than this is in the way of others.
    pub(super) async fn in_the_way_after(&self, time: Duration) {
        sleep(time).await;
        // Cannot fail: this holds the sender.
        let _ = self.room().wait_for(Room::is_wanted).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(most: usize) -> House {
        House::new(&Limits::default().with_connections(most))
    }

    #[test]
    fn a_house_that_was_full_wants_room_until_an_eighth_is_free() {
        let house = house(16);
        let wanted = |connections| {
            house.count(connections);
            house.wants_room()
        };
        assert_eq!([15, 16, 15, 14, 15].map(wanted), [false, true, true, false, false]);
        assert!(house.takes_another(15) && !house.takes_another(16));
    }

    #[test]
    fn the_smallest_house_is_full_and_empty_in_turns() {
        let house = house(1);
        house.count(1);
        assert!(house.wants_room());
        house.count(0);
        assert!(!house.wants_room());
    }

    /// By a clock that stands still until everybody waits for it.
    #[tokio::test(start_paused = true)]
    async fn a_house_is_busy_when_those_that_idle_have_had_the_time_to_go() {
        let house = house(1);
        assert!(!house.is_busy());
        house.count(1);
        sleep(house.crowded).await;
        // Counted again, which begins nothing anew.
        house.count(1);
        assert!(!house.is_busy());
        sleep(house.crowded).await;
        assert!(house.is_busy());
        house.count(0);
        assert!(!house.is_busy());
        sleep(house.crowded / 2).await;
        house.count(1);
        assert!(house.is_busy(), "who waited came in, and others wait");
        house.count(0);
        sleep(house.crowded).await;
        house.count(1);
        assert!(!house.is_busy(), "another crowd");
    }
}
