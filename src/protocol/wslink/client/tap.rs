//! Whoever sees all traffic of a connection.

use std::sync::Arc;

use tokio_tungstenite::tungstenite::Message as SocketMessage;

use crate::protocol::{Direction, Tap, WsMessage};

/// A tap, and what it calls the connection.
#[derive(Clone)]
pub struct ConnectionTap {
    tap: Arc<dyn Tap>,
    connection: u32,
}

impl ConnectionTap {
    /// Tells the tap of a new connection.
    pub fn open(tap: Arc<dyn Tap>, url: &str) -> Self {
        let connection = tap.opened(url);
        Self { tap, connection }
    }

    pub(super) fn see(&self, direction: Direction, message: &SocketMessage) {
        let seen = match message {
            SocketMessage::Binary(data) => WsMessage::binary(data.clone()),
            SocketMessage::Text(data) => WsMessage::text(data.clone()),
            _ => return,
        };
        self.tap.message(self.connection, direction, &seen);
    }

    pub(super) fn closed(&self, reason: &str) {
        self.tap.closed(self.connection, reason);
    }
}
