//! Being a server: listening, on loopback unless told otherwise.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

use super::WireError;

/// A listening socket.
pub struct Listener {
    socket: TcpListener,
    /// Where it listens; the port is the real one, also if 0 was asked for.
    pub address: SocketAddr,
}

impl Listener {
    /// Listens on an address such as `127.0.0.1:0`.
    ///
    /// # Errors
    /// [`WireError::BadListen`] for a text that is no address, [`WireError::NotLoopback`] for an address that other machines reach, unless that is allowed.
    pub async fn bind(address: &str, allow_remote: bool) -> Result<Self, WireError> {
        let failed = |source| WireError::Listen { address: address.to_owned(), source };
        let addresses: Vec<SocketAddr> = match tokio::net::lookup_host(address).await {
            Ok(addresses) => addresses.collect(),
            Err(reason) if reason.kind() == io::ErrorKind::InvalidInput => {
                return Err(WireError::BadListen { text: address.to_owned(), reason });
            }
            Err(error) => return Err(failed(error)),
        };
        if !allow_remote && addresses.iter().any(|address| !address.ip().is_loopback()) {
            return Err(WireError::NotLoopback { address: address.to_owned() });
        }
        let socket = TcpListener::bind(addresses.as_slice()).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address })
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    /// What the system says; a single client's failure is none.
    pub async fn next(&self) -> Result<(TcpStream, SocketAddr), WireError> {
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    return Ok((stream, peer));
                }
                // Out of file descriptors, or a client that left already: neither ends a server.
                Err(error) => {
                    tracing::debug!(%error, "accept");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }
}
