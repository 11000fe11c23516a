//! Text from a client of wslink 2. Its server does not listen to that; one that did must not stop for it either.

use crate::protocol::WsMessage;
use crate::protocol::relay::{FromClient, ToClient};

use super::calls::stops_the_server;

/// What becomes of it; nothing where it is no clean JSON.
pub(super) fn stray_text(message: WsMessage) -> Option<FromClient> {
    #[derive(serde::Deserialize)]
    struct Call {
        id: Option<serde_json::Value>,
        method: Option<String>,
    }
    match serde_json::from_slice::<Call>(&message.data) {
        Ok(Call { id, method: Some(method) }) if stops_the_server(&method) => {
            let answer = serde_json::json!({"wslink": "1.0", "id": id, "result": null}).to_string();
            Some(FromClient::Answer(vec![ToClient::message(WsMessage::text(answer))]))
        }
        Ok(_) => Some(FromClient::Pass(message)),
        // Servers are less strict (a name may come twice): who knows what they would read in it.
        Err(error) => {
            tracing::debug!(%error, "a text message that is not passed on");
            None
        }
    }
}
