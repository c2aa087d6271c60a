//! A stand-in for a Service and its endpoints: new connections go in turns to replicas that were ready a second ago.
//! Existing connections stay.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

/// The period of the readiness probe, shorter than a kubelet's so that the test is quick.
const PERIOD: Duration = Duration::from_millis(200);
/// The delay from the kubelet to the node of the API server.
const LAG: Duration = Duration::from_secs(1);

/// A replica's ports.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addresses {
    pub(super) webhook: SocketAddr,
    pub(super) admin: SocketAddr,
}

#[derive(Clone, Copy)]
struct Endpoint {
    addresses: Addresses,
    ready: bool,
}

type Endpoints = Arc<Mutex<Vec<Endpoint>>>;

/// A Service in front of replicas, until it is dropped.
pub(super) struct Balancer {
    address: SocketAddr,
    endpoints: Endpoints,
    _runtime: Runtime,
}

impl Balancer {
    /// All replicas start as ready.
    pub(super) fn start(replicas: &[Addresses]) -> Self {
        let endpoints = replicas.iter().map(|&addresses| Endpoint { addresses, ready: true }).collect();
        let endpoints: Endpoints = Arc::new(Mutex::new(endpoints));
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("an address");
        for index in 0..replicas.len() {
            runtime.spawn(follow(Arc::clone(&endpoints), index));
        }
        runtime.spawn(accept(listener, Arc::clone(&endpoints)));
        Self { address, endpoints, _runtime: runtime }
    }

    pub(super) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Replaces a Pod; the new one gets connections once it is ready.
    pub(super) fn replace(&self, index: usize, addresses: Addresses) {
        self.endpoints.lock().expect("no panic")[index] = Endpoint { addresses, ready: false };
    }

    pub(super) fn is_ready(&self, index: usize) -> bool {
        self.endpoints.lock().expect("no panic")[index].ready
    }
}

/// Sets a replica's readiness, with the delay.
async fn follow(endpoints: Endpoints, index: usize) {
    loop {
        let Endpoint { addresses, ready } = endpoints.lock().expect("no panic")[index];
        let now = is_ready(addresses.admin).await;
        if now != ready {
            sleep(LAG).await;
            let mut endpoints = endpoints.lock().expect("no panic");
            // Another replica may have taken its place.
            if endpoints[index].addresses.admin == addresses.admin {
                endpoints[index].ready = now;
            }
        }
        sleep(PERIOD).await;
    }
}

async fn is_ready(admin: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(admin).await?;
        stream.write_all(b"GET /readyz HTTP/1.0\r\nhost: a\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.map(|_| answer)
    };
    let answer = timeout(Duration::from_secs(10), ask).await;
    matches!(answer, Ok(Ok(answer)) if answer.starts_with(b"HTTP/1.0 200"))
}

async fn accept(listener: TcpListener, endpoints: Endpoints) {
    let mut turn = 0;
    loop {
        let Ok((mut client, _)) = listener.accept().await else { continue };
        let ready: Vec<_> =
            endpoints.lock().expect("no panic").iter().filter(|endpoint| endpoint.ready).copied().collect();
        turn += 1;
        // Without a listening endpoint the client sees the connection end, as with kube-proxy.
        let Some(endpoint) = ready.get(turn % ready.len().max(1)).copied() else { continue };
        tokio::spawn(async move {
            let _ = client.set_nodelay(true);
            if let Ok(mut server) = TcpStream::connect(endpoint.addresses.webhook).await {
                let _ = server.set_nodelay(true);
                let _ = copy_bidirectional(&mut client, &mut server).await;
            }
        });
    }
}
