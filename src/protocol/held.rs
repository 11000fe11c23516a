//! What is seen while it is still to be found out which protocol a server speaks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures_util::future::BoxFuture;

use super::{Direction, Protocol, Tap, WsMessage};

/// The tap of one protocol's attempt to connect: it holds back what it sees until the attempt has succeeded. What a
/// protocol tried in vain, nobody hears of.
pub(super) struct HeldTap {
    tap: Arc<dyn Tap>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    opened: u32,
    /// What the tap calls connections; nothing while all is held back.
    numbers: Option<HashMap<u32, u32>>,
    held: Vec<(Instant, u32, Seen)>,
}

enum Seen {
    Opened(String),
    Message(Direction, WsMessage),
    Closed(String),
}

impl HeldTap {
    pub(super) fn new(tap: Arc<dyn Tap>) -> Self {
        Self { tap, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is this protocol: all that was held back is told, and what comes from now on at once.
    pub(super) fn release(&self, protocol: &'static dyn Protocol) {
        self.tap.speaks(protocol);
        // Who sees something meanwhile waits, so that all is told in its order.
        let mut state = self.state();
        let mut numbers = HashMap::new();
        for (when, connection, seen) in std::mem::take(&mut state.held) {
            self.tell(&mut numbers, when, connection, seen);
        }
        state.numbers = Some(numbers);
    }

    fn tell(&self, numbers: &mut HashMap<u32, u32>, when: Instant, connection: u32, seen: Seen) {
        if let Seen::Opened(url) = &seen {
            numbers.insert(connection, self.tap.opened_at(when, url));
        }
        let Some(number) = numbers.get(&connection).copied() else { return };
        match seen {
            Seen::Opened(_) => {}
            Seen::Message(direction, message) => self.tap.message_at(when, number, direction, &message),
            Seen::Closed(reason) => {
                self.tap.closed(number, &reason);
                numbers.remove(&connection);
            }
        }
    }

    fn see(&self, connection: u32, seen: Seen) {
        let when = Instant::now();
        let state = &mut *self.state();
        match &mut state.numbers {
            Some(numbers) => self.tell(numbers, when, connection, seen),
            None => state.held.push((when, connection, seen)),
        }
    }
}

impl Tap for HeldTap {
    fn opened(&self, url: &str) -> u32 {
        let connection = {
            let mut state = self.state();
            state.opened += 1;
            state.opened
        };
        self.see(connection, Seen::Opened(url.to_owned()));
        connection
    }

    fn message(&self, connection: u32, direction: Direction, message: &WsMessage) {
        self.see(connection, Seen::Message(direction, message.clone()));
    }

    fn closed(&self, connection: u32, reason: &str) {
        self.see(connection, Seen::Closed(reason.to_owned()));
    }

    fn room(&self) -> BoxFuture<'_, ()> {
        self.tap.room()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Told {
        fn say(&self, text: String) {
            self.0.lock().unwrap().push(text);
        }
    }

    impl Tap for Told {
        fn speaks(&self, protocol: &'static dyn Protocol) {
            self.say(protocol.name().to_owned());
        }
        fn opened(&self, url: &str) -> u32 {
            self.say(format!("opened {url}"));
            40 + self.0.lock().unwrap().len() as u32
        }
        fn message(&self, connection: u32, _: Direction, message: &WsMessage) {
            self.say(format!("{connection} {}", String::from_utf8_lossy(&message.data)));
        }
        fn closed(&self, connection: u32, reason: &str) {
            self.say(format!("{connection} {reason}"));
        }
    }

    #[test]
    fn what_comes_before_the_protocol_is_known_is_told_then_and_in_order() {
        let told = Arc::new(Told::default());
        let tap = HeldTap::new(Arc::clone(&told) as Arc<dyn Tap>);
        let hello = |tap: &HeldTap, text: &str| {
            let number = tap.opened(text);
            tap.message(number, Direction::ToServer, &WsMessage::text(text.to_owned()));
            number
        };
        let first = hello(&tap, "a");
        tap.closed(first, "bye");
        let second = hello(&tap, "b");
        assert!(told.0.lock().unwrap().is_empty());
        tap.release(&super::super::viser::Viser);
        tap.message(second, Direction::ToClient, &WsMessage::text("later"));
        tap.closed(second, "end");
        tap.message(second, Direction::ToClient, &WsMessage::text("nobody"));
        let third = hello(&tap, "c");
        tap.closed(third, "end");
        let wanted = [
            "viser", "opened a", "42 a", "42 bye", "opened b", "45 b", "45 later", "45 end", "opened c", "49 c",
            "49 end",
        ];
        assert_eq!(*told.0.lock().unwrap(), wanted);
    }
}
