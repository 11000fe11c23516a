//! The relay's half of one client's wslink connection: which version it is.

use std::sync::Arc;

use super::Hooks;
use super::framed::Framed;
use super::texts::Texts;
use crate::protocol::relay::{Between, FromClient, FromServer, ToClient, Whole};
use crate::protocol::{Dropped, WsMessage};

/// See the module.
pub struct WslinkBetween {
    hooks: Arc<dyn Hooks>,
    largest_shared: u64,
    largest_message: u32,
    /// Unknown before the client's first message.
    speech: Option<Box<dyn Between>>,
}

impl WslinkBetween {
    /// At the start of a connection.
    pub fn new(hooks: Arc<dyn Hooks>, largest_shared: u64, largest_message: u32) -> Self {
        Self { hooks, largest_shared, largest_message, speech: None }
    }
}

impl Between for WslinkBetween {
    fn client_says(&mut self, message: WsMessage, out: &mut Vec<FromClient>) -> Result<(), Dropped> {
        let speech = self.speech.get_or_insert_with(|| {
            let hooks = Arc::clone(&self.hooks);
            if message.is_text {
                Box::new(Texts::new(hooks, self.largest_shared, self.largest_message))
            } else {
                Box::new(Framed::new(hooks, self.largest_shared, self.largest_message))
            }
        });
        speech.client_says(message, out)
    }

    fn server_says(&mut self, message: WsMessage, out: &mut Vec<FromServer>) -> Result<(), Dropped> {
        match &mut self.speech {
            Some(speech) => speech.server_says(message, out),
            None => {
                // No server of wslink speaks first.
                out.push(FromServer::Pass(message));
                Ok(())
            }
        }
    }

    fn answer(&mut self, call: u64, whole: &Whole) -> Vec<ToClient> {
        self.speech.as_mut().map(|speech| speech.answer(call, whole)).unwrap_or_default()
    }

    fn fail(&mut self, call: u64) -> Vec<ToClient> {
        self.speech.as_mut().map(|speech| speech.fail(call)).unwrap_or_default()
    }

    fn news(&mut self) -> Vec<ToClient> {
        self.speech.as_mut().map(|speech| speech.news()).unwrap_or_default()
    }

    fn resume(&mut self) -> Option<Vec<WsMessage>> {
        self.speech.as_mut()?.resume()
    }
}
