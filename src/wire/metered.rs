//! A TCP stream that tells how much came over it: also of a message that is not whole yet.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_tungstenite::MaybeTlsStream;

use super::Connection;

/// A TCP stream, and the bytes that were read from it.
#[derive(Debug)]
pub struct Metered {
    tcp: TcpStream,
    read: Arc<AtomicU64>,
}

impl Metered {
    pub(super) fn new(tcp: TcpStream) -> Self {
        Self { tcp, read: Arc::default() }
    }
}

/// Counts the bytes that come over a connection; `None` for one that cannot be counted.
pub fn meter(connection: &Connection) -> Option<Arc<AtomicU64>> {
    match connection.get_ref() {
        MaybeTlsStream::Plain(stream) => Some(Arc::clone(&stream.read)),
        MaybeTlsStream::Rustls(stream) => Some(Arc::clone(&stream.get_ref().0.read)),
        _ => None,
    }
}

impl AsyncRead for Metered {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.tcp).poll_read(cx, buffer);
        self.read.fetch_add((buffer.filled().len() - before) as u64, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, data)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
