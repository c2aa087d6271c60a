//! The time from the start of the process to its first "ready".

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use xtask::Error;
use xtask::lifeline;

const PATIENCE: Duration = Duration::from_secs(10);

/// Milliseconds, one figure for each start.
pub(crate) fn measure(podwright: &Path, starts: u32) -> Result<Vec<f64>, Error> {
    (0..starts).map(|_| once(podwright).map(|time| time.as_secs_f64() * 1e3)).collect()
}

fn once(podwright: &Path) -> Result<Duration, Error> {
    let admin = free()?;
    let mut command = lifeline::command_without_grace(podwright);
    command.args(["serve", "--bind", "127.0.0.1:0", "--admin-bind"]).arg(admin.to_string());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let _held = lifeline::spawn(command)?;
    while begun.elapsed() < PATIENCE {
        if ready(admin).is_ok_and(|ready| ready) {
            return Ok(begun.elapsed());
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    Err(Error::new(format!("podwright was not ready after {} s", PATIENCE.as_secs())))
}

fn free() -> Result<SocketAddr, Error> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    bound.map_err(|reason| Error::new(format!("no free port on 127.0.0.1: {reason}")))
}

fn ready(admin: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(admin)?;
    write!(stream, "GET /readyz HTTP/1.0\r\nHost: {admin}\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer.split(|byte| *byte == b' ').nth(1) == Some(b"200"))
}
