//! Who holds a listener's connections, by address: where all are taken and others wait, an address that holds more than its
//! share is the one to give some back (docs/adr/0009-shares-by-address.md).
//!
//! One that asks again and again never idles, and thousands of those would keep everybody out for good; and an API server's
//! connections, which do idle, would be the ones to go.
//!
//! Ends no connection itself.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::sleep;

use crate::server::connection::house::House;

/// How often one within its address's share looks again at the most, while others wait.
const LOOK: Duration = Duration::from_millis(500);

/// How many connections each address has; clones are the same list.
#[derive(Clone, Default)]
pub(crate) struct Guests {
    by_address: Arc<Mutex<HashMap<IpAddr, Arc<AtomicUsize>>>>,
    addresses: Arc<AtomicUsize>,
}

/// One connection of an address, until dropped.
pub(crate) struct Guest {
    address: IpAddr,
    /// Of its address, with this one.
    connections: Arc<AtomicUsize>,
    /// How many they were when it came, with it: the first to come are the last to go.
    rank: usize,
    house: House,
}

impl Guests {
    /// How many connections an address may have where all are taken: as many as any other, one that is still to come among
    /// them.
    pub(crate) fn share_of(&self, most: usize) -> usize {
        most / (self.addresses.load(Ordering::Relaxed) + 1)
    }

    /// The address with the most, for whoever has to find out who they are.
    pub(crate) fn greatest(&self) -> Option<(IpAddr, usize)> {
        let by_address = self.by_address();
        let counted = by_address.iter().map(|(address, number)| (*address, number.load(Ordering::Relaxed)));
        counted.max_by_key(|(_, number)| *number)
    }

    /// The address's number of connections, and what it is with this one.
    fn enter(&self, address: IpAddr) -> (Arc<AtomicUsize>, usize) {
        let mut by_address = self.by_address();
        let connections = Arc::clone(by_address.entry(address).or_default());
        let rank = connections.fetch_add(1, Ordering::Relaxed) + 1;
        self.addresses.store(by_address.len(), Ordering::Relaxed);
        (connections, rank)
    }

    fn leave(&self, address: IpAddr, connections: &AtomicUsize) {
        let mut by_address = self.by_address();
        if connections.fetch_sub(1, Ordering::Relaxed) == 1 {
            by_address.remove(&address);
            self.addresses.store(by_address.len(), Ordering::Relaxed);
        }
    }

    /// Nothing in here can panic with the lock held; and were it so, the numbers would still be numbers.
    fn by_address(&self) -> MutexGuard<'_, HashMap<IpAddr, Arc<AtomicUsize>>> {
        self.by_address.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guest {
    /// A connection from this address.
    pub(crate) fn enter(house: &House, address: IpAddr) -> Self {
        // One address by two names, where a listener takes both kinds.
        let address = address.to_canonical();
        let (connections, rank) = house.guests().enter(address);
        Self { address, connections, rank, house: house.clone() }
    }

    /// Where it is.
    pub(crate) fn house(&self) -> &House {
        &self.house
    }

    /// Whether it has no time to idle: others wait, and it is one of those that its address has beyond its share.
    pub(crate) fn may_not_idle(&self) -> bool {
        self.house.wants_room() && self.is_beyond_the_share()
    }

    /// Whether it is to go, busy or not: others wait still, when whoever idles had the time to go.
    pub(crate) fn is_to_go(&self) -> bool {
        self.house.is_busy() && self.is_beyond_the_share()
    }

    /// Returns once it is.
    pub(crate) async fn to_go(&self) {
        loop {
            self.house.busy().await;
            if self.is_beyond_the_share() {
                return;
            }
            sleep(LOOK.min(self.house.patience())).await;
        }
    }

    /// While an address has more than its share, so is the last that came: there were no fewer when it did.
    fn is_beyond_the_share(&self) -> bool {
        let share = self.house.share();
        self.rank > share && self.connections.load(Ordering::Relaxed) > share
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.house.guests().leave(self.address, &self.connections);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

    use super::*;
    use crate::server::connection::limits::Limits;

    fn house(most: usize) -> House {
        House::new(&Limits::default().with_connections(most))
    }

    fn guests(house: &House, address: &str, number: usize) -> Vec<Guest> {
        (0..number).map(|_| Guest::enter(house, address.parse().unwrap())).collect()
    }

    #[test]
    fn who_came_beyond_its_addresss_share_may_not_idle_where_others_wait() {
        let house = house(16);
        let (many, few) = (guests(&house, "10.0.0.1", 14), guests(&house, "10.0.0.2", 2));
        let hurried = |guests: &[Guest]| guests.iter().filter(|guest| guest.may_not_idle()).count();
        assert_eq!((hurried(&many), hurried(&few)), (0, 0), "nobody waits");
        house.count(16);
        assert_eq!((hurried(&many), hurried(&few)), (9, 0), "5 are a share");
        assert!(!many.first().unwrap().may_not_idle() && many.last().unwrap().may_not_idle(), "the last that came");
        assert_eq!(house.guests().greatest(), Some(([10, 0, 0, 1].into(), 14)));
    }

    #[test]
    fn a_share_is_what_is_left_for_each_address_and_one_that_is_to_come() {
        let house = house(12);
        let beyond = |guests: &[Guest]| guests.iter().filter(|guest| guest.is_beyond_the_share()).count();
        let mut first = guests(&house, "10.0.0.1", 12);
        assert_eq!(beyond(&first), 6, "nobody else could come");
        first.truncate(6);
        assert_eq!(beyond(&first), 0, "a half of it");
        first.extend(guests(&house, "::ffff:10.0.0.1", 1));
        assert_eq!(beyond(&first), 1, "more than a half, by another name");
        first.truncate(6);
        let others = guests(&house, "fd00::1", 2);
        assert_eq!((beyond(&first), beyond(&others)), (2, 0), "more than a third");
        drop(others);
        assert_eq!(beyond(&first), 0, "a half of it again");
    }

    #[test]
    fn there_is_one_beyond_the_share_as_long_as_there_are_more() {
        let house = house(12);
        let mut guests = guests(&house, "10.0.0.1", 12);
        for left in (0..12).rev() {
            // The first and the last in turns, and one more that comes and goes.
            guests.remove(if left % 2 == 0 { 0 } else { left });
            drop(Guest::enter(&house, [10, 0, 0, 1].into()));
            assert_eq!(guests.iter().any(Guest::is_beyond_the_share), left > 6, "{left}");
        }
    }

    /// By a clock that stands still until everybody waits for it.
    #[tokio::test(start_paused = true)]
    async fn who_is_busy_is_to_go_when_those_that_idle_had_their_time_and_shares_became_smaller() {
        let house = house(12);
        let first = guests(&house, "10.0.0.1", 6);
        house.count(12);
        let comes = async {
            sleep(Limits::default().crowded * 3).await;
            assert!(house.is_busy() && !first.iter().any(Guest::is_to_go));
            guests(&house, "10.0.0.2", 6)
        };
        let (others, ()) = tokio::join!(comes, first.last().unwrap().to_go());
        assert!(others.last().unwrap().is_to_go());
    }
}
