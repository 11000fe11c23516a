//! Frames that close a websocket.

use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

/// Bytes of a reason at most. Source: RFC 6455, 5.5.
const LONGEST_REASON: usize = 123;

/// A frame with a code and a reason, as far as they may be sent: codes for connections that ended without any become
/// 1001, and a long reason is cut.
pub fn close_frame(code: u16, reason: &str) -> CloseFrame {
    let code = match code {
        1005 | 1006 | 1015 => CloseCode::Away,
        code => Some(CloseCode::from(code)).filter(|code| code.is_allowed()).unwrap_or(CloseCode::Away),
    };
    let reason = reason.get(..reason.floor_char_boundary(LONGEST_REASON)).unwrap_or_default();
    CloseFrame { code, reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_sent_is() {
        let told = |code, reason: &str| {
            let frame = close_frame(code, reason);
            (u16::from(frame.code), frame.reason.to_string())
        };
        assert_eq!(told(1002, "Client: 1, Server: 2"), (1002, String::from("Client: 1, Server: 2")));
        assert_eq!((told(1011, ""), told(1006, "").0, told(7, "").0), ((1011, String::new()), 1001, 1001));
        assert_eq!(told(1000, &"ä".repeat(100)).1, "ä".repeat(61));
    }
}
