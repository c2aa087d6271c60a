//! Whether there is room for another connection, which those that are there are told: while there is none, who asks for
//! nothing makes room for who waits at the door. And whether there is room for another request: each connection has room for
//! one, and those that have more at once share what is left.
//!
//! Ends no connection itself, and never asks for the end of one whose request is there whole: each looks after itself, and
//! only this knows how many they are.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::sleep;

use super::answer::Share;
use super::limits::MORE_REQUESTS;

/// A listener's connections, as many as there may be; clones are the same house.
#[derive(Clone)]
pub(super) struct House {
    most: usize,
    /// Whether who has been answered makes room, too.
    in_turns: bool,
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
    Left,
    /// Others wait, or soon will.
    Wanted,
}

impl House {
    pub(super) fn new(most: usize) -> Self {
        let more_requests = Arc::new(Semaphore::new(MORE_REQUESTS));
        Self { most, in_turns: false, room: watch::Sender::new(Room::Left), more_requests }
    }

    /// The same, where each answer is its connection's last while others wait: whoever asks again and again never idles, and
    /// would stay.
    pub(super) fn in_turns(self) -> Self {
        Self { in_turns: true, ..self }
    }

    /// Whether a connection is to end with its answer.
    pub(super) fn ends_with_an_answer(&self) -> bool {
        self.in_turns && self.wants_room()
    }

    /// Whether others wait, or soon will.
    pub(super) fn wants_room(&self) -> bool {
        *self.room.borrow() == Room::Wanted
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
        if told == Room::Left && connections >= self.most {
            tracing::warn!(connections, "as many connections as may be: others wait, and those that idle are closed");
            self.room.send_replace(Room::Wanted);
        } else if told == Room::Wanted && connections <= enough {
            self.room.send_replace(Room::Left);
        }
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
        let _ = self.room().wait_for(|room| *room == Room::Wanted).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_that_was_full_wants_room_until_an_eighth_is_free() {
        let house = House::new(16);
        let told = |connections| {
            house.count(connections);
            *house.room().borrow()
        };
        assert_eq!([15, 16, 15, 14, 15].map(told), [Room::Left, Room::Wanted, Room::Wanted, Room::Left, Room::Left]);
        assert!(house.takes_another(15) && !house.takes_another(16));
    }

    #[test]
    fn the_smallest_house_is_full_and_empty_in_turns() {
        let house = House::new(1);
        house.count(1);
        assert_eq!(*house.room().borrow(), Room::Wanted);
        house.count(0);
        assert_eq!(*house.room().borrow(), Room::Left);
    }
}
