//! Limits the connections of a listener, in total and for each peer address (docs/adr/0011-connection-limits.md). Also
//! limits the requests in flight of each address, and the concurrent requests of connections beyond one each.
//!
//! At the connection limit, the accept loop asks idle connections to close, again and again.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::warning::RareWarning;
use crate::server::limits::{Limits, MORE_REQUESTS, REQUESTS_PER_ADDRESS};

pub(crate) struct Limiter {
    limit: usize,
    per_address: usize,
    /// The interval at which the accept loop asks idle connections to close.
    ask_again: Duration,
    free: Arc<Semaphore>,
    by_address: Mutex<HashMap<IpAddr, Address>>,
    at_limit: Notify,
    more_requests: Arc<Semaphore>,
    limit_warning: RareWarning,
    address_warning: RareWarning,
    requests_warning: RareWarning,
}

/// The state of one peer address, from its first connection to the end of its last one.
struct Address {
    connections: usize,
    /// The room for further requests in flight.
    requests: Arc<Semaphore>,
}

/// The slot of one connection, free again when dropped.
pub(crate) struct Slot {
    limiter: Arc<Limiter>,
    address: IpAddr,
    requests: Arc<Semaphore>,
    _free: OwnedSemaphorePermit,
}

/// The limits for the requests of one connection.
pub(crate) struct RequestLimits {
    limiter: Arc<Limiter>,
    address: IpAddr,
    of_address: Arc<Semaphore>,
}

/// The room of one request in flight, free again when dropped.
pub(crate) struct RequestPermit {
    _of_address: OwnedSemaphorePermit,
    _more: Option<OwnedSemaphorePermit>,
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
            requests_warning: RareWarning::default(),
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
        let state = by_address.entry(address).or_insert_with(Address::new);
        if state.connections < self.per_address {
            state.connections += 1;
            let requests = Arc::clone(&state.requests);
            return Some(Slot { limiter: Arc::clone(self), address, requests, _free: free });
        }
        drop(by_address);
        if self.address_warning.is_due() {
            let limit = self.per_address;
            tracing::warn!(%address, limit, "per-address connection limit reached; closing new connections");
        }
        None
    }

    /// Waits until idle connections are asked to close.
    pub(crate) async fn at_limit(&self) {
        self.at_limit.notified().await;
    }

    fn warn_of_the_limit(&self) {
        if !self.limit_warning.is_due() {
            return;
        }
        let by_address = lock(&self.by_address);
        let (address, connections) = by_address
            .iter()
            .map(|(address, state)| (address, state.connections))
            .max_by_key(|(_, number)| *number)
            .unzip();
        let (limit, most_from) = (self.limit, address.map(tracing::field::display));
        tracing::warn!(limit, most_from, connections, "connection limit reached; closing idle connections");
    }
}

impl Address {
    fn new() -> Self {
        Self { connections: 0, requests: Arc::new(Semaphore::new(REQUESTS_PER_ADDRESS)) }
    }
}

impl Slot {
    pub(crate) fn request_limits(&self) -> RequestLimits {
        let (limiter, of_address) = (Arc::clone(&self.limiter), Arc::clone(&self.requests));
        RequestLimits { limiter, address: self.address, of_address }
    }
}

impl RequestLimits {
    /// Returns room for a request, if there is any. `alone` is true if its connection has no other one in flight.
    pub(crate) fn begin(&self, alone: bool) -> Option<RequestPermit> {
        let Ok(of_address) = Arc::clone(&self.of_address).try_acquire_owned() else {
            if self.limiter.requests_warning.is_due() {
                let (address, limit) = (self.address, REQUESTS_PER_ADDRESS);
                tracing::warn!(%address, limit, "per-address limit of requests in flight reached; answering 503");
            }
            return None;
        };
        let more = || Arc::clone(&self.limiter.more_requests).try_acquire_owned().ok();
        let more = if alone { None } else { Some(more()?) };
        Some(RequestPermit { _of_address: of_address, _more: more })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut by_address = lock(&self.limiter.by_address);
        if let Some(state) = by_address.get_mut(&self.address) {
            state.connections -= 1;
            if state.connections == 0 {
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

    #[test]
    fn an_address_has_its_requests_and_leaves_the_rest_to_others() {
        let limiter = limiter(8, 4);
        let busy = slots(&limiter, "10.0.0.1", 2);
        let [one, two] = [0, 1].map(|index: usize| busy.get(index).unwrap().request_limits());
        let half = REQUESTS_PER_ADDRESS / 2;
        let held = [&one, &two].map(|limits| (0..half).filter_map(|_| limits.begin(false)).collect::<Vec<_>>());
        assert_eq!(held.each_ref().map(Vec::len), [half, half], "both connections of the address");
        assert!(one.begin(true).is_none(), "not even the only one of its connection");
        let other = slots(&limiter, "10.0.0.2", 1).pop().unwrap();
        let others: Vec<_> = (0..MORE_REQUESTS).map_while(|_| other.request_limits().begin(false)).collect();
        assert_eq!(others.len(), MORE_REQUESTS - REQUESTS_PER_ADDRESS);
        assert!(other.request_limits().begin(true).is_some(), "the first of a connection");
        drop(held);
        assert!(one.begin(false).is_some());
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
