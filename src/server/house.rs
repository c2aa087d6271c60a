//! Whether there is room for another connection, which those that are there are told: while there is none, who asks for
//! nothing makes room for who waits at the door. And whether there is room for another request: each connection has room for
//! one, and those that have more at once share what is left.
//!
//! Ends no connection itself: each looks after itself, and only this knows how many they are.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::answer::Share;
use super::guests::Guests;
use super::limits::{Limits, MORE_REQUESTS};

/// How long all places have to be not taken for others to be another crowd: also the time between two warnings.
const SAME_CROWD: Duration = Duration::from_secs(2);

/// A listener's connections, as many as there may be; clones are the same house.
#[derive(Clone)]
pub(super) struct House {
    most: usize,
    /// How long who asks for nothing may stay while others wait.
    crowded: Duration,
    /// Whether everybody goes in turns in a crowd, whatever its address has.
    in_turns: bool,
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
    /// Who is idle may stay. There may have been a crowd before.
    Left(Option<Crowd>),
    /// Others wait, or soon will.
    Wanted(Crowd),
}

/// Since when others wait, and when all places were last seen taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crowd {
    since: Instant,
    full: Instant,
}

/// Whom a listener lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Open,
    /// Whoever comes is to be looked at: only an address that has no more than its share is let in.
    Watched,
    Shut,
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
        let room = watch::Sender::new(Room::Left(None));
        Self { most, crowded, in_turns: false, guests: Guests::default(), room, more_requests }
    }

    /// The same without shares, where nobody is turned away either.
    pub(super) fn in_turns(self) -> Self {
        Self { in_turns: true, ..self }
    }

    /// Who is there.
    pub(super) fn guests(&self) -> &Guests {
        &self.guests
    }

    /// How many connections an address may have in a crowd.
    pub(super) fn share(&self) -> usize {
        if self.in_turns { 0 } else { self.guests.share_of(self.most) }
    }

    /// Whether others wait, or soon will.
    pub(super) fn wants_room(&self) -> bool {
        self.room.borrow().is_wanted()
    }

    /// How long anybody may be waited for.
    pub(super) fn patience(&self) -> Duration {
        if self.wants_room() { self.crowded } else { Duration::MAX }
    }

    /// Whether others wait although whoever asks for nothing has had the time to go: those that are busy are in the way.
    pub(super) fn is_busy(&self) -> bool {
        self.busy_from().is_some_and(|from| from <= Instant::now())
    }

    /// When it is, where others wait.
    fn busy_from(&self) -> Option<Instant> {
        match *self.room.borrow() {
            Room::Left(_) => None,
            Room::Wanted(crowd) => Some(crowd.since + 2 * self.crowded),
        }
    }

    /// Returns once it is.
    pub(super) async fn busy(&self) {
        let mut room = self.room();
        // Cannot fail: this holds the sender.
        while room.wait_for(Room::is_wanted).await.is_ok() {
            match self.busy_from() {
                Some(from) if from <= Instant::now() => return,
                Some(from) => sleep_until(from).await,
                None => {}
            }
        }
    }

    /// Who may come, where there are so many.
    pub(super) fn door(&self, connections: usize) -> Door {
        if self.in_turns || !self.is_busy() {
            return if connections < self.most { Door::Open } else { Door::Shut };
        }
        // Some more than there may be: who waits behind thousands in the kernel's queue would wait until those had places.
        if connections < self.most + self.an_eighth() { Door::Watched } else { Door::Shut }
    }

    /// To be told whenever one comes or goes.
    pub(super) fn count(&self, connections: usize) {
        self.room.send_if_modified(|room| {
            let was_wanted = room.is_wanted();
            *room = self.counted(*room, connections);
            room.is_wanted() != was_wanted
        });
    }

    /// To be told when nobody can come any more, and so nobody waits.
    pub(super) fn close(&self) {
        self.room.send_replace(Room::Left(None));
    }

    /// Telling wakes every connection. So that this is not the price of each one that comes and goes at the limit, "wanted"
    /// holds until an eighth is free, or there was room for a while.
    fn counted(&self, told: Room, connections: usize) -> Room {
        let now = Instant::now();
        match told {
            Room::Left(last) if connections >= self.most => {
                // Who comes as soon as there is room was waiting for it.
                let same = last.filter(|last| now.duration_since(last.full) < SAME_CROWD);
                let since = same.map_or_else(
                    || {
                        self.warn_of_a_crowd(connections);
                        now
                    },
                    |last| last.since,
                );
                Room::Wanted(Crowd { since, full: now })
            }
            Room::Wanted(crowd) if connections >= self.most => Room::Wanted(Crowd { full: now, ..crowd }),
            Room::Wanted(crowd) if connections <= self.most - self.an_eighth() => Room::Left(Some(crowd)),
            Room::Wanted(crowd) if now.duration_since(crowd.full) > SAME_CROWD => Room::Left(Some(crowd)),
            unchanged => unchanged,
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
        assert_eq!([15, 16].map(|connections| house.door(connections)), [Door::Open, Door::Shut]);
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
        let begun = Instant::now();
        house.busy().await;
        assert_eq!((house.is_busy(), begun.elapsed()), (true, house.crowded));
        house.count(1);
        house.count(0);
        assert!(!house.is_busy());
        sleep(SAME_CROWD / 2).await;
        house.count(1);
        assert!(house.is_busy(), "who waited came in, and others wait");
        house.count(0);
        sleep(SAME_CROWD).await;
        house.count(1);
        assert!(!house.is_busy(), "another crowd");
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_house_looks_at_who_comes_and_has_places_beyond() {
        let house = house(16);
        house.count(16);
        assert_eq!(house.door(16), Door::Shut);
        sleep(house.crowded * 2).await;
        assert_eq!(
            [15, 16, 17, 18].map(|number| house.door(number)),
            [Door::Watched, Door::Watched, Door::Watched, Door::Shut]
        );
        assert_eq!([15, 16].map(|number| house.clone().in_turns().door(number)), [Door::Open, Door::Shut]);
        house.close();
        assert!(!house.wants_room() && !house.is_busy());
    }

    #[tokio::test(start_paused = true)]
    async fn a_house_that_was_not_full_for_a_while_wants_no_room_though_less_than_an_eighth_is_free() {
        let house = house(16);
        house.count(16);
        sleep(SAME_CROWD).await;
        house.count(15);
        assert!(house.wants_room());
        sleep(Duration::from_millis(1)).await;
        house.count(15);
        assert!(!house.wants_room());
    }
}
