//! Limits the connections of a listener, in total and for each peer address (docs/adr/0011-connection-limits.md). Also limits the
//! concurrent requests of connections, beyond one each.
//!
//! At the connection limit, the accept loop asks idle connections to close, again and again.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::warning::RareWarning;
use crate::server::limits::{Limits, MORE_REQUESTS};

pub(crate) struct Limiter {
    limit: usize,
    per_address: usize,
    /// The interval at which the accept loop asks idle connections to close.
    ask_again: Duration,
    free: Arc<Semaphore>,
    by_address: Mutex<HashMap<IpAddr, usize>>,
    at_limit: Notify,
    more_requests: Arc<Semaphore>,
    limit_warning: RareWarning,
    address_warning: RareWarning,
}

/// The slot of one connection, free again when dropped.
pub(crate) struct Slot {
    limiter: Arc<Limiter>,
    address: IpAddr,
    _free: OwnedSemaphorePermit,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            limit: limits.connections,
            per_address: limits.connections_per_address,
            ask_again: limits.idle_at_limit / 10,
            free: Arc::new(Semaphore::new(limits.connections)),
            by_address: Mutex::default(),
            at_limit: Notify::new(),
            more_requests: Arc::new(Semaphore::new(MORE_REQUESTS)),
            limit_warning: RareWarning::default(),
            address_warning: RareWarning::default(),
        })
    }

    /// Waits for room for another connection. Asks idle connections to close while there is none.
    pub(crate) async fn room(&self) -> OwnedSemaphorePermit {
        loop {
            if let Some(free) = self.room_now() {
                return free;
            }
            self.warn_of_the_limit();
            self.at_limit.notify_waiters();
            // The semaphore is never closed, so an error is the timeout.
            if let Ok(Ok(free)) = timeout(self.ask_again, Arc::clone(&self.free).acquire_owned()).await {
                return free;
            }
        }
    }

    pub(crate) fn room_now(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).try_acquire_owned().ok()
    }

    /// Returns a slot for a connection from this address, unless the address is at its limit.
    pub(crate) fn slot(self: &Arc<Self>, free: OwnedSemaphorePermit, address: IpAddr) -> Option<Slot> {
        // A listener on `[::]` sees IPv4 addresses as IPv6 ones.
        let address = address.to_canonical();
        let mut by_address = lock(&self.by_address);
        let connections = by_address.entry(address).or_default();
        if *connections < self.per_address {
            *connections += 1;
            return Some(Slot { limiter: Arc::clone(self), address, _free: free });
        }
        drop(by_address);
        if self.address_warning.is_due() {
            tracing::warn!(%address, limit = self.per_address, "per-address connection limit reached; closing new connections");
        }
        None
    }

    /// Waits until idle connections are asked to close.
    pub(crate) async fn at_limit(&self) {
        self.at_limit.notified().await;
    }

    /// Returns room for a further concurrent request of a connection, if there is any.
    pub(crate) fn another_request(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.more_requests).try_acquire_owned().ok()
    }

    fn warn_of_the_limit(&self) {
        if !self.limit_warning.is_due() {
            return;
        }
        let by_address = lock(&self.by_address);
        let (address, connections) = by_address.iter().max_by_key(|(_, number)| **number).unzip();
        let (limit, most_from) = (self.limit, address.map(tracing::field::display));
        tracing::warn!(limit, most_from, connections, "connection limit reached; closing idle connections");
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut by_address = lock(&self.limiter.by_address);
        if let Some(connections) = by_address.get_mut(&self.address) {
            *connections -= 1;
            if *connections == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

/// Ignores poisoning: no code panics with one of these locks held.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed test panics")]

    use super::*;

    fn limiter(connections: usize, connections_per_address: usize) -> Arc<Limiter> {
        Limiter::new(&Limits { connections, connections_per_address, ..Limits::default() })
    }

    fn slots(limiter: &Arc<Limiter>, address: &str, number: usize) -> Vec<Slot> {
        let slot = |_| limiter.slot(limiter.room_now()?, address.parse().unwrap());
        (0..number).filter_map(slot).collect()
    }

    #[test]
    fn an_address_has_its_limit_and_leaves_the_rest_to_others() {
        let limiter = limiter(8, 3);
        let mut first = slots(&limiter, "10.0.0.1", 5);
        assert_eq!(first.len(), 3);
        assert_eq!(slots(&limiter, "::ffff:10.0.0.1", 1).len(), 0, "the same address by another name");
        let others = [slots(&limiter, "fd00::1", 3), slots(&limiter, "fd00::2", 3)];
        assert_eq!(others.each_ref().map(Vec::len), [3, 2], "one network, two addresses, and the limit of all");
        first.pop();
        assert_eq!(slots(&limiter, "10.0.0.1", 5).len(), 1);
        drop((first, others));
        assert!(lock(&limiter.by_address).is_empty());
        assert_eq!(limiter.free.available_permits(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn connections_are_asked_to_close_again_and_again_until_there_is_room() {
        let limiter = limiter(1, 1);
        let held = slots(&limiter, "10.0.0.1", 1);
        assert!(timeout(Duration::from_secs(60), limiter.at_limit()).await.is_err(), "no connection waits for room");
        let asked_three_times = async {
            for _ in 0..3 {
                limiter.at_limit().await;
            }
            drop(held);
        };
        let (room, ()) =
            timeout(Duration::from_secs(60), async { tokio::join!(limiter.room(), asked_three_times) }).await.unwrap();
        assert!(limiter.room_now().is_none());
        drop(room);
        assert!(limiter.room_now().is_some());
    }
}
