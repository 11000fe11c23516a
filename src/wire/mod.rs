//! Sockets: reaching a server, being one, TLS, limits and timeouts. No protocol names live here.

mod answer;
mod certificate;
mod close;
mod connect;
mod dial;
mod error;
mod files;
mod fragments;
mod http;
mod listen;
mod metered;
mod origin;
mod priority;
mod requests;
mod target;
mod tls;
mod watch;

pub use answer::{Answer, look};
pub use certificate::Certificate;
pub use close::close_frame;
pub use connect::{ConnectOptions, Connection, basic_authorization, connect, open};
pub use dial::peek_tls;
pub use error::{TlsFault, WireError};
pub use files::{content_type, read_body};
pub use fragments::{Fault, feed, feed_pieces};
pub use http::{Body, HttpClient, body, is_upgrade, offered_subprotocols, serve_http, upgrade};
pub use listen::Listener;
pub use metered::{Metered, meter};
pub use origin::is_from_here;
pub use priority::step_back;
pub use requests::{BodyError, body_up_to, http_client, http_reason, small_body};
pub use target::{Target, as_http, display as display_url};
pub use watch::{Fact, Watch, Watching, step};

use bytes::Bytes;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes, protocol::WebSocketConfig};

/// Read this much at a time: half the CPU of the default for large frames.
const READ_BUFFER: usize = 1 << 20;

/// What both ends let a single websocket frame or message be.
pub(crate) fn config(largest: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .max_message_size(Some(largest))
        .max_frame_size(Some(largest))
}

/// A message for a websocket.
///
/// # Errors
/// For text that is not UTF-8.
pub fn message(is_text: bool, data: Bytes) -> Result<Message, std::str::Utf8Error> {
    if is_text { Ok(Message::Text(Utf8Bytes::try_from(data)?)) } else { Ok(Message::Binary(data)) }
}
